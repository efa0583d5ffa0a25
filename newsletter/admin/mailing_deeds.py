"""The buttons on a mailing under way: what may be done with it now, and the deed behind each (newsletter/queueing.py)."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from newsletter import queueing
from newsletter.admin.mailing_confirm import note_sending
from newsletter.models import Mailing

State = Mailing.State
TOO_LATE = "The mailing stands otherwise by now: look at its state, and choose again."
NO_TIME = "Give a latest time that is still to come, such as in three hours."


@dataclass(frozen=True)
class Button:
    """`said` stands in the log and before whoever pressed it; `asks` is what is asked first, in words."""

    name: str
    label: str
    said: str
    style: str = "quiet"
    asks: str = ""
    wants_time: bool = False


TAKE_BACK = Button("take_back", "Take it back", "Taken back: it is a draft again, and nobody got it.")
PAUSE = Button("pause", "Pause", "Paused. Nothing further is handed over until you resume it.")
RESUME = Button("resume", "Resume", "Resumed. It goes on where it stopped.", "default")
PROLONG = Button(
    "resume", "Send the rest", "Resumed. It goes on where it stopped.", "default", wants_time=True
)
CANCEL = Button(
    "cancel",
    "Cancel it",
    "Cancelled. Whoever has not got it will not get it.",
    "danger",
    asks="Whoever has not got it yet will not get it, and this cannot be undone. To stop it for a while, pause it.",
)


def available(mailing, user):
    """In the order they stand."""
    if not user.has_perm("newsletter.send_mailing"):
        return []
    if mailing.state == State.SENDING:
        return [*([] if mailing.started_at else [TAKE_BACK]), PAUSE, CANCEL]
    if mailing.state == State.PAUSED:
        late = mailing.latest_at and mailing.latest_at <= timezone.now()
        return [PROLONG if late else RESUME, CANCEL]
    return [PROLONG, CANCEL] if mailing.state == State.WAITING else []


def urls(admin):
    return [
        path(
            "<int:pk>/deed/",
            admin.admin_site.admin_view(require_POST(lambda request, pk: perform(request, pk))),
            name="newsletter_mailing_deed",
        )
    ]


def perform(request, pk):
    mailing = get_object_or_404(Mailing, pk=pk)
    if not request.user.has_perm("newsletter.send_mailing"):
        raise PermissionDenied
    name = request.POST.get("deed")
    button = next((one for one in available(mailing, request.user) if one.name == name), None)
    problem = do(button, mailing, request.POST) if button else TOO_LATE
    if problem:
        messages.error(request, problem)
    else:
        note_sending(request, mailing, button.said, f"mailing_{button.name}")
        messages.success(request, button.said)
    return HttpResponseRedirect(reverse("admin:newsletter_mailing_change", args=[pk]))


def do(button, mailing, data):
    """Why it was not done, or nothing."""
    try:
        if button.wants_time:
            latest_at = moment(data.get("latest_at", ""))
            if latest_at is None or latest_at <= timezone.now():
                return NO_TIME
            done = queueing.resume(mailing, latest_at=latest_at)
        else:
            done = getattr(queueing, button.name)(mailing)
    except queueing.CannotQueue as error:
        return str(error)
    return "" if done else TOO_LATE


def moment(typed):
    """What a date field sent, in the site's time zone; None for what is no moment there."""
    try:
        found = parse_datetime(typed)
        return timezone.make_aware(found) if found and timezone.is_naive(found) else found
    except ValueError:
        return None
