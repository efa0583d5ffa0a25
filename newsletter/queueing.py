"""The deeds on a mailing as a whole: queue it, pause, resume, cancel, and give it a new time."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from informed_comment import clocks, jobs
from newsletter import sending
from newsletter.models import Mailing, MailingVariant, Subscriber

AUDIENCE = """
INSERT INTO newsletter_delivery (mailing_id, variant_id, subscriber_id, next_try_at, state, reason)
SELECT %(mailing)s, variant.id, subscriber.id, %(start)s,
    CASE variant.problem WHEN '' THEN 'pending' ELSE 'failed' END, variant.problem
FROM newsletter_subscriber AS subscriber
JOIN newsletter_mailingvariant AS variant ON variant.id = ANY (%(variants)s) AND variant.categories = subscriber.categories
WHERE subscriber.state = 'active' AND (subscriber.paused_until IS NULL OR subscriber.paused_until <= now())
    AND (cardinality(%(frequencies)s::text[]) = 0 OR subscriber.frequency = ANY (%(frequencies)s))
ORDER BY subscriber.id
"""
FREQUENCIES = {
    Mailing.Kind.DAILY: [Subscriber.Frequency.DAILY],
    Mailing.Kind.WEEKLY: [Subscriber.Frequency.WEEKLY],
    Mailing.Kind.POST: [Subscriber.Frequency.EVERY_POST],
}


class CannotQueue(ValueError):
    """Why a mailing cannot go out as it stands, in a sentence with the cure."""


@dataclass(frozen=True)
class Text:
    """What is frozen for the subscribers with one choice of categories; with a `problem`, their deliveries have failed."""

    subject: str
    html: str
    text: str
    problem: str = ""


def frequencies_of(mailing):
    """Whom the mailing is for, by what they asked for; an empty list means everybody."""
    return FREQUENCIES.get(mailing.kind, mailing.frequencies)


def choices_in_audience(mailing):
    """The different choices of categories among those the mailing is for; [] stands for all categories."""
    readers = Subscriber.objects.mailable()
    if wanted := frequencies_of(mailing):
        readers = readers.filter(frequency__in=wanted)
    return list(readers.order_by("categories").values_list("categories", flat=True).distinct())


@transaction.atomic
def queue(mailing, texts, *, by=None, grace=None):
    """Freezes texts and audience in this transaction; the first mail may go out as soon as it has committed.

    `texts` maps a tuple of category ids to a `Text`; subscribers whose choice is not in it are not in the audience.
    `grace`, in seconds, is the time in which `take_back()` still works. CannotQueue for what is no draft any more.
    """
    mailing = Mailing.objects.select_for_update().get(pk=mailing.pk)
    if mailing.state != Mailing.State.DRAFT:
        raise CannotQueue(f"The mailing is {mailing.get_state_display().lower()} already.")
    if not texts:
        raise CannotQueue("Nothing would be in it for anybody.")
    now = clocks.present()
    wait = timedelta(seconds=settings.HOLD_SECONDS if grace is None else grace)
    mailing.starts_at = max(mailing.send_at or now, now + wait)
    mailing.state, mailing.queued_at, mailing.queued_by, mailing.problem = Mailing.State.SENDING, now, by, ""
    mailing.audience = freeze(mailing, texts)
    mailing.save()
    ask_for_workers(mailing)
    return mailing


def freeze(mailing, texts):
    """Writes the texts, and a delivery for each subscriber whose choice is among them; how many those are."""
    variants = MailingVariant.objects.bulk_create(
        (
            MailingVariant(mailing=mailing, categories=list(choice), **vars(text))
            for choice, text in texts.items()
        ),
        batch_size=100,
    )
    values = {
        "mailing": mailing.pk,
        "variants": [variant.pk for variant in variants],
        "start": mailing.starts_at,
        "frequencies": frequencies_of(mailing),
    }
    with connection.cursor() as cursor:
        cursor.execute(AUDIENCE, values)
        return cursor.rowcount


def ask_for_workers(mailing):
    """A job for each connection there may be; jobs that find nothing to do end at once."""
    seconds = max(0, (mailing.starts_at - clocks.theirs()).total_seconds())
    for place in range(settings.NEWSLETTER_CONNECTIONS):
        ask_again(mailing.pk, place, in_seconds=seconds or None)


def ask_again(mailing_id, place, *, in_seconds=None):
    """A job for one of the mailing's connections, unless it waits already."""
    waits = f"mailing {mailing_id} {place}"
    jobs.defer(
        "newsletter.send", mailing_id=mailing_id, place=place, queueing_lock=waits, in_seconds=in_seconds
    )


@transaction.atomic
def take_back(mailing):
    """Within the grace period: as if it had never been queued. CannotQueue once it has begun to go out."""
    mailing = Mailing.objects.select_for_update().get(pk=mailing.pk)
    touched = mailing.deliveries.exclude(state="pending").exclude(state="failed", attempts=0)
    begun = mailing.started_at or not mailing.queued_at or touched.exists()
    if begun or mailing.deliveries.filter(claimed_by__isnull=False).exists():
        raise CannotQueue("The mailing has begun to go out. Pause or cancel it.")
    mailing.deliveries.all().delete()
    mailing.variants.all().delete()
    mailing.state, mailing.audience = Mailing.State.DRAFT, 0
    if mailing.is_subject_made:
        mailing.subject, mailing.is_subject_made = "", False
    mailing.queued_at = mailing.queued_by = mailing.starts_at = None
    mailing.save()
    return mailing


def pause(mailing):
    """No further message is handed over; the one on its way ends."""
    return moved(mailing, Mailing.State.SENDING, to=Mailing.State.PAUSED)


@transaction.atomic
def resume(mailing, *, latest_at=None):
    """Goes on where it stopped; what waited for somebody gets a new latest time."""
    waited = (Mailing.State.PAUSED, Mailing.State.WAITING)
    if moved(mailing, *waited, to=Mailing.State.SENDING, latest_at=latest_at, problem=""):
        ask_for_workers(Mailing.objects.get(pk=mailing.pk))
        return True
    return False


@transaction.atomic
def cancel(mailing):
    """Whoever has not got it will not: what is pending is skipped, with the reason."""
    there = (Mailing.State.SENDING, Mailing.State.PAUSED, Mailing.State.WAITING)
    if not moved(mailing, *there, to=Mailing.State.CANCELLED, ended_at=timezone.now()):
        return False
    sending.skip_pending(mailing)
    return True


def moved(mailing, *states, to, **fields):
    """Whether the mailing was in one of the states and now is in the other."""
    return bool(Mailing.objects.filter(pk=mailing.pk, state__in=states).update(state=to, **fields))
