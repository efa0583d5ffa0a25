"""Budgets: how often something may be done within a span of time, counted for a name.

    try:
        budgets.take(f"password {account}", most=10, within=timedelta(minutes=15))
    except budgets.TooMany as refusal:
        …                       # refusal.seconds until the next may be taken: what Retry-After says

The one limiter of the site. A row a name and span in PostgreSQL, so it holds for any number of processes and machines and
through a restart. Spans begin on the full hour, day or whatever `within` divides time into. Take before the deed, and
outside of its transaction: one that fails must have been counted. What only spares a process and need not be exact is
bounded by allowances.py, which asks no database.
"""

import hashlib
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from informed_comment.models import Spent

LONGEST_NAME = 260
KEPT = timedelta(days=2)  # names may hold a network or an account
SPEND = """
INSERT INTO newsletter_spent (name, since, times) VALUES (%s, %s, 1)
ON CONFLICT (name, since) DO UPDATE SET times = newsletter_spent.times + 1 RETURNING times
"""


class TooMany(Exception):
    """A budget is used up; `seconds` says when its next span begins."""

    def __init__(self, seconds=3600):
        super().__init__(f"The budget is used up for {seconds} seconds.")
        self.seconds = seconds


def take(name, *, most, within):
    """Takes one from the budget and says how many that makes. Raises TooMany beyond `most`; what is refused counts, too."""
    since = span(within)
    times = spend(name, since)
    if times > most:
        raise TooMany(max(1, int((since + within - timezone.now()).total_seconds())))
    return times


def spend(name, since):
    """Takes one from the budget of the span that began then; how much has been taken now."""
    with connection.cursor() as cursor:
        cursor.execute(SPEND, [kept(name), since])
        return cursor.fetchone()[0]


def taken(name, *, within):
    """How many have been taken within this span, without taking one."""
    spent = Spent.objects.filter(name=kept(name), since=span(within))
    return spent.aggregate(all=Sum("times"))["all"] or 0


def give_back(name):
    """Forgets what was taken under the name: it was its owner after all."""
    Spent.objects.filter(name=kept(name)).delete()


def span(within):
    """When the span of this length began that we are in."""
    now = timezone.now().timestamp()
    return datetime.fromtimestamp(now - now % within.total_seconds(), UTC)


def kept(name):
    """A name as a row can hold it: strangers choose parts of it, and may choose long ones."""
    name = name.replace("\x00", "").encode(errors="replace").decode()
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[:190]} {hashlib.sha256(name.encode()).hexdigest()}"


def forget(*, but=()):
    """Removes the counts nothing looks at any more; names that begin with one of `but` stay."""
    old = Spent.objects.filter(since__lt=timezone.now() - KEPT)
    for beginning in but:
        old = old.exclude(name__startswith=beginning)
    old.delete()
