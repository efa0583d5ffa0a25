"""Which methods a page answers to."""

from django.http import HttpResponseNotAllowed
from django.views.decorators import http

KNOWN = ("GET", "HEAD", "POST")
NEWSROOM = "/admin/"


class OnlyKnownMethods:
    """Nothing here is put, patched, deleted or traced. Django's own views would take any such word for GET.

    The newsroom refuses them before anybody is asked who they are; readers' pages say themselves what they know.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method in KNOWN:
            return self.get_response(request)
        refusal = HttpResponseNotAllowed(KNOWN)
        if request.path.startswith(NEWSROOM):
            return refusal
        response = self.get_response(request)
        return response if response.status_code >= 400 else refusal


def require_safe(view):
    """Answers GET and HEAD; whoever posts here is told 405, and not first asked for a token no page of ours holds."""
    guarded = http.require_safe(view)
    guarded.csrf_exempt = True
    return guarded
