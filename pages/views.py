from django.shortcuts import get_object_or_404, render

from informed_comment.caching import public_page
from informed_comment.methods import require_safe
from pages.models import Page
from posts import metadata


@require_safe
@public_page
def page_detail(request, path):
    page = get_object_or_404(Page.objects.published(), path=path)
    about = metadata.of_text(
        page.seo_title or page.title,
        page.get_absolute_url(),
        description=page.seo_description or page.standfirst or page.body[:2000],
    )
    return render(request, "pages/page_detail.html", {"page": page, "metadata": about})
