"""What the publication says about itself, for templates, feeds and mail."""

from django.utils.functional import SimpleLazyObject

from informed_comment.models import Publication


def current_publication():
    """The one Publication."""
    return Publication.objects.get(pk=1)


def publication(request):
    """Context processor: `publication` in every template, read only when used.

    A page that tells machines nothing about itself has no `metadata` and is not indexed.
    """
    return {"publication": SimpleLazyObject(current_publication), "metadata": None}
