"""What scripts of the newsroom talk to: JSON, never a redirect, and a sentence for everything that fails."""

import functools
import logging

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import DatabaseError
from django.http import Http404, JsonResponse
from django.middleware.csrf import get_token
from django.template.defaultfilters import filesizeformat
from django.views.decorators.cache import never_cache

logger = logging.getLogger(__name__)
SIGNED_OUT = "You have been signed out. Sign in again; your text is kept in this browser."
SOMEBODY_ELSE = "You are signed in as {name} now, and this was written by somebody else."
NO_DATABASE = "The database did not take it: it may be full or being restarted. It is tried again."
TOO_BIG = (
    "This is larger than {limit}, which is all that the server takes. Make it shorter, or split it into two."
)
NOT_ALLOWED = "You may not do this any more. Ask an editor."
GONE = "What this belongs to is no longer there."


class Refused(Exception):
    """An answer that is not the one hoped for: a status, a word for the script and a sentence for the person."""

    def __init__(self, status, problem, sentence, **more):
        self.status, self.answer = status, {"problem": problem, "sentence": sentence, **more}
        super().__init__(sentence)


def refusal_of(error):
    """The refusal an exception amounts to."""
    match error:
        case Refused():
            return error
        case RequestDataTooBig():
            limit = filesizeformat(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
            return Refused(413, "too_big", TOO_BIG.format(limit=limit))
        case PermissionDenied():
            return Refused(403, "not_allowed", str(error) or NOT_ALLOWED)
        case Http404():
            return Refused(404, "gone", GONE)
    logger.error(
        "The newsroom could not be answered, so the editor was told to wait: nothing was saved.",
        exc_info=error,
    )
    return Refused(503, "database", NO_DATABASE)


def endpoint(view):
    """The view answers members of staff with JSON or HTML of its own; whatever else happens, JSON says so.

    The address may name whom the form was opened by (`?user=ID`); somebody else's session is refused.
    """

    @never_cache
    @functools.wraps(view)
    def guarded(request, *args, **kwargs):
        try:
            if not admin.site.has_permission(request):
                raise Refused(401, "signed_out", SIGNED_OUT)
            meant = request.GET.get("user", "")
            if meant and meant != str(request.user.pk):
                name = request.user.get_full_name() or request.user.get_username()
                raise Refused(409, "somebody_else", SOMEBODY_ELSE.format(name=name), name=name)
            return view(request, *args, **kwargs)
        except (Refused, RequestDataTooBig, PermissionDenied, Http404, DatabaseError) as error:
            refusal = refusal_of(error)
            return JsonResponse(refusal.answer, status=refusal.status)

    return guarded


@never_cache
def session(request):
    """Whether somebody is signed in, who, and the token a form of theirs needs."""
    try:
        is_signed_in = admin.site.has_permission(request)
        user = request.user if is_signed_in else None
    except DatabaseError as error:
        refusal = refusal_of(error)
        return JsonResponse(refusal.answer, status=refusal.status)
    return JsonResponse(
        {
            "signed_in": is_signed_in,
            "user": str(user.pk) if user else None,
            "name": (user.get_full_name() or user.get_username()) if user else "",
            "csrf": get_token(request),
        }
    )
