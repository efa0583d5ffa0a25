"""How often a password or code may be tried, so that guessing is hopeless and nobody can lock anybody else out.

Taken before it is looked whether the try is right: parallel requests cannot race the count, and whoever is to wait learns
nothing. A browser the account was signed in with before has a budget of its own; a strange one shares that of the
account within its network, and that of its network. No budget of a password belongs to the account as a whole: its
owner would be locked out by whoever hammers on it from elsewhere. A flood on one account, from however many networks, only
makes strange browsers slower, a network at a time, and is told to the operator.

Codes of an app are six digits, of which three are right at a time for each app, and whoever tries them knows the password: so
they do have budgets of the account, which are never given back. Strangers share one; browsers and networks that the account
was signed in from, with a second step, share another that no stranger can use up. Both together are 320 tries from midnight to
midnight, whatever the number of networks and stolen cookies: 320 × 3 in 1,000,000, a chance below 1 in 1,000. With n apps an
n-th of the tries. Ten networks with ten tries each use up 100 of the 120 that the owner's browsers share, so these always have some left.
"""

from contextlib import contextmanager
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils import timezone

from informed_comment import audit, budgets
from informed_comment.models import SecondStep, Spent
from informed_comment.origins import network_of, sender_of
from informed_comment.signing_in import known_devices

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOON = timedelta(minutes=5)
# How many within how long; each line is a pause that grows.
ON_A_KNOWN_DEVICE = ((10, SOON), (40, HOUR))
FROM_A_NETWORK_TO_AN_ACCOUNT = ((5, SOON), (15, HOUR), (40, DAY))
THE_SAME_IN_A_FLOOD = ((2, HOUR), (10, DAY))
FROM_A_NETWORK = ((60, HOUR),)
CODES_ON_A_KNOWN_DEVICE = ((10, SOON), (15, HOUR), (20, DAY))
CODES_FROM_A_NETWORK = ((5, HOUR), (10, DAY))
CODES_OF_STRANGERS, CODES_OF_KNOWN = 200, 120  # of an account with one app, in a day
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
    return max(late_counts(name).values_list("times", flat=True), default=0)


def late_counts(name):
    """The rows of this hour and the one before."""
    return Spent.objects.filter(name=name, since__gte=budgets.span(HOUR) - HOUR)


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
    name, tiers = own_budget(request, user, "recovery" if is_recovery else "code")
    take(name, tiers)
    if not is_recovery:
        take_of_account(request, user)
    try:
        yield
    except ValidationError:
        code_refused(request, user)
        raise
    give_back(name, tiers)


def own_budget(request, user, kind):
    """Of this browser, if the account was signed in with it; else of the account from this network."""
    device = known_devices.device_of(request, user.get_username())
    if device:
        return (
            f"{kind} {user.pk} of {device}",
            ON_A_KNOWN_DEVICE if kind == "recovery" else CODES_ON_A_KNOWN_DEVICE,
        )
    tiers = FROM_A_NETWORK_TO_AN_ACCOUNT if kind == "recovery" else CODES_FROM_A_NETWORK
    return f"{kind} {user.pk} {mark_of_password(user)} from {network(request)}", tiers


def take_of_account(request, user):
    """After the narrower budget: whoever is refused there takes nothing from others. A new password begins anew."""
    is_known = known_devices.device_of(request, user.get_username()) or (
        network(request) in known_devices.networks_of(user)
    )
    kind, most = ("known", CODES_OF_KNOWN) if is_known else ("strange", CODES_OF_STRANGERS)
    apps = SecondStep.objects.filter(user=user, kind=SecondStep.Kind.APP).count()
    take(f"codes of {user.pk} {mark_of_password(user)}, {kind}", ((most // max(apps, 1), DAY),))


def mark_of_password(user):
    return user.get_session_auth_hash()[:12]


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
