"""The ledger of a mailing: what has become of its audience, and what a person decides where no machine may.

audience = sent + failed + skipped + pending + unknown, counted in one statement, so that it is true of one moment.
"""

import time
from dataclasses import asdict, dataclass, field

from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from newsletter import queueing
from newsletter.models import Delivery, Mailing, MailingFigures

State = Delivery.State
COUNT = """
SELECT 'state', state, count(*) FROM newsletter_delivery WHERE mailing_id = %(mailing)s GROUP BY state
UNION ALL
SELECT 'skipped', reason, count(*) FROM newsletter_delivery WHERE mailing_id = %(mailing)s AND state = 'skipped' GROUP BY reason
"""
SHARE = 10  # counting takes at most a tenth of the time, however many watch
REMEMBERED = 120  # seconds by which the speed is told
ENOUGH = 5  # seconds before it is
REASONS = 12


@dataclass(frozen=True)
class Balance:
    """One moment of a mailing. `reasons` are why deliveries were skipped, the most frequent first."""

    audience: int
    sent: int = 0
    failed: int = 0
    skipped: int = 0
    pending: int = 0
    sending: int = 0
    unknown: int = 0
    reasons: tuple = field(default=())
    counted_at: float = 0

    @property
    def waiting(self):
        """Pending as the promise has it: not handed over, or being handed over in this moment."""
        return self.pending + self.sending

    @property
    def total(self):
        return self.sent + self.failed + self.skipped + self.waiting + self.unknown

    @property
    def adds_up(self):
        return self.total == self.audience

    @property
    def done(self):
        return self.total - self.waiting


def balance(mailing):
    """Counted now."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"mailing": mailing.pk})
        rows = cursor.fetchall()
    states = {name: number for what, name, number in rows if what == "state"}
    reasons = sorted(((n, name) for what, name, n in rows if what == "skipped"), reverse=True)
    return Balance(
        audience=mailing.audience,
        reasons=tuple((name, n) for n, name in reasons[:REASONS]),
        counted_at=time.time(),
        **states,
    )


def lately(mailing):
    """A balance some seconds old at most: over a million deliveries it takes a quarter of a second to count."""
    key = f"ledger-{mailing.pk}"
    found = kept_balance(cache.get(key))
    if found is None or found.audience != mailing.audience:
        begun = time.monotonic()
        found = balance(mailing)
        cache.set(key, asdict(found), max(1, SHARE * (time.monotonic() - begun)))
    return found


def kept_balance(said):
    """A cache that processes share gives lists for tuples."""
    return Balance(**said | {"reasons": tuple(map(tuple, said["reasons"]))}) if said else None


def speed(mailing, now):
    """Deliveries a second, over the last two minutes; None while that cannot be told."""
    key = f"ledger-speed-{mailing.pk}"
    seen = [one for one in cache.get(key, []) if now.counted_at - REMEMBERED < one[0] < now.counted_at]
    cache.set(key, [*seen, (now.counted_at, now.done)], REMEMBERED)
    if not seen:
        began = mailing.started_at.timestamp() if mailing.started_at else now.counted_at
        seen = [(began, 0)] if now.counted_at - began < REMEMBERED else []
    if not seen or now.counted_at - seen[0][0] < ENOUGH:
        return None
    return max(0.0, (now.done - seen[0][1]) / (now.counted_at - seen[0][0]))


# What a person decides


class CannotResolve(ValueError):
    """Why it is not done, in a sentence with the cure."""


@transaction.atomic
def it_arrived(mailing, deliveries, *, by):
    """Of unknown deliveries somebody found out that they arrived; how many."""
    Mailing.objects.select_for_update().get(pk=mailing.pk)
    unknown = mailing.deliveries.filter(pk__in=deliveries, state=State.UNKNOWN)
    done = unknown.update(
        state=State.SENT,
        reason=f"Was unknown; {by} found that it arrived."[:300],
        claimed_by=None,
        changed_at=timezone.now(),
    )
    counted_again(mailing)
    return done


@transaction.atomic
def send_again(mailing, deliveries, *, by):
    """Of deliveries that are unknown, somebody found out that they did not arrive; or they surely were not sent, and not for the
    address's sake. They go out again; how many. CannotResolve when the mailing was cancelled.

    A mailing that had ended goes on, without a latest time; one that is paused or waits stays so.
    """
    mailing = Mailing.objects.select_for_update().get(pk=mailing.pk)
    if mailing.state == Mailing.State.CANCELLED:
        raise CannotResolve("The mailing was cancelled: nothing more of it is sent. Write a new one.")
    chosen = mailing.deliveries.filter(pk__in=deliveries)
    now = timezone.now()
    again = {"state": State.PENDING, "attempts": 0, "is_retryable": False, "claimed_by": None}
    again |= {"next_try_at": now, "changed_at": now}
    found = f"Was unknown; {by} found that it did not arrive."[:300]
    done = chosen.filter(state=State.UNKNOWN).update(reason=found, **again)
    failed = chosen.filter(state=State.FAILED, is_retryable=True)
    done += failed.update(reason=f"Had failed; {by} has it sent again."[:300], **again)
    if done:
        counted_again(mailing)
        go_on(mailing)
    return done


def go_on(mailing):
    """Workers are asked for, if the mailing is not held back by somebody."""
    if mailing.state == Mailing.State.SENT:
        mailing.state, mailing.ended_at, mailing.latest_at = Mailing.State.SENDING, None, None
        mailing.save(update_fields=["state", "ended_at", "latest_at"])
    if mailing.state == Mailing.State.SENDING:
        queueing.ask_for_workers(mailing)


def counted_again(mailing):
    """What was kept of the numbers is of before."""
    cache.delete(f"ledger-{mailing.pk}")
    MailingFigures.objects.filter(mailing=mailing).update(is_final=False)
