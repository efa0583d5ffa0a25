"""A publication of any size, the same each time but for its newest date: twenty-five years up to the hour it is made.

Its words are as frequent as a newspaper's (vocabulary.py), its rows are made by the database out of numbers (rows.py): posts
of 430 to 500 words with standfirst, pictures, authors, a tree of sections, tags, what is alike, comments, corrections, the
search entries, and a front page. With a million posts it takes 9 GB and a quarter of an hour.
"""

import json
import sys
import time
from datetime import timedelta

STOCK = 20_000  # paragraphs, titles and standfirsts posts are drawn from
PARAGRAPH = 70  # words
SECTIONS = 6  # on the front page
DAYS_OF_READS = 30
READS = [
    """INSERT INTO posts_readday (day, post_id, reads, search, social, newsletter, sites, ours, added)
    SELECT current_date - ago, id, greatest(1, 900 / (1 + rank)), 0, 0, 0, 0, 0, greatest(1, 900 / (1 + rank))
    FROM generate_series(0, %(days)s) AS ago CROSS JOIN LATERAL (
        SELECT id, row_number() OVER () AS rank FROM (
            SELECT id FROM posts_post WHERE status = 'published' AND published_at <= now() - ago * interval '1 day'
            ORDER BY published_at DESC LIMIT 300) AS newest) AS read""",
    """INSERT INTO posts_readhour (hour, post_id, reads)
    SELECT date_trunc('hour', now()) - n * interval '1 hour', post_id, greatest(1, reads / 24)
    FROM posts_readday CROSS JOIN generate_series(1, 48) AS n WHERE day = current_date""",
    """INSERT INTO posts_readtotal (post_id, reads, brought) SELECT post_id, sum(reads), 0 FROM posts_readday GROUP BY 1""",
]


def make(posts):
    """Makes so many published posts, and what stands around them, in a site that is empty. No transaction may be open."""
    from django.conf import settings
    from django.db import connection

    from bench import rows
    from posts.models import Post

    if Post.objects.exists():
        sys.exit("There are posts already; begin with an empty database.")
    begun = time.monotonic()
    stock = min(STOCK, max(500, posts))
    numbers = {
        "posts": posts,
        "stock": stock,
        "images": max(1, posts // 6),
        "few": rows.FEW,
        "rare": rows.RARE,
        "tops": rows.TOPS,
        "authors": rows.AUTHORS,
        "tags": rows.TAGS,
        "renditions": renditions(),
        "newest": newest(),
        "zone": settings.TIME_ZONE,
    }
    things(rows)
    with connection.cursor() as cursor:

        def do(statement, said=""):
            cursor.execute(statement, numbers)
            if said:
                say(said, begun, posts)

        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET work_mem = '256MB'")
        cursor.execute("SET maintenance_work_mem = '768MB'")
        write_stock(cursor, stock)
        cursor.execute(rows.CHANCE)
        do(rows.MADE, "drawn")
        with rows.without_indexes(cursor, ["images_image"]):
            do(rows.IMAGES, "pictures")
        with rows.without_indexes(cursor, ["posts_post"]):
            do(rows.POSTS, "posts")
        say("their indexes", begun, posts)
        with rows.without_indexes(cursor, rows.TIES):
            for statement in (rows.FILINGS, rows.BYLINES, rows.TAGGINGS):
                do(statement, statement.split()[2])
        cursor.execute("ANALYZE")
        with rows.without_indexes(cursor, ["posts_searchentry"]):
            do(rows.ENTRIES, "search entries")
        say("their indexes", begun, posts)
        with rows.without_indexes(cursor, ["posts_relatedposts", "posts_readercomment"]):
            do(rows.RELATED, "related posts")
            for statement in rows.BESIDE:
                do(statement)
        cursor.execute("RESET session_replication_role")
        do(rows.UNPUBLISHED)
        cursor.execute("DROP TABLE made, stock")
        cursor.execute("RESET work_mem")
    front_page(posts)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET maintenance_work_mem")
        cursor.execute("CHECKPOINT")
    say("all of it", begun, posts)


def say(what, begun, posts):
    if posts >= 100_000:
        print(f"{time.monotonic() - begun:>7.0f} s  {what}", file=sys.stderr, flush=True)


def newest():
    from django.utils import timezone

    return timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)


def things(rows):
    """What posts are filed under and signed by; the numbers rows.py counts on."""
    from authors.models import Author
    from posts.models import Category, Tag

    def section(number):
        top = (number - 1) % rows.TOPS + 1
        slug = f"section-{number}"
        is_top = number == top
        return Category(
            id=number,
            name=f"Section {number}",
            slug=slug,
            parent_id=None if is_top else top,
            path=slug if is_top else f"section-{top}/{slug}",
            introduction="<p>What is written here is told in a sentence.</p>",
        )

    def author(number):
        bio = f"<p>Author {number} writes of rivers and of those who live beside them.</p>"
        return Author(id=number, name=f"Author {number}", slug=f"author-{number}", bio=bio)

    Category.objects.bulk_create(section(number) for number in range(1, rows.CATEGORIES + 1))
    Author.objects.bulk_create(author(number) for number in range(1, rows.AUTHORS + 1))
    Tag.objects.bulk_create(
        Tag(id=number, name=f"Tag {number}", slug=f"tag-{number}") for number in range(1, rows.TAGS + 1)
    )


def renditions():
    """The sizes of a picture as the worker would note them, with {stem} in the place of its name."""
    from images import renditions as sizes

    entries = [
        {
            "crop": cut.crop,
            "format": kind,
            "width": size[0],
            "height": size[1],
            "name": f"renditions/2026/01/{{stem}}-{cut.crop}-5d0a-{size[0]}.{sizes.SUFFIXES[kind]}",
        }
        for cut in sizes.cuts(1800, 1200, (0.5, 0.5))
        for kind in cut.formats
        for size in cut.sizes
    ]
    return json.dumps(entries)


def write_stock(cursor, count):
    """The texts posts are drawn from, with their words as search has them."""
    from bench.vocabulary import Writer

    writer = Writer(7)
    cursor.execute("CREATE TEMP TABLE written (place int, title text, standfirst text, text text)")
    with cursor.copy("COPY written FROM STDIN") as copy:
        for place in range(1, count + 1):
            title = " ".join(writer.words(7)).capitalize()
            copy.write_row((place, title, writer.text(22), writer.text(PARAGRAPH)))
    cursor.execute(
        """CREATE TEMP TABLE stock AS SELECT *, setweight(to_tsvector('posts', title), 'A') AS title_words,
        setweight(to_tsvector('posts', standfirst), 'B') AS standfirst_words,
        setweight(to_tsvector('posts', text), 'C') AS words FROM written"""
    )
    cursor.execute("DROP TABLE written")
    cursor.execute("ANALYZE stock")


def front_page(posts):
    """Places, sections, a menu, notices, a page, popular lists; what is like the newest posts, by the worker's own hand."""
    from django.utils import timezone

    from pages.models import MenuLink, Page, Promo
    from posts import relating
    from posts.models import FrontSection, FrontSlot, Post
    from posts.reads import popular

    newest = list(Post.objects.published().newest_first().values_list("pk", flat=True)[:60])
    begun = timezone.now() - timedelta(hours=1)
    for place, post in zip(FrontSlot.Place.values, newest[3::7], strict=False):
        FrontSlot.objects.create(post_id=post, place=place, starts_at=begun)
    for number in range(1, SECTIONS + 1):
        FrontSection.objects.create(category_id=number, position=number)
    for number in range(1, 9):
        MenuLink.objects.create(label=f"Section {number}", category_id=number, position=number)
    Page.objects.create(title="About", slug="about", body="<p>Who we are.</p>", is_published=True)
    for place in (Promo.Place.SIDEBAR, Promo.Place.POST_END):
        Promo.objects.create(place=place, heading="Support us", body="<p>We live by our readers.</p>")
    popular.refresh()
    for post in newest:
        relating.relate(post)


def reads_of_a_month():
    """What has been read of late, and the popular lists made of it."""
    from django.db import connection

    from posts.reads import popular

    with connection.cursor() as cursor:
        for statement in READS:
            cursor.execute(statement, {"days": DAYS_OF_READS})
    popular.refresh()
