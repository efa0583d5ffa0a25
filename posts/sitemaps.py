"""What there is, for search engines: an index, a part a year, and the news of the last two days.

Forms: https://www.sitemaps.org/protocol.html and Google's news extension (48 hours, at most 1,000 addresses).
"""

from datetime import timedelta

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from authors.models import Author
from informed_comment.caching import public_page
from informed_comment.publication import current_publication
from posts import archive
from posts.models import Category, Post

XML = "application/xml; charset=utf-8"
NEWS_AGE = timedelta(hours=48)
NEWS_LENGTH = 1000


def urlset(request, entries, **context):
    """`entries` are (path, last change or None)."""
    found = [{"location": settings.SITE_URL + path, "changed_at": changed} for path, changed in entries]
    return render(request, "site/sitemap.xml", {"entries": found} | context, content_type=XML)


@require_safe
@public_page
def index(request):
    parts = [reverse("posts:sitemap_year", args=[year]) for year in archive.active_years()]
    parts += [reverse("posts:sitemap_sections"), reverse("pages:sitemap")]
    context = {"locations": [settings.SITE_URL + part for part in parts]}
    return render(request, "site/sitemap_index.xml", context, content_type=XML)


@require_safe
@public_page
def of_year(request, year):
    start, end = archive.bounds(year)
    posts = Post.objects.published().filter(published_at__gte=start, published_at__lt=end)
    entries = list(posts.newest_first().values_list("permalink", "updated_at"))
    if not entries:
        raise Http404("Nothing was published then.")
    return urlset(request, entries)


@require_safe
@public_page
def sections(request):
    """The homepage, and every category and author that has something to show."""
    paths = [reverse("posts:home"), reverse("posts:archives"), reverse("posts:popular")]
    paths += [category.get_absolute_url() for category in Category.objects.all()]
    paths += [author.get_absolute_url() for author in Author.objects.filter(bylines__isnull=False).distinct()]
    return urlset(request, [(path, None) for path in paths])


@require_safe
@public_page
def news(request):
    posts = Post.objects.published().filter(published_at__gt=timezone.now() - NEWS_AGE)
    found = posts.newest_first().only("title", "permalink", "published_at", "language")[:NEWS_LENGTH]
    context = {"posts": found, "site_url": settings.SITE_URL, "publication": current_publication()}
    return render(request, "site/sitemap_news.xml", context, content_type=XML)
