"""The calendar: what came out, comes out and is meant to on each day, and moving it to another."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Count, Window
from django.db.models.functions import RowNumber, TruncDate
from django.utils import timezone

from posts import pending, publishing
from posts.models import PendingChange, Post

SHOWN = 5  # posts of one day; the rest is counted
TOLD = ("title", "status", "published_at", "version", "created_by", "permalink")


class CannotMove(ValueError):
    """Why something stays on its day, as a sentence with the cure."""


@dataclass
class Day:
    """What stands on a day of the calendar. `posts` counts those not among the entries too."""

    on: date
    is_other: bool = False
    entries: list = field(default_factory=list)
    posts: int = 0

    @property
    def is_today(self):
        return self.on == timezone.localdate()

    @property
    def is_past(self):
        return self.on < timezone.localdate()

    @property
    def more(self):
        return self.posts - sum(1 for entry in self.entries if entry.change is None)


@dataclass
class Entry:
    """A post at its date, or changes to one at the hour they are to be applied."""

    post: Post
    at: datetime
    change: PendingChange | None = None

    @property
    def kind(self):
        if self.change:
            return "pending"
        return "scheduled" if self.post.is_scheduled else self.post.status

    @property
    def word(self):
        """What has to be said of it; nothing of a post that is out."""
        if self.change:
            return "Changes"
        return "" if self.post.is_public else self.post.status_word

    @property
    def version(self):
        return self.change.version if self.change else self.post.version


def midnight(day):
    return datetime.combine(day, time.min, timezone.get_current_timezone())


def weeks_of(month, *, first_weekday):
    """The days from the first of the month to its last in whole weeks; 0 is Sunday, as Django counts them."""
    start = month - timedelta(days=(month.isoweekday() - first_weekday) % 7)
    following = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    weeks = []
    while start < following:
        weeks.append(
            [
                Day(start + timedelta(days=n), (start + timedelta(days=n)).month != month.month)
                for n in range(7)
            ]
        )
        start += timedelta(days=7)
    return weeks


def fill(days, posts):
    """Puts the posts among `posts` and the changes to them on their days. Two queries, each of a range of an index."""
    by_date = {day.on: day for day in days}
    start, end = midnight(days[0].on), midnight(days[-1].on + timedelta(days=1))
    zone = timezone.get_current_timezone()
    of_day = {"partition_by": TruncDate("published_at", tzinfo=zone)}
    dated = (
        posts.kept()
        .exclude(status=Post.Status.WITHDRAWN)
        .filter(published_at__gte=start, published_at__lt=end)
        .only(*TOLD)
        .annotate(
            place=Window(RowNumber(), order_by=["published_at", "id"], **of_day),
            of_day=Window(Count("id"), **of_day),
        )
    )
    for post in dated.filter(place__lte=SHOWN).order_by("published_at", "id"):
        day = by_date[timezone.localdate(post.published_at)]
        day.entries.append(Entry(post, post.published_at))
        day.posts = post.of_day
    changes = PendingChange.objects.filter(
        apply_at__gte=start, apply_at__lt=end, post__in=posts.order_by().values("pk")
    )
    told = (f"post__{name}" for name in TOLD)
    for change in (
        changes.select_related("post").only("apply_at", "version", "post_id", *told).order_by("apply_at")
    ):
        by_date[timezone.localdate(change.apply_at)].entries.append(
            Entry(change.post, change.apply_at, change)
        )
    for day in days:
        day.entries.sort(key=lambda entry: entry.at)


def on_day(moment, day):
    """The same hour of another day; where the clocks skip it, the hour after."""
    return timezone.localtime(moment).replace(year=day.year, month=day.month, day=day.day)


@transaction.atomic
def move(post, *, to, by=None):
    """Gives a post that is not out another date. CannotMove for one that is, or that would come out by it.

    ChangedMeanwhile when the post is no longer at the version that was looked at.
    """
    if post.is_public:
        raise CannotMove("The post is out; its date is part of its address. Open the post to change it.")
    if post.status in (Post.Status.TRASHED, Post.Status.WITHDRAWN):
        raise CannotMove("The post is not to come out. Open it and look at its status.")
    if post.is_scheduled and to <= timezone.now():
        raise CannotMove(
            "That moment has passed, so the post would come out at once. Choose one still to come."
        )
    post.published_at = to
    publishing.save(post, by=by)


@transaction.atomic
def move_changes(change, *, to):
    """Gives pending changes another time."""
    if to <= timezone.now():
        raise CannotMove(
            "That moment has passed, so the changes would be applied at once. Choose one still to come."
        )
    pending.retime(change, apply_at=to)
