"""What was most read within a period: posts, categories, authors, tags, and the sites that sent readers."""

from dataclasses import dataclass

from django.db.models import CharField, F, Q, Sum, Value

from authors.models import Author
from posts.models import Category, Post, PostTally, ReadDay, ReadHour, Referral, ReferringHost, Tag
from posts.reads import overviews, periods
from posts.reads.overviews import Change
from posts.reads.scopes import SITE, TALLIES

KINDS = ("host", "category", "author", "tag")
MODELS = {"category": Category, "author": Author, "tag": Tag, "host": ReferringHost}
AMONG = 300  # of those read most in a month, those read most in one of its weeks are sought
SHOWN_OF_A_POST = ("title", "permalink", "status", "published_at")


@dataclass(frozen=True)
class Ranked:
    """`thing` is the Post, Category, Author, Tag or ReferringHost. `change` is None when no time can be compared."""

    thing: object
    reads: int
    change: Change | None


def top_posts(scope, period, *, most=10):
    """Three queries: which, their names, and their change; of a week a query or two more."""
    read, found = posts_read(scope, period), None
    if period.unit == "week" and scope.kind != "host":
        found = most_of_week(scope.of_posts(PostTally.objects), read, "post_id", period, most)
    found = dict(read[:most]) if found is None else found
    posts = Post.objects.only(*SHOWN_OF_A_POST).in_bulk(list(found))
    changes = changes_of_posts(scope, period, list(found))
    return [Ranked(posts[pk], reads, changes.get(pk)) for pk, reads in found.items() if pk in posts]


def posts_read(scope, period):
    """(post id, reads) of every post read in the period, most read first."""
    if scope.kind == "host":
        days = Referral.objects.filter(host=scope.pk)
    elif period.unit in ("month", "year"):
        rows = scope.of_posts(PostTally.objects.filter(unit=period.unit, start=period.first, reads__gt=0))
        return rows.order_by("-reads", "post_id").values_list("post_id", "reads")
    else:
        days = scope.of_posts(ReadDay.objects.filter(reads__gt=0))
    if period.unit == "day" and scope.kind != "host":
        rows = days.filter(day=period.first)
        return rows.order_by("-reads", "post_id").values_list("post_id", "reads")
    days = days.filter(day__gte=period.first, day__lt=period.end).values("post_id")
    return days.annotate(sum=Sum("reads")).order_by("-sum", "post_id").values_list("post_id", "sum")


def most_of_week(tallies, read, own, period, most):
    """{id: reads} of those read most in a week, looked for among those read most in its one or two months.

    None if they cannot be told so: when one beyond might have been read as much in the week as in all its months.
    """
    ids, beyond = set(), 0
    for start in periods.spans(period.first, period.last, "month"):
        rows = tallies.filter(unit="month", start=start, reads__gt=0).order_by("-reads", own)
        found = list(rows.values_list(own, "reads")[: max(AMONG, most)])
        ids.update(pk for pk, _ in found)
        beyond += found[-1][1] if len(found) == max(AMONG, most) else 0
    sums = {row[-2]: row[-1] for row in read.filter(**{f"{own}__in": ids})[:most]}
    is_told = not beyond or (len(sums) == most and min(sums.values()) > beyond)
    return sums if is_told else None


def changes_of_posts(scope, period, ids):
    """{post id: Change}. Of today, up to the last full hour; of other times under way, whole days up to today."""
    if period.before is None or not ids:
        return {}
    if period.unit == "day" and period.is_running and scope.kind != "host":
        compared = overviews.windows(SITE, period)
        if compared.until == period.begins_at:
            return {}
        rows = ReadHour.objects.filter(post__in=ids)
        now = Q(hour__gte=period.begins_at, hour__lt=compared.until)
        before = Q(hour__gte=period.before.begins_at, hour__lt=compared.until_before)
        return as_changes(ids, beside(rows, "post_id", now, before).values_list("post_id", "now", "then"))
    compared = days_compared(period, "day")
    if not compared:
        return {}
    rows = Referral.objects.filter(host=scope.pk) if scope.kind == "host" else ReadDay.objects.all()
    found = beside(rows.filter(post__in=ids), "post_id", *compared)
    return as_changes(ids, found.values_list("post_id", "now", "then"))


def top(kind, period, *, most=10, scope=SITE):
    """The categories, authors, tags or hosts most read; three queries. Of one post, the hosts that sent it readers."""
    return tops([kind], period, most=most, scope=scope)[kind]


def tops(kinds, period, *, most=10, scope=SITE):
    """{kind: its Ranked}, for however many kinds three queries: which, their names, and their change.

    The tags of a week, of which there are many, take two or three more.
    """
    found = {kind: {} for kind in kinds}
    if period.unit == "week" and "tag" in kinds:
        read = things_read("tag", period)
        found["tag"] = most_of_week(TALLIES["tag"].objects, read, "tag_id", period, most) or {}
    rest = [kind for kind in kinds if not found[kind]]
    for kind, pk, reads in joined(things_read(kind, period, scope)[:most] for kind in rest):
        found[kind][pk] = reads
    asked = {kind: list(rows) for kind, rows in found.items() if rows}
    things = {kind: {} for kind in kinds}
    names = (MODELS[kind].objects.filter(pk__in=ids).order_by() for kind, ids in asked.items())
    named = (rows.values_list(marked(kind), "pk", "name") for rows, kind in zip(names, asked, strict=True))
    for kind, pk, name in joined(named):
        things[kind][pk] = MODELS[kind](pk=pk, name=name)
    changes = changes_of_things(asked, period, scope)
    return {
        kind: [
            Ranked(things[kind][pk], reads, changes.get((kind, pk)))
            for pk, reads in sorted(rows.items(), key=lambda row: (-row[1], row[0]))
            if pk in things[kind]
        ]
        for kind, rows in found.items()
    }


def things_read(kind, period, scope=SITE):
    """(kind, id, reads) of every category, author, tag or host read in the period, most read first."""
    rows = tallied(kind, scope, "day" if period.unit == "week" else period.unit)
    own = f"{kind}_id"
    if period.unit != "week" and scope.kind != "post":
        rows = rows.filter(start=period.first, reads__gt=0)
        return rows.order_by("-reads", own).values_list(marked(kind), own, "reads")
    here = rows.filter(start__gte=period.first, start__lt=period.end, reads__gt=0).values(own)
    return here.annotate(sum=Sum("reads")).order_by("-sum", own).values_list(marked(kind), own, "sum")


def tallied(kind, scope, unit):
    if kind == "host" and scope.kind == "post":
        return Referral.objects.filter(post=scope.pk).annotate(start=F("day"))
    return TALLIES[kind].objects.filter(unit=unit)


def changes_of_things(asked, period, scope):
    """{(kind, id): Change} for {kind: ids}, counting whole days; nothing when no day of the period is over."""
    compared = days_compared(period, "start")
    if not compared:
        return {}
    rows = (
        beside(tallied(kind, scope, "day").filter(**{f"{kind}_id__in": ids}), f"{kind}_id", *compared)
        for kind, ids in asked.items()
    )
    found = joined(
        one.values_list(marked(kind), f"{kind}_id", "now", "then")
        for one, kind in zip(rows, asked, strict=True)
    )
    return {(kind, pk): Change(now or 0, then or 0) for kind, pk, now, then in found}


def marked(kind):
    return Value(kind, output_field=CharField())


def joined(querysets):
    """The rows of all, by one query and in no order."""
    first, *others = [*querysets] or [[]]
    return first.union(*others, all=True).order_by() if others else first


def days_compared(period, day):
    """What is now and what was before, as conditions on a column of days; None when no day of the period is over."""
    until, until_before = period.whole_days
    if period.before is None or until <= period.first:
        return None
    return (
        Q(**{f"{day}__gte": period.first, f"{day}__lt": until}),
        Q(**{f"{day}__gte": period.before.first, f"{day}__lt": until_before}),
    )


def beside(rows, own, now, before):
    """Rows by `own`, each with its reads `now` and `then`."""
    found = rows.filter(now | before).values(own).order_by()
    return found.annotate(now=Sum("reads", filter=now), then=Sum("reads", filter=before))


def as_changes(ids, found):
    changes = {pk: Change(now or 0, then or 0) for pk, now, then in found}
    return {pk: changes.get(pk, Change(0, 0)) for pk in ids}
