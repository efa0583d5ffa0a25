"""Sessions of staff: rows that say whose they are, from where and since when, and end when they shall.

The row's key is a hash of the cookie's. An account's sessions are found by its column, so none can be forgotten when all
shall end.
"""

import hashlib
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.core.exceptions import SuspiciousOperation
from django.utils import timezone

from informed_comment import audit, trying_again
from informed_comment.models import StaffSession


def stored(key):
    return hashlib.sha256(key.encode()).hexdigest()[:40]


class SessionStore(db.SessionStore):
    """SESSION_ENGINE names this module. Ends a while after its last use, and in any case a while after it began."""

    is_use_only = False  # whether all that is to be saved is that somebody is there

    def note_use(self, now):
        is_use_only = self.is_use_only or not self.modified
        self["seen_at"] = now
        self.is_use_only = is_use_only

    def __setitem__(self, key, value):
        self.is_use_only = False
        super().__setitem__(key, value)

    def save(self, must_create=False):
        """Where the database is in trouble, Django says that the session was deleted; and a use can be noted later."""
        try:
            super().save(must_create)
        except UpdateError as error:
            trouble = error.__context__
            if not trying_again.passes(trouble):
                raise
            if not self.is_use_only:
                raise trouble from trouble.__cause__

    @classmethod
    def get_model_class(cls):
        return StaffSession

    def _get_session_from_db(self):
        try:
            return self.model.objects.get(
                session_key=stored(self.session_key), expire_date__gt=timezone.now()
            )
        except (self.model.DoesNotExist, SuspiciousOperation):
            self._session_key = None

    def exists(self, session_key):
        return super().exists(stored(session_key))

    def delete(self, session_key=None):
        if key := session_key or self.session_key:
            self.model.objects.filter(session_key=stored(key)).delete()

    def get_expiry_date(self, **kwargs):
        end, began = super().get_expiry_date(**kwargs), self.get("began_at")
        return min(end, moment(began) + timedelta(days=settings.SESSION_MAX_DAYS)) if began else end

    def create_model_instance(self, data):
        row = super().create_model_instance(data)
        row.session_key = stored(row.session_key)
        row.user_id = data.get(SESSION_KEY)
        row.began_at, row.seen_at = moment(data.get("began_at")), moment(data.get("seen_at"))
        row.device, row.network = data.get("device", ""), data.get("network", "")
        row.how = data.get("second_step", "")
        return row


def moment(seconds):
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def of_account(user):
    """The sessions somebody is signed in with, newest first."""
    return StaffSession.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-seen_at")


def row_key(request):
    return stored(request.session.session_key or "")


def end(user, *, by=None, request=None, but=None, only=None, why="", unsaid=False):
    """Ends the account's sessions: all, all but one, or only one (by the row's key). How many they were."""
    rows = StaffSession.objects.filter(user=user)
    if but:
        rows = rows.exclude(session_key=but)
    if only:
        rows = rows.filter(session_key=only)
    ended, _ = rows.delete()
    if ended and not unsaid:
        which = "A session" if ended == 1 else f"{ended} sessions"
        audit.record(
            "sessions_ended",
            f"{which} of {user.get_username()} ended{why and f': {why}'}.",
            by=by,
            request=request,
            about=user.get_username(),
            number=ended,
        )
    return ended


def forget():
    """Takes away the sessions that are over."""
    SessionStore.clear_expired()
