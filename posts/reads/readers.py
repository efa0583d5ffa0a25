"""Telling one reader of a post from another, for a day, without a cookie and without keeping an address.

A reader is a hash of post, address and browser under a key that the database makes at random for each day and that is
thrown away after it. See docs/decisions/0039.
"""

import functools
import re
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import NamedTuple

A_CROWD = 50  # readers of one post from one address and day; more are taken for one that changes its name
A_NEIGHBOURHOOD = 200  # readers of one post from one neighbourhood and day
JITTER = 2  # seconds by which our notion of a day's end may differ from the database's

MACHINES = [
    "crawl",
    "spider",
    "slurp",
    "preview",
    "fetch",
    "monitor",
    "headless",
    "lighthouse",
    "pagespeed",
    "scan",
    "archiver",
    "validator",
    "facebookexternalhit",
    "embedly",
    "whatsapp",
    "curl",
    "wget",
    "python",
    "java/",
    "okhttp",
    "go-http",
    "libwww",
    "httpclient",
    "axios",
    "node",
]
BOT = re.compile(r"bot\b")


@functools.lru_cache(2048)
def is_machine(agent):
    """Crawlers, link previews, monitors and scripts say so, or say nothing at all."""
    said = agent.lower()
    return not said or any(map(said.__contains__, MACHINES)) or ("bot" in said and bool(BOT.search(said)))


def home_of(address):
    """What stands for an IP address: itself, or the /64 that one household has of IPv6; b"" when it is not known."""
    if address is None:
        return b""
    return address.packed if address.version == 4 else address.packed[:8]


def neighbourhood_of(home):
    """The /24 or the /48 around it."""
    return home[:3] if len(home) == 4 else home[:6]


class Read(NamedTuple):
    """A read as it came in: `at` by the clock of this process that never jumps. It stays so until the next writing."""

    at: float
    home: bytes
    agent: str
    post_id: int
    said: str
    place: int  # what this process knows address and post by


class Candidate(NamedTuple):
    """A read that may count, without its address: what the database is given."""

    at: float
    day: date
    room: int
    reader: int
    network: int
    post_id: int
    said: str
    place: int


@dataclass(frozen=True)
class Day:
    """A day of the publication's zone, its key, and when it begins and ends by the clock of this process."""

    date: date
    key: bytes = field(repr=False)
    begins: float
    ends: float

    def candidate(self, read):
        post = read.post_id.to_bytes(8)
        home = post + read.home
        neighbourhood = neighbourhood_of(read.home)
        address, browser = self.hash(b"a" + home, 4), self.hash(b"b" + home + read.agent.encode(), 4)
        return Candidate(
            read.at,
            self.date,
            number(self.hash(b"r" + post + neighbourhood)),
            number(address + browser),
            number(self.hash(b"n" + neighbourhood)),
            read.post_id,
            read.said,
            read.place,
        )

    def hash(self, what, size=8):
        return blake2b(what, key=self.key, digest_size=size).digest()


def number(digest):
    """As PostgreSQL's bigint."""
    return int.from_bytes(digest, signed=True)


class Calendar:
    """The days this process knows, as the database's clock has them: today, tomorrow, and whatever is still to write."""

    def __init__(self):
        self.days = []
        self.used = {}  # keys by date: one that has told readers apart is kept, even if the server has lost it

    def day_at(self, moment):
        return next((day for day in self.days if day.begins <= moment < day.ends), None)

    def covers(self, oldest, now):
        """Whether reads since `oldest` can be hashed, and those of tomorrow should the database be away by then."""
        today = self.day_at(now)
        return bool(today and self.day_at(oldest) and self.day_at(today.ends))

    def learn(self, rows, *, at):
        """(date, key, seconds until it begins, and ends) of days that follow one another, as answered to a question at `at`."""
        self.used = {day: self.used[day] for day, *_ in rows if day in self.used}
        self.days = [
            Day(day, self.used.get(day, key), at + begins, at + ends) for day, key, begins, ends in rows
        ]

    def candidate(self, read):
        """The read without its address, or None while the key of its day is not known."""
        day = self.day_at(read.at)
        if day is None:
            return None
        self.used[day.date] = day.key
        return day.candidate(read)

    def agrees(self, today, ends_in, *, at):
        """Whether the database's clock, asked at `at`, has the same days; it has not after it has been put right."""
        ends = (day.ends for day in self.days if day.date == today)
        return any(abs(end - at - ends_in) < JITTER for end in ends)

    def forget_days(self):
        self.days = []

    def forget_past(self, now):
        self.days = [day for day in self.days if day.ends > now]
        kept = {day.date for day in self.days}
        self.used = {day: key for day, key in self.used.items() if day in kept}
