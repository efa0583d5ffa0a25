"""What is read just now: within the last half hour, minute by minute."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from posts.models import Post, ReadMinute, Source
from posts.reads.counting import hour_of
from posts.reads.ranking import SHOWN_OF_A_POST, Ranked
from posts.reads.statistics import Bar, Series

MINUTES = 30


@dataclass(frozen=True)
class Now:
    """`yesterday` is about how many there were at the same time the day before, from its hours; None when none are kept.

    `sources` are (Source, reads) pairs and `posts` are Ranked without a change, most first.
    """

    at: datetime
    series: Series
    posts: list
    sources: list
    yesterday: int | None

    @property
    def total(self):
        return self.series.total


def right_now(scope, *, most=10):
    """Three queries, of the few rows that two hours leave."""
    at = timezone.now()
    last = at.replace(second=0, microsecond=0)
    first = last - timedelta(minutes=MINUTES - 1)
    rows = scope.of_posts(ReadMinute.objects.filter(minute__gte=first, minute__lte=last))
    minutes, sources, posts = Counter(), Counter(), Counter()
    for minute, source, post, reads in rows.values_list("minute", "source", "post_id", "reads"):
        minutes[minute] += reads
        sources[source] += reads
        posts[post] += reads
    starts = (first + timedelta(minutes=n) for n in range(MINUTES))
    shown = sorted(posts, key=lambda pk: (-posts[pk], pk))[:most]
    named = Post.objects.only(*SHOWN_OF_A_POST).in_bulk(shown)
    return Now(
        at=at,
        series=Series("minute", [Bar(timezone.localtime(start), minutes.get(start, 0)) for start in starts]),
        posts=[Ranked(named[pk], posts[pk], None) for pk in shown if pk in named],
        sources=sorted(((Source(name), n) for name, n in sources.items()), key=lambda pair: -pair[1]),
        yesterday=about(scope, first - timedelta(days=1), at - timedelta(days=1)),
    )


def about(scope, begin, end):
    """The reads between two moments, each hour giving the part of it that lies between them."""
    hours = scope.hours((hour_of(begin), end))
    if not hours:
        return None
    hour = timedelta(hours=1)
    return round(sum(n * ((min(end, at + hour) - max(begin, at)) / hour) for at, n in hours.items()))
