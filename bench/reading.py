"""`python -m bench reading [POSTS]`: exports of other systems read from end to end, 25,000 posts (500 MB) unless told otherwise.

Prints seconds, megabytes a second and the peak memory of a process that does nothing but read (150 MB allowed).
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from html import escape
from pathlib import Path

SEED = 37
LETTERS = 19_000  # in a body
COMMENTS = 4  # of a post
ALLOWED = 150  # MB
KILOBYTES = 1024
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
    'xmlns:blogger="http://schemas.google.com/blogger/2018"><title>Old</title>\n'
)


def body(rows):
    """Words without end would compress and repeat; these are drawn anew for each text."""
    words = [
        "strait",
        "river",
        "wheat",
        "price",
        "minister",
        "harbour",
        "treaty",
        "drought",
        "ledger",
        "canal",
    ]
    return "".join(f"<p>{' '.join(rows.choices(words, k=120))}</p>" for _ in range(LETTERS // 900))


def ghost(path, posts):
    rows = random.Random(SEED)
    with path.open("w") as file:
        file.write('{"db":[{"meta":{"version":"5"},"data":{"posts":[')
        for number in range(posts):
            row = {
                "id": f"p{number}",
                "title": f"Post {number}",
                "slug": f"post-{number}",
                "html": body(rows),
            }
            row |= {"status": "published", "visibility": "public", "published_at": "2022-05-01T08:00:00.000Z"}
            file.write(("," if number else "") + json.dumps(row))
        file.write('],"posts_tags":[')
        pairs = ((number, rows.randrange(500)) for number in range(posts) for _ in range(5))
        for place, (number, tag) in enumerate(pairs):
            file.write(("," if place else "") + f'{{"post_id":"p{number}","tag_id":"t{tag}","sort_order":0}}')
        file.write('],"tags":[')
        file.write(",".join(f'{{"id":"t{tag}","name":"Tag {tag}","slug":"tag-{tag}"}}' for tag in range(500)))
        file.write("]}}]}")


def blogger(path, posts):
    rows = random.Random(SEED)
    with path.open("w") as file:
        file.write(HEAD)
        for number in range(posts * (COMMENTS + 1)):
            post, kind = number // (COMMENTS + 1), "COMMENT" if number % (COMMENTS + 1) else "POST"
            text = escape(body(rows) if kind == "POST" else "Well said.")
            about = f"<blogger:filename>/2011/05/{post}.html</blogger:filename>"
            if kind == "COMMENT":
                about = f"<blogger:parent>blog-1.post-{post * (COMMENTS + 1)}</blogger:parent>"
            file.write(
                f"<entry><id>blog-1.post-{number}</id><blogger:type>{kind}</blogger:type><title>T {number}</title>"
                f"<blogger:status>LIVE</blogger:status><content type='html'>{text}</content>{about}"
                "<published>2011-05-01T08:00:00Z</published></entry>\n"
            )
        file.write("</feed>")


def read_one(path):
    """Within a process of its own, whose memory is measured."""
    from wordpress import formats
    from wordpress.reading.records import Item

    began = time.monotonic()
    items = sum(isinstance(record, Item) for record in formats.read(path))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES
    print(json.dumps([items, time.monotonic() - began, peak]))


def main(posts=25_000):
    is_good = True
    with tempfile.TemporaryDirectory() as folder:
        for name, make in (("ghost.json", ghost), ("feed.atom", blogger)):
            path = Path(folder) / name
            make(path, posts)
            size = path.stat().st_size / 1_000_000
            command = [sys.executable, "-c", f"from bench.reading import read_one; read_one({str(path)!r})"]
            told = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ)
            items, seconds, peak = json.loads(told.stdout)
            is_good = is_good and items == posts and peak < ALLOWED
            print(
                f"{name}: {items:,} posts, {size:,.0f} MB in {seconds:.1f} s, {size / seconds:.0f} MB/s, peak {peak:.0f} MB"
            )
            path.unlink()
    return 0 if is_good else 1
