"""What readers are told of their data: a page like any other, begun from what this site is set to."""

from django.db import transaction
from django.template.loader import render_to_string

from informed_comment.publication import current_publication
from pages.models import Page

SLUG = "privacy"


class AlreadyThere(Exception):
    """A page stands at the address: it is an editor's, and stays as it is."""


@transaction.atomic
def make():
    """The statement as a page that is not out yet. Raises AlreadyThere."""
    if Page.objects.filter(path=SLUG).exists():
        raise AlreadyThere
    context = {"publication": current_publication()}
    body = render_to_string("pages/privacy_statement.html", context)
    return Page.objects.create(title="Privacy", slug=SLUG, body=body, is_published=False)
