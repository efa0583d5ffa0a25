"""The calendar of posts: a month as a table or as a list, and moving what is not out to another day."""

import re
from datetime import date, timedelta

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import formats, timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods, require_safe

from informed_comment.admin_site import Moment
from posts import planning
from posts.models import PendingChange, Post
from posts.publishing import ChangedMeanwhile

MONTH = re.compile(r"([1-8]\d{3})-(0[1-9]|1[0-2])", re.ASCII)
MEANWHILE = "Somebody changed this post since the calendar was opened, so it was not moved. Look at it below and move it again."


def urls(admin):
    """The calendar, and the form that moves one post or the changes to it."""

    def screen(address, show, name, allowed):
        answer = allowed(lambda request, **which: show(admin, request, **which))
        return path(f"calendar/{address}", admin.admin_site.admin_view(answer), name=name)

    form = require_http_methods(["GET", "HEAD", "POST"])
    return [
        screen("", calendar, "posts_post_calendar", require_safe),
        screen("<int:pk>/move/", move, "posts_post_move", form),
        screen("<int:pk>/move-changes/", move_changes, "posts_post_move_changes", form),
    ]


def calendar(admin, request):
    if not admin.has_view_or_change_permission(request):
        raise PermissionDenied
    month = month_of(request.GET.get("month", ""))
    weeks = planning.weeks_of(month, first_weekday=formats.get_format("FIRST_DAY_OF_WEEK"))
    days = [day for week in weeks for day in week]
    planning.fill(days, admin.get_queryset(request))
    before, behind = (month - timedelta(days=1)).replace(day=1), (month + timedelta(days=32)).replace(day=1)
    is_agenda = request.GET.get("view") == "agenda"
    context = admin.admin_site.each_context(request) | {
        "title": f"{month:%B %Y}",
        "opts": Post._meta,
        "month": month,
        "weeks": weeks,
        "days": [day for day in days if day.posts or day.entries],
        "weekdays": [day.on for day in weeks[0]],
        "is_agenda": is_agenda,
        "view": "&view=agenda" if is_agenda else "",
        "before": before if before.year >= 1000 else None,
        "behind": behind,
        "today": timezone.localdate(),
        "may_plan": request.user.has_perm("posts.publish_post"),
        "may_write": admin.has_add_permission(request),
        "zone": timezone.get_current_timezone_name().replace("_", " "),
    }
    return render(request, "admin/posts/post/calendar.html", context)


def month_of(asked):
    """The first day of the month asked for, `2026-11`; of this month for anything else."""
    named = MONTH.fullmatch(asked)
    return date(int(named[1]), int(named[2]), 1) if named else timezone.localdate().replace(day=1)


class MoveForm(forms.Form):
    """A new moment; or, dropped onto a day, that day at the hour it had."""

    at = forms.DateTimeField(label="New date", widget=Moment, required=False)
    day = forms.CharField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, was, **kwargs):
        self.was = was
        super().__init__(*args, **kwargs)

    def clean(self):
        given = super().clean()
        day = parse_day(given.get("day", ""))
        given["to"] = planning.on_day(self.was, day) if day and self.was else given.get("at")
        if not given["to"] and not self.errors:
            raise forms.ValidationError("Choose the day and the hour it shall move to.")
        return given


def parse_day(text):
    try:
        return parse_date(text)
    except ValueError:
        return None


def move(admin, request, pk):
    post = admin.get_object(request, str(pk))
    check(admin, request, post)

    def deed(to, version):
        post.version = version
        planning.move(post, to=to, by=request.user)

    return moved(request, admin, post, post.published_at, post.version, deed)


def move_changes(admin, request, pk):
    post = admin.get_object(request, str(pk))
    check(admin, request, post)
    change = get_object_or_404(PendingChange, post=post)

    def deed(to, version):
        change.version = version
        planning.move_changes(change, to=to)

    return moved(request, admin, post, change.apply_at, change.version, deed, is_change=True)


def check(admin, request, post):
    if post is None:
        raise Http404("There is no such post, or it is not yours to see.")
    if not (request.user.has_perm("posts.publish_post") and admin.has_change_permission(request, post)):
        raise PermissionDenied("Only editors give posts a date.")


def moved(request, admin, post, was, version, deed, *, is_change=False):
    """The form, or after it the calendar at the month it was moved to."""
    form = MoveForm(request.POST or None, was=was, initial={"at": was, "version": version})
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data["to"]
        try:
            deed(to, form.cleaned_data["version"])
        except planning.CannotMove as reason:
            form.add_error(None, str(reason))
        except ChangedMeanwhile:
            form = MoveForm(was=was, initial={"at": was, "version": version})
            messages.error(request, MEANWHILE)
        else:
            local = timezone.localtime(to)
            what = f"The changes to “{post}” come" if is_change else f"“{post}” comes"
            if not is_change and post.status != Post.Status.PUBLISHED:
                what = f"“{post}” is not published yet; it is now meant to come"
            messages.success(request, f"{what} out on {local:%d %B %Y at %H:%M}.")
            return HttpResponseRedirect(f"{reverse('admin:posts_post_calendar')}?month={local:%Y-%m}")
    context = admin.admin_site.each_context(request) | {
        "title": f"Move {'the changes to ' if is_change else ''}“{post}”",
        "opts": Post._meta,
        "post": post,
        "was": was,
        "form": form,
        "is_change": is_change,
        "zone": timezone.get_current_timezone_name().replace("_", " "),
    }
    return render(request, "admin/posts/post/move.html", context)
