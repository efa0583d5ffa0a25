"""One post of a Ghost export, with what other tables of it say of the post."""

import re
from datetime import UTC
from html import escape
from zoneinfo import ZoneInfo

from wordpress.reading import ghost_html, ghost_texts
from wordpress.reading.making import address, item, moments, text_of
from wordpress.reading.marked import marked
from wordpress.reading.records import Comment, Filing, Lead, Problem

HERE = "__GHOST_URL__"
PATTERN = "/{slug}/"
_SIZE = re.compile(r"/content/images/size/w\d+(?:h\d+)?(?:/format/\w+)?/")
_STATUSES = {"published": "publish", "scheduled": "future", "draft": "draft", "sent": "sent as mail only"}


def setting(spool, *names):
    rows = (spool.first("settings", name) for name in names)
    return next((text_of(row.get("value")) for row in rows if row and row.get("value")), "")


def is_internal(row):
    return text_of(row.get("name")).startswith("#") or row.get("visibility") == "internal"


def here(text):
    """Addresses within the site begin with a slash; pictures are the ones uploaded, not a size made of them."""
    return _SIZE.sub("/content/images/", text.replace(HERE, ""))


class GhostPost:
    """One row of `posts`, with what other tables say of it."""

    def __init__(self, row, spool, hints, name):
        self.record, self.spool, self.hints, self.name = row, spool, hints, name
        self.row = row.value if isinstance(row.value, dict) else None
        self.notes, self.problems = {}, []

    def records(self):
        if self.row is None:
            yield self.problem("broken", "is no object; this record is lost")
            return
        self.id = self.row.get("id")
        about = self.spool.first("posts_meta", self.id) or {}
        self.about = {**self.row, **{key: value for key, value in about.items() if key != "id"}}
        made = self.item()
        yield from self.problems
        yield made

    def problem(self, kind, message):
        slug = f" ({self.value('slug')})" if self.row else ""
        return Problem(
            kind, f"posts, record {self.record.number}{slug}: {message}", self.name, self.record.line
        )

    def value(self, key):
        return text_of((self.about if hasattr(self, "about") else self.row).get(key)).strip()

    def note(self, words):
        self.notes[words] = self.notes.get(words, 0) + 1

    def item(self):
        is_page = self.value("type") == "page" or self.row.get("page") in (1, True, "1")
        authors, tags = self.authors(), self.tags()
        for words in ("codeinjection_head", "codeinjection_foot"):
            if self.value(words):
                self.note("code injected into the head or foot of a page left out")
        published = moments("published", self.row.get("published_at"), zone=UTC)
        slug = self.value("slug")
        return item(
            "page" if is_page else "post",
            status=self.status(),
            title=self.value("title"),
            link=f"/{slug}/" if is_page else self.link(slug, published["published_at"], authors, tags),
            guid=text_of(self.id) or self.value("uuid") or slug,
            slug=slug,
            **published,
            **moments("modified", self.row.get("updated_at"), zone=UTC),
            content=self.body(),
            excerpt=escape(self.value("custom_excerpt"), quote=False),
            is_sticky=self.row.get("featured") in (1, True, "1"),
            terms=[*authors, *tags],
            meta=self.meta(),
            comments=[self.comment(row) for row in self.spool.get("comments", self.id)],
            line=self.record.line,
            lead=self.lead(),
            notes=self.notes,
        )

    def status(self):
        """What readers without an account could not see keeps its own word, and so becomes a draft."""
        status = _STATUSES.get(self.value("status"), self.value("status") or "draft")
        if self.about.get("email_only") in (1, True, "1") and status == "publish":
            status = _STATUSES["sent"]
        visibility = self.value("visibility")
        if status in ("publish", "future") and visibility not in ("", "public"):
            return f"for {visibility} only"
        return status

    def link(self, slug, published_at, authors, tags):
        zone = setting(self.spool, "timezone", "active_timezone")
        try:
            date = published_at and published_at.astimezone(ZoneInfo(zone or "UTC"))
        except (ValueError, KeyError, OSError):
            date = published_at
        return address(
            self.hints.pattern or PATTERN,
            slug=slug,
            id=self.id,
            year=f"{date:%Y}" if date else "",
            month=f"{date:%m}" if date else "",
            day=f"{date:%d}" if date else "",
            primary_tag=next((one.nicename for one in tags), "all"),
            primary_author=next((one.nicename for one in authors), ""),
        )

    def authors(self):
        rows = sorted(self.spool.get("posts_authors", self.id), key=_order)
        ids = [row.get("author_id") for row in rows] or [self.row.get("author_id")]
        known = [self.spool.first("users", number) for number in ids if number]
        if not all(known):
            self.problems.append(self.problem("odd", "an author of it is not in the export"))
        return [Filing("author", text_of(row.get("slug")), text_of(row.get("name"))) for row in known if row]

    def tags(self):
        rows = sorted(self.spool.get("posts_tags", self.id), key=_order)
        known = [self.spool.first("tags", row.get("tag_id")) for row in rows]
        if not all(known):
            self.problems.append(self.problem("odd", "a tag of it is not in the export"))
        internal = sum(1 for row in known if row and is_internal(row))
        if internal:
            self.notes["filing under an internal tag (#) left out"] = internal
        found = [row for row in known if row and not is_internal(row)]
        filings = [Filing("post_tag", text_of(row.get("slug")), text_of(row.get("name"))) for row in found]
        if self.hints.has_sections and filings:
            filings.insert(0, Filing("category", filings[0].nicename, filings[0].name))
        return filings

    def body(self):
        """The HTML it had; where the export has none, what its editor kept."""
        html, makers = (
            self.value("html"),
            (("lexical", ghost_texts.from_lexical), ("mobiledoc", ghost_texts.from_mobiledoc)),
        )
        for name, make in makers:
            if not html and self.value(name):
                try:
                    html = make(self.value(name), self.notes)
                except ghost_texts.CannotRead as error:
                    self.problems.append(self.problem("broken", f"{error}; it comes in without a text"))
        html = html or (marked(self.value("markdown")) if self.value("markdown") else "")
        return here(ghost_html.plain(html, self.notes))

    def meta(self):
        said = {
            "_yoast_wpseo_title": self.value("meta_title"),
            "_yoast_wpseo_metadesc": self.value("meta_description"),
            "_yoast_wpseo_canonical": here(self.value("canonical_url")),
        }
        return {name: [words] for name, words in said.items() if words}

    def lead(self):
        url = here(self.value("feature_image") or self.value("image"))
        caption = re.sub(r"<[^>]*>", "", self.value("feature_image_caption"))
        return Lead(url, self.value("feature_image_alt"), caption) if url else None

    def comment(self, row):
        member = self.spool.first("members", row.get("member_id")) or {}
        number = text_of(row.get("id"))
        return Comment(
            id=number or None,
            author=text_of(member.get("name")),
            email="",
            url="",
            ip="",
            published_at=moments("at", row.get("created_at"), zone=UTC)["at_at"],
            content=text_of(row.get("html")),
            approved="1" if row.get("status") == "published" else "0",
            type="comment",
            parent=text_of(row.get("parent_id")) or None,
            anchor=f"ghost-comments-{number}"[:60],
            is_html=True,
        )


def _order(row):
    found = row.get("sort_order")
    return found if isinstance(found, int | float) else 0
