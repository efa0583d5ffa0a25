"""What was most read within a period: posts, categories, authors, tags, and the sites that sent readers."""

from dataclasses import dataclass

from django.db.models import F, Sum

from authors.models import Author
from posts.models import Category, Post, PostTally, ReadDay, ReadHour, Referral, ReferringHost, Tag
from posts.reads import overviews
from posts.reads.overviews import Change
from posts.reads.scopes import SITE, TALLIES

MODELS = {"category": Category, "author": Author, "tag": Tag, "host": ReferringHost}
SHOWN_OF_A_POST = ("title", "permalink", "status", "published_at")


@dataclass(frozen=True)
class Ranked:
    """`thing` is the Post, Category, Author, Tag or ReferringHost. `change` is None when no time can be compared."""

    thing: object
    reads: int
    change: Change | None


def top_posts(scope, period, *, most=10):
    """Three queries: which, their names, and their change."""
    found = most_read(scope, period, most)
    posts = Post.objects.only(*SHOWN_OF_A_POST).in_bulk(list(found))
    changes = changes_of_posts(scope, period, list(found))
    return [Ranked(posts[pk], reads, changes.get(pk)) for pk, reads in found.items() if pk in posts]


def most_read(scope, period, most):
    """{post id: reads}, most read first."""
    if scope.kind == "host":
        days = Referral.objects.filter(host=scope.pk)
    elif period.unit in ("month", "year"):
        rows = scope.of_posts(PostTally.objects.filter(unit=period.unit, start=period.first, reads__gt=0))
        return dict(rows.order_by("-reads", "post_id").values_list("post_id", "reads")[:most])
    else:
        days = scope.of_posts(ReadDay.objects.filter(reads__gt=0))
    days = days.filter(day__gte=period.first, day__lt=period.end).values("post_id")
    summed = days.annotate(sum=Sum("reads")).order_by("-sum", "post_id")
    return dict(summed.values_list("post_id", "sum")[:most])


def changes_of_posts(scope, period, ids):
    """{post id: Change}. Of today, up to the last full hour; of other times under way, whole days up to today."""
    if period.before is None or not ids:
        return {}
    if period.unit == "day" and period.is_running and scope.kind != "host":
        compared = overviews.windows(SITE, period)
        if compared.until == period.begins_at:
            return {}
        rows = ReadHour.objects.filter(post__in=ids, hour__lt=compared.until)
        begun, then = period.begins_at, (period.before.begins_at, compared.until_before)
        now = summed_by(rows.filter(hour__gte=begun), "post_id")
        before = summed_by(rows.filter(hour__gte=then[0], hour__lt=then[1]), "post_id")
        return {pk: Change(now.get(pk, 0), before.get(pk, 0)) for pk in ids}
    rows = Referral.objects.filter(host=scope.pk) if scope.kind == "host" else ReadDay.objects.all()
    return changes_by_days(period, rows.filter(post__in=ids), "day", "post_id", ids)


def top(kind, period, *, most=10, scope=SITE):
    """The categories, authors, tags or hosts most read; three queries.

    Of the whole site, and of one post the hosts that sent readers to it.
    """
    if kind == "host" and scope.kind == "post":
        rows = Referral.objects.filter(post=scope.pk).annotate(start=F("day"))
        days = rows
    else:
        rows = TALLIES[kind].objects.filter(reads__gt=0)
        days = rows.filter(unit="day")
        rows = days if period.unit == "week" else rows.filter(unit=period.unit)
    own = f"{kind}_id"
    here = rows.filter(start__gte=period.first, start__lt=period.end).values(own)
    summed = here.annotate(sum=Sum("reads")).order_by("-sum", own)
    found = dict(summed.values_list(own, "sum")[:most])
    things = MODELS[kind].objects.in_bulk(list(found))
    changes = changes_by_days(period, days.filter(**{f"{own}__in": list(found)}), "start", own, list(found))
    return [Ranked(things[pk], reads, changes.get(pk)) for pk, reads in found.items() if pk in things]


def changes_by_days(period, rows, day, own, ids):
    """{id: Change}, counting whole days; nothing when no day of the period is over."""
    until, until_before = period.whole_days
    if not ids or period.before is None or until <= period.first:
        return {}
    now = summed_by(rows.filter(**{f"{day}__gte": period.first, f"{day}__lt": until}), own)
    past = {f"{day}__gte": period.before.first, f"{day}__lt": until_before}
    before = summed_by(rows.filter(**past), own)
    return {pk: Change(now.get(pk, 0), before.get(pk, 0)) for pk in ids}


def summed_by(rows, own):
    return dict(rows.values(own).annotate(sum=Sum("reads")).order_by().values_list(own, "sum"))
