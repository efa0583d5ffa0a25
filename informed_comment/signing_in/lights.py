"""Whether signing in is as safe as it shall be; named in the setting STATUS_LIGHTS."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from informed_comment.signing_in import steps, tries
from informed_comment.watching.lights import Light, State

UNUSED = timedelta(days=180)
NAMED = 5


def lights():
    found = asked()
    return [second_steps(found["without"]), idle_superusers(found["idle"]), flood(found["refused"])]


def asked():
    """The users without a second step, the superusers that are idle, and how often signing in was refused lately; one question."""
    users = get_user_model().objects.filter(is_active=True)
    last = Coalesce("last_login", "date_joined")
    kinds = {
        "without": (users.filter(is_staff=True, second_steps=None), "username"),
        "idle": (
            users.filter(is_superuser=True).alias(last=last).filter(last__lt=timezone.now() - UNUSED),
            "username",
        ),
        "refused": (tries.late_counts(tries.REFUSED), Cast("times", CharField())),
    }
    first, *others = (
        rows.order_by("pk").values_list(Value(kind), said)[: NAMED + 1]
        for kind, (rows, said) in kinds.items()
    )
    found = {kind: [] for kind in kinds}
    for kind, said in first.union(*others, all=True):
        found[kind].append(said)
    return found


def named(names):
    return ", ".join(sorted(names[:NAMED])) + (" and others" if len(names) > NAMED else "")


def second_steps(names):
    name = "Second steps"
    if not steps.is_required():
        return Light(name, State.GOOD, "A second step is offered to staff and not required.")
    if not names:
        return Light(name, State.GOOD, "Everybody who may sign in has a second step.")
    return Light(
        name,
        State.WATCH,
        f"Without a second step: {named(names)}.",
        "They are led to set one up when they next sign in. Switch accounts off that nobody needs.",
    )


def idle_superusers(names):
    name = "Superusers"
    if not names:
        return Light(name, State.GOOD, "Every superuser has signed in within the last 180 days.")
    return Light(
        name,
        State.WATCH,
        f"Superusers who have not signed in for 180 days: {named(names)}.",
        "Take the superuser's rights away, or switch the account off, on the screen of the account.",
    )


def flood(counts):
    """By the hour that was worse."""
    name = "Refused sign-ins"
    refused = max(map(int, counts), default=0)
    if refused < tries.FLOOD_ON_AN_ACCOUNT:
        return Light(name, State.GOOD, f"{refused} within an hour.")
    return Light(
        name,
        State.BAD if refused >= tries.FLOOD else State.WATCH,
        f"{refused} sign-ins were refused within an hour: somebody guesses passwords.",
        "The audit log names the accounts and addresses. Guessing is slowed down and locks nobody out; give an account "
        "that it is about a new password, and shut out the networks at the proxy if it goes on.",
    )
