"""`python -m bench moving [POSTS] [KILLS]`: a whole site moved in, 100,000 posts (about 1 GB) unless told otherwise, in a database
that is forgotten.

- Posts a second, and in the last tenth of the run as a share of those in the second (0.8 asked: the same at the end as at the
  beginning).
- Peak memory of the command (250 MB allowed), and the seconds of an unchanged second run.
- The command is killed with SIGKILL at random moments, ten times, and called again each time: what is in the database then
  must be what one run without a kill has left.
"""

import gzip
import hashlib
import html
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

NAME = "bench_moving"
SEED = 20_240_601
AUTHORS, CATEGORIES, TAGS = 200, 500, 5_000
BATCH_OF_PARAGRAPHS = (
    6_000  # made once and drawn from: choosing each word anew would take longer than the import
)
SPAN = timedelta(days=365 * 25)
NEWEST = datetime(2024, 6, 1, tzinfo=UTC)
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Old</title><language>en-US</language>
<wp:wxr_version>1.2</wp:wxr_version><wp:base_blog_url>https://old.example</wp:base_blog_url>
"""
TAIL = "</channel></rss>\n"
# Whatever an import makes, without ids and without the moments at which it was written.
DIGESTED = {
    "authors": "SELECT name, slug, email FROM authors_author",
    "categories": "SELECT path, name, introduction FROM posts_category",
    "tags": "SELECT slug, name FROM posts_tag",
    "posts": "SELECT p.permalink, p.title, p.standfirst, p.body, p.status, p.published_at, p.word_count, p.slug, p.language, "
    "p.seo_title, i.source_url FROM posts_post p LEFT JOIN images_image i ON i.id = p.lead_image_id",
    "bylines": "SELECT p.slug, a.slug, b.position, b.role FROM posts_byline b JOIN posts_post p ON p.id = b.post_id "
    "JOIN authors_author a ON a.id = b.author_id",
    "filings": "SELECT p.slug, c.path, f.is_direct FROM posts_filing f JOIN posts_post p ON p.id = f.post_id "
    "JOIN posts_category c ON c.id = f.category_id",
    "taggings": "SELECT p.slug, t.slug FROM posts_taggedpost g JOIN posts_post p ON p.id = g.content_object_id "
    "JOIN posts_tag t ON t.id = g.tag_id",
    "revisions": "SELECT p.slug, r.deed, r.state->>'body', r.state->>'title' FROM posts_revision r "
    "JOIN posts_post p ON p.id = r.post_id",
    "comments": "SELECT p.slug, c.name, c.text, c.published_at, c.kind, a.text FROM posts_readercomment c "
    "JOIN posts_post p ON p.id = c.post_id LEFT JOIN posts_readercomment a ON a.id = c.parent_id",
    "images": "SELECT source_url, title, alt, caption FROM images_image",
    "redirects": "SELECT path, target FROM informed_comment_redirect",
    "imported": "SELECT source, kind, key, address, parent, status_there FROM wordpress_imported",
    "pages": "SELECT path, title, body FROM pages_page",
}


def main(posts=100_000, kills=10):
    from django.db import connection

    connection.settings_dict["TEST"]["NAME"] = NAME
    address = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{NAME}"))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "old.xml")
        begun = time.perf_counter()
        write_export(file, posts)
        say("export, MB", f"{file.stat().st_size / 1e6:,.0f}", f"{time.perf_counter() - begun:.0f} s to make")
        whole = in_a_database(connection, lambda: measure_whole(file, address, folder))
        if kills:
            killed = in_a_database(connection, lambda: measure_killed(file, address, folder, kills, whole))
            different = [name for name in DIGESTED if whole["digest"][name] != killed[name]]
            say("tables that differ after the kills (0 asked)", len(different), " ".join(different))
            if different:
                sys.exit(1)


def in_a_database(connection, deed):
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        return deed()
    finally:
        connection.close()
        connection.creation.destroy_test_db(NAME, verbosity=0)


def say(what, number, rest=""):
    print(f"{what:<60} {number:>9}   {rest}", flush=True)


# The export


def write_export(path, posts):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", encoding="utf-8") as file:
        file.write(HEAD)
        file.writelines(Export(posts).parts())
        file.write(TAIL)


class Export:
    """Posts of 8 to 10 kB as an archive of twenty-five years has them: old ones in plain text and HTML, newer ones in blocks."""

    def __init__(self, posts):
        from bench.vocabulary import Writer

        self.posts = posts
        self.writer = Writer(SEED)
        self.chance = random.Random(SEED)
        self.number = 1
        self.paragraphs = [self.writer.text(self.chance.randint(30, 130)) for _ in range(BATCH_OF_PARAGRAPHS)]

    def parts(self):
        for number in range(1, AUTHORS + 1):
            yield (
                f"<wp:author><wp:author_id>{number}</wp:author_id><wp:author_login>writer{number}</wp:author_login>"
                f"<wp:author_email>writer{number}@old.example</wp:author_email><wp:author_display_name>Writer "
                f"{number}</wp:author_display_name></wp:author>\n"
            )
        for number in range(1, CATEGORIES + 1):
            above = f"section-{number % 20 + 1}" if number > 20 else ""
            yield (
                f"<wp:category><wp:term_id>{number}</wp:term_id><wp:category_nicename>section-{number}"
                f"</wp:category_nicename><wp:category_parent>{above}</wp:category_parent><wp:cat_name>Section {number}"
                "</wp:cat_name></wp:category>\n"
            )
        for number in range(1, TAGS + 1):
            yield (
                f"<wp:tag><wp:term_id>{1000 + number}</wp:term_id><wp:tag_slug>tag-{number}</wp:tag_slug><wp:tag_name>Tag "
                f"{number}</wp:tag_name></wp:tag>\n"
            )
        for number in range(1, self.posts + 1):
            yield self.post(number)
            if number % 5 == 0:
                yield self.upload(number)
            if number % 1000 == 0:
                yield self.page(number)

    def post(self, number):
        self.number = number
        at = NEWEST - SPAN + SPAN * number / self.posts
        slug = f"{'-'.join(self.writer.words(4))}-{number}"
        body = self.blocks(number) if number > self.posts * 0.7 else self.classic(number)
        chosen = self.chance.sample(range(1, CATEGORIES + 1), 2)
        tags = [int(TAGS * self.chance.random() ** 3) + 1 for _ in range(self.chance.randint(0, 6))]
        terms = [f'<category domain="category" nicename="section-{n}">Section {n}</category>' for n in chosen]
        terms += [
            f'<category domain="post_tag" nicename="tag-{n}">Tag {n}</category>' for n in dict.fromkeys(tags)
        ]
        if number % 5 == 1:
            terms.append(_meta("_thumbnail_id", self.posts + number + 4))
        if number % 50 == 7:
            terms.append(_meta("_wp_old_slug", f"older-{number}"))
        terms += [self.comment(number, place) for place in range(number % 4)]
        return self.item(
            number,
            at,
            slug=slug,
            title=" ".join(self.writer.words(8)).capitalize(),
            body=body,
            excerpt=self.writer.text(22) if number % 3 == 0 else "",
            extra="".join(terms),
            creator=f"writer{int(AUTHORS * self.chance.random() ** 2) + 1}",
            status="draft" if number % 40 == 0 else "publish",
        )

    def page(self, number):
        extra = "<wp:post_parent>0</wp:post_parent>"
        return self.item(
            3 * self.posts + number,
            NEWEST,
            slug=f"page-{number}",
            kind="page",
            body=self.classic(number),
            extra=extra,
        )

    def upload(self, number):
        url = f"https://old.example/wp-content/uploads/2010/05/picture-{number}.jpg"
        extra = f"<wp:attachment_url>{url}</wp:attachment_url><wp:post_parent>{number}</wp:post_parent>"
        return self.item(
            self.posts + number,
            NEWEST,
            slug=f"picture-{number}",
            kind="attachment",
            status="inherit",
            extra=extra,
        )

    def comment(self, number, place):
        return (
            f"<wp:comment><wp:comment_id>{number * 10 + place}</wp:comment_id><wp:comment_author>Reader {place}"
            f"</wp:comment_author><wp:comment_author_email>r{number}@mail.example</wp:comment_author_email>"
            f"<wp:comment_date_gmt>2015-05-05 10:00:0{place}</wp:comment_date_gmt><wp:comment_content>"
            f"<![CDATA[{self.paragraph()}]]></wp:comment_content><wp:comment_approved>1</wp:comment_approved>"
            f"<wp:comment_parent>{number * 10 + place - 1 if place else 0}</wp:comment_parent></wp:comment>"
        )

    def item(
        self,
        number,
        at,
        *,
        slug,
        title="",
        body="",
        excerpt="",
        extra="",
        creator="writer1",
        kind="post",
        status="publish",
    ):
        stamp = f"{at:%Y-%m-%d %H:%M:%S}"
        return (
            f"<item><title><![CDATA[{title or slug}]]></title><link>https://old.example/{at:%Y/%m}/{slug}.html</link>"
            f"<dc:creator>{creator}</dc:creator><guid>https://old.example/?p={number}</guid>"
            f"<content:encoded><![CDATA[{body}]]></content:encoded>"
            f"<excerpt:encoded><![CDATA[{excerpt}]]></excerpt:encoded><wp:post_id>{number}</wp:post_id>"
            f"<wp:post_date>{stamp}</wp:post_date><wp:post_date_gmt>{stamp}</wp:post_date_gmt>"
            f"<wp:post_modified_gmt>{stamp}</wp:post_modified_gmt><wp:post_name>{slug}</wp:post_name>"
            f"<wp:status>{status}</wp:status><wp:post_type>{kind}</wp:post_type>{extra}</item>\n"
        )

    # Bodies

    def paragraph(self):
        """With a link or an emphasis in one of three."""
        text = self.chance.choice(self.paragraphs)
        kind = self.chance.random()
        if kind < 0.2:
            target = (
                "https://other.example/story" if kind < 0.1 else f"https://old.example/?p={self.linked()}"
            )
            return text.replace(" the ", f' <a href="{target}">the</a> ', 1)
        return text.replace(" of ", " <em>of</em> ", 1) if kind < 0.35 else text

    def linked(self):
        """Nearly always an older post, as nobody can link to what is not written yet."""
        newest = self.posts if self.chance.random() < 0.05 else self.number
        return self.chance.randint(1, newest)

    def many(self):
        size, wanted = 0, self.chance.randint(5_500, 7_500)
        while size < wanted:
            text = self.paragraph()
            size += len(text)
            yield text

    def picture(self, number):
        return (
            f"https://old.example/wp-content/uploads/2010/05/picture-{number - number % 5 or 5}-300x200.jpg"
        )

    def classic(self, number):
        """Blank lines make the paragraphs; now and then a quotation, a list, a caption."""
        parts = list(self.many())
        parts.insert(2, f"<blockquote>{self.paragraph()}</blockquote>")
        if number % 2:
            parts.insert(
                4,
                "<ul>\n"
                + "".join(f"<li>{html.escape(self.writer.text(12))}</li>\n" for _ in range(4))
                + "</ul>",
            )
        if number % 5 == 0:
            parts.insert(
                1,
                f'[caption id="attachment_{self.posts + number}" align="alignleft" width="300"]<img src="{self.picture(number)}" '
                f'alt="" width="300" height="200" /> {self.writer.text(9)}[/caption]',
            )
        parts.insert(3, "<!--more-->")
        return "\n\n".join(parts)

    def blocks(self, number):
        parts = [f"<!-- wp:paragraph -->\n<p>{text}</p>\n<!-- /wp:paragraph -->" for text in self.many()]
        heading = self.writer.text(5)
        parts.insert(
            3, f'<!-- wp:heading -->\n<h2 class="wp-block-heading">{heading}</h2>\n<!-- /wp:heading -->'
        )
        parts.insert(
            5,
            f'<!-- wp:quote -->\n<blockquote class="wp-block-quote"><!-- wp:paragraph -->\n<p>{self.paragraph()}</p>\n'
            "<!-- /wp:paragraph --></blockquote>\n<!-- /wp:quote -->",
        )
        if number % 5 == 0:
            parts.insert(
                1,
                f'<!-- wp:image {{"id":{self.posts + number},"sizeSlug":"medium"}} -->\n<figure class="wp-block-image">'
                f'<img src="{self.picture(number)}" alt="" class="wp-image-{self.posts + number}"/><figcaption>'
                f"{self.writer.text(9)}</figcaption></figure>\n<!-- /wp:image -->",
            )
        return "\n\n".join(parts)


def _meta(key, value):
    return (
        f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value>{value}</wp:meta_value></wp:postmeta>"
    )


# One run without a kill


def measure_whole(file, address, folder):
    took, peak, marks = watched(file, address, folder)
    say("whole import, s", f"{took:,.0f}")
    say("peak memory, MB (250 allowed)", f"{peak:.0f}")
    tenths = rates(marks)
    say("posts a second", f"{marks[-1][1] / (marks[-1][0] - marks[0][0]):,.0f}" if len(marks) > 1 else "?")
    say("in each tenth", "", " ".join(f"{one:.0f}" for one in tenths))
    say(
        "last tenth to second tenth (0.8 asked)",
        f"{tenths[-1] / tenths[1]:.2f}" if len(tenths) == 10 else "?",
    )
    digest = digests()
    again, peak, _ = watched(file, address, folder)
    say("unchanged second run, s", f"{again:,.0f}", f"{peak:.0f} MB")
    changed = [name for name, one in digests().items() if one != digest[name]]
    say("tables that differ after it (0 asked)", len(changed), " ".join(changed))
    return {"digest": digest, "seconds": took}


def watched(file, address, folder):
    """(seconds, most memory in MB, [(second, items done), …] while texts were taken) of one call of the command."""
    from bench.subscribers import memory_of
    from wordpress.models import Move

    begun, peak, marks = time.perf_counter(), 0, []
    running = command(address, folder, file)
    while running.poll() is None:
        peak = max(peak, memory_of(running.pid))
        move = Move.objects.values_list("phase", "done").first()
        if move and move[0] == Move.Phase.TEXTS and (not marks or move[1] > marks[-1][1]):
            marks.append((time.perf_counter(), move[1]))
        time.sleep(0.2)
    if running.returncode:
        sys.exit(Path(folder, "errors").read_text())
    return time.perf_counter() - begun, peak, marks


def rates(marks):
    """Items a second in each tenth of them."""
    found, total = [], marks[-1][1] if marks else 0
    for tenth in range(10):
        inside = [mark for mark in marks if total * tenth / 10 <= mark[1] <= total * (tenth + 1) / 10]
        if len(inside) > 1:
            found.append((inside[-1][1] - inside[0][1]) / (inside[-1][0] - inside[0][0]))
    return found


def command(address, folder, *arguments):
    place = {"DATABASE_URL": address, "VAR_DIR": str(folder), "DEBUG": "0", "SECRET_KEY": "k" * 50}
    with Path(folder, "errors").open("wb") as errors:
        return subprocess.Popen(
            [sys.executable, "manage.py", "import_wordpress", *map(str, arguments)],
            env=os.environ | place,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )


def digests():
    """Of each table one sum that does not depend on the order of its rows."""
    from django.db import connection

    found = {}
    with connection.cursor() as cursor:
        for name, query in DIGESTED.items():
            cursor.execute(
                f"SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint::numeric), 0) FROM ({query}) t"
            )
            found[name] = hashlib.sha256(repr(cursor.fetchone()).encode()).hexdigest()
    return found


# Killed at random


def measure_killed(file, address, folder, kills, whole):
    from wordpress.models import Move

    chance = random.Random(SEED)
    begun, resumed = time.perf_counter(), []
    for _ in range(kills):
        running = command(address, folder, file)
        started = time.perf_counter()
        at = Move.objects.values_list("phase", "done").first()
        while at and Move.objects.values_list("phase", "done").first() == at and running.poll() is None:
            time.sleep(0.05)
        resumed.append(time.perf_counter() - started)
        time.sleep(chance.uniform(0, 1.6 * whole["seconds"] / kills))
        running.kill()
        running.wait()
    if kills and Move.objects.filter(state=Move.State.DONE).exists():
        say("it was done before all the kills", "", "some of them fell upon a second run")
    _, peak, _ = watched(file, address, folder)
    say(
        f"killed {kills} times and called again, s in all",
        f"{time.perf_counter() - begun:,.0f}",
        f"{peak:.0f} MB at last",
    )
    say("from a call to the next batch done, s at most", f"{max(resumed[1:], default=0):.1f}")
    return digests()
