"""Each request has an id, by which whoever saw something fail can name it and whoever looks for it finds its lines.

A proxy of ours gives it (X-Request-ID), else it is made here. It stands in the log, in the audit log, on the page of an
error, and in the headers of what belongs to one asker. What caches keep has none: it would be another's.
"""

import re
import secrets
import time

from django.conf import settings

from informed_comment.watching import at_hand, counting

WELL_FORMED = re.compile(r"[A-Za-z0-9-]{8,36}")
HEADER = "X-Request-ID"
NEWSROOM = "/admin/"


class NamesRequests:
    """The outermost middleware of all; `at_hand.forget` follows when the answer has been sent."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = given(request) or secrets.token_hex(8)
        at_hand.request.set(request)
        begun = time.monotonic()
        response = self.get_response(request)
        counting.of_process.answered(
            counting.kind_of(request), response.status_code, time.monotonic() - begun
        )
        if is_for_one(request, response):
            response[HEADER] = request.id
        return response


def given(request):
    """The id that the proxy gave; nothing that a client may have made up."""
    said = request.headers.get(HEADER, "") if settings.TRUSTED_PROXIES else ""
    return said if WELL_FORMED.fullmatch(said) else ""


def is_for_one(request, response):
    """Whether nobody but the asker will be given this answer."""
    if "public" in response.get("Cache-Control", ""):
        return False
    return (
        request.path.startswith(NEWSROOM)
        or request.method not in ("GET", "HEAD")
        or response.status_code >= 400
    )


def forget(**kwargs):
    """Receives Django's signal at the end of a request: the thread's next lines are about something else."""
    at_hand.request.set(None)
