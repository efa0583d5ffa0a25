"""Somebody on the way in: the password was right, the second step is still to come. Until then the session is nobody's."""

import time
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.utils.crypto import constant_time_compare

KEY = "on_the_way_in"
SECONDS = 900


@dataclass(frozen=True)
class Pending:
    user: object
    how: str  # "password" or "link"
    target: str  # where to go then


def begin(request, user, *, how, target):
    """In a session of its own, with a new key: one that somebody else may have planted is worth nothing."""
    request.session.flush()
    request.session.set_expiry(SECONDS)
    request.session[KEY] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "at": int(time.time()),
        "how": how,
        "target": target,
    }


def of(request):
    """Who is on the way in; None when nobody is, or it has taken too long, or the account is no longer the same."""
    said = request.session.get(KEY)
    if not said or not 0 <= time.time() - said["at"] <= SECONDS:
        return None
    user = get_user_model().objects.filter(pk=said["user"], is_active=True, is_staff=True).first()
    if user is None or not constant_time_compare(said["hash"], user.get_session_auth_hash()):
        return None
    return Pending(user, said["how"], said["target"])
