"""What machines ask: whether a process lives, whether it can serve."""

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache

from informed_comment.methods import require_safe
from informed_comment.origins import address_in, is_near
from informed_comment.watching import metrics as measured
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


@require_safe
@never_cache
def metrics(request):
    """For Prometheus; there is no such page for anybody else."""
    if not may_measure(request):
        raise Http404
    return HttpResponse(measured.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def may_measure(request):
    """Whoever has METRICS_TOKEN; where there is none, whoever asks from near and not through a proxy."""
    if settings.METRICS_TOKEN:
        return constant_time_compare(
            request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"
        )
    peer = address_in(request.META.get("REMOTE_ADDR", ""))
    return peer is not None and is_near(peer) and not request.headers.get("X-Forwarded-For")
