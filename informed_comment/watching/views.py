"""What machines ask: whether a process lives, whether it can serve."""

from django.http import JsonResponse
from django.views.decorators.cache import never_cache

from informed_comment.methods import require_safe
from informed_comment.watching import ready


@require_safe
@never_cache
def livez(request):
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request):
    """Able to serve: each part with what it says, within two seconds; 503 when one that readers need is missing."""
    able, said = ready.said()
    return JsonResponse(said, status=200 if able else 503)
