"""How often a post is read: in a panel beside its text, and on a screen of its own."""

import csv
import io

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from posts.admin import charts
from posts.models import Post, ReadHour
from posts.reads import statistics

UNITS = {
    "day": "By day, since it came out",
    "week": "By week, since it came out",
    "month": "By month, since it came out",
    "year": "By year, since it came out",
}


def urls(admin):
    def screen(address, show, name):
        @require_safe
        def opened(request, pk):
            post = admin.get_object(request, str(pk))
            if post is None or not admin.has_view_or_change_permission(request, post):
                raise Http404("There is no such post, or it is not yours to see.")
            return show(admin, request, post)

        return path(f"<int:pk>/statistics/{address}", admin.admin_site.admin_view(opened), name=name)

    return [
        screen("", page, "posts_post_statistics"),
        screen("hours.csv", hours_csv, "posts_post_statistics_csv"),
    ]


def panel(request, post):
    """Reads in all, today and within a week; nothing for a post nobody has read."""
    figures = statistics.figures(post)
    return figures and ("admin/posts/post/_statistics.html", {"figures": figures, "post": post})


def page(admin, request, post):
    figures = statistics.figures(post)
    shown = []
    if figures:
        days = statistics.by_day(post)
        shown = [
            charts.drawn("hours", "By hour, the last 48 hours", statistics.by_hour(post)),
            charts.drawn("days", UNITS[days.unit], days),
        ]
    context = admin.admin_site.each_context(request) | {
        "title": "Statistics",
        "opts": Post._meta,
        "post": post,
        "figures": figures,
        "first": statistics.first_hours(post) if figures and post.published_at else None,
        "charts": shown,
        "zone": timezone.get_current_timezone_name().replace("_", " "),
    }
    return render(request, "admin/posts/post/statistics.html", context)


def hours_csv(admin, request, post):
    """Every hour that has reads, as it is streamed from the database; hours begin as said, in UTC."""
    rows = ReadHour.objects.filter(post=post, reads__gt=0).order_by("hour").values_list("hour", "reads")

    def lines():
        yield line(["hour", "reads"])
        for hour, reads in rows.iterator():
            yield line([f"{hour:%Y-%m-%dT%H:%MZ}", reads])

    return StreamingHttpResponse(
        lines(),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="reads-{post.pk}.csv"',
            "Cache-Control": "no-store",
        },
    )


def line(cells):
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
