"""The last screen before a mailing goes out: what was checked, to whom it goes, when, and who will not get it and why."""

import hashlib
import json
from datetime import UTC, timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from informed_comment import audit
from newsletter import audience, composing, mailing_checks, queueing
from newsletter.models import Mailing

QUEUED = "Queued for {number:,} subscriber{s}. The first mail goes out at {moment:%H:%M:%S}; until then you can take it back."
CHANGED = "Somebody changed the mailing since this page was made. Look it over again, then send it."


def urls(admin):
    @require_http_methods(["GET", "HEAD", "POST"])
    def screen(request, pk):
        mailing = get_object_or_404(Mailing, pk=pk)
        if not admin.has_view_permission(request, mailing):
            raise PermissionDenied
        if mailing.state != Mailing.State.DRAFT:
            return HttpResponseRedirect(reverse("admin:newsletter_mailing_change", args=[pk]))
        return send(request, mailing) if request.method == "POST" else page(admin, request, mailing)

    return [path("<int:pk>/send/", admin.admin_site.admin_view(screen), name="newsletter_mailing_send")]


def page(admin, request, mailing):
    made, problems = composing.looked_over(mailing)
    found = mailing_checks.findings(mailing, made, problems)
    starts_at = earliest(mailing)
    context = admin.admin_site.each_context(request) | {
        "title": f"Send: {mailing}",
        "subtitle": None,
        "opts": admin.opts,
        "mailing": mailing,
        "subject": next((text.subject for text in made.values() if text.subject), mailing.subject),
        "findings": found,
        "is_barred": any(finding.is_bar for finding in found),
        "audience": audience.foretold(mailing, made),
        "starts_at": starts_at,
        "is_later": bool(mailing.send_at and mailing.send_at > timezone.now()),
        "zone": settings.TIME_ZONE.replace("_", " "),
        "in_utc": f"{starts_at.astimezone(UTC):%H:%M}",
        "grace": settings.HOLD_SECONDS,
        "mark": mark_of(mailing),
        "may_send": request.user.has_perm("newsletter.send_mailing"),
    }
    return render(request, "newsletter/admin/mailing/send.html", context)


@transaction.atomic
def note_sending(request, mailing, said, deed="mailing_sent"):
    """In the mailing's history and in the audit log."""
    audit.record(deed, said, request=request, about=str(mailing), audience=mailing.audience)
    LogEntry.objects.log_actions(request.user.pk, [mailing], CHANGE, said)


def earliest(mailing):
    return max(mailing.send_at or timezone.now(), timezone.now() + timedelta(seconds=settings.HOLD_SECONDS))


def mark_of(mailing):
    """Changes with whatever the mailing says, so that nobody sends what they have not seen."""
    lines = mailing.lines.values_list("post", "position", "is_left_out")
    fields = (
        mailing.subject,
        mailing.preheader,
        mailing.intro,
        mailing.body,
        mailing.frequencies,
        mailing.send_at,
    )
    return hashlib.sha256(json.dumps([*fields, *lines], default=str).encode()).hexdigest()[:16]


def send(request, mailing):
    if not request.user.has_perm("newsletter.send_mailing"):
        raise PermissionDenied
    again = HttpResponseRedirect(reverse("admin:newsletter_mailing_send", args=[mailing.pk]))
    if request.POST.get("mark") != mark_of(mailing):
        messages.error(request, CHANGED)
        return again
    made, problems = composing.texts(mailing, [])
    barred = [one for one in mailing_checks.findings(mailing, made, problems) if one.is_bar]
    if barred:
        messages.error(request, barred[0].sentence)
        return again
    try:
        queued = composing.queue(mailing, by=request.user)
    except queueing.CannotQueue as error:
        messages.error(request, str(error))
        return again
    moment = timezone.localtime(queued.starts_at)
    said = QUEUED.format(number=queued.audience, s="" if queued.audience == 1 else "s", moment=moment)
    note_sending(request, queued, said)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("admin:newsletter_mailing_change", args=[mailing.pk]))
