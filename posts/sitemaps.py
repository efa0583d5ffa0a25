"""What there is, for search engines: an index, parts by year, sections, tags, and the news of the last two days.

Forms: https://www.sitemaps.org/protocol.html and Google's news extension (48 hours, at most 1,000 addresses). Written
as text, for a year can hold tens of thousands. Other rooms add their parts to the index by SITEMAP_PARTS.
"""

from datetime import timedelta
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models.functions import Greatest
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.module_loading import import_string

from informed_comment import clocks, replica
from informed_comment.caching import public_page
from informed_comment.methods import require_safe
from informed_comment.publication import current_publication
from posts import archive
from posts.models import Post
from posts.syndication import printable

XML = "application/xml; charset=utf-8"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS_NAMESPACE = "http://www.google.com/schemas/sitemap-news/0.9"
PART_LENGTH = 5_000  # addresses; 50,000 and 50 MB are allowed, but to write as many takes a while
NEWS_AGE = timedelta(hours=48)
NEWS_LENGTH = 1000
NEWEST = Greatest("published_at", "updated_at")
# Days are counted as they are kept. Only of those in which a year turns somewhere, and of the one that is not over, each post
# is looked at. A day that lies in two parts has changed both.
YEARS = """
WITH days AS (
    SELECT day, posts, changed_at, day < (%(now)s AT TIME ZONE 'UTC')::date
        AND extract(doy FROM day) > 1 AND extract(doy FROM day + 1) > 1 AS is_whole
    FROM posts_publishedday WHERE posts > 0 AND day <= (%(now)s AT TIME ZONE 'UTC')::date
), counted AS (
    SELECT extract(year FROM day)::int AS year, day, posts::int, changed_at FROM days WHERE is_whole
    UNION ALL
    SELECT extract(year FROM published_at AT TIME ZONE %(zone)s)::int, day, count(*)::int, max(greatest(published_at, updated_at))
    FROM days, LATERAL (
        SELECT published_at, updated_at FROM posts_post WHERE status = 'published' AND published_at <= %(now)s
        AND published_at >= day::timestamp AT TIME ZONE 'UTC' AND published_at < (day + 1)::timestamp AT TIME ZONE 'UTC'
        ORDER BY published_at, id LIMIT days.posts
    ) AS post WHERE NOT is_whole GROUP BY 1, 2
), placed AS (
    SELECT year, changed_at, (until - posts) / %(length)s + 1 AS first, (until - 1) / %(length)s + 1 AS last
    FROM (SELECT *, sum(posts) OVER (PARTITION BY year ORDER BY day)::int AS until FROM counted) AS added
)
SELECT year, first AS part, max(changed_at) FROM (
    SELECT year, first, changed_at FROM placed UNION ALL SELECT year, last, changed_at FROM placed WHERE last > first
) AS parts GROUP BY year, first ORDER BY year DESC, first
"""

# When the newest post of each was changed last: what a list begins with.
NEWEST_OF = """
SELECT thing.{address}, greatest(post.published_at, post.updated_at) FROM {things} AS thing
CROSS JOIN LATERAL (
    SELECT {post} AS id FROM {rows} WHERE {thing} = thing.id AND published_at <= %(now)s
    ORDER BY published_at DESC, {post} DESC LIMIT 1
) AS newest JOIN posts_post AS post ON post.id = newest.id
WHERE thing.id BETWEEN %(first)s AND %(last)s ORDER BY thing.id
"""
CATEGORIES = NEWEST_OF.format(
    address="path", things="posts_category", rows="posts_filing", thing="category_id", post="post_id"
)
AUTHORS = NEWEST_OF.format(
    address="slug", things="authors_author", rows="posts_byline", thing="author_id", post="post_id"
)
TAGS = NEWEST_OF.format(
    address="slug", things="posts_tag", rows="posts_taggedpost", thing="tag_id", post="content_object_id"
)

# Parts in which a tag has a post; a part looks no further than to the first.
PARTS_OF_TAGS = """
SELECT part FROM (SELECT DISTINCT (id - 1) / %(length)s + 1 AS part FROM posts_tag) AS parts CROSS JOIN LATERAL (
    SELECT FROM posts_tag AS tag CROSS JOIN LATERAL (
        SELECT FROM posts_taggedpost WHERE tag_id = tag.id AND published_at <= %(now)s LIMIT 1
    ) AS used WHERE tag.id BETWEEN (part - 1) * %(length)s + 1 AND part * %(length)s ORDER BY tag.id LIMIT 1
) AS first_used ORDER BY part
"""
ALL = {"first": 1, "last": 2**63 - 1}


def asked(statement, **values):
    with replica.connection().cursor() as cursor:
        cursor.execute(statement, values | {"now": clocks.present(), "length": PART_LENGTH})
        return cursor.fetchall()


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
    years = asked(YEARS, zone=timezone.get_current_timezone_name())
    newest = max((changed_at for *_, changed_at in years), default=None)
    return [
        (reverse("posts:sitemap_sections"), newest),
        *((numbered("posts:sitemap_tags", number), newest) for (number,) in asked(PARTS_OF_TAGS)),
        *((numbered("posts:sitemap_year", number, year), changed_at) for year, number, changed_at in years),
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
    years = asked(YEARS, zone=timezone.get_current_timezone_name())
    newest = max((changed_at for *_, changed_at in years), default=None)
    entries = [
        (reverse(name), newest) for name in ("posts:home", "posts:archives", "posts:authors", "posts:popular")
    ]
    return urlset(
        [
            *entries,
            *placed_at("posts:category", asked(CATEGORIES, **ALL)),
            *placed_at("posts:author", asked(AUTHORS, **ALL)),
        ]
    )


def placed_at(name, rows):
    """Slugs with anything as addresses of a name, which is looked up once for all."""
    before, _, after = reverse(name, args=["~"]).partition("~")
    return [(f"{before}{slug}{after}", at) for slug, at in rows]


@require_safe
@public_page(by_content=True)
def tags(request, number=1):
    """A part holds what is used of five thousand tags, by their numbers: a new tag changes only the last part."""
    before = start_of(number)
    rows = asked(TAGS, first=before + 1, last=before + PART_LENGTH)
    return urlset(placed_at("posts:tag", rows))


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
