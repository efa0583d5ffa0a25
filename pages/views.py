from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from informed_comment.caching import public_page
from pages.models import Page


@require_safe
@public_page
def page_detail(request, path):
    page = get_object_or_404(Page.objects.published(), path=path)
    return render(request, "pages/page_detail.html", {"page": page})
