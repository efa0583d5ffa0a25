"""Pages in “Find”."""

from informed_comment.palette import SHOWN, Hit, form_of, may_open
from pages.models import Page


def pages(request, typed):
    if not typed or not may_open(request, Page):
        return []
    rows = Page.objects.filter(title__icontains=typed).only("title", "path")[:SHOWN]
    return [Hit("Page", page.title, form_of(page), f"/{page.path}/") for page in rows]
