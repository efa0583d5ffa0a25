"""Composing a mailing for everybody it is for, and handing it to the queue in the same transaction.

Its text is written once for each choice of categories somebody in the audience has made; whoever's sections have nothing in
it gets no delivery. A choice that cannot be composed fails alone, with the reason in the ledger.
"""

import logging

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from informed_comment import clocks
from newsletter import queueing, sections
from newsletter.carriers import said
from newsletter.models import Mailing, MailingPost
from newsletter.queueing import CannotQueue, Text
from newsletter.writers import writer_of

logger = logging.getLogger(__name__)
NOTHING = "Nothing is in it. Write a text, or leave a post in."
WITHDRAWN = "The post is not before readers any more, so it was not mailed. Publish it again, then send this."
TOO_LATE = "Its latest time, {moment:%-d %B, %H:%M}, has passed. Give it a new one, then send it."
COMPOSED_TO_LOOK = 30  # choices of categories
FAILED = "It could not be composed for anybody. {reason}"


def texts(mailing, choices, *, writer=None):
    """({choice: Text}, sentences about what could not be shown). All sections are always a choice, for the archive."""
    writer = writer or writer_of(mailing)
    made = {}
    for choice in dict.fromkeys([(), *map(tuple, choices)]):
        try:
            with transaction.atomic():
                text = writer.write(choice)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            logger.exception(
                "Mailing %s could not be composed for the categories %s", mailing.pk, choice or "(all)"
            )
            text = Text("", "", "", problem=f"It could not be composed: {said(error)}"[:300])
        if text:
            made[choice] = text
    return made, list(dict.fromkeys(writer.problems))


@transaction.atomic
def queue(mailing, *, by=None, grace=None):
    """Composes a draft as things stand now and queues it. CannotQueue with the cure when it cannot go out."""
    mailing = Mailing.objects.select_for_update().get(pk=mailing.pk)
    if mailing.state != Mailing.State.DRAFT:
        raise CannotQueue(f"The mailing is {mailing.get_state_display().lower()} already.")
    if mailing.latest_at and mailing.latest_at <= clocks.present():
        raise CannotQueue(TOO_LATE.format(moment=timezone.localtime(mailing.latest_at)))
    drop_gone(mailing)
    sections.settle()
    writer, choices = writer_of(mailing), queueing.choices_in_audience(mailing)
    made, problems = texts(mailing, choices, writer=writer)
    if not made:
        raise CannotQueue(WITHDRAWN if mailing.kind == Mailing.Kind.POST else NOTHING)
    if all(text.problem for text in made.values()):
        raise CannotQueue(FAILED.format(reason=next(iter(made.values())).problem))
    if not mailing.subject:
        mailing.subject = next(text.subject for text in made.values() if text.subject)
        mailing.is_subject_made = True
        mailing.save(update_fields=["subject", "is_subject_made"])
    queued = queueing.queue(mailing, made, by=by, grace=grace)
    queued.audience += take_in_latecomers(queued, writer, {(), *map(tuple, choices)})
    queued.problem = " ".join(problems)
    queued.save(update_fields=["problem", "audience"])
    return queued


def take_in_latecomers(mailing, writer, known):
    """Whoever made a choice nobody had made before while texts were composed; how many get the mailing."""
    new = [choice for choice in queueing.choices_in_audience(mailing) if tuple(choice) not in known]
    if not new:
        return 0
    made, _ = texts(mailing, new, writer=writer)
    return queueing.freeze(mailing, {choice: text for choice, text in made.items() if choice not in known})


def looked_over(mailing):
    """As `texts()` for everybody in the audience, but composed for the first choices only: enough to look a draft over.

    A further choice stands there with the text of another when there is something in it for whoever made it.
    """
    writer, choices = writer_of(mailing), [tuple(one) for one in queueing.choices_in_audience(mailing)]
    made, problems = texts(mailing, choices[:COMPOSED_TO_LOOK], writer=writer)
    good = next((text for text in made.values() if not text.problem), None)
    rest = {choice: good for choice in choices[COMPOSED_TO_LOOK:] if good and writer.has(choice)}
    return made | rest, problems


def drop_gone(mailing):
    """Posts no reader sees now are left out, and offered again once they have come back; so are those told of meanwhile, never again."""
    if mailing.kind not in (Mailing.Kind.DAILY, Mailing.Kind.WEEKLY):
        return
    now = timezone.now()
    lines = mailing.lines.filter(is_left_out=False)
    gone = lines.exclude(post__status="published", post__published_at__lte=now)
    gone.update(is_left_out=True, is_offered_again=True)
    told = MailingPost.objects.told_by(mailing.kind).exclude(mailing=mailing)
    lines.filter(post__in=told.values("post")).update(is_left_out=True, is_offered_again=False)


# What goes out by itself


def queue_due(*, now=None):
    """Queues every draft whose hour has come and that goes out by itself; how many."""
    due = Mailing.objects.due(now or clocks.present())
    return sum(queue_alone(pk) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def queue_alone(pk):
    """One of them, if no other worker has it. What keeps it from going out is said in it, and it waits for somebody."""
    mailing = Mailing.objects.due(clocks.present()).filter(pk=pk).select_for_update(skip_locked=True).first()
    if mailing is None:
        return False
    try:
        with transaction.atomic():
            queue(mailing, grace=0)
    except (OperationalError, InterfaceError):
        raise  # the database's trouble: it stays due, and the next minute tries again
    except Exception as error:
        if not isinstance(error, CannotQueue):
            logger.exception(
                "Mailing %s could not be sent by itself; it waits for somebody in the newsroom", pk
            )
        mailing.problem = str(error) if isinstance(error, CannotQueue) else FAILED.format(reason=said(error))
        mailing.is_automatic = False
        mailing.save(update_fields=["problem", "is_automatic"])
        return False
    return True
