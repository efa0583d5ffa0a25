"""Sending a mailing: jobs of some seconds each, as many at a time as there may be connections; and how a mailing ends.

Never twice, none lost: how, stands in newsletter/claims.py.
"""

import logging
from datetime import timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from informed_comment import clocks
from newsletter import claims
from newsletter.claims import free_the_dead
from newsletter.models import Delivery, Mailing
from newsletter.sender import SLICE, Sender, TooLate

logger = logging.getLogger(__name__)
State = Delivery.State
LATELY = timedelta(days=1)
CANCELLED = "The mailing was cancelled."


def send(mailing_id, *, place=None, seconds=SLICE):
    """One job: a slice of a mailing's deliveries. Whether there may be more to do at once.

    `place` is which of the mailing's connections it is; a second job for the same one has nothing to do.
    """
    free_the_dead()
    Mailing.objects.under_way().filter(
        pk=mailing_id, started_at=None, starts_at__lte=clocks.present()
    ).update(started_at=clocks.present())
    mailing = Mailing.objects.under_way().filter(pk=mailing_id).exclude(started_at=None).first()
    if mailing is None or mailing.starts_at > clocks.present():
        return False
    try:
        if place is None:
            return send_slice(mailing, seconds)
        with claims.place_of(mailing.pk, place) as is_ours:
            return is_ours and send_slice(mailing, seconds)
    except (OperationalError, InterfaceError):
        logger.exception(
            "The database went away while mailing %s was sent; another job goes on with it within a minute",
            mailing.pk,
        )
        return False


def send_slice(mailing, seconds):
    more = False
    try:
        with Sender(mailing) as sender:
            more = sender.run(seconds)
        if sender.trouble != mailing.problem:
            Mailing.objects.under_way().filter(pk=mailing.pk).update(problem=sender.trouble)
    except TooLate:
        pass
    end(mailing)
    return more


@transaction.atomic
def end(mailing):
    """A mailing with nothing left to hand over is sent; one past its latest time waits for somebody.

    Of a cancelled one, whatever came back to be tried again while it was being cancelled is skipped too.
    """
    mailing = Mailing.objects.select_for_update().get(pk=mailing.pk)
    left = mailing.deliveries.filter(state__in=[State.PENDING, State.SENDING])
    if mailing.state == Mailing.State.CANCELLED:
        skip_pending(mailing)
    elif mailing.state != Mailing.State.SENDING:
        return
    elif not left.exists():
        mailing.state, mailing.ended_at = Mailing.State.SENT, timezone.now()
        mailing.save(update_fields=["state", "ended_at"])
    elif mailing.latest_at and mailing.latest_at <= clocks.present():
        mailing.state = Mailing.State.WAITING
        mailing.problem = "Its latest time passed before everything was sent. Give it a new one, or end it."
        mailing.save(update_fields=["state", "problem"])


def skip_pending(mailing):
    pending = mailing.deliveries.filter(state=State.PENDING)
    return pending.update(state=State.SKIPPED, reason=CANCELLED, claimed_by=None, changed_at=timezone.now())


def waiting():
    """Mailings that have something to hand over now."""
    due = Mailing.objects.under_way().exclude(starts_at__gt=clocks.present())
    return due.order_by("queued_at").values_list("pk", flat=True)


def tidy():
    """Each minute: whatever a worker that died in the middle has left."""
    free_the_dead()
    for mailing in Mailing.objects.filter(
        state=Mailing.State.CANCELLED, ended_at__gt=timezone.now() - LATELY
    ):
        end(mailing)
