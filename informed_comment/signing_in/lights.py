"""Whether signing in is as safe as it shall be; named in the setting STATUS_LIGHTS."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from informed_comment.signing_in import steps, tries
from informed_comment.watching.lights import Light, State

UNUSED = timedelta(days=180)
NAMED = 5


def lights():
    return [second_steps(), idle_superusers(), flood()]


def named(users):
    """Some of the names, and how many there are."""
    names = list(users.order_by("username").values_list("username", flat=True)[: NAMED + 1])
    return ", ".join(names[:NAMED]) + (" and others" if len(names) > NAMED else "")


def second_steps():
    name = "Second steps"
    without = get_user_model().objects.filter(is_active=True, is_staff=True, second_steps=None)
    if not steps.is_required():
        return Light(name, State.GOOD, "A second step is offered to staff and not required.")
    if not (names := named(without)):
        return Light(name, State.GOOD, "Everybody who may sign in has a second step.")
    return Light(
        name,
        State.WATCH,
        f"Without a second step: {names}.",
        "They are led to set one up when they next sign in. Switch accounts off that nobody needs.",
    )


def idle_superusers():
    name = "Superusers"
    since = timezone.now() - UNUSED
    idle = (
        get_user_model()
        .objects.annotate(last=Coalesce("last_login", "date_joined"))
        .filter(Q(is_superuser=True, is_active=True, last__lt=since))
    )
    if not (names := named(idle)):
        return Light(name, State.GOOD, "Every superuser has signed in within the last 180 days.")
    return Light(
        name,
        State.WATCH,
        f"Superusers who have not signed in for 180 days: {names}.",
        "Take the superuser's rights away, or switch the account off, on the screen of the account.",
    )


def flood():
    name = "Refused sign-ins"
    refused = tries.late(tries.REFUSED)
    if refused < tries.FLOOD_ON_AN_ACCOUNT:
        return Light(name, State.GOOD, f"{refused} within an hour.")
    return Light(
        name,
        State.BAD if refused >= tries.FLOOD else State.WATCH,
        f"{refused} sign-ins were refused within an hour: somebody guesses passwords.",
        "The audit log names the accounts and addresses. Guessing is slowed down and locks nobody out; give an account "
        "that it is about a new password, and shut out the networks at the proxy if it goes on.",
    )
