"""Links that an operator makes for somebody who lost the password: no mail is needed, and each opens once."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from informed_comment import audit
from informed_comment.models import SignInLink
from informed_comment.signing_in.sealing import fingerprint, fingerprints

GOOD_FOR = timedelta(hours=24)


def make(user, *, by=None):
    """The key of a new link; those made before are void."""
    key = secrets.token_urlsafe(24)
    with transaction.atomic():
        SignInLink.objects.filter(user=user).delete()
        SignInLink.objects.create(
            user=user, fingerprint=fingerprint("link", key), expires_at=timezone.now() + GOOD_FOR
        )
        audit.record(
            "sign_in_link_made",
            f"An operator made a sign-in link for {user.get_username()}.",
            by=by,
            about=user.get_username(),
        )
    return key


def good(key):
    """The link, if it still opens."""
    return (
        SignInLink.objects.filter(
            fingerprint__in=fingerprints("link", key), used_at=None, expires_at__gt=timezone.now()
        )
        .filter(user__is_active=True, user__is_staff=True)
        .select_related("user")
        .first()
    )


def use(key):
    """Whose link it is, once; None for one that opens nothing. Two at once cannot both have it."""
    link = good(key)
    if link and SignInLink.objects.filter(pk=link.pk, used_at=None).update(used_at=timezone.now()):
        return link.user
    return None


def forget():
    SignInLink.objects.filter(expires_at__lt=timezone.now() - GOOD_FOR).delete()
