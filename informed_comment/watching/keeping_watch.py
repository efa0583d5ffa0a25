"""The watch: the worker looks at every light each minute and keeps what it saw, so that others need one query to know, and
tells ADMINS by mail of a light that has turned bad, once, and once more when it is well again.

That there is no worker, nobody can be told by it: whoever reads what it kept sees how old that is.
"""

from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from informed_comment.envelopes import AUTOMATIC, domain, one_line
from informed_comment.models import WatchedLight
from informed_comment.publication import current_publication
from informed_comment.watching import of_work
from informed_comment.watching.lights import State, lights

SETTLED = timedelta(minutes=2)  # a light is bad for so long before anybody is mailed
UNWATCHED = timedelta(minutes=5)
UNSEEN = "No worker looks after the site: mail, sizes of pictures and whatever has an hour wait."
ORDER = (State.BAD, State.WATCH, State.GOOD)


def look():
    """Keeps every light as it is now; of several with one name the worst."""
    found = {}
    for light in sorted(lights(), key=lambda light: ORDER.index(light.state)):
        found.setdefault(light.name[:100], light)
    keep(found)


@transaction.atomic
def keep(found):
    """Not in the transaction in which the lights are read: one that the database refuses to tell would hide the others."""
    now = timezone.now()
    known = {row.name: row for row in WatchedLight.objects.select_for_update()}
    for name, light in found.items():
        row = known.pop(name, None) or WatchedLight(name=name, since=now)
        if row.state != light.state:
            row.since = now
        row.state, row.says, row.cure, row.seen_at = light.state, light.says, light.cure, now
        row.save()
    for row in known.values():  # it is not shown any more, as a provider that is well again
        if row.is_told:
            row.state, row.since, row.says, row.cure, row.seen_at = (
                State.GOOD,
                now,
                "It is well again.",
                "",
                now,
            )
            row.save()
        else:
            row.delete()


@transaction.atomic
def tell():
    """Mails ADMINS what has been bad for two minutes, and what no longer is; whether there was anything to tell.

    Marked before it is sent, in one transaction with it: when the mail cannot be sent, the next minute tries again.
    """
    rows = list(WatchedLight.objects.select_for_update())
    settled = timezone.now() - SETTLED
    worse = [row for row in rows if row.state == State.BAD and not row.is_told and row.since <= settled]
    better = [row for row in rows if row.state != State.BAD and row.is_told and row.since <= settled]
    if not settings.ADMINS or not (worse or better):
        return False
    for row in worse + better:
        row.is_told = row.state == State.BAD
        row.save(update_fields=["is_told"])
    letter(worse, better).send()
    return True


def letter(worse, better):
    title = current_publication().title
    subject = f"{title}: {', '.join(row.name for row in worse)}" if worse else f"{title}: well again"
    lines = [f"{row.name}: {row.says}\n{row.cure}\n" for row in worse]
    lines += [f"{row.name} is well again: {row.says}\n" for row in better]
    lines.append(f"All of it: {settings.SITE_URL}{reverse('admin:status')}")
    newest = max(row.since for row in worse + better)
    number = f"{newest:%Y%m%d%H%M%S%f}-{len(worse)}-{len(better)}"  # the same when it has to be sent again
    return EmailMessage(
        subject=one_line(subject)[:150],
        body="\n".join(lines) + "\n",
        from_email=settings.SERVER_EMAIL,
        to=settings.ADMINS,
        headers={"Message-ID": f"<status-{number}@{domain()}>", **AUTOMATIC},
    )


def bad():
    """What somebody has to see to now; first of all, whether anybody keeps watch. One query, for the first page."""
    rows = list(WatchedLight.objects.order_by("since"))
    newest = max((row.seen_at for row in rows), default=None)
    if newest is None or timezone.now() - newest > UNWATCHED:
        yield WatchedLight(name="Worker", says=UNSEEN, cure=of_work.START, since=newest)
    yield from (row for row in rows if row.state == State.BAD and row.name != "Worker")


def summary():
    """For whoever watches from outside: how many of each state, the names of those not well, and how old that is."""
    rows = list(WatchedLight.objects.values_list("name", "state", "seen_at"))
    counted = {state.value: sum(one == state for _, one, _ in rows) for state in State}
    newest = max((seen for *_, seen in rows), default=None)
    return {
        **counted,
        "not_well": sorted(name for name, state, _ in rows if state != State.GOOD),
        "age_seconds": newest and round((timezone.now() - newest).total_seconds()),
    }
