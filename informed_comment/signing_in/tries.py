"""How often a password or code may be tried, so that guessing is hopeless and nobody can lock anybody else out.

Taken before it is looked whether the try is right: parallel requests cannot race the count, and whoever is to wait learns
nothing. A browser the account was signed in with before has a budget of its own; a strange one shares that of the
account within its network, and that of its network. No budget of a password belongs to the account as a whole: its
owner would be locked out by whoever hammers on it from elsewhere. A flood on one account, from however many networks, only
makes strange browsers slower, a network at a time, and is told to the operator.
"""

from contextlib import contextmanager
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils import timezone

from informed_comment import audit, budgets
from informed_comment.models import Spent
from informed_comment.origins import network_of, sender_of
from informed_comment.signing_in import known_devices

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOON = timedelta(minutes=5)
# How many within how long; each line is a pause that grows.
ON_A_KNOWN_DEVICE = ((10, SOON), (40, HOUR))
FROM_A_NETWORK_TO_AN_ACCOUNT = ((5, SOON), (15, HOUR), (40, DAY))
THE_SAME_IN_A_FLOOD = ((2, HOUR), (10, DAY))
FROM_A_NETWORK = ((60, HOUR),)
# Six digits can be guessed, and whoever gets to try them knows the password: of the account as a whole, strange browsers only.
CODES_OF_AN_ACCOUNT = ((10, HOUR), (20, DAY))
FLOOD_ON_AN_ACCOUNT = 100  # refused within an hour
FLOOD = 300
WRITTEN_DOWN = (
    10  # refusals of an account that the audit log gets in an hour, and twice that of unknown names
)

REFUSED = "refused sign-ins"


def take(name, tiers):
    for most, within in tiers:
        budgets.take(f"{name} {int(within.total_seconds())}", most=most, within=within)


def give_back(name, tiers):
    for _most, within in tiers:
        budgets.give_back(f"{name} {int(within.total_seconds())}")


def network(request):
    sender = sender_of(request)
    return network_of(sender) if sender else ""


def late(name):
    """How often within this hour and the one before, whichever was worse."""
    hours = Spent.objects.filter(name=name, since__gte=budgets.span(HOUR) - HOUR)
    return max(hours.values_list("times", flat=True), default=0)


@contextmanager
def of_password(request, username):
    """A password is tried within; ValidationError says that it was wrong. Raises TooMany where it must not be tried yet."""
    account = known_devices.account_key(username)
    device = known_devices.device_of(request, username)
    if device:
        taken = [(f"password {account} of {device}", ON_A_KNOWN_DEVICE)]
    else:
        here = network(request)
        if here:
            take(f"passwords from {here}", FROM_A_NETWORK)
        taken = [(f"password {account} from {here}", FROM_A_NETWORK_TO_AN_ACCOUNT)]
        if late(f"{REFUSED} {account}") >= FLOOD_ON_AN_ACCOUNT:
            taken.append((f"flooded {account} from {here}", THE_SAME_IN_A_FLOOD))
    for name, tiers in taken:
        take(name, tiers)
    try:
        yield
    except ValidationError:
        password_refused(request, username, account)
        raise
    for name, tiers in taken:
        give_back(name, tiers)


def password_refused(request, username, account):
    times = budgets.spend(f"{REFUSED} {account}", budgets.span(HOUR))
    in_all = budgets.spend(REFUSED, budgets.span(HOUR))
    if in_all == FLOOD:
        audit.record(
            "sign_in_flood", f"{FLOOD} sign-ins have been refused within this hour.", request=request
        )
    user = get_user_model().objects.filter(username=username).first() if "\x00" not in username else None
    if user is None:
        if budgets.spend(f"{REFUSED} of nobody", budgets.span(HOUR)) <= 2 * WRITTEN_DOWN:
            audit.record("sign_in_refused", "Somebody gave a user name that no account has.", request=request)
    elif times <= WRITTEN_DOWN:
        said = f"The password given for {user.get_username()} was wrong."
        if not (user.is_active and user.is_staff):
            said = f"{user.get_username()} may not sign in."
        audit.record("sign_in_refused", said, request=request, about=user.get_username())
    elif times == FLOOD_ON_AN_ACCOUNT:
        audit.record(
            "sign_in_flood",
            f"The password of {user.get_username()} is being guessed: {times} times within this hour.",
            request=request,
            about=user.get_username(),
        )


@contextmanager
def of_code(request, user, *, is_recovery):
    """A code of an app is tried within, or one of the recovery codes, which nobody guesses."""
    device = known_devices.device_of(request, user.get_username())
    kind = "recovery" if is_recovery else "code"
    if device:
        name, tiers = f"{kind} {user.pk} of {device}", ON_A_KNOWN_DEVICE
    elif is_recovery:
        name, tiers = f"recovery {user.pk} from {network(request)}", FROM_A_NETWORK_TO_AN_ACCOUNT
    else:
        name, tiers = f"code {user.pk} {user.get_session_auth_hash()[:12]}", CODES_OF_AN_ACCOUNT
    take(name, tiers)
    try:
        yield
    except ValidationError:
        code_refused(request, user)
        raise
    give_back(name, tiers)


def code_refused(request, user):
    budgets.spend(REFUSED, budgets.span(HOUR))
    times = budgets.spend(f"{REFUSED} codes of {user.pk}", budgets.span(HOUR))
    if times <= WRITTEN_DOWN:
        audit.record(
            "second_step_refused",
            f"The password of {user.get_username()} was right, and the second step was not.",
            request=request,
            about=user.get_username(),
            at=timezone.now(),
        )
    if times == WRITTEN_DOWN:
        audit.record(
            "codes_guessed",
            f"Somebody who knows the password of {user.get_username()} guesses codes. It needs a new password.",
            request=request,
            about=user.get_username(),
        )
