"""What the publication says about itself, for templates, feeds and mail."""

from django.utils.functional import SimpleLazyObject

from informed_comment import editions
from informed_comment.models import Publication


def current_publication():
    """The one Publication."""
    return Publication.objects.get(pk=1)


publication_of_edition = editions.kept(current_publication)


def publication(request):
    """Context processor: `publication` in every template, read only when used.

    A page that tells machines nothing about itself has no `metadata` and is not indexed.
    """
    return {"publication": SimpleLazyObject(lambda: publication_of_edition(request)), "metadata": None}
