"""How often a post is read: in a panel beside its text, and on a screen of its own."""

from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from informed_comment.spreadsheets import download
from posts.admin import graphs, popular
from posts.admin.statistics import csvs, shown, tables
from posts.admin.statistics.screens import PAGE, may_see
from posts.models import Post, ReadHour, ReferringHost
from posts.reads import lives, periods, scopes, statistics

UNITS = {
    "day": "By day, since it came out",
    "week": "By week, since it came out",
    "month": "By month, since it came out",
    "year": "By year, since it came out",
}


def urls(admin):
    def screen(address, show, name):
        @require_safe
        def opened(request, pk, **kwargs):
            post = admin.get_object(request, str(pk))
            if post is None or not admin.has_view_or_change_permission(request, post):
                raise Http404("There is no such post, or it is not yours to see.")
            return show(admin, request, post, **kwargs)

        return path(f"<int:pk>/statistics/{address}", admin.admin_site.admin_view(opened), name=name)

    return [
        screen("", page, "posts_post_statistics"),
        screen("hours.csv", hours_csv, "posts_post_statistics_csv"),
        screen("<slug:what>.csv", period_csv, "posts_post_statistics_period_csv"),
    ]


def panel(request, post):
    """Reads in all, today and within a week; nothing for a post nobody has read."""
    figures = statistics.figures(post)
    return figures and ("admin/posts/post/_statistics.html", {"figures": figures, "post": post})


def page(admin, request, post):
    """Its whole life, or one of its periods when the address names one."""
    is_life = request.GET.get("period") not in periods.UNITS
    period = None if is_life else periods.asked(request.GET)
    context = shown.context(
        admin.admin_site,
        request,
        post,
        edit=reverse("admin:posts_post_change", args=[post.pk]),
        tabs=shown.tabs(period),
        whole_life=request.path,
        is_whole_life=is_life,
        opts=Post._meta,
    )

    def opens(thing):
        return not isinstance(thing, ReferringHost) or may_see(request, thing)

    context |= life(post, opens) if is_life else shown.of_period(scopes.of(post), period, opens=opens)
    context["keeping_off"] = popular.button(request, post) if is_life else None
    return TemplateResponse(request, PAGE, context)


def life(post, opens):
    """The context of everything since the post came out."""
    figures = statistics.figures(post)
    has_any = bool(figures)
    drawn, found = [], []
    if has_any:
        days = statistics.by_day(post)
        drawn = [
            graphs.drawn("hours", "By hour, the last 48 hours", statistics.by_hour(post), is_running=True),
            graphs.drawn("days", UNITS[days.unit], days, is_running=True),
        ]
        found = [
            tables.of_sources(lives.sources(post), is_whole_life=True),
            tables.of_ranked("hosts", lives.hosts(post), figures.total - figures.brought, None, opens=opens),
        ]
    return {
        "figures": figures,
        "first": statistics.first_hours(post) if has_any and post.published_at else None,
        "graphs": drawn,
        "tables": found,
        "has_any": has_any,
        "note": "",
        "query": "",
    }


def hours_csv(admin, request, post):
    """Every hour that has reads, as it is streamed from the database; hours begin as said, in UTC."""
    csvs.note(request, str(post))
    rows = ReadHour.objects.filter(post=post, reads__gt=0).order_by("hour").values_list("hour", "reads")

    def lines():
        yield ["hour", "reads"]
        for hour, reads in rows.iterator():
            yield [f"{hour:%Y-%m-%dT%H:%MZ}", reads]

    return download(lines(), name=f"reads-{post.pk}.csv")


def period_csv(admin, request, post, what):
    """A table of one period; of the whole life, as long as days are kept, which is for ever."""
    csvs.note(request, str(post))
    if request.GET.get("period") in periods.UNITS:
        return csvs.answer(scopes.of(post), periods.asked(request.GET), what, of=f"reads-of-post-{post.pk}")
    return csvs.of_life(post, what)
