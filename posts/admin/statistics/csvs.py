"""Every table and picture of the statistics as CSV, whole."""

import itertools

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from informed_comment import audit
from informed_comment.spreadsheets import download
from posts.admin.statistics.tables import KINDS
from posts.models import Post, ReadDay
from posts.reads import lives, overviews, ranking
from posts.reads.ranking import MODELS

AT_ONCE = 1000


def note(request, of):
    """Taking numbers out is a permission of its own, and is logged; what somebody may see at all is asked before."""
    if not request.user.has_perm("posts.export_statistics"):
        raise PermissionDenied("You may look at statistics, but not take them out. Ask an administrator.")
    audit.record("statistics_exported", "Statistics were taken out as CSV.", request=request, about=of)


def answer(scope, period, what, *, of):
    """The download of `what`: the reads, their sources, or one of the tables; `of` is the beginning of its name."""
    if what not in of_what(scope):
        raise Http404("There is no such table.")
    rows = WAYS[what](scope, period) if what in WAYS else rows_of_things(KINDS[what], scope, period)
    return download(rows, name=f"{of}-{period.unit}-{period.first.isoformat()}-{what}.csv")


def of_life(post, what):
    """The same of everything since a post came out: its days, the sources, the referring sites."""
    if what not in LIFE:
        raise Http404("There is no such table.")
    return download(LIFE[what](post), name=f"reads-of-post-{post.pk}-{what}.csv")


def days_of_life(post):
    yield ["day", "reads", "search", "social", "newsletter", "sites", "ours"]
    days = ReadDay.objects.filter(post=post, reads__gt=0).order_by("day")
    yield from days.values_list("day", "reads", "search", "social", "newsletter", "sites", "ours").iterator()


def sources_of_life(post):
    yield ["source", "reads", "percent"]
    for one in lives.sources(post):
        yield [one.label, one.reads, round(one.share, 2)]


def hosts_of_life(post):
    yield ["site", "reads"]
    for one in lives.hosts(post, most=None):
        yield [str(one.thing), one.reads]


def of_what(scope):
    """The tables there are of a scope."""
    if scope.kind == "host":
        return ("reads", "posts")
    return ("reads", "sources", *{"site": ("posts", *KINDS), "post": ("hosts",)}.get(scope.kind, ("posts",)))


def rows_of_reads(scope, period):
    """The bars one after another, each beside the one that answers to it in the period before."""
    found = overviews.overview(scope, period)
    before = found.series_before.bars if found.series_before else []
    if found.series is None:
        yield ["day", "reads"]
        yield [period.first.isoformat(), found.total]
        return
    yield [found.series.unit, "reads", f"{found.series.unit} before", "reads before"]
    for bar, behind in itertools.zip_longest(found.series.bars, before):
        yield [*cells_of(bar), *cells_of(behind)]


def cells_of(bar):
    if bar is None:
        return ["", ""]
    start = timezone.localtime(bar.start) if hasattr(bar.start, "tzinfo") else bar.start
    return [start.isoformat(), bar.reads]


def rows_of_sources(scope, period):
    yield ["source", "reads", "percent", "compared reads", "compared reads before"]
    for one in overviews.overview(scope, period).sources:
        compared = [one.change.now, one.change.before] if one.change else ["", ""]
        yield [one.label, one.reads, round(one.share, 2), *compared]


def rows_of_posts(scope, period):
    """Every post read in the period, as it is streamed from the database."""
    yield ["post", "address", "reads"]
    for some in itertools.batched(ranking.posts_read(scope, period).iterator(AT_ONCE), AT_ONCE, strict=False):
        posts = Post.objects.only("title", "permalink").in_bulk([pk for pk, _ in some])
        for pk, reads in some:
            post = posts.get(pk)
            yield [post.title, post.permalink or "", reads] if post else ["(deleted)", "", reads]


def rows_of_things(kind, scope, period):
    yield [{"host": "site"}.get(kind, kind), "reads"]
    for some in itertools.batched(
        ranking.things_read(kind, period, scope).iterator(AT_ONCE), AT_ONCE, strict=False
    ):
        things = MODELS[kind].objects.in_bulk([pk for _, pk, _ in some])
        for _, pk, reads in some:
            if pk in things:
                yield [str(things[pk]), reads]


WAYS = {"reads": rows_of_reads, "sources": rows_of_sources, "posts": rows_of_posts}
LIFE = {"reads": days_of_life, "sources": sources_of_life, "hosts": hosts_of_life}
