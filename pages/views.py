from django.shortcuts import get_object_or_404, redirect, render

from informed_comment.caching import public_page
from informed_comment.methods import require_safe
from pages import cards
from pages.models import Page
from posts import metadata

KINDS = {"about": "AboutPage", "about-us": "AboutPage", "contact": "ContactPage"}  # in schema.org's words


def whole_page(path):
    """The page of which WordPress made `path` the second or a later part; Http404 if it is no part of any."""
    whole, _, part = path.rpartition("/")
    return get_object_or_404(Page.objects.published(), path=whole if part.isdecimal() else path)


@require_safe
@public_page
def page_detail(request, path):
    page = Page.objects.published().filter(path=path).first()
    if page is None:
        return redirect(whole_page(path), permanent=True)
    about = metadata.of_text(
        page.seo_title or page.title,
        page.get_absolute_url(),
        description=page.seo_description or page.standfirst or page.body[:2000],
        kind=KINDS.get(page.slug, "WebPage"),
        card=cards.of_page(page),
        drawn=page.social_card,
    )
    return render(request, "pages/page_detail.html", {"page": page, "metadata": about})
