"""The one place that says who somebody is: whoever has not passed a required second step is nobody, wherever they ask."""

import time
from contextvars import ContextVar

from asgiref.sync import sync_to_async
from django.contrib.auth import middleware
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import SimpleLazyObject

from informed_comment.signing_in import steps

SEEN_EVERY = 300  # seconds
ASKED_BY_ITSELF = ("/admin/session/",)  # by pages left open: no sign that somebody is there


acting = ContextVar("acting", default=None)  # the request whose view is at work, and no longer than that


class StaffAuthenticationMiddleware(middleware.AuthenticationMiddleware):
    """Asks for nothing before somebody wants to know; pages for readers never do."""

    def __call__(self, request):
        token = acting.set(request)
        try:
            return super().__call__(request)
        finally:
            acting.reset(token)

    def process_request(self, request):
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: user_of(request))
        request.auser = sync_to_async(lambda: user_of(request))


def user_of(request):
    user = middleware.get_user(request)
    if not user.is_authenticated:
        return user
    if steps.is_required() and not request.session.get("second_step"):
        request._cached_user = AnonymousUser()
        return request._cached_user
    note_use(request)
    return user


def note_use(request):
    """So that a session ends a while after its last use; written now and then."""
    now = int(time.time())
    if now - request.session.get("seen_at", 0) >= SEEN_EVERY and request.path not in ASKED_BY_ITSELF:
        request.session.note_use(now)
