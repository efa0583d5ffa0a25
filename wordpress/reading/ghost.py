"""Reads an export of Ghost (versions 0 to 6): the JSON, alone or in the zip of a backup, in constant memory.

Read twice: first what posts refer to, which stands anywhere in the file, then the posts. What only members could read
there is a draft here; so is what went out as mail only.
"""

import gzip
import io
import json
import re
from contextlib import contextmanager
from html import escape
from pathlib import Path

from wordpress.reading.bundle import opened
from wordpress.reading.containers import Budget, Inflated
from wordpress.reading.ghost_posts import GhostPost, here, is_internal, setting
from wordpress.reading.jsontext import Break, rows_of
from wordpress.reading.making import item, text_of
from wordpress.reading.records import Author, Filing, Hints, Problem, Records, Site, Tag, WxrError
from wordpress.reading.spool import Spool

_KEYED = {  # table → the column its rows are looked up by
    "tags": "id",
    "users": "id",
    "posts_tags": "post_id",
    "posts_authors": "post_id",
    "posts_meta": "post_id",
    "comments": "post_id",
    "members": "id",
    "settings": "key",
}
_IS_JSON = re.compile(rb"\s*(\xef\xbb\xbf)?\s*\{")


class NotGhost(WxrError):
    """Readable, but no export of Ghost."""


def read(source, hints: Hints | None = None) -> Records:
    hints = hints or Hints()
    with Spool() as spool:
        is_ghost = False
        with _json(source) as (stream, name):
            for row in rows_of(stream):
                if isinstance(row, Break):
                    yield _problem(row, name)
                elif (column := _KEYED.get(row.table[-1] if row.table else "")) and isinstance(
                    row.value, dict
                ):
                    spool.put(row.table[-1], row.value.get(column), row.value)
                is_ghost = is_ghost or row.table[-2:] == ("data", "posts")
        if not is_ghost:
            raise NotGhost(
                f"{name} is not an export of Ghost: it holds no posts. Export it under Settings → Labs."
            )
        site = _site(spool, name, hints)
        yield site
        yield from map(_author, spool.all("users"))
        yield from _navigation(spool)
        yield from (_tag(row) for row in spool.all("tags") if not is_internal(row))
        with _json(source) as (stream, name):
            for row in rows_of(stream):
                if not isinstance(row, Break) and row.table[-2:] == ("data", "posts"):
                    yield from GhostPost(row, spool, hints, name).records()


def looks_like(head: bytes) -> bool:
    return bool(_IS_JSON.match(head)) and any(
        mark in head for mark in (b'"db"', b'"posts"', b'"exported_on"', b'"data"', b'"meta"')
    )


def _name_of(source):
    return Path(str(source if isinstance(source, str | Path) else getattr(source, "name", "") or "")).name


@contextmanager
def _json(source):
    """(the JSON as a binary stream, its name); within a zip the largest that is one."""
    if isinstance(source, str | Path):
        with Path(source).open("rb") as stream:
            yield from _within(stream, Path(source).name)
    else:
        source.seek(0)
        yield from _within(source, _name_of(source))


def _within(stream, name):
    head = stream.read(4)
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if head.startswith(b"\x1f\x8b"):
        yield io.BufferedReader(Inflated(gzip.GzipFile(fileobj=stream), Budget(size))), name
        return
    if not head.startswith(b"PK"):
        yield stream, name
        return
    with opened(stream) as bundle:
        found = sorted(bundle.ending(".json"), key=lambda entry: entry.size)
        if not found:
            raise NotGhost(f"There is no .json file in {name}. Export it under Settings → Labs.")
        with bundle.open(found[-1].name) as entry:
            yield entry, f"{name}/{found[-1].name}"


def _problem(broken, name):
    where = f"{broken.table[-1]}, record {broken.number}: " if broken.table else ""
    lost = "; nothing after it could be read. Export it again" if broken.is_end else "; this record is lost"
    return Problem("broken", f"{where}{broken.message}{lost}.", name, broken.line, broken.column)


# What posts refer to


def _site(spool, name, hints):
    return Site(
        title=setting(spool, "title"),
        link=hints.address,
        description=setting(spool, "description"),
        language=setting(spool, "locale", "lang", "default_locale"),
        base_blog_url=hints.address,
        generator="Ghost",
        file=name,
    )


def _navigation(spool):
    """The menu, which Ghost keeps among its settings."""
    try:
        entries = json.loads(setting(spool, "navigation") or "[]")
    except (ValueError, RecursionError):
        return
    entries = [one for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []
    for number, one in enumerate(entries):
        url = here(text_of(one.get("url")))
        yield item(
            "nav_menu_item",
            status="publish",
            title=text_of(one.get("label")),
            guid=f"navigation {number}",
            menu_order=number,
            terms=[Filing("nav_menu", "navigation", "Navigation")],
            meta={"_menu_item_type": ["custom"], "_menu_item_url": [url or "/"]},
        )


def _author(row):
    value = {key: text_of(content).strip() for key, content in row.items()}
    places = (("Facebook", "facebook", "https://www.facebook.com/"), ("X", "twitter", "https://x.com/"))
    links = [(label, f"{url}{value[key].lstrip('/@')}") for label, key, url in places if value.get(key)]
    return Author(
        id=None,
        login=value.get("slug", ""),
        email=value.get("email", ""),
        display_name=value.get("name", ""),
        first_name="",
        last_name="",
        slug=value.get("slug", ""),
        bio=f"<p>{escape(value['bio'], quote=False)}</p>" if value.get("bio") else "",
        website=value.get("website", ""),
        portrait=here(value.get("profile_image") or value.get("image", "")),
        links=links,
    )


def _tag(row):
    return Tag(
        id=None,
        slug=text_of(row.get("slug")),
        name=text_of(row.get("name")),
        description=text_of(row.get("description")),
    )
