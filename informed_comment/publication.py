"""What the publication says about itself, for templates, feeds and mail."""

from django.utils.functional import SimpleLazyObject

from informed_comment.models import Publication


def current_publication():
    """The one Publication; made on the spot when somebody emptied the table."""
    return Publication.objects.get_or_create(pk=1)[0]


def publication(request):
    """Context processor: `publication` in every template, read only when used."""
    return {"publication": SimpleLazyObject(current_publication)}
