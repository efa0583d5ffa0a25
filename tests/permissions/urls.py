"""The site's own addresses; pages of refusals, which are the same for everybody, are not drawn for thousands of them."""

from django.http import HttpResponse

from informed_comment.urls import urlpatterns

__all__ = ["urlpatterns"]


def refusal(status):
    return lambda request, exception=None: HttpResponse(status=status)


handler400, handler403, handler404 = refusal(400), refusal(403), refusal(404)
