"""The deeds of a subscription but its confirmation: sign up, leave, erase. What is decided in between: `choosing`.

Whatever these do by themselves lowers consent or leaves it alone. Only `confirming.confirm()` raises it.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from informed_comment import erasures, jobs
from informed_comment.persons.parts import Person
from newsletter import holding, limits
from newsletter.consent import note
from newsletter.models import BlockedDomain, ConsentEvent, Subscriber, Suppression

DAY = timedelta(hours=24)
MAILS_A_DAY = {Subscriber.State.ACTIVE: 1}  # to one address; others: settings.CONFIRMATIONS_PER_DAY
What = ConsentEvent.What
State = Subscriber.State


def sign_up(address, *, frequency, source, evidence):
    """Somebody wants the newsletter for `address`: a row, an event and the job of the mail, or nothing at all.

    Says nothing of what it found: an unknown, a pending and an active address are answered alike. A state is
    left as it is until the link in the mail has been used. Raises limits.TooMany.
    """
    counts = limits.sign_up_spends(address, evidence.network)
    with transaction.atomic():
        hold = holding.hold_over(address, counts)
        if may_never_sign_up(address):
            return
        now = timezone.now()
        subscriber = row_for(address, frequency=frequency, source=source, evidence=evidence, now=now)
        if may_never_sign_up(address):  # erased while we waited for the row
            if subscriber.created_at == now:
                subscriber.delete()
            return
        if subscriber.state == State.COMPLAINED or mails_since(subscriber, now - DAY) >= MAILS_A_DAY.get(
            subscriber.state, settings.CONFIRMATIONS_PER_DAY
        ):
            return
        event = note(subscriber, What.ASKED, evidence, at=now, detail=frequency)
        Subscriber.objects.filter(pk=subscriber.pk).update(asked_at=now)
        if hold:
            holding.keep(event, hold, is_new=subscriber.created_at == now)
        else:
            jobs.defer("newsletter.send_confirmation", event_id=event.pk)


def may_never_sign_up(address):
    """Whether the address is suppressed, or its domain blocked: nothing is kept and nothing mailed."""
    is_suppressed = Suppression.objects.covering(address.key).exists()
    return BlockedDomain.objects.covering(address.domain).exists() or is_suppressed


def mails_since(subscriber, since):
    return subscriber.consent_events.filter(what=What.ASKED, at__gt=since).count()


def row_for(address, *, frequency, source, evidence, now):
    """The subscriber with this address, locked; a new pending one when there was none, or when it is erased just now."""
    new = Subscriber(
        email=address.email,
        key=address.key,
        frequency=frequency,
        source=source,
        consent_version=evidence.text_version,
        created_at=now,
        asked_at=now,
    )
    found = None
    while found is None:
        Subscriber.objects.bulk_create([new], ignore_conflicts=True)
        found = Subscriber.objects.select_for_update().filter(key=address.key).first()
    return found


@transaction.atomic
def unsubscribe(subscriber, *, evidence):
    """The subscriber leaves; asking twice changes nothing. Confirmation links sent before are void."""
    subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    if subscriber.state in (State.UNSUBSCRIBED, State.COMPLAINED):
        return subscriber
    now = timezone.now()
    note(subscriber, What.UNSUBSCRIBED, evidence, at=now)
    subscriber.state = State.UNSUBSCRIBED
    subscriber.unsubscribed_at = now
    subscriber.round += 1
    subscriber.save(update_fields=["state", "unsubscribed_at", "round"])
    return subscriber


@transaction.atomic
def erase(subscriber, *, evidence, is_alone=True):
    """Deletes the row. Its history stays without the address, and so does the rule never to mail it again.

    A pending address never belonged to the list and is only forgotten. Unless it is part of the erasure of a person
    (`is_alone`), it is noted here, so that a backup brought back does not bring the subscriber back.
    """
    subscriber = Subscriber.objects.select_for_update().filter(pk=subscriber.pk).first()
    if subscriber is None:  # somebody else has erased it just now
        return
    if subscriber.state != State.PENDING:
        known = Suppression.Reason.values
        reason = subscriber.state if subscriber.state in known else Suppression.Reason.ERASED
        Suppression.objects.suppress(subscriber.key, reason)
    now = timezone.now()
    note(subscriber, What.ERASED, evidence, at=now)
    if is_alone:
        erasures.note(Person(address=subscriber.email), part="Newsletter", at=now)
    blank_history_of(subscriber)
    subscriber.delete()


def blank_history_of(subscriber):
    """The newsroom's own history names what it changed."""
    kind = ContentType.objects.get_for_model(Subscriber)
    lines = LogEntry.objects.filter(content_type=kind, object_id=str(subscriber.pk))
    lines.update(object_repr="An erased subscriber")
