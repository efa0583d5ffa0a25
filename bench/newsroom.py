"""`python -m bench newsroom [SMALL LARGE]`: what the newsroom costs at two sizes, 1,000 and 200,000 posts unless told otherwise.

Two sites are made in databases of their own, bench_newsroom_SMALL and _LARGE, and kept for the next time if the server
is (name one in DATABASE_URL). A thousand posts are written word by word; the rest are copies of those with dates and a
word of their own, so that 200,000 take minutes. For each screen it prints the milliseconds on both sites, in which those
the server says its statements took, their ratio, and the queries. The time is our processor's and the server's own, the
least of some rounds in which the sites take turns: the machine's other work does not count. A ratio over 1.3, or 25
queries, ends it with exit code 1.
"""

import sys
import time
from contextlib import contextmanager

ROUNDS = 5
MOST_TIMES, MOST_QUERIES = 1.3, 24
WRITTEN = 1_000  # posts written word by word
TAGS = 10  # of which each post has one
UNDATED = 60  # posts of each status other than published: these do not grow with the archive
RARE = "zqrare"  # a word that UNDATED published posts have, at any size
LIST = "/admin/posts/post/"


def main(small=1_000, large=200_000):
    sites = [Site(posts) for posts in (small, large)]
    print(f"{'screen':<34} {f'{small:,}':>14} {f'{large:,}':>14} {'ratio':>6} {'queries':>8}")
    late = [name for name in kinds(sites[0]) if not measure(name, sites)]
    if late:
        sys.exit(f"Over {MOST_TIMES} times, or {MOST_QUERIES} queries: {', '.join(late)}")


def kinds(site):
    """{name of a screen: its address on a site}."""
    from datetime import timedelta

    from django.utils import timezone

    from bench import archive

    common = archive.word(1)
    return {
        "list": LIST,
        "list, in the middle": LIST + site.deep(),
        "list, last page": LIST + "?p=last",
        "list by date, in the middle": LIST + site.deep("-published_at", 5),
        "list by title, in the middle": LIST + site.deep("title", 1),
        **{f"list, {word}": f"{LIST}?status={word}" for word in ("draft", "scheduled", "published")},
        "list, mine": f"{LIST}?mine=yes",
        "list, a busy author": f"{LIST}?author={site.ids['busy']}",
        "list, a busy author, last page": f"{LIST}?author={site.ids['busy']}&p=last",
        "list, an author of few": f"{LIST}?author={site.ids['quiet']}",
        "list, a category": f"{LIST}?category={site.ids['section']}",
        "list, author and category": f"{LIST}?author={site.ids['busy']}&category={site.ids['section']}",
        "list, a tag": f"{LIST}?tag={site.ids['tag']}",
        "list, a year": f"{LIST}?date=2011",
        "search, rare": f"{LIST}?q={RARE}",
        "search, common": f"{LIST}?q={common}",
        "search, common, one author": f"{LIST}?q={common}&author={site.ids['busy']}",
        "search, two common": f"{LIST}?q={common}+{archive.word(3)}",
        "search, none": f"{LIST}?q=zqnothing",
        "search, a number": f"{LIST}?q={site.newest}",
        "edit page": f"{LIST}{site.newest}/change/",
        "calendar, a month": f"{LIST}calendar/?month={timezone.localdate() + timedelta(days=31):%Y-%m}",
        "find, a beginning": "/admin/find/hits/?q=zqr",
        "find, a common word": f"/admin/find/hits/?q={common}",
        "find, two words": f"/admin/find/hits/?q={archive.word(3)}+{common[:3]}",
        "find, nothing": "/admin/find/hits/?q=zqnothing",
        "dashboard": "/admin/",
    }


def measure(name, sites):
    """Prints the line of a screen; whether it keeps to the marks."""
    for site in sites:
        with site.connected() as client:
            assert client.get(kinds(site)[name]).status_code == 200, (
                name
            )  # and what is looked up once a process is there
    rounds = [[cost(site, kinds(site)[name]) for site in sites] for _ in range(ROUNDS)]
    (ours, theirs, queries), (ours_now, theirs_now, queries_now) = (
        [min(part) for part in zip(*costs, strict=True)] for costs in zip(*rounds, strict=True)
    )
    few, many = ours + theirs, ours_now + theirs_now
    count = str(queries) if queries == queries_now else f"{queries}→{queries_now}"
    print(
        f"{name:<34} {few:>6.1f} {f'({theirs:.1f})':>7} {many:>6.1f} {f'({theirs_now:.1f})':>7} {many / few:>6.2f} {count:>8}",
        flush=True,
    )
    return many / few <= MOST_TIMES and queries_now <= MOST_QUERIES


def cost(site, address):
    """(ms of our processor, ms of the server, queries) of one request."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bench.search import server_time

    with site.connected() as client:
        connection.ensure_connection()
        begun = time.process_time()
        client.get(address)
        ours = (time.process_time() - begun) * 1000
        with CaptureQueriesContext(connection) as context:
            client.get(address)
        statements = [
            query["sql"] for query in context if query["sql"].lstrip("( \n").startswith(("SELECT", "WITH"))
        ]
        return ours, sum(server_time(statement) for statement in statements), len(context)


class Site:
    """A database of its own with so many posts, and somebody signed in there who may see everything."""

    def __init__(self, posts):
        from django.db import connection

        self.name = connection.settings_dict["TEST"]["NAME"] = f"bench_newsroom_{posts}"
        connection.creation.create_test_db(verbosity=0, autoclobber=True, keepdb=True)
        self.cursors = {}
        self.prepare(posts)

    def prepare(self, posts):
        from django.contrib.auth import get_user_model
        from django.test import Client

        from authors.models import Author
        from posts.models import Category, Post, Tag

        if 0 < Post.objects.count() < posts:
            sys.exit(f"{self.name} was not finished; drop it, and start again.")
        if not Post.objects.exists():
            fill(posts)
        chief, is_new = get_user_model().objects.get_or_create(
            username="chief", is_staff=True, is_superuser=True
        )
        if is_new:
            Author.objects.filter(slug="by-1").update(user=chief)
        self.client = Client()
        self.client.force_login(chief)
        self.ids = {
            "busy": Author.objects.get(slug="by-0").pk,
            "quiet": Author.objects.get(slug="quiet").pk,
            "section": Category.objects.get(path="middle-east").pk,
            "tag": Tag.objects.get(slug="tag-3").pk,
        }
        self.newest = Post.objects.published().newest_first().values_list("pk", flat=True)[0]

    @contextmanager
    def connected(self):
        """With the database of this site."""
        from django.db import connection

        if connection.settings_dict["NAME"] != self.name:
            connection.close()
            connection.settings_dict["NAME"] = self.name
        yield self.client

    def deep(self, order="-updated_at", column=6):
        """The address of a page in the middle of the list."""
        from informed_comment import keyset
        from posts.models import Post

        if order not in self.cursors:
            name, with_id = order.removeprefix("-"), [order, "-pk" if order.startswith("-") else "pk"]
            with self.connected():
                rows = Post.objects.order_by(*with_id).values_list(name, "pk")
                self.cursors[order] = keyset.cursor_of("a", rows[Post.objects.count() // 2])
        sign = "-" if order.startswith("-") else ""
        return f"?o={sign}{column}&p={self.cursors[order]}"


# Content

COPIES = """
CREATE TEMP TABLE made AS
SELECT n, n + 1 + (SELECT max(id) FROM posts_post) AS id, 1 + n %% %(written)s AS place,
    %(newest)s::timestamptz - interval '25 years' * (n::float8 / %(posts)s) AS at, 'zq' || n AS word
FROM generate_series(0, %(copies)s - 1) AS n;
CREATE TEMP TABLE pattern AS SELECT row_number() OVER (ORDER BY id) AS place, id FROM posts_post;
CREATE INDEX ON pattern (place);
INSERT INTO posts_post (id, title, slug, standfirst, body, lead_caption, video_url, video_title, status, published_at,
    trashed_from, permalink, seo_title, seo_description, language, social_card, word_count, version, created_at, updated_at,
    original_url, original_name, licence)
SELECT made.id, initcap(word) || ' ' || title, 'copy-' || n, standfirst, body, '', '', '', 'published', at, '',
    to_char(at, '/YYYY/MM/') || 'copy-' || n || '.html', '', '', 'en', '', word_count, 1, at, at + interval '1 hour', '', '', ''
FROM made JOIN pattern USING (place) JOIN posts_post AS post ON post.id = pattern.id;
INSERT INTO posts_searchentry (post_id, readable_at, categories, authors, is_learned, words)
SELECT made.id, at, categories, authors, true, ts_filter(words, '{a,b,c,d}')
    || setweight(to_tsvector('posts', word), 'A') || array_to_tsvector(ARRAY[search_mark(at)])
FROM made JOIN pattern USING (place) JOIN posts_searchentry AS entry ON entry.post_id = pattern.id;
INSERT INTO posts_byline (post_id, author_id, role, position, published_at)
SELECT made.id, author_id, role, position, at FROM made JOIN pattern USING (place) JOIN posts_byline AS tie ON tie.post_id = pattern.id;
INSERT INTO posts_filing (post_id, category_id, is_direct, published_at)
SELECT made.id, category_id, is_direct, at FROM made JOIN pattern USING (place) JOIN posts_filing AS tie ON tie.post_id = pattern.id;
INSERT INTO posts_taggedpost (content_object_id, tag_id, published_at)
SELECT made.id, tag_id, at FROM made JOIN pattern USING (place) JOIN posts_taggedpost AS tie ON tie.content_object_id = pattern.id;
SELECT setval(pg_get_serial_sequence('posts_post', 'id'), (SELECT max(id) FROM posts_post))
"""
FEW = """
UPDATE posts_byline SET author_id = (SELECT id FROM authors_author WHERE slug = 'quiet')
WHERE position = 0 AND post_id IN (SELECT id FROM posts_post WHERE status = 'published' ORDER BY published_at LIMIT 60)
"""


def fill(posts):
    """So many published posts over twenty-five years, and some that are not."""
    from django.db import connection

    from bench import archive
    from posts.models import Post, SearchEntry

    print(f"Making {posts:,} posts …", file=sys.stderr)
    write(min(posts, WRITTEN))
    copies = posts - WRITTEN
    if copies > 0:
        indexes = SearchEntry._meta.indexes  # built at the end, which is many times as quick
        with connection.schema_editor() as schema, connection.cursor() as cursor:
            for index in indexes:
                schema.remove_index(SearchEntry, index)
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(
                COPIES,
                {
                    "written": WRITTEN,
                    "posts": posts,
                    "copies": copies,
                    "newest": archive.NEWEST,
                },
            )
        with connection.schema_editor() as schema:
            for index in indexes:
                schema.add_index(SearchEntry, index)
    undated()
    rare()
    with connection.cursor() as cursor:
        cursor.execute(FEW)
        cursor.execute("VACUUM ANALYZE")
    print(f"Made {Post.objects.count():,}.", file=sys.stderr)


def write(count):
    """Posts written word by word, each with a tag."""
    from authors.models import Author
    from bench import archive
    from posts.models import Post, Tag, TaggedPost

    archive.fill(count)
    Author.objects.create(name="Quiet Author", slug="quiet")
    tags = Tag.objects.bulk_create(Tag(name=f"Tag {n}", slug=f"tag-{n}") for n in range(TAGS))
    posts = list(Post.objects.order_by("-published_at"))
    TaggedPost.objects.bulk_create(
        TaggedPost(content_object=post, tag=tags[n % TAGS]) for n, post in enumerate(posts)
    )


def undated():
    from datetime import timedelta

    from django.utils import timezone

    from bench import archive
    from posts.models import Post

    writer, now = archive.Writer(3), timezone.now()
    for status in ("draft", "in_review", "published", "withdrawn"):
        posts = [writer.post(f"{status}-{n}", now + timedelta(days=n + 1)) for n in range(UNDATED)]
        for post in posts:
            post.status = status
            if status != "published":
                post.published_at = post.permalink = None
        Post.objects.bulk_create(posts)


def rare():
    """Published posts with a word of their own, from all the years."""
    from bench import archive
    from posts.models import Post

    writer = archive.Writer(5)
    posts = [writer.post(f"rare-{n}", archive.NEWEST - archive.SPAN * (n / UNDATED)) for n in range(UNDATED)]
    for post in posts:
        post.title = f"{post.title} {RARE}"
    Post.objects.bulk_create(posts)
