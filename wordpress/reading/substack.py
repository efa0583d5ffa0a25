"""Reads the zip Substack exports (or its unpacked folder): posts.csv says what there is, posts/ID.slug.html the texts.

Who asks readers to subscribe, share or comment is left out and counted; what was for paying readers is a draft here.
"""

import csv
import io
from datetime import UTC

from wordpress.reading.bundle import opened
from wordpress.reading.making import address, item, moments, path_of
from wordpress.reading.records import Hints, Problem, Records, Site, WxrError
from wordpress.reading.substack_html import plain

PATTERN = "/p/{slug}"
LARGEST_TEXT = 20 * 1024 * 1024
MEDIA_HOSTS = (
    "substack-post-media.s3.amazonaws.com",
    "substackcdn.com",
    "cdn.substack.com",
    "bucketeer-e05bbc84-baa3-437e-9518-adb32be77984.s3.amazonaws.com",
)
_NEEDED = ("post_id", "title")
_TRUE = ("true", "1", "yes")


class NotSubstack(WxrError):
    """Readable, but no export of Substack."""


def read(source, hints: Hints | None = None) -> Records:
    hints = hints or Hints()
    with opened(source) as bundle:
        table = next(
            (name for name in sorted(bundle.names, key=len) if name.rpartition("/")[2] == "posts.csv"), None
        )
        if table is None:
            raise NotSubstack(
                f"There is no posts.csv in {bundle.name}. Take the zip Substack made, as it is."
            )
        for name in bundle.refused:
            yield Problem("broken", "a name that leads out of the zip; passed over", f"{bundle.name}/{name}")
        yield Site(
            title=hints.address,
            link=hints.address,
            base_blog_url=hints.address,
            generator="Substack",
            file=bundle.name,
            media_hosts=MEDIA_HOSTS,
        )
        folder = table.removesuffix("posts.csv")
        with bundle.open(table) as stream:
            yield from _rows(
                bundle, folder, io.TextIOWrapper(stream, "utf-8-sig", errors="replace", newline=""), hints
            )


def _rows(bundle, folder, lines, hints):
    file = f"{bundle.name}/posts.csv"
    csv.field_size_limit(LARGEST_TEXT)
    table = csv.DictReader(line.replace("\0", "") for line in lines)
    missing = [name for name in _NEEDED if name not in (table.fieldnames or ())]
    if missing:
        raise NotSubstack(
            f"{file} has no column {' and '.join(missing)}. Take the zip Substack made, as it is."
        )
    while True:
        try:
            row = next(table, None)
        except csv.Error as error:
            yield Problem("broken", f"{error}; what follows could not be read", file, table.line_num)
            return
        if row is None:
            return
        row = {
            key: value.strip()
            for key, value in row.items()
            if isinstance(key, str) and isinstance(value, str)
        }
        yield from _post(bundle, folder, row, file, table.line_num, hints)


def _post(bundle, folder, row, file, line, hints):
    number, _dot, slug = row.get("post_id", "").partition(".")
    if not number:
        yield Problem("broken", "a row without post_id; it is lost", file, line)
        return
    name, html = f"{folder}posts/{row['post_id']}.html", ""
    if name in bundle.names:
        try:
            html = bundle.read(name, LARGEST_TEXT).decode("utf-8", "replace")
        except OSError as error:
            yield Problem("broken", f"its text cannot be read: {error}; it comes in without", file, line)
    elif row.get("type") != "thread":
        yield Problem(
            "odd", f"there is no posts/{row['post_id']}.html; it comes in without a text", file, line
        )
    notes = {}
    body = plain(html, row.get("podcast_url", ""), notes)
    kind = "page" if row.get("type") == "page" else "post"
    date = moments("published", row.get("post_date"), zone=UTC)
    yield item(
        kind,
        status=_status(row, date),
        title=row.get("title", ""),
        link=_link(row, slug, date, hints) if slug else "",
        guid=row["post_id"],
        slug=slug,
        **date,
        content=body,
        excerpt=row.get("subtitle", ""),
        line=line,
        notes=notes,
    )


def _link(row, slug, date, hints):
    at = date["published_at"]
    parts = {"year": f"{at:%Y}", "month": f"{at:%m}", "day": f"{at:%d}"} if at else {}
    return address(hints.pattern or PATTERN, slug=slug, id=row["post_id"].partition(".")[0], **parts)


def _status(row, date):
    """A list of those who may read it, other than everyone, keeps its own word, and so makes a draft."""
    if row.get("is_published", "").lower() not in _TRUE:
        return "draft"
    audience = row.get("audience", "")
    if audience not in ("", "everyone"):
        return f"for {audience.removeprefix('only_')} only"
    return "publish" if date["published_at"] else "draft"


def is_one(names) -> bool:
    """Whether a zip of these names is Substack's."""
    return any(path_of(name).rpartition("/")[2] == "posts.csv" for name in names)
