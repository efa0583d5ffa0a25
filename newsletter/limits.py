"""Budgets of the forms anybody may send: by network, by mail domain, by address, and in all.

Counted in the database, a row for a name and an hour (or day), so that they hold for any number of processes. What
came is counted before anything else is done with it, in a transaction of its own: a flood is counted in full, also
where it is turned away.
"""

from dataclasses import dataclass
from datetime import UTC, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from informed_comment import budgets
from informed_comment.budgets import TooMany, spend
from informed_comment.fingerprints import fingerprint
from informed_comment.models import Spent

__all__ = ["TooMany", "spend"]

REMEMBERED = timedelta(days=14)  # of which the usual is reckoned
ALL = "all"
CHANGES_A_DAY = 50  # of one subscriber, on their own page
USUAL = """
SELECT coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY times), 0) FROM newsletter_spent
WHERE name = %s AND since >= %s AND since < %s
"""


@dataclass(frozen=True)
class Counts:
    """The sign-ups of this hour, this one included: in all, and from its mail domain."""

    all: int
    domain: int


def this_hour():
    return timezone.now().replace(minute=0, second=0, microsecond=0)


def until_the_next_hour():
    """In seconds."""
    return int((this_hour() + timedelta(hours=1) - timezone.now()).total_seconds()) + 1


def today():
    return timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def network_spends(network):
    """A form was sent from here; raises TooMany once the network has used up its hour. An unknown one is not counted."""
    if network and spend(f"network {network}", this_hour()) > settings.SIGN_UPS_PER_NETWORK:
        raise TooMany(until_the_next_hour())


def sign_up_spends(address, network):
    """A sign-up has come; raises TooMany when neither it nor another can be taken within this hour."""
    network_spends(network)
    in_all = spend(ALL, this_hour())
    if (
        in_all > settings.SIGN_UPS_PER_HOUR
    ):  # before its domain: a flood of made-up ones leaves no more rows than this
        raise TooMany(until_the_next_hour())
    return Counts(all=in_all, domain=spend(name_of(address.domain), this_hour()))


def link_may_be_mailed(address):
    """Whether one more mail with a lost link may go to the address today."""
    spent = spend(f"link {fingerprint('address', address.key)}", today())
    return spent <= settings.CONFIRMATIONS_PER_DAY


def may_change_again(subscriber):
    """Each change is a row of history for ever: a link that fell into wrong hands must not write without end."""
    return spend(f"changes {subscriber.pk}", today()) <= CHANGES_A_DAY


def name_of(domain):
    """The budget of a mail domain, or that of all sign-ups when it is empty."""
    return f"domain {domain}" if domain else ALL


# What is usual


def most_usual(domain=""):
    """So many sign-ups within an hour pass for usual: a multiple of the middle one among the hours that had any.

    The middle, not the mean: the flood itself must not make floods usual.
    """
    least = settings.SIGN_UPS_PER_DOMAIN if domain else settings.SIGN_UPS_BURST
    with connection.cursor() as cursor:
        cursor.execute(USUAL, [name_of(domain), timezone.now() - REMEMBERED, this_hour()])
        (usual,) = cursor.fetchone()
    return max(least, round(usual * settings.SIGN_UPS_BURST_TIMES))


def busiest_of_late(domain=""):
    """The sign-ups of this hour or of the one before, whichever were more."""
    hours = Spent.objects.filter(name=name_of(domain), since__gte=this_hour() - timedelta(hours=1))
    return max(hours.values_list("times", flat=True), default=0)


def forget():
    """Removes the counts nothing looks at any more; networks and addresses first."""
    Spent.objects.filter(since__lt=timezone.now() - REMEMBERED).delete()
    budgets.forget(but=(ALL, "domain "))
