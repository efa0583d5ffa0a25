"""The standing pages among what search engines are told of."""

from django.urls import reverse

from informed_comment.caching import public_page
from informed_comment.methods import require_safe
from pages.models import Page
from posts.sitemaps import urlset


def changed():
    return Page.objects.published().values_list("path", "updated_at")


def parts():
    """(path, last change) of the one part, if there are pages."""
    newest = max((at for _, at in changed()), default=None)
    return [(reverse("pages:sitemap"), newest)] if newest else []


@require_safe
@public_page(by_content=True)
def pages(request):
    return urlset((reverse("pages:page", args=[path]), at) for path, at in changed())
