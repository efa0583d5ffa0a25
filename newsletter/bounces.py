"""Mail that came back, and complaints: noted once each, and what they mean for the subscription.

No such mailbox, and a complaint, close it at once. Mail that was not delivered for now closes it when that happened to five
deliveries (or, of reports that name none, on five days) within thirty days: mail that arrives in between does not wipe them
out, time does. Who was closed by those alone may sign up again.
"""

import hashlib
import logging
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from newsletter import addresses
from newsletter.consent import Evidence, note
from newsletter.models import Bounce, ConsentEvent, Delivery, Subscriber, Suppression

logger = logging.getLogger(__name__)
Kind, What = Bounce.Kind, ConsentEvent.What
LOWERED = {What.BOUNCED: Subscriber.State.BOUNCED, What.COMPLAINED: Subscriber.State.COMPLAINED}
SOFT_MOST, SOFT_WITHIN = 5, timedelta(days=30)
UNCLEAR_KEPT, UNCLEAR_A_DAY = timedelta(days=60), 300  # anybody can write to the bounce address
SOFT = """
SELECT count(DISTINCT coalesce('d' || delivery_id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD')))
FROM newsletter_bounce WHERE subscriber_id = %s AND kind = 'soft' AND at > %s
"""


def refused(delivery_id, subscriber_id, reply):
    """The mail server said, when it was handed a message, that there is no such mailbox."""
    subscriber = Subscriber.objects.filter(pk=subscriber_id).first()
    if subscriber:
        record(
            Kind.HARD,
            subscriber=subscriber,
            delivery_id=delivery_id,
            diagnostic=reply,
            source="mail server",
            key=f"mail server {delivery_id}",
        )


def take(report, *, source):
    """Notes a report from the bounce mailbox. One that names no delivery of ours under our seal is only kept for somebody to read."""
    delivery = Delivery.objects.select_related("subscriber").filter(pk=report.delivery_id).first()
    subscriber = delivery and delivery.subscriber
    fate = report.fate_of(subscriber.key if subscriber else "")
    if delivery is None and too_many_unclear():
        logger.warning(
            "More than %s reports at the bounce address today name no delivery of ours: the others are dropped",
            UNCLEAR_A_DAY,
        )
        return None
    return record(
        fate.kind if delivery else Kind.UNCLEAR,
        subscriber=subscriber,
        delivery_id=delivery and delivery.pk,
        status=fate.status,
        diagnostic=fate.diagnostic,
        source=source,
        key=f"mailbox {delivery and delivery.pk} {report.key}",
    )


@transaction.atomic
def record(kind, *, subscriber, delivery_id=None, status="", diagnostic="", source, key, at=None):
    """Notes one report and does what it means. None for a report that was noted before."""
    now = timezone.now()
    told = {
        "kind": kind,
        "delivery_id": delivery_id,
        "subscriber": subscriber,
        "at": min(at or now, now),
        "status": status[:12],
        "diagnostic": without(diagnostic, subscriber)[:4000],
        "source": source[:40],
    }
    key = key if len(key) <= 200 else hashlib.sha256(key.encode()).hexdigest()
    bounce, is_new = Bounce.objects.get_or_create(key=key, defaults=told)
    if not is_new:
        return None
    if subscriber and not was_to_a_former_address(subscriber, delivery_id):
        act(bounce, subscriber)
    return bounce


def act(bounce, subscriber):
    """What a report means for the subscription."""
    if bounce.kind == Kind.COMPLAINT:
        close(subscriber.pk, What.COMPLAINED, how=bounce.source, detail=bounce.diagnostic)
        Suppression.objects.suppress(subscriber.key, Suppression.Reason.COMPLAINED)
    elif bounce.kind == Kind.HARD:
        close(subscriber.pk, What.BOUNCED, how=bounce.source, detail=bounce.diagnostic)
        Suppression.objects.suppress(subscriber.key, Suppression.Reason.BOUNCED)
    elif bounce.kind == Kind.SOFT and soft_lately(subscriber) >= SOFT_MOST:
        detail = (
            f"Not delivered for the {SOFT_MOST}th time within {SOFT_WITHIN.days} days: {bounce.diagnostic}"
        )
        close(subscriber.pk, What.BOUNCED, how=bounce.source, detail=detail)


def soft_lately(subscriber):
    """How many deliveries, and days of reports that name none, came back within thirty days, since the subscriber last confirmed."""
    since = timezone.now() - SOFT_WITHIN
    if subscriber.confirmed_at:
        since = max(since, subscriber.confirmed_at)
    with connection.cursor() as cursor:
        cursor.execute(SOFT, [subscriber.pk, since])
        return cursor.fetchone()[0]


def was_to_a_former_address(subscriber, delivery_id):
    """Whether the delivery went out before the subscriber changed address: what became of it says nothing of today's."""
    handed_over = Delivery.objects.filter(pk=delivery_id).values_list("changed_at", flat=True).first()
    changes = ConsentEvent.objects.filter(subscriber=subscriber, what=What.MOVED)
    return handed_over is not None and changes.filter(at__gt=handed_over).exists()


def without(text, subscriber):
    """What a server said, without the address: that goes when its subscriber is erased, and this stays."""
    return addresses.without(text, subscriber.email, subscriber.key) if subscriber else text


@transaction.atomic
def close(subscriber_id, what, *, how, detail=""):
    """Nothing is mailed to the subscriber from here on. Of what lowers consent already, nothing is changed."""
    lowered = LOWERED[what]
    subscriber = Subscriber.objects.select_for_update().filter(pk=subscriber_id).first()
    if subscriber is None or subscriber.state in (lowered, Subscriber.State.COMPLAINED):
        return None
    note(subscriber, what, Evidence(how), at=timezone.now(), detail=detail[:200])
    if subscriber.state != Subscriber.State.UNSUBSCRIBED or lowered == Subscriber.State.COMPLAINED:
        subscriber.state = lowered
    subscriber.round += 1
    subscriber.save(update_fields=["state", "round"])
    return subscriber


def too_many_unclear():
    unclear = Bounce.objects.filter(kind=Kind.UNCLEAR, at__gt=timezone.now() - timedelta(days=1))
    return unclear.order_by()[:UNCLEAR_A_DAY].count() >= UNCLEAR_A_DAY


def forget_the_unclear():
    """What nobody could make sense of is not kept for ever: it may hold somebody's letter."""
    return Bounce.objects.filter(kind=Kind.UNCLEAR, at__lt=timezone.now() - UNCLEAR_KEPT).delete()[0]
