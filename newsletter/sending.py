"""Sending: workers claim deliveries, hand them over one at a time, and note what became of each.

Never twice, none lost. A claim hands nothing over. Before a message goes to the mail server its row becomes *sending*, durably;
the statement that says so also notes the outcome of the message before it, so a delivery costs one commit. Whoever dies
in between leaves exactly one row a connection of which nobody knows: *unknown*, which a person resolves and no machine resends.

A sender holds an advisory lock on its number for as long as its connection to PostgreSQL lives. When that is free, the sender is dead:
what it had only claimed becomes free again, what it was handing over becomes unknown.
"""

import logging
import secrets
import time
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from newsletter import bounces, carriers
from newsletter.addresses import NotAnAddress
from newsletter.messages import Letterhead
from newsletter.models import Delivery, Mailing, MailingVariant, Subscriber, Suppression

logger = logging.getLogger(__name__)
State = Delivery.State
CLAIMED = 100  # rows at a time
SLICE = 5  # seconds of one job; then other work has its turn
WAITS = (60, 300, 1800, 7200, 21600, 21600, 21600)  # seconds before the next try of one refused for now
LOCKS = 0x6E65  # "ne": our own space of advisory locks

CLAIM = """
UPDATE newsletter_delivery SET claimed_by = %(sender)s, changed_at = statement_timestamp()
WHERE id IN (
    SELECT id FROM newsletter_delivery
    WHERE mailing_id = %(mailing)s AND state = 'pending' AND claimed_by IS NULL AND next_try_at <= statement_timestamp()
    ORDER BY next_try_at, id LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
RETURNING id, variant_id, subscriber_id, attempts
"""
NOTE = """
UPDATE newsletter_delivery SET
    state = %(state)s, reason = %(reason)s, provider = %(provider)s, attempts = %(attempts)s,
    changed_at = statement_timestamp(), next_try_at = statement_timestamp() + make_interval(secs => %(wait)s),
    claimed_by = CASE WHEN %(state)s = 'pending' THEN NULL ELSE claimed_by END
WHERE id = %(id)s AND claimed_by = %(sender)s AND state IN ('sending', 'unknown', 'pending')
"""
BEGIN = """
UPDATE newsletter_delivery AS delivery SET state = 'sending', changed_at = statement_timestamp()
FROM newsletter_mailing AS mailing, newsletter_subscriber AS subscriber
WHERE delivery.id = %(next)s AND delivery.claimed_by = %(sender)s AND delivery.state = 'pending'
    AND mailing.id = delivery.mailing_id AND mailing.state = 'sending'
    AND (mailing.latest_at IS NULL OR mailing.latest_at > statement_timestamp())
    AND subscriber.id = delivery.subscriber_id AND subscriber.state = 'active'
RETURNING subscriber.email, subscriber.link_key::text
"""
NOTE_AND_BEGIN = f"WITH noted AS ({NOTE}) {BEGIN}"  # one statement, one commit
PACE = """
INSERT INTO newsletter_pace (provider, next_at) VALUES (%(provider)s, clock_timestamp() + make_interval(secs => %(gap)s))
ON CONFLICT (provider) DO UPDATE
SET next_at = greatest(newsletter_pace.next_at, clock_timestamp()) + make_interval(secs => %(gap)s)
RETURNING extract(epoch FROM next_at - make_interval(secs => %(gap)s) - clock_timestamp())
"""
FREE = """
UPDATE newsletter_delivery SET
    state = CASE state WHEN 'sending' THEN 'unknown' ELSE state END,
    reason = CASE state WHEN 'sending' THEN %(reason)s ELSE reason END,
    claimed_by = CASE state WHEN 'sending' THEN claimed_by END, changed_at = statement_timestamp()
WHERE claimed_by = %(sender)s AND state IN ('pending', 'sending')
"""
DIED = "The worker ended between handing the message over and noting it. It may have arrived."


@dataclass
class Outcome:
    """What became of a delivery: the row's new state and why; `wait` in seconds before another try."""

    id: int
    state: str
    attempts: int
    reason: str = ""
    wait: float = 0
    provider: str = ""


class Stop(Exception):
    """This sender has nothing more to do here for now; the argument says why."""


class Sender:
    """One connection to one provider, taking deliveries of one mailing. Use as a context."""

    def __init__(self, mailing, *, number=None):
        self.mailing = mailing
        self.number = number or secrets.randbits(47) + 1
        self.providers = carriers.providers()
        self.provider = self.carrier = None
        self.letterheads = {}
        self.noted = None
        self.trouble = ""
        self.counts = dict.fromkeys((State.SENT, State.FAILED, State.SKIPPED, State.UNKNOWN), 0)

    def __enter__(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [lock_of(self.number)])
        return self

    def __exit__(self, *_):
        if self.carrier:
            self.carrier.close()
        with connection.cursor() as cursor:
            cursor.execute(FREE, {"sender": self.number, "reason": DIED})
            cursor.execute("SELECT pg_advisory_unlock(%s)", [lock_of(self.number)])

    def run(self, seconds=SLICE):
        """Sends until the time is over or nothing is left to do now; whether there may be more."""
        until = time.monotonic() + seconds
        try:
            while batch := self.claim():
                for row in batch:
                    self.deliver(row)
                    if time.monotonic() > until:
                        return True
        except TooLate:
            raise
        except Stop as stop:
            logger.info("mailing %s: %s", self.mailing.pk, stop)
            return False
        finally:
            self.write()
        return False

    # Claiming

    def claim(self):
        self.write()
        values = {"sender": self.number, "mailing": self.mailing.pk, "most": CLAIMED}
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, values)
            rows = cursor.fetchall()
        return rows and list(self.without_suppressed(rows))

    def without_suppressed(self, rows):
        """The claimed rows whose addresses may be mailed; the others are skipped, with the reason."""
        keys = dict(
            Subscriber.objects.filter(pk__in=[row[2] for row in rows if row[2]]).values_list("pk", "key")
        )
        covered = Suppression.objects.reasons(keys.values())
        for row in rows:
            if reason := covered.get(keys.get(row[2])):
                self.note(Outcome(row[0], State.SKIPPED, row[3], f"The address is suppressed: {reason}."))
            else:
                yield row

    # One delivery

    def deliver(self, row):
        delivery_id, variant_id, _, attempts = row
        carrier = self.ready()
        found = self.begin(delivery_id)
        if found is None:
            return self.skip(row)
        email, link_key = found
        try:
            carrier.carry(self.letterhead(variant_id), delivery_id, email, link_key)
        except carriers.Away as error:
            self.away(row, error)
        except carriers.Unclear as error:
            self.later(
                Outcome(delivery_id, State.UNKNOWN, attempts + 1, f"No answer after the text: {error}")
            )
        except carriers.Refused as error:
            self.refused(row, error)
        except NotAnAddress:
            self.later(
                Outcome(delivery_id, State.FAILED, attempts + 1, "No address that mail can be sent to.")
            )
        except Exception as error:
            logger.exception("delivery %s", delivery_id)
            self.later(Outcome(delivery_id, State.FAILED, attempts + 1, carriers.said(error)))
        else:
            self.later(Outcome(delivery_id, State.SENT, attempts + 1))

    def begin(self, delivery_id):
        """Notes the outcome before and marks this row as being handed over; None when it must not be."""
        values = {"next": delivery_id, "sender": self.number}
        statement, noted = BEGIN, self.noted
        if noted:
            statement, values = NOTE_AND_BEGIN, values | self.values_of(noted)
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            self.noted = None
            return cursor.fetchone()

    def skip(self, row):
        """Why BEGIN took nothing: the subscriber has left, or the mailing was paused, cancelled or is too late."""
        delivery_id, _, subscriber_id, attempts = row
        mailing = Mailing.objects.only("state", "latest_at").get(pk=self.mailing.pk)
        if mailing.state != Mailing.State.SENDING:
            raise Stop(f"is {mailing.get_state_display().lower()}")
        if mailing.latest_at and mailing.latest_at <= timezone.now():
            raise TooLate("its latest time has passed")
        subscriber = Subscriber.objects.filter(pk=subscriber_id).only("state").first()
        if subscriber is None:
            self.later(Outcome(delivery_id, State.SKIPPED, attempts, "Erased before its turn came."))
        elif subscriber.state != Subscriber.State.ACTIVE:
            reason = f"{subscriber.get_state_display()} before its turn came."
            self.later(Outcome(delivery_id, State.SKIPPED, attempts, reason))
        # else somebody took the claim away: the row is theirs

    def refused(self, row, error):
        delivery_id, _, subscriber_id, attempts = row
        attempts += 1
        if error.is_final:
            outcome = Outcome(delivery_id, State.FAILED, attempts, str(error)[:300])
            self.later(outcome)
            if error.is_address:
                self.write()
                bounces.refused(subscriber_id, str(error))
        elif attempts > len(WAITS):
            self.later(
                Outcome(delivery_id, State.FAILED, attempts, f"Refused {attempts} times: {error}"[:300])
            )
        else:
            self.later(
                Outcome(delivery_id, State.PENDING, attempts, str(error)[:300], wait=WAITS[attempts - 1])
            )

    def away(self, row, error):
        """Nothing was handed over: the row is free again, and the next provider is tried, if there is one."""
        self.later(Outcome(row[0], State.PENDING, row[3], str(error)[:300], wait=0))
        self.write()
        self.carrier.close()
        self.carrier = None
        self.providers.remove(self.provider)
        if not self.providers:
            self.trouble = f"No provider takes mail now; it is tried again every minute. {error}"
            raise Stop(self.trouble)

    # Carrying and pace

    def ready(self):
        """The open line to the provider whose turn it is, once its pace allows another message."""
        if self.carrier is None:
            if not self.providers:
                raise Stop("no provider is named in NEWSLETTER_PROVIDERS")
            self.provider = self.providers[0]
            self.carrier = self.provider.open()
        if self.provider.per_second:
            with connection.cursor() as cursor:
                cursor.execute(PACE, {"provider": self.provider.name, "gap": 1 / self.provider.per_second})
                (wait,) = cursor.fetchone()
            if wait > 0:
                self.write()
                time.sleep(float(wait))
        return self.carrier

    def letterhead(self, variant_id):
        if variant_id not in self.letterheads:
            self.letterheads[variant_id] = Letterhead(self.mailing, MailingVariant.objects.get(pk=variant_id))
        return self.letterheads[variant_id]

    # Noting

    def later(self, outcome):
        """Noted together with the beginning of the next delivery, or by `write()` when there is none."""
        self.noted = outcome
        if outcome.state in self.counts:
            self.counts[outcome.state] += 1

    def note(self, outcome):
        self.write()
        self.later(outcome)
        self.write()

    def write(self):
        if self.noted:
            with connection.cursor() as cursor:
                cursor.execute(NOTE, self.values_of(self.noted))
            self.noted = None

    def values_of(self, outcome):
        provider = self.provider.name if self.provider else ""
        return vars(outcome) | {"sender": self.number, "provider": provider}


class TooLate(Stop):
    """The mailing's latest time has passed."""


def lock_of(number):
    """The advisory lock of a sender: one number of 64 bits, ours by its upper sixteen."""
    return (LOCKS << 48) | (number & 0xFFFFFFFFFFFF)


# The mailing as a whole


def send(mailing_id, *, seconds=SLICE):
    """One job: a slice of a mailing's deliveries. Whether there may be more to do at once."""
    free_the_dead()
    mailing = Mailing.objects.under_way().filter(pk=mailing_id).first()
    if mailing is None or mailing.starts_at > timezone.now():
        return False
    Mailing.objects.filter(pk=mailing.pk, started_at=None).update(started_at=timezone.now())
    try:
        with Sender(mailing) as sender:
            more = sender.run(seconds)
        if sender.trouble != mailing.problem:
            Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.SENDING).update(problem=sender.trouble)
    except TooLate:
        more = False
    end(mailing)
    return more


@transaction.atomic
def end(mailing):
    """A mailing with nothing left to hand over is sent; one past its latest time waits for somebody."""
    mailing = Mailing.objects.select_for_update().filter(pk=mailing.pk, state=Mailing.State.SENDING).first()
    if mailing is None:
        return
    left = mailing.deliveries.filter(state__in=[State.PENDING, State.SENDING])
    if not left.exists():
        mailing.state, mailing.ended_at = Mailing.State.SENT, timezone.now()
        mailing.save(update_fields=["state", "ended_at"])
    elif mailing.latest_at and mailing.latest_at <= timezone.now():
        mailing.state = Mailing.State.WAITING
        mailing.problem = "Its latest time passed before everything was sent. Give it a new one, or end it."
        mailing.save(update_fields=["state", "problem"])


def free_the_dead():
    """Takes back what senders held that are no more; how many deliveries that were.

    Each number that still holds something is asked for its lock: whoever lives has it.
    """
    held = Delivery.objects.filter(state__in=[State.PENDING, State.SENDING], claimed_by__isnull=False)
    freed = 0
    for number in held.order_by().values_list("claimed_by", flat=True).distinct():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock_of(number)])
            if cursor.fetchone()[0]:
                cursor.execute(FREE, {"sender": number, "reason": DIED})
                freed += cursor.rowcount
    return freed


def waiting():
    """Mailings that have something to hand over now."""
    due = Mailing.objects.under_way().exclude(starts_at__gt=timezone.now())
    return due.order_by("queued_at").values_list("pk", flat=True)
