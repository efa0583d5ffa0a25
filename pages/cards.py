"""The social cards of the publication and of its pages, and clearing away those that nothing shows any more."""

from images import cards
from images.cards import Card
from informed_comment.models import Publication
from informed_comment.publication import current_publication
from pages.models import Page
from posts.models import Post


def of_publication(publication):
    return Card(publication.title, byline=publication.tagline)


def of_page(page):
    return Card(page.title, byline=page.standfirst)


def make():
    """Draws what is missing: there are never many."""
    publication = current_publication()
    cards.keep(publication, of_publication(publication))
    for page in Page.objects.published().defer("body"):
        cards.keep(page, of_page(page).of(publication))


def remove_unused():
    """Removes cards nothing names; returns how many."""
    used = set()
    for model in (Publication, Page, Post):
        used.update(model.objects.exclude(social_card="").values_list("social_card", flat=True))
    return cards.remove_unused(used)
