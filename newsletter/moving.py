"""A subscription moves to another address once that address has said yes. Until then nothing changes.

What is answered never tells what is known of the new address. The old one is told when the wish comes and when it has
come true; it need not agree, since it may be the reason for the change.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.utils import timezone

from informed_comment import jobs
from informed_comment.fingerprints import fingerprint
from newsletter import limits
from newsletter.consent import note
from newsletter.models import (
    MOVE_DAYS,
    AddressChange,
    ConsentEvent,
    FormerLink,
    HeldSignUp,
    Subscriber,
    Suppression,
)

WISHES_A_DAY = 5  # of one subscriber
GOOD_FOR = timedelta(days=MOVE_DAYS)
signer = signing.TimestampSigner(salt="newsletter.move", sep=".")
What = ConsentEvent.What
State = Subscriber.State
MAY_MOVE = (State.ACTIVE, State.BOUNCED)


class LinkIsVoid(Exception):
    """The link is forged, too old, or of a wish that another has replaced."""


class AlreadyThere(Exception):
    """The new address has a subscription of its own."""


@dataclass(frozen=True)
class Move:
    subscriber: Subscriber
    change: AddressChange


def token_for(change):
    return signer.sign_object([change.pk, change.asked_at.isoformat()])


def move_behind(token):
    """The wish the token confirms; raises LinkIsVoid."""
    try:
        pk, asked_at = signer.unsign_object(token, max_age=GOOD_FOR)
        waiting = AddressChange.objects.select_related("subscriber").filter(former_email="")
        change = waiting.get(pk=pk)
    except (signing.BadSignature, ValueError, TypeError, AddressChange.DoesNotExist) as error:
        raise LinkIsVoid from error
    if change.asked_at.isoformat() != asked_at or change.subscriber.state not in MAY_MOVE:
        raise LinkIsVoid
    return Move(change.subscriber, change)


def ask(subscriber, address, *, evidence):
    """The subscriber wants mail at another address: it is asked there, and the old one is told. Raises limits.TooMany."""
    limits.network_spends(evidence.network)
    if limits.spend(f"moves {subscriber.pk}", limits.today()) > WISHES_A_DAY:
        raise limits.TooMany
    may_be_mailed = limits.link_may_be_mailed(address)
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
        if subscriber.state not in MAY_MOVE or subscriber.key == address.key:
            return
        change, _ = AddressChange.objects.update_or_create(
            subscriber=subscriber,
            defaults={
                "email": address.email,
                "key": address.key,
                "asked_at": timezone.now(),
                "mailed_at": None,
                "former_email": "",
            },
        )
        to = f"to {fingerprint('address', address.key)}"
        note(subscriber, What.MOVING, evidence, at=change.asked_at, detail=to)
        if may_be_mailed:
            jobs.defer("newsletter.ask_new_address", change_id=change.pk)
        if subscriber.state == State.ACTIVE:
            jobs.defer("newsletter.tell_old_address", change_id=change.pk)


@transaction.atomic
def take_back(subscriber, *, evidence):
    """The subscriber stays at the old address after all; the link in the mail is void."""
    if AddressChange.objects.filter(subscriber=subscriber, former_email="").delete()[0]:
        note(subscriber, What.MOVING, evidence, at=timezone.now(), detail="taken back")


@transaction.atomic
def confirm(token, *, evidence):
    """The new address says yes: it takes the place of the old one. Raises LinkIsVoid, AlreadyThere.

    Who had bounced is active again by this: it is the subscriber's own word, and only the old mailbox was gone.
    """
    move = move_behind(token)
    subscriber = Subscriber.objects.select_for_update().filter(pk=move.subscriber.pk).first()
    if subscriber is None:  # erased a moment ago
        raise LinkIsVoid
    change = AddressChange.objects.select_for_update().get(pk=move.change.pk)
    if change.former_email or change.asked_at != move.change.asked_at or subscriber.state not in MAY_MOVE:
        raise LinkIsVoid
    if Suppression.objects.covering(change.key).exists():
        raise LinkIsVoid
    now, was_active = timezone.now(), subscriber.state == State.ACTIVE
    make_room(change.key, evidence=evidence, at=now)
    note(subscriber, What.MOVED, evidence, at=now, detail="away from this address")
    FormerLink.objects.create(subscriber=subscriber, link_key=subscriber.link_key, until=now)
    change.former_email = subscriber.email
    subscriber.email, subscriber.key = change.email, change.key
    subscriber.link_key, subscriber.round = uuid.uuid4(), subscriber.round + 1
    note(subscriber, What.MOVED, evidence, at=now, detail="to this address")
    subscriber.consent_version = evidence.text_version
    fields = ["email", "key", "link_key", "round", "consent_version"]
    if not was_active:
        note(subscriber, What.CONFIRMED, evidence, at=now, detail=subscriber.frequency)
        subscriber.state, subscriber.confirmed_at = State.ACTIVE, now
        fields += ["state", "confirmed_at"]
    subscriber.save(update_fields=fields)
    HeldSignUp.objects.filter(subscriber=subscriber).delete()
    if was_active:
        change.save(update_fields=["former_email"])
        jobs.defer("newsletter.tell_old_address", change_id=change.pk)
    else:
        change.delete()
    return subscriber


def make_room(key, *, evidence, at):
    """A row the new address has already makes way, unless it is active or complained: its history stays by its hash."""
    other = Subscriber.objects.select_for_update().filter(key=key).first()
    if other is None:
        return
    if other.state == State.ACTIVE:
        raise AlreadyThere
    if other.state == State.COMPLAINED:
        raise LinkIsVoid
    note(other, What.MOVED, evidence, at=at, detail="another subscription moves to this address")
    other.delete()
