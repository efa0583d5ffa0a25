"""Double opt-in: the mail that asks, and the answer that raises consent.

A confirmation link is signed, not stored: a mail sent twice carries a link for the same wish, and neither the
database nor the queue holds anything that could confirm. It names the wish (the event of the sign-up) and the
round: whoever leaves starts a new round, and no earlier link brings them back. It is good for seven days and
for this purpose only (its salt).
"""

import logging
import smtplib
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from newsletter.consent import note
from newsletter.mails import send_mail
from newsletter.models import ConsentEvent, Subscriber, Suppression

logger = logging.getLogger(__name__)
PERMANENT = 500  # RFC 5321 4.2.1: from here on, asking again is of no use
GOOD_FOR = timedelta(days=7)
signer = signing.TimestampSigner(salt="newsletter.confirm", sep=".")


class LinkIsVoid(Exception):
    """The link is forged, too old, or of a wish that has been taken back."""


@dataclass(frozen=True)
class Wish:
    """One sign-up waiting for its answer: the subscriber, and the event that holds text and frequency."""

    subscriber: Subscriber
    event: ConsentEvent


def token_for(event):
    return signer.sign_object([event.pk, event.subscriber.round])


def wish_behind(token):
    """The wish the token confirms; raises LinkIsVoid."""
    try:
        event_id, round_of_token = signer.unsign_object(token, max_age=GOOD_FOR)
        events = ConsentEvent.objects.select_related("subscriber").filter(what=ConsentEvent.What.ASKED)
        event = events.get(pk=event_id)
    except (signing.BadSignature, ValueError, TypeError, ConsentEvent.DoesNotExist) as error:
        raise LinkIsVoid from error
    if event.subscriber is None or event.subscriber.round != round_of_token:
        raise LinkIsVoid
    return Wish(event.subscriber, event)


@transaction.atomic
def confirm(token, *, evidence_for):
    """The subscriber says yes: the one deed that makes a subscriber active. Saying it twice changes nothing.

    `evidence_for(text_version)` gives the evidence to note. Raises LinkIsVoid.
    """
    wish = wish_behind(token)
    subscriber = Subscriber.objects.select_for_update().filter(pk=wish.subscriber.pk).first()
    if subscriber is None:  # erased a moment ago
        raise LinkIsVoid
    if subscriber.round != wish.subscriber.round or Suppression.objects.covering(subscriber.key).exists():
        raise LinkIsVoid
    if subscriber.state == Subscriber.State.ACTIVE:
        return subscriber
    now = timezone.now()
    version = wish.event.text_version
    note(subscriber, ConsentEvent.What.CONFIRMED, evidence_for(version), at=now, detail=wish.event.detail)
    subscriber.state = Subscriber.State.ACTIVE
    subscriber.confirmed_at = now
    subscriber.unsubscribed_at = subscriber.paused_until = None
    subscriber.consent_version = version
    subscriber.frequency = wish.event.detail
    subscriber.save(
        update_fields=[
            "state",
            "confirmed_at",
            "unsubscribed_at",
            "paused_until",
            "consent_version",
            "frequency",
        ]
    )
    return subscriber


def send_confirmation(event_id):
    """Sends the mail a sign-up asked for; a second run, or one that comes too late, sends nothing.

    Who is active already gets the link to their preferences instead. Raises OSError when the mail server
    cannot take the mail now.
    """
    event = ConsentEvent.objects.select_related("subscriber").get(pk=event_id)
    subscriber = event.subscriber
    if subscriber is None or subscriber.state == Subscriber.State.COMPLAINED:
        return
    if Suppression.objects.covering(subscriber.key).exists():
        return
    if subscriber.mailed_at is not None and subscriber.mailed_at >= event.at:
        return
    context = {
        "subscriber": subscriber,
        "preferences_url": settings.SITE_URL + subscriber.preferences_url,
        "unsubscribe_url": settings.SITE_URL + subscriber.unsubscribe_url,
        "days": GOOD_FOR.days,
    }
    if subscriber.state == Subscriber.State.ACTIVE:
        name = "known"
    else:
        name = "confirm"
        confirm_path = reverse("newsletter:confirm", args=[token_for(event)])
        context["confirm_url"] = settings.SITE_URL + confirm_path
    try:
        send_mail(name, subscriber.email, context, message_id=f"sign-up-{event.pk}")
    except smtplib.SMTPRecipientsRefused as error:
        if any(code < PERMANENT for code, _ in error.recipients.values()):
            raise
        logger.warning("Sign-up %s gets no mail: the mail server refuses the address for good", event.pk)
        return
    Subscriber.objects.filter(pk=subscriber.pk).update(mailed_at=timezone.now())
