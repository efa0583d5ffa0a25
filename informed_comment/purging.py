"""Telling the CDN that there is a new edition, so that it forgets the pages of the old one.

What is to be sent needs no row of its own: the edition is one, raised in the transaction that changed something, and its
label moves by itself when a scheduled post comes out. The worker compares it with the one the CDN was last told of. So
nothing is lost when a worker is killed, a hundred changes are one purge, and to purge twice does no harm.
"""

import contextlib
import http.client
import logging
import threading
from datetime import timedelta
from urllib.error import HTTPError
from urllib.request import urlopen

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from informed_comment import edition_look
from informed_comment.dashboard import Panel
from informed_comment.models import CdnState
from informed_comment.watching.lights import Light, State

logger = logging.getLogger(__name__)

LOOKS_EVERY = 1.0  # seconds
SETTLED = 1.5  # seconds until no process and no proxy shows the old edition: the CDN would fetch it anew, and keep it
PATIENCE = 10  # seconds for an answer
CLAIM = 30  # seconds a purge belongs to the worker that sends it
LONGEST_WAIT = 300  # seconds between two that fail
LONGEST_ASKED = 900  # seconds that a provider may make us wait
LATE = timedelta(minutes=2)  # behind for longer, and people are told


@contextlib.contextmanager
def beside():
    """Purges in a thread of the worker's for as long as it runs; does nothing where there is no CDN."""
    if settings.CDN is None:
        yield
        return
    is_over = threading.Event()
    thread = threading.Thread(target=keep_purging, args=(is_over,), name="cdn", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join(PATIENCE)


def keep_purging(is_over):
    while not is_over.wait(LOOKS_EVERY):
        try:
            purge_when_due()
        except DatabaseError as error:
            logger.warning(
                "The database does not answer, so the CDN cannot be told of a change yet: %s", error
            )
            connection.close()
    connection.close()


def purge_when_due():
    """Whether a purge was sent, by whatever came of it. Any number of workers may ask at once."""
    label = edition_look.label_in(connection)
    covered = claim(label)
    if covered is None:
        return False
    record(covered, *sent(settings.CDN))
    return True


@transaction.atomic
def claim(label):
    """The label that a purge sent now covers, "" when another has to follow.

    None when none is due, or when another worker is at it.
    """
    now = timezone.now()
    state = CdnState.objects.select_for_update(skip_locked=True).filter(pk=1).first()
    if state is None:
        CdnState.objects.bulk_create([CdnState(pk=1, purged_label="-")], ignore_conflicts=True)
        return None
    if label == state.purged_label and state.behind_since is None:
        return None
    if label != state.seen_label:
        state.seen_label, state.seen_at = label, now
    state.behind_since = state.behind_since or now
    is_due = now - state.behind_since >= timedelta(seconds=SETTLED) and not (
        state.not_before and now < state.not_before
    )
    if is_due:
        state.not_before = now + timedelta(seconds=max(CLAIM, settings.CDN.every))
    state.save()
    if not is_due:
        return None
    return label if now - state.seen_at >= timedelta(seconds=SETTLED) else ""


def sent(cdn):
    """(what is wrong, "" for nothing; how many seconds the provider asks us to wait)."""
    try:
        with urlopen(cdn.purge(), timeout=PATIENCE) as answer:  # noqa: S310
            said = answer.read(20_000)
    except HTTPError as error:
        with error:
            return refusal(cdn, error.code), asked_to_wait(error.headers.get("Retry-After"))
    except (OSError, http.client.HTTPException) as error:
        return f"{cdn.name} does not answer ({type(error).__name__}).", 0
    return ("", 0) if cdn.has_obeyed(said) else (f"{cdn.name} answered, but not that it is done.", 0)


def refusal(cdn, code):
    if code in (401, 403):
        return f"{cdn.name} does not take the token ({code}). Put one that may purge into CDN_URL."
    if code in (400, 404):
        return f"{cdn.name} knows no such zone or service, or cannot purge by tag ({code}). Look at CDN_URL."
    if code == 429:
        return f"{cdn.name} has been asked to purge too often (429). A larger every in CDN_URL helps."
    return f"{cdn.name} answered {code}."


def asked_to_wait(value):
    return min(int(value), LONGEST_ASKED) if value and value.isdecimal() else 0


@transaction.atomic
def record(covered, problem, wait):
    """After a failure the next try comes later and later; after a success, as soon as the provider's pace allows."""
    state = CdnState.objects.select_for_update().get(pk=1)
    now = timezone.now()
    if problem:
        if not state.failures:
            logger.error("The CDN still has the pages of an old edition. %s", problem)
        state.failures += 1
        wait = max(wait, min(LONGEST_WAIT, 2**state.failures), settings.CDN.every)
    else:
        if state.failures:
            logger.warning("The CDN has forgotten the old pages, after %s failures.", state.failures)
        state.failures, wait = 0, settings.CDN.every
        state.purged_label = covered or state.purged_label
        state.behind_since = None if covered else now
    state.problem = problem
    state.not_before = now + timedelta(seconds=wait)
    state.save()


def panel(request):
    """On the newsroom's first page, while the CDN has been behind for minutes."""
    if settings.CDN is None:
        return None
    since = timezone.now() - LATE
    state = CdnState.objects.filter(behind_since__lt=since).first()
    if state is None:
        return None
    why = state.problem or "No worker has told it: start manage.py worker."
    return Panel(
        "Readers may see old pages",
        note=f"{settings.CDN.name} has not forgotten the pages from before "
        f"{timezone.localtime(state.behind_since):%H:%M}. {why}",
        empty=f"At the latest {settings.CDN.seconds:,} seconds after a change they see the new ones.",
    )


def lights():
    """Whether the CDN has been told; nothing where there is none."""
    if settings.CDN is None:
        return []
    since = timezone.now() - LATE
    state = CdnState.objects.filter(behind_since__lt=since).first()
    if state is None:
        return [Light("CDN", State.GOOD, f"{settings.CDN.name} has been told of every change.")]
    why = state.problem or "No worker has told it."
    says = f"{settings.CDN.name} has not forgotten the pages from before {timezone.localtime(state.behind_since):%H:%M}. {why}"
    return [
        Light("CDN", State.BAD, says, "Start the worker, and look at CDN_URL and the rights of its token.")
    ]
