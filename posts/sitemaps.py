"""What there is, for search engines: an index, parts by year, sections, tags, and the news of the last two days.

Forms: https://www.sitemaps.org/protocol.html and Google's news extension (48 hours, at most 1,000 addresses). Written
as text, for a year can hold tens of thousands. Other rooms add their parts to the index by SITEMAP_PARTS.
"""

from datetime import timedelta
from itertools import batched
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import Max
from django.db.models.functions import Greatest
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.module_loading import import_string

from authors.models import Author
from informed_comment import replica
from informed_comment.caching import public_page
from informed_comment.methods import require_safe
from informed_comment.publication import current_publication
from posts import archive
from posts.models import Category, Post, Tag
from posts.syndication import printable

XML = "application/xml; charset=utf-8"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS_NAMESPACE = "http://www.google.com/schemas/sitemap-news/0.9"
PART_LENGTH = 10_000  # addresses; 50,000 and 50 MB are allowed, and an address may take 2 kB
NEWS_AGE = timedelta(hours=48)
NEWS_LENGTH = 1000
NEWEST = Greatest("published_at", "updated_at")
YEARS = """
SELECT year, part, max(changed_at) FROM (
    SELECT year, changed_at, (row_number() OVER (PARTITION BY year ORDER BY published_at, id) - 1) / %(length)s + 1
    FROM (
        SELECT id, published_at, greatest(published_at, updated_at) AS changed_at,
               extract(year FROM published_at AT TIME ZONE %(zone)s)::int AS year
        FROM posts_post WHERE status = 'published' AND published_at <= now()
    ) AS readable
) AS placed (year, changed_at, part)
GROUP BY year, part ORDER BY year DESC, part
"""


def address(path):
    return escape(settings.SITE_URL + iri_to_uri(path))


def dated(element, path, changed_at):
    """One address with its last change, or None where that is not known."""
    changed = f"<lastmod>{changed_at.isoformat(timespec='seconds')}</lastmod>" if changed_at else ""
    return f"<{element}><loc>{address(path)}</loc>{changed}</{element}>"


def urlset(entries):
    """`entries` are (path, last change or None); Http404 when there is none, for an empty part is not allowed."""
    lines = [dated("url", path, changed_at) for path, changed_at in entries]
    if not lines:
        raise Http404("There is nothing of the kind.")
    text = f'{HEAD}<urlset xmlns="{NAMESPACE}">\n{"\n".join(lines)}\n</urlset>\n'
    return HttpResponse(text, content_type=XML)


@require_safe
@public_page(by_content=True)
def index(request):
    parts = [part for name in settings.SITEMAP_PARTS for part in import_string(name)()]
    lines = "\n".join(dated("sitemap", path, changed_at) for path, changed_at in parts)
    text = f'{HEAD}<sitemapindex xmlns="{NAMESPACE}">\n{lines}\n</sitemapindex>\n'
    return HttpResponse(text, content_type=XML)


def parts():
    """(path, last change) of every part of this room: the sections, the tags, the years."""
    with replica.connection().cursor() as cursor:
        zone = timezone.get_current_timezone_name()
        cursor.execute(YEARS, {"zone": zone, "length": PART_LENGTH})
        years = cursor.fetchall()
    newest = max((changed_at for *_, changed_at in years), default=None)
    found = [(reverse("posts:sitemap_sections"), newest)]
    for number, entries in enumerate(batched(of_tags(), PART_LENGTH, strict=False), start=1):
        changed_at = max(changed_at for _, changed_at in entries)
        found.append((numbered("posts:sitemap_tags", number), changed_at))
    return found + [
        (numbered("posts:sitemap_year", number, year), changed_at) for year, number, changed_at in years
    ]


def numbered(name, number, *args):
    """The address of a part of a part; the first has no number."""
    return reverse(name, args=args) if number == 1 else reverse(f"{name}_part", args=[*args, number])


def start_of(number):
    """How many entries stand before part `number`, which is written out from 2 on."""
    if number < 1:
        raise Http404("There is no such part.")
    return (number - 1) * PART_LENGTH


@require_safe
@public_page(by_content=True)
def of_year(request, year, number=1):
    """Oldest first, so that a new post changes only the last part of its year."""
    start, end = archive.bounds(year)
    posts = Post.objects.published().filter(published_at__gte=start, published_at__lt=end)
    rows = posts.order_by("published_at", "id").values_list("permalink", NEWEST)
    before = start_of(number)
    return urlset(rows[before : before + PART_LENGTH].iterator())


@require_safe
@public_page(by_content=True)
def sections(request):
    """The homepage, and every category and author that has something to show."""
    newest = Post.objects.published().aggregate(at=Max(NEWEST))["at"]
    entries = [
        (reverse(name), newest) for name in ("posts:home", "posts:archives", "posts:authors", "posts:popular")
    ]
    categories = with_change(Category.objects, "filings__post").values_list("path", "changed_at")
    entries += [(reverse("posts:category", args=[path]), at) for path, at in categories]
    authors = with_change(Author.objects, "bylines__post").values_list("slug", "changed_at")
    entries += [(reverse("posts:author", args=[slug]), at) for slug, at in authors]
    return urlset(entries)


def with_change(things, post):
    """What has published posts, each with `changed_at`: the newest change to one of them."""
    readable = {f"{post}__status": Post.Status.PUBLISHED, f"{post}__published_at__lte": timezone.now()}
    newest = Max(Greatest(f"{post}__published_at", f"{post}__updated_at"))
    return things.filter(**readable).order_by("pk").annotate(changed_at=newest)


def of_tags():
    rows = with_change(Tag.objects, "taggings__content_object").values_list("slug", "changed_at")
    return ((reverse("posts:tag", args=[slug]), changed_at) for slug, changed_at in rows.iterator())


@require_safe
@public_page(by_content=True)
def tags(request, number=1):
    before = start_of(number)
    return urlset(list(of_tags())[before : before + PART_LENGTH])


@require_safe
@public_page(by_content=True)
def news(request):
    """What came out here first; news of others stands in theirs."""
    posts = Post.objects.published().filter(published_at__gt=timezone.now() - NEWS_AGE, original_url="")
    rows = posts.newest_first().values_list("permalink", "title", "published_at", "language")[:NEWS_LENGTH]
    name = escape(printable(current_publication().title))
    lines = "\n".join(news_entry(name, *row) for row in rows)
    text = f'{HEAD}<urlset xmlns="{NAMESPACE}" xmlns:news="{NEWS_NAMESPACE}">\n{lines}\n</urlset>\n'
    return HttpResponse(text, content_type=XML)


def news_entry(name, permalink, title, published_at, language):
    """Google asks for a language of two letters, Chinese excepted."""
    spoken = language.lower() if language.lower().startswith("zh-") else language.split("-")[0]
    return (
        f"<url><loc>{address(permalink)}</loc><news:news><news:publication><news:name>{name}</news:name>"
        f"<news:language>{escape(spoken)}</news:language></news:publication>"
        f"<news:publication_date>{published_at.isoformat(timespec='seconds')}</news:publication_date>"
        f"<news:title>{escape(printable(title)) or 'Untitled'}</news:title></news:news></url>"
    )
