"""Whose reads are asked for: of the whole site, or of one post, category, author, tag or referring site."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, Sum, Value

from authors.models import Author
from posts.models import (
    AuthorTally,
    Byline,
    Category,
    CategoryTally,
    Filing,
    HostTally,
    Post,
    ReadDay,
    ReadHour,
    ReferringHost,
    SiteTally,
    Tag,
    TaggedPost,
    TagTally,
)
from posts.reads import periods

KINDS = {Post: "post", Category: "category", Author: "author", Tag: "tag", ReferringHost: "host"}
TALLIES = {
    "site": SiteTally,
    "category": CategoryTally,
    "author": AuthorTally,
    "tag": TagTally,
    "host": HostTally,
}
TIES = {
    "category": (Filing, "post_id", "category_id"),
    "author": (Byline, "post_id", "author_id"),
    "tag": (TaggedPost, "content_object_id", "tag_id"),
}
COLUMNS = ("reads", "search", "social", "newsletter", "sites", "ours")
HOURS_KEPT = 60  # days


@dataclass(frozen=True)
class Scope:
    kind: str = "site"
    pk: int | None = None

    def days(self, first, end):
        """{day: its row, with the columns of `Counted`} from `first` to the day before `end`; one query."""
        rows = self.rows().filter(day__gte=first, day__lt=end)
        return {row.pop("day"): row for row in rows.values("day", *COLUMNS)}

    def rows(self):
        """Rows with a `day`, one for each day that has reads."""
        if self.kind == "post":
            return ReadDay.objects.filter(post=self.pk, reads__gt=0)
        rows = TALLIES[self.kind].objects.filter(unit="day", reads__gt=0).annotate(day=F("start"))
        if self.kind == "host":
            rows = rows.annotate(**{name: Value(0) for name in COLUMNS[1:]})
        return rows.filter(**{self.kind: self.pk}) if self.pk else rows

    def hours(self, *spans):
        """{hour: reads} of some spans of time, each (from, to); one query."""
        if not spans:
            return {}
        within = Q()
        for begin, end in spans:
            within |= Q(hour__gte=begin, hour__lt=end)
        rows = self.of_posts(ReadHour.objects.filter(within))
        return dict(rows.values("hour").annotate(sum=Sum("reads")).order_by().values_list("hour", "sum"))

    def of_posts(self, rows):
        """Of rows that each belong to a post, those whose post belongs here."""
        if self.kind == "post":
            return rows.filter(post=self.pk)
        if self.kind in TIES:
            model, post, own = TIES[self.kind]
            return rows.filter(Exists(model.objects.filter(**{post: OuterRef("post_id"), own: self.pk})))
        return rows

    def knows_hours(self, moment):
        """Whether all hours of the moment's day and later are kept; of what sites have sent there are only days."""
        oldest = periods.today() - timedelta(days=HOURS_KEPT - 2)  # clocks may have changed by an hour since
        return self.kind != "host" and moment >= periods.midnight(oldest)

    def bounds(self):
        """(first, last) day with reads, up to today; (None, None) when there are none. Two short queries."""
        days = self.rows().filter(day__lte=periods.today()).values_list("day", flat=True)
        return days.order_by("day").first(), days.order_by("-day").first()


SITE = Scope()


def of(thing):
    """The scope of a Post, Category, Author, Tag or ReferringHost."""
    return Scope(KINDS[type(thing)], thing.pk)


def open_to(user):
    """The widest scope whose statistics the user may see: the site's; of whoever sees posts at all, the
    author the login belongs to; or None."""
    if user.has_perm("posts.view_sitetally"):
        return SITE
    if not user.has_perm("posts.view_post"):
        return None
    author = Author.objects.filter(user=user).only("pk").first()
    return author and of(author)
