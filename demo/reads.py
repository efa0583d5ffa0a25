"""The demo publication's reads: fourteen months of days, sixty days of hours, the last minutes, and where readers came from.

Made hour by hour where hours are kept, so that hours make days, days make totals and sources make referrals, as they
would have been counted. The same numbers come each time, seen from now.
"""

import math
import random
from collections import Counter
from datetime import UTC, datetime, time, timedelta

from django.db import connection
from django.utils import timezone

from posts.models import ReferringHost, Source
from posts.reads import popular, tallies

DAYS, HOURS_OF_DAYS = 425, 60
ADDED_UP_FOR = 1  # seconds; the newest days first, and the worker adds the rest
FOUND_AGAIN, YEARS_AGO = 3000, (timedelta(days=200), timedelta(days=1500))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BY_HOUR = (*(0.35, 0.25, 0.2, 0.15, 0.2, 0.4), *(0.8, 1.3, 1.6, 1.6, 1.5, 1.4))
BY_HOUR += (*(1.5, 1.4, 1.3, 1.2, 1.2, 1.2), *(1.2, 1.3, 1.5, 1.5, 1.1, 0.65))
BY_WEEKDAY = (1.1, 1.1, 1.05, 1.0, 0.95, 0.8, 0.9)
HOSTS = {
    Source.SEARCH: {"google.com": 14, "duckduckgo.com": 3, "bing.com": 2, "ecosia.org": 1},
    Source.SOCIAL: {
        "facebook.com": 6,
        "bsky.app": 5,
        "reddit.com": 4,
        "mastodon.social": 2,
        "linkedin.com": 1,
    },
    Source.SITES: {
        "the-long-view.example.org": 6,
        "gulf-notes.example.com": 5,
        "morning-links.example.net": 4,
        "reading-room.example.org": 2,
        "forum.energy-watch.example.com": 2,
        "letters.example.org": 1,
        "blog.cartographer.example.net": 1,
    },
}
BY_COLUMN = (Source.SEARCH, Source.SOCIAL, Source.NEWSLETTER, Source.SITES, Source.OURS)
COLUMNS = {
    "posts_readday": {"day": "date", "post_id": "bigint", "reads": "bigint"}
    | dict.fromkeys(BY_COLUMN, "bigint"),
    "posts_readhour": {"hour": "timestamptz", "post_id": "bigint", "reads": "bigint"},
    "posts_readminute": {"minute": "timestamptz", "post_id": "bigint", "source": "text", "reads": "int"},
    "posts_referral": {"day": "date", "post_id": "bigint", "host_id": "bigint", "reads": "bigint"},
    "posts_readtotal": {"post_id": "bigint", "reads": "bigint"},
}


def make_reads(posts):
    """Newer posts are read more, some much more, as readers do; then the tallies and the popular lists."""
    readership = Readership([post for post in posts if post.is_public], timezone.localtime())
    readership.read()
    days = readership.write()
    tallies.mark(days)
    tallies.add_up(seconds=ADDED_UP_FOR)
    popular.refresh()


class Readership:
    """Who read what, as numbers; `now` is in the publication's own zone."""

    def __init__(self, posts, now):
        self.chance = random.Random(2001)  # noqa: S311
        self.posts, self.now, self.today = posts, now, now.date()
        self.interest = {post.pk: min(6, self.chance.paretovariate(1.6)) for post in posts}
        old = [post for post in posts if YEARS_AGO[0] < now - post.published_at < YEARS_AGO[1]]
        self.found_again = max(old, key=lambda post: self.interest[post.pk], default=None)
        self.hours, self.days = Counter(), Counter()
        self.sources, self.referrals, self.minutes = {}, Counter(), Counter()

    def read(self):
        dates = [self.today - n * DAY for n in range(DAYS - 1, -1, -1)]
        for post in self.posts:
            out = timezone.localtime(post.published_at)
            for date in dates:
                if date >= out.date():
                    self.read_day(post, out, date)
                    self.came_from(post, date, (date - out.date()).days)
        self.read_now()

    def read_day(self, post, out, date):
        """By the hour where hours are kept."""
        midnight = timezone.make_aware(datetime.combine(date, time.min))
        rate = self.of_a_day(post, date) * BY_WEEKDAY[date.weekday()] * self.chance.uniform(0.8, 1.25)
        if (self.today - date).days >= HOURS_OF_DAYS:
            self.days[post.pk, date] = self.whole(rate * fading(max(0, (midnight - out) / DAY) + 0.5))
            return
        hour = midnight.astimezone(UTC)
        while (local := timezone.localtime(hour)).date() == date and hour <= self.now:
            open_for = (
                min(hour + HOUR, self.now) - max(hour, out)
            ) / HOUR  # of this hour; below 0 before it was out
            age = (hour + HOUR / 2 - out) / DAY
            count = self.whole(rate / 24 * BY_HOUR[local.hour] * max(0, open_for) * fading(max(0, age)))
            if count:
                self.hours[post.pk, hour] = count
                self.days[post.pk, date] += count
            hour += HOUR

    def of_a_day(self, post, date):
        """Reads of a first day; one old post is found again by everybody since yesterday: that is what rising shows."""
        age = (date - timezone.localdate(post.published_at)).days
        is_found_again = post == self.found_again and self.today - date <= DAY
        return FOUND_AGAIN / fading(age) if is_found_again else 900 * self.interest[post.pk]

    def whole(self, number):
        """A whole number near it, at times the one above: so small ones do not all become none."""
        return int(number + self.chance.random())

    def came_from(self, post, date, age):
        """The newsletter brings the first day's readers, networks the first week's, search those of old posts."""
        reads = self.days[post.pk, date]
        if not reads:
            del self.days[post.pk, date]
            return
        shares = {
            Source.SEARCH: 0.36 - 0.24 * math.exp(-age / 15),
            Source.SOCIAL: 0.06 + 0.16 * math.exp(-age / 4),
            Source.NEWSLETTER: 0.01 + 0.22 * math.exp(-age / 0.8),
            Source.SITES: 0.09,
            Source.OURS: 0.14,
        }
        counts, left = {}, reads
        for source, share in shares.items():
            counts[source] = min(left, self.whole(reads * share * self.chance.uniform(0.7, 1.3)))
            left -= counts[source]
        self.sources[post.pk, date] = counts
        for source, hosts in HOSTS.items():
            names = self.chance.choices(list(hosts), list(hosts.values()), k=2)
            first = counts[source] - counts[source] // 3
            self.referrals[date, post.pk, names[0]] += first
            self.referrals[date, post.pk, names[1]] += counts[source] - first

    def read_now(self):
        """The reads of this hour and the one before, each in a minute and from somewhere."""
        this_hour = self.now.replace(minute=0, second=0, microsecond=0)
        for (post, hour), reads in self.hours.items():
            if hour < this_hour - HOUR:
                continue
            last = self.now.minute if hour == this_hour else 59
            found = self.sources.get((post, self.today), {})
            kinds = [*found, Source.DIRECT]
            weights = [*found.values(), 1 + self.days[post, self.today] - sum(found.values())]
            for source in self.chance.choices(kinds, weights, k=reads):
                self.minutes[hour + timedelta(minutes=self.chance.randint(0, last)), post, source] += 1

    def write(self):
        """Into the tables; the days there are."""
        names = sorted({name for _, _, name in self.referrals})
        ReferringHost.objects.bulk_create([ReferringHost(name=name) for name in names], ignore_conflicts=True)
        hosts = dict(ReferringHost.objects.filter(name__in=names).values_list("name", "pk"))
        totals = Counter()
        for (post, _), reads in self.days.items():
            totals[post] += reads
        rows = {
            "posts_readday": [
                (date, post, reads, *(self.sources[post, date][source] for source in BY_COLUMN))
                for (post, date), reads in self.days.items()
            ],
            "posts_readhour": [(hour, post, reads) for (post, hour), reads in self.hours.items()],
            "posts_readminute": [(*key, reads) for key, reads in self.minutes.items()],
            "posts_referral": [
                (date, post, hosts[name], reads)
                for (date, post, name), reads in self.referrals.items()
                if reads
            ],
            "posts_readtotal": list(totals.items()),
        }
        with connection.cursor() as cursor:
            for table, columns in COLUMNS.items():
                places = ", ".join(f"%s::{kind}[]" for kind in columns.values())
                cursor.execute(
                    f"INSERT INTO {table} ({', '.join(columns)}) SELECT * FROM unnest({places})",
                    [list(column) for column in zip(*rows[table], strict=True)] or [[]] * len(columns),
                )
        return sorted({date for _, date in self.days})


def fading(age):
    """What is left of the interest in a post so many days after it came out: of a rush, and of what stays for years."""
    return math.exp(-age / 0.9) + 0.25 * math.exp(-age / 8) + 0.08 / (1 + age / 90) ** 0.35
