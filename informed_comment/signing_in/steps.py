"""The second steps of an account: added, taken away, and whether one is asked for."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from informed_comment import audit
from informed_comment.models import RecoveryCode, SecondStep
from informed_comment.signing_in import sessions
from informed_comment.signing_in.sealing import sealed

REQUIRED, OFFERED = "required", "offered"


class LastOne(Exception):
    """It is required, and nothing else is there."""


def is_required():
    return settings.SECOND_STEP == REQUIRED


def of_account(user):
    return SecondStep.objects.filter(user=user)


def has_one(user):
    return of_account(user).exists()


def used(step):
    SecondStep.objects.filter(pk=step.pk).update(used_at=timezone.now())


def add_app(user, *, name, secret, counter, request=None):
    """`counter` is that of the code it was tried with, which is thereby used."""
    return add(
        SecondStep(user=user, kind=SecondStep.Kind.APP, name=name, secret=sealed(secret), counter=counter),
        request=request,
    )


def add(step, *, request=None):
    with transaction.atomic():
        step.save()
        audit.record(
            "second_step_added",
            f"{step.user.get_username()} added a second step: {step.get_kind_display().lower()} “{step.name}”.",
            by=step.user,
            request=request,
            about=step.user.get_username(),
        )
    return step


def remove(step, *, request=None):
    """By its owner. Raises LastOne where the account would be left without."""
    with transaction.atomic():
        rest = list(of_account(step.user).select_for_update())
        if is_required() and rest == [step]:
            raise LastOne
        step.delete()
        if rest == [step]:
            RecoveryCode.objects.filter(user=step.user).delete()
        audit.record(
            "second_step_removed",
            f"{step.user.get_username()} took away a second step: {step.get_kind_display().lower()} “{step.name}”.",
            request=request,
            by=step.user,
            about=step.user.get_username(),
        )


def take_away(user, *, by=None, request=None):
    """All of them, for somebody who lost theirs; every session of the account ends. How many they were; of none, nothing happens."""
    with transaction.atomic():
        number, _ = of_account(user).delete()
        if not number:
            return 0
        RecoveryCode.objects.filter(user=user).delete()
        audit.record(
            "second_steps_taken_away",
            f"The second steps of {user.get_username()} were taken away: {number}.",
            by=by,
            request=request,
            about=user.get_username(),
            number=number,
        )
        sessions.end(user, by=by, request=request, why="the second steps were taken away")
    return number


def after_taking():
    """What the password alone opens from then on."""
    if is_required():
        return "Whoever signs in next with the password sets up a new second step."
    return "From now on the password alone signs in; a new second step is set up under “My account”."
