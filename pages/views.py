from django.http import Http404
from django.shortcuts import redirect, render

from informed_comment.caching import public_page
from informed_comment.methods import require_safe
from informed_comment.prepared import Slot, any_of, prepared
from pages import cards
from pages.models import Page
from posts import metadata

KINDS = {"about": "AboutPage", "about-us": "AboutPage", "contact": "ContactPage"}  # in schema.org's words


readable = prepared(lambda: Page.objects.published().filter(any_of("path", Slot("paths"))))


def found_at(path):
    """The page at a path, or the page of which WordPress made the path the second or a later part; Http404 if none."""
    whole, _, part = path.rpartition("/")
    pages = {page.path: page for page in readable(paths=[path, *([whole] if part.isdecimal() else [])])}
    if not pages:
        raise Http404("There is no such page.")
    return pages.get(path) or pages[whole]


@require_safe
@public_page
def page_detail(request, path):
    page = found_at(path)
    if page.path != path:
        return redirect(page, permanent=True)
    about = metadata.of_text(
        page.seo_title or page.title,
        page.get_absolute_url(),
        description=page.seo_description or page.standfirst or page.body[:2000],
        kind=KINDS.get(page.slug, "WebPage"),
        card=cards.of_page(page),
        drawn=page.social_card,
    )
    return render(request, "pages/page_detail.html", {"page": page, "metadata": about})
