"""The statements by which a sender takes deliveries, begins each, and notes what became of it.

A claim hands nothing over. Before a message goes to the mail server its row becomes *sending*, durably; the statement that says so
also notes the outcome of the message before it, so a delivery costs one commit. Whoever dies in between leaves exactly one row
a connection of which nobody knows: *unknown*, which a person resolves and no machine resends.

A sender holds an advisory lock on its number for as long as its connection to PostgreSQL lives. When that is free, the sender is dead:
what it had only claimed becomes free again, what it was handing over becomes unknown.
"""

from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from psycopg import Cursor

from informed_comment import poolers
from informed_comment.fingerprints import fingerprints
from newsletter.models import Delivery

State = Delivery.State
CLAIMED = 100  # rows at a time
SENDERS, PLACES = 0x6E65, 0x6E66  # "ne", "nf": our own spaces of advisory locks

# What the promise rests on: a commit is on the disk before a message is handed over, and a host that is gone is noticed.
OPEN = """
SELECT pg_advisory_lock(%s),
    CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', false) END,
    set_config('tcp_keepalives_idle', '30', false), set_config('tcp_keepalives_interval', '10', false),
    set_config('tcp_keepalives_count', '3', false)
"""
CLAIM = """
WITH taken AS (
    SELECT id, subscriber_id FROM newsletter_delivery
    WHERE mailing_id = %(mailing)s AND state = 'pending' AND claimed_by IS NULL AND next_try_at <= statement_timestamp()
    ORDER BY next_try_at, id LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE newsletter_delivery AS delivery SET claimed_by = %(sender)s, changed_at = statement_timestamp()
FROM taken LEFT JOIN newsletter_subscriber AS subscriber ON subscriber.id = taken.subscriber_id
WHERE delivery.id = taken.id
RETURNING delivery.id, delivery.variant_id, delivery.subscriber_id, delivery.attempts, coalesce(subscriber.key, '')
"""
NOTE = """
UPDATE newsletter_delivery SET
    state = %(state)s::text, reason = %(reason)s::text, provider = %(provider)s::text, attempts = %(attempts)s::int,
    is_retryable = %(is_retryable)s::bool, changed_at = statement_timestamp(),
    next_try_at = statement_timestamp() + make_interval(secs => %(wait)s::float),
    claimed_by = CASE WHEN %(state)s::text = 'pending' THEN NULL ELSE claimed_by END
WHERE id = %(id)s::bigint AND (claimed_by = %(sender)s::bigint) IS TRUE AND state IN ('sending', 'unknown', 'pending')
"""
BEGIN = """
UPDATE newsletter_delivery AS delivery SET state = 'sending', changed_at = statement_timestamp()
FROM newsletter_mailing AS mailing, newsletter_subscriber AS subscriber
WHERE delivery.id = %(next)s::bigint AND (delivery.claimed_by = %(sender)s::bigint) IS TRUE AND delivery.state = 'pending'
    AND mailing.id = delivery.mailing_id AND mailing.state = 'sending'
    AND (mailing.latest_at IS NULL OR mailing.latest_at > statement_timestamp())
    AND subscriber.id = delivery.subscriber_id AND subscriber.state = 'active' AND subscriber.key = %(key)s::text
    AND (subscriber.paused_until IS NULL OR subscriber.paused_until <= statement_timestamp())
    AND NOT EXISTS (SELECT FROM newsletter_suppression WHERE address_hash = ANY (%(hashes)s::text[]))
RETURNING subscriber.email, subscriber.link_key::text
"""
NOTE_AND_BEGIN = f"WITH noted AS ({NOTE}) {BEGIN}"  # one statement, one commit
FREE = """
UPDATE newsletter_delivery SET
    state = CASE state WHEN 'sending' THEN 'unknown' ELSE state END,
    reason = CASE state WHEN 'sending' THEN %(reason)s ELSE reason END,
    claimed_by = CASE state WHEN 'sending' THEN claimed_by END, changed_at = statement_timestamp()
WHERE claimed_by = %(sender)s AND state IN ('pending', 'sending')
"""
DIED = "The worker ended between handing the message over and noting it. It may have arrived."


@dataclass(frozen=True)
class Claim:
    """A delivery a sender has taken: nobody else takes it, and nothing of it has been handed over."""

    id: int
    variant_id: int
    subscriber_id: int | None
    attempts: int
    key: str

    @property
    def hashes(self):
        """Every form in which the address may stand among the suppressed ones."""
        return fingerprints("address", self.key)


@dataclass(frozen=True)
class Outcome:
    """What became of a delivery: the row's new state and why.

    `wait` in seconds before another try. `is_retryable`: a person may have a failed one sent again, for it surely was not
    and the address is not to blame.
    """

    id: int
    state: str
    attempts: int
    reason: str = ""
    wait: float = 0
    is_retryable: bool = False


def enter(sender):
    """From here on the sender counts as alive, until `leave` or until its connection ends."""
    poolers.refuse(connection)
    run(OPEN, [lock_of(SENDERS, sender)])


def leave(sender):
    """Lets go of whatever the sender still holds, and of its lock."""
    run(FREE, {"sender": sender, "reason": DIED})
    run("SELECT pg_advisory_unlock(%s)", [lock_of(SENDERS, sender)])


def claim(sender, mailing_id):
    values = {"sender": sender, "mailing": mailing_id, "most": CLAIMED}
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        return [Claim(*row) for row in cursor.fetchall()]


def begin(sender, claim, noted=None):
    """Marks a claimed row as being handed over, and notes the outcome before it.

    (address, link key) of whom it goes to; None when it must not be handed over (any more).
    """
    values = {"next": claim.id, "sender": sender, "key": claim.key, "hashes": claim.hashes}
    with prepared(NOTE_AND_BEGIN if noted else BEGIN, values | (noted or {})) as cursor:
        return cursor.fetchone()


def note(noted):
    with prepared(NOTE, noted):
        pass


@contextmanager
def prepared(statement, values):
    """A statement that is asked for each delivery: planned once a connection, since planning takes longer than doing it."""
    connection.ensure_connection()
    connection.connection.prepare_threshold = 0  # Django's own cursors prepare nothing, whatever it says
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.execute(statement, values)
        yield cursor


def free_the_dead():
    """Takes back what senders held that are no more; how many deliveries that were.

    Each number that still holds something is asked for its lock: whoever lives has it.
    """
    held = Delivery.objects.filter(state__in=[State.PENDING, State.SENDING], claimed_by__isnull=False)
    freed = 0
    for number in held.order_by().values_list("claimed_by", flat=True).distinct():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock_of(SENDERS, number)])
            if cursor.fetchone()[0]:
                cursor.execute(FREE, {"sender": number, "reason": DIED})
                freed += cursor.rowcount
    return freed


@contextmanager
def place_of(mailing_id, place):
    """Whether one of the mailing's connections is free for us; it is ours meanwhile."""
    lock = [lock_of(PLACES, mailing_id << 8 | place)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", lock)
        (is_ours,) = cursor.fetchone()
    try:
        yield is_ours
    finally:
        if is_ours:
            run("SELECT pg_advisory_unlock(%s)", lock)


def lock_of(space, number):
    """An advisory lock: one number of 64 bits, ours by its upper sixteen."""
    return (space << 48) | (number & 0xFFFFFFFFFFFF)


def run(statement, values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
