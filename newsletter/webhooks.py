"""What providers tell of our mail: events as django-anymail reads them, from whichever provider, made into reports.

A provider's word is believed once its request has proved to be the provider's (newsletter/views/webhooks.py). Only what a mailbox
is surely to blame for is taken as hard; what providers call so for a policy's sake is not.
"""

import hashlib

from django.utils import timezone

from newsletter import addresses, bounces, subscribing
from newsletter.carriers import ENHANCED
from newsletter.consent import Evidence
from newsletter.messages import deliveries_named
from newsletter.models import Bounce, Delivery, Subscriber

Kind = Bounce.Kind


def mailgun_is_hard(told):
    data = told.get("event-data", {})
    return data.get("severity") == "permanent"


# What each provider itself calls a bounce for good. SparkPost's classes: 10 no such recipient, 30 no recipient, 90 unsubscribed.
HARD = {
    "postmark": lambda told: told.get("Type") in ("HardBounce", "BadEmailAddress"),
    "mailgun": mailgun_is_hard,
    "brevo": lambda told: told.get("event") in ("hard_bounce", "invalid_email"),
    "ses": lambda told: told.get("bounce", {}).get("bounceType") == "Permanent",
    "mailjet": lambda told: bool(told.get("hard_bounce")),
    "sparkpost": lambda told: str(told.get("bounce_class")) in ("10", "30"),
    "resend": lambda told: told.get("data", {}).get("bounce", {}).get("type") == "Permanent",
    "mailersend": lambda told: told.get("type") == "activity.hard_bounced",
    "mailtrap": lambda told: told.get("event") == "bounce",
}


def take(event, *, provider):
    """Does what one event means; a Bounce that was noted now, or None: for news that need nobody, or are of nobody we know."""
    kind = kind_of(event, provider)
    if kind is None and event.event_type != "unsubscribed":
        return None
    subscriber, delivery_id = whose(event)
    if subscriber is None:
        return None
    if kind is None:
        subscribing.unsubscribe(subscriber, evidence=Evidence(provider))
        return None
    said = event.mta_response or event.description or ""
    status = ENHANCED.search(str(said))
    return bounces.record(
        kind,
        subscriber=subscriber,
        delivery_id=delivery_id,
        status=status[0] if status else "",
        diagnostic=str(said),
        source=provider,
        key=key_of(event, provider),
        at=moment(event.timestamp),
    )


def kind_of(event, provider):
    """Of deferred mail we hear again; that it was sent, delivered or opened is nothing to us."""
    if event.event_type == "complained" or (event.event_type == "rejected" and event.reject_reason == "spam"):
        return Kind.COMPLAINT
    if event.event_type == "bounced":
        return Kind.HARD if is_hard(event, provider) else Kind.SOFT
    if event.event_type == "rejected" and event.reject_reason in ("bounced", "invalid"):
        return Kind.HARD
    return Kind.SOFT if event.event_type in ("rejected", "failed") else None


def is_hard(event, provider):
    """What the provider calls hard, unless the server that refused the mail gave a policy or a full mailbox as its reason."""
    told = event.esp_event if isinstance(event.esp_event, dict) else {}
    status = ENHANCED.search(str(event.mta_response or ""))
    is_other = status and (status[2] == "7" or (status[2], status[3]) == ("2", "2") or status[1] == "4")
    return HARD[provider](told) and not is_other


def whose(event):
    """(subscriber, number of the delivery): by our seal in what we gave the provider along, else by the address."""
    named = str((event.metadata or {}).get("delivery", ""))
    key = key_in(event.recipient)
    found = next(deliveries_named(f"{named}@"), None)
    delivery = Delivery.objects.select_related("subscriber").filter(pk=found).first()
    if delivery and delivery.subscriber:
        moved = bounces.was_to_a_former_address(delivery.subscriber, delivery.pk)
        if moved or key in ("", delivery.subscriber.key):
            return delivery.subscriber, delivery.pk
    return Subscriber.objects.filter(key=key).first() if key else None, None


def key_in(recipient):
    try:
        return addresses.parse(str(recipient or "")).key
    except addresses.NotAnAddress:
        return ""


def key_of(event, provider):
    """The same for an event each time it is told; one request may tell of several recipients under one number."""
    told = (event.event_id or (event.timestamp, event.message_id), event.event_type, key_in(event.recipient))
    return f"{provider} {hashlib.sha256(repr(told).encode()).hexdigest()}"


def moment(told):
    return timezone.make_aware(told) if told and timezone.is_naive(told) else told
