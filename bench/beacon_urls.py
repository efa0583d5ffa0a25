"""The site, and a view that does nothing, behind the same middleware."""

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from informed_comment.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@csrf_exempt
def empty(request):
    return HttpResponse(status=204, headers={"Cache-Control": "no-store"})


urlpatterns = [path("empty/", empty), *urlpatterns]
