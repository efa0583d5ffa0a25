"""Recovery codes: ten on paper, each good once. Made anew, the old ones are void."""

import secrets

from django.db import transaction
from django.utils import timezone

from informed_comment import audit
from informed_comment.models import RecoveryCode
from informed_comment.signing_in.sealing import fingerprint, fingerprints

HOW_MANY = 10
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that look alike: 49 bits in ten of them
HALF = 5
FEW = 3


def plain(code):
    """As it was made, however it was typed."""
    return "".join(letter for letter in code.lower() if letter.isalnum())


def hashed(user, code):
    return f"{user.pk} {plain(code)}"


def make(user, *, by=None, request=None):
    """New codes, for their owner's eyes only, now and never again."""
    codes = ["".join(secrets.choice(LETTERS) for _ in range(2 * HALF)) for _ in range(HOW_MANY)]
    with transaction.atomic():
        had, _ = RecoveryCode.objects.filter(user=user).delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(user=user, fingerprint=fingerprint("recovery", hashed(user, code))) for code in codes
        )
        audit.record(
            "recovery_codes_made",
            f"{user.get_username()} has {'new' if had else ''} recovery codes.".replace("  ", " "),
            by=by,
            request=request,
            about=user.get_username(),
        )
    return [f"{code[:HALF]}-{code[HALF:]}" for code in codes]


def left(user):
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def take(user, code, *, request=None):
    """Whether it is a code of theirs that was not used; it is used now. Two at once cannot both have it."""
    if len(plain(code)) != 2 * HALF:
        return False
    names = fingerprints("recovery", hashed(user, code))
    with transaction.atomic():
        unused = RecoveryCode.objects.filter(user=user, used_at=None, fingerprint__in=names)
        if not unused.update(used_at=timezone.now()):
            return False
        audit.record(
            "recovery_code_used",
            f"{user.get_username()} used a recovery code; {left(user)} are left.",
            by=user,
            request=request,
            about=user.get_username(),
        )
    return True
