"""Mail about a subscription itself, sent by the worker: links, changes of address, sections that are gone.

Each is a job that names a row, so that no address stands in the queue; run twice, it sends under one Message-ID.
Nothing in them is of a stranger's choosing.
"""

import functools
import logging
import smtplib

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from newsletter import moving
from newsletter.mails import send_mail
from newsletter.models import AddressChange, BlockedDomain, Subscriber, Suppression

logger = logging.getLogger(__name__)
PERMANENT = 500  # RFC 5321 4.2.1: from here on, asking again is of no use


def given_up_when_refused(send):
    """A mailbox that is gone for good is no reason to try again; anything else is. Raises OSError then."""

    @functools.wraps(send)
    def sent(*args, **kwargs):
        try:
            send(*args, **kwargs)
        except smtplib.SMTPRecipientsRefused as error:
            if any(code < PERMANENT for code, _ in error.recipients.values()):
                raise
            logger.warning(
                "A mail of the newsletter (%s) is not sent: the mail server refuses its address for good",
                send.__name__,
            )

    return sent


def links_of(subscriber):
    return {
        "subscriber": subscriber,
        "preferences_url": settings.SITE_URL + subscriber.preferences_url,
        "unsubscribe_url": settings.SITE_URL + subscriber.unsubscribe_url,
    }


@given_up_when_refused
def send_link(subscriber_id, number):
    """The link to their own page, to somebody who has lost it."""
    subscriber = Subscriber.objects.filter(pk=subscriber_id).first()
    if subscriber and not Suppression.objects.covering(subscriber.key).exists():
        send_mail("link", subscriber.email, links_of(subscriber), message_id=f"link-{subscriber.pk}-{number}")


@given_up_when_refused
def tell_sections_gone(subscriber_id):
    subscriber = Subscriber.objects.active().filter(pk=subscriber_id).first()
    if subscriber and not Suppression.objects.covering(subscriber.key).exists():
        number = f"sections-{subscriber.pk}-{timezone.now():%Y%m%d}"
        send_mail("sections", subscriber.email, links_of(subscriber), message_id=number)


@given_up_when_refused
def ask_new_address(change_id):
    """The question to the new address; who is subscribed there already gets the link to that instead."""
    change = AddressChange.objects.filter(pk=change_id, former_email="", mailed_at=None).first()
    if change is None or may_never_be_asked(change):
        return
    other = Subscriber.objects.filter(key=change.key).first()
    number = f"move-{change.pk}-{change.asked_at:%Y%m%d%H%M%S}"
    if other and other.state == Subscriber.State.ACTIVE:
        send_mail("known", other.email, links_of(other), message_id=number)
    else:
        path = reverse("newsletter:move", args=[moving.token_for(change)])
        context = {"move_url": settings.SITE_URL + path, "days": moving.GOOD_FOR.days}
        send_mail("move", change.email, context, message_id=number)
    AddressChange.objects.filter(pk=change.pk, asked_at=change.asked_at).update(mailed_at=timezone.now())


def may_never_be_asked(change):
    complained = Subscriber.objects.filter(key=change.key, state=Subscriber.State.COMPLAINED)
    return (
        Suppression.objects.covering(change.key).exists()
        or BlockedDomain.objects.covering(change.key.rpartition("@")[2]).exists()
        or complained.exists()
    )


@given_up_when_refused
def tell_old_address(change_id):
    """Tells the old address of the wish, or that it has come true; after that it is forgotten.

    Once it has moved, the old address gets the link to leave and no longer that to the preferences.
    """
    change = AddressChange.objects.select_related("subscriber").filter(pk=change_id).first()
    if change is None:
        return
    number = f"{change.pk}-{change.asked_at:%Y%m%d%H%M%S}"
    if not change.former_email:
        links = links_of(change.subscriber)
        return send_mail("moving", change.subscriber.email, links, message_id=f"moving-{number}")
    former = change.subscriber.former_links.latest("until")
    path = reverse("newsletter:unsubscribe", args=[former.link_key])
    context = {"unsubscribe_url": settings.SITE_URL + path}
    send_mail("moved", change.former_email, context, message_id=f"moved-{number}")
    AddressChange.objects.filter(pk=change.pk).exclude(former_email="").delete()
