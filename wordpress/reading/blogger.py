"""Reads what Blogger exports: `feed.atom` of Google Takeout, alone or in its zip, and the older blog-DATE.xml.

Read twice: first the comments, which stand anywhere in the file, then posts and pages.
"""

import re
from contextlib import contextmanager
from pathlib import Path

from wordpress.reading.atom import elements
from wordpress.reading.blogger_html import plain
from wordpress.reading.bundle import opened
from wordpress.reading.making import item, moments, path_of
from wordpress.reading.records import Comment, Filing, Hints, Problem, Records, Site, WxrError
from wordpress.reading.spool import Spool

MEDIA_HOSTS = (
    *(f"{number}.bp.blogspot.com" for number in range(1, 5)),
    "blogger.googleusercontent.com",
    *(f"lh{number}.googleusercontent.com" for number in range(3, 8)),
    *(f"lh{number}.ggpht.com" for number in range(3, 7)),
)
_KIND = re.compile(r"kind#(\w+)$")
_NUMBER = re.compile(r"(?:post|page)-(\d+)$")
_LIVE = ("", "LIVE")


class NotBlogger(WxrError):
    """Readable, but no export of Blogger."""


def read(source, hints: Hints | None = None) -> Records:
    hints = hints or Hints()
    with Spool() as spool:
        site, count = Site(generator="Blogger", media_hosts=MEDIA_HOSTS), 0
        with _feed(source) as (stream, name):
            site.file = name
            for found in elements(stream, name):
                if isinstance(found, Problem):
                    yield found
                elif found.name == "entry":
                    kind = _kind(found)
                    count += bool(kind)
                    if kind == "comment":
                        spool.put("comment", _post_of(found), _told(found))
                    elif not site.link and kind in ("post", "page"):
                        site.link = _site_of(_address(found))
                elif found.name == "title":
                    site.title = found.text.strip()
        if not count:
            raise NotBlogger(
                f"{name} is not an export of Blogger: nothing in it is a post, a page or a comment."
            )
        site.base_blog_url = hints.address or site.link
        yield site
        with _feed(source) as (stream, name):
            for found in elements(stream, name):
                if (
                    not isinstance(found, Problem)
                    and found.name == "entry"
                    and _kind(found) in ("post", "page")
                ):
                    yield _item(found, spool)


def looks_like(head: bytes) -> bool:
    return b"<feed" in head and (b"blogger" in head.lower() or b"blogspot" in head.lower())


@contextmanager
def _feed(source):
    """(the feed as a binary stream, its name)."""
    name = Path(str(source if isinstance(source, str | Path) else getattr(source, "name", "") or "")).name
    if isinstance(source, str | Path):
        with Path(source).open("rb") as stream:
            yield from _within(stream, name)
    else:
        source.seek(0)
        yield from _within(source, name)


def _within(stream, name):
    head = stream.read(4)
    stream.seek(0)
    if not head.startswith(b"PK"):
        yield stream, name
        return
    with opened(stream) as bundle:
        feeds = [entry for entry in bundle.ending(".atom", ".xml") if is_feed(entry.name)]
        if not feeds:
            raise NotBlogger(f"There is no feed.atom in {name}. Take the zip of Google Takeout as it is.")
        feeds.sort(key=lambda entry: entry.size)
        with bundle.open(feeds[-1].name) as entry:
            yield entry, f"{name}/{feeds[-1].name}"


def is_feed(name):
    return name.endswith("feed.atom") or bool(re.search(r"(^|/)blog-[\d-]+\.xml$", name))


# An entry


def _kind(entry):
    """post, page or comment; nothing for settings and templates."""
    said = entry.value("blogger:type").lower()
    for one in entry.children("category"):
        if found := _KIND.search(one.attributes.get("term", "")):
            said = said or found[1]
    return said if said in ("post", "page", "comment") else ""


def _link(entry, rel):
    links = [one.attributes for one in entry.children("link")]
    return next((one.get("href", "") for one in links if one.get("rel") == rel), "")


def _address(entry):
    """Where readers found it: an address, or with Takeout only its path."""
    return _link(entry, "alternate") or entry.value("blogger:filename")


def _site_of(url):
    found = re.match(r"https?://[^/]+", url)
    return found[0] if found else ""


def _is_draft(entry):
    control = next(iter(entry.children("app:control")), None)
    return entry.value("blogger:status").upper() not in _LIVE or (
        control and control.value("app:draft") == "yes"
    )


def _item(entry, spool):
    number, link, notes = entry.value("id"), _address(entry), {}
    path = path_of(link)
    slug = re.sub(r"\.html?$", "", path.rpartition("/")[2])
    kind = _kind(entry)
    author = next(iter(entry.children("author")), None)
    name = author.value("name") if author else ""
    status = "trash" if entry.value("blogger:trashed") else "draft" if _is_draft(entry) else "publish"
    published = moments("published", entry.value("published") or entry.value("blogger:created"))
    if entry.value("blogger:status").upper() == "SCHEDULED" and status == "draft":
        status = "future"
    labels = [one.attributes.get("term", "").strip() for one in entry.children("category")]
    return item(
        kind,
        status=status,
        title=entry.value("title"),
        link=link,
        guid=number or link,
        slug=slug,
        **published,
        **moments("modified", entry.value("updated")),
        content=plain(entry.raw("content") or entry.raw("summary"), notes),
        terms=[
            *([Filing("author", "", name)] if name else []),
            *(Filing("post_tag", "", label) for label in labels if label and not _KIND.search(label)),
        ],
        meta={"_yoast_wpseo_metadesc": [entry.value("blogger:metaDescription")]},
        comments=[_comment(row) for row in spool.get("comment", number)],
        line=entry.line,
        notes=notes,
    )


# Comments


def _post_of(entry):
    reply = next(iter(entry.children("thr:in-reply-to")), None)
    return entry.value("blogger:parent") or (reply.attributes.get("ref", "") if reply else "")


def _told(entry):
    author = next(iter(entry.children("author")), None)
    related = re.search(r"/(\d+)$", _link(entry, "related"))
    answered = _NUMBER.search(entry.value("blogger:inReplyTo")) or related
    number = _NUMBER.search(entry.value("id"))
    is_public = not (_is_draft(entry) or entry.value("blogger:trashed"))
    return {
        "id": int(number[1]) if number else None,
        "author": author.value("name") if author else "",
        "url": author.value("uri") if author else "",
        "at": entry.value("published"),
        "content": entry.raw("content"),
        "is_public": is_public,
        "parent": int(answered[1]) if answered else None,
    }


def _comment(row):
    # A profile at Blogger says nothing of anybody and may be gone.
    url = "" if re.match(r"https?://(www\.)?blogger\.com/", row["url"]) else row["url"]
    at = moments("at", row["at"])
    return Comment(
        id=row["id"],
        author=row["author"],
        email="",
        url=url,
        ip="",
        published_at=at["at_at"],
        content=row["content"],
        approved="1" if row["is_public"] else "0",
        type="comment",
        parent=row["parent"],
        published_local=at["at_local"],
        anchor=f"c{row['id']}" if row["id"] else "",
        is_html=True,
    )
