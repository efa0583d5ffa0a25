"""The XML of an export, in the order and the wrapping WordPress gives it."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from django.utils import timezone

from posts.syndication import printable

ZERO = "0000-00-00 00:00:00"


def cdata(text):
    return f"<![CDATA[{printable(str(text)).replace(']]>', ']]]]><![CDATA[>')}]]>"


def plain(text):
    return escape(printable(str(text)))


def meta(name, value, *, of="post"):
    """One row of meta; what is not text is written as JSON."""
    text = value if isinstance(value, str) else as_json(value)
    return (
        f"\t<wp:{of}meta>\n\t\t<wp:meta_key>{cdata(name)}</wp:meta_key>\n"
        f"\t\t<wp:meta_value>{cdata(text)}</wp:meta_value>\n\t</wp:{of}meta>\n"
    )


def as_json(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def filed(domain, nicename, name):
    return f"\t<category domain={quoteattr(domain)} nicename={quoteattr(nicename)}>{cdata(name)}</category>\n"


def moment(at):
    """As MySQL has it, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if at else ZERO


def local(at):
    """The same on the publication's own clock."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S") if at else ZERO


@dataclass(slots=True, kw_only=True)
class Entry:
    """One `<item>`. `at` is the date a post bears; without one, `since` stands where a date has to stand."""

    number: int
    kind: str
    status: str
    title: str
    link: str
    guid: str
    since: datetime
    slug: str = ""
    at: datetime | None = None
    changed_at: datetime | None = None
    creator: str = ""
    content: str = ""
    excerpt: str = ""
    parent: int = 0
    order: int = 0
    is_sticky: bool = False
    file: str = ""
    terms: list[str] = field(default_factory=list)
    meta: dict = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)

    def xml(self):
        at, changed = self.at or self.since, self.changed_at or self.at or self.since
        file = f"\t<wp:attachment_url>{cdata(self.file)}</wp:attachment_url>\n" if self.file else ""
        rows = "".join(
            meta(name, value)
            for name, values in self.meta.items()
            for value in (values if name == "_wp_old_slug" else [values])
            if value not in ("", None)
        )
        return (
            f"<item>\n\t<title>{cdata(self.title)}</title>\n\t<link>{plain(self.link)}</link>\n"
            f"\t<pubDate>{format_datetime(at.astimezone(UTC))}</pubDate>\n"
            f"\t<dc:creator>{cdata(self.creator)}</dc:creator>\n"
            f'\t<guid isPermaLink="false">{plain(self.guid)}</guid>\n\t<description></description>\n'
            f"\t<content:encoded>{cdata(self.content)}</content:encoded>\n"
            f"\t<excerpt:encoded>{cdata(self.excerpt)}</excerpt:encoded>\n"
            f"\t<wp:post_id>{self.number}</wp:post_id>\n\t<wp:post_date>{cdata(local(at))}</wp:post_date>\n"
            f"\t<wp:post_date_gmt>{cdata(moment(self.at))}</wp:post_date_gmt>\n"
            f"\t<wp:post_modified>{cdata(local(changed))}</wp:post_modified>\n"
            f"\t<wp:post_modified_gmt>{cdata(moment(changed))}</wp:post_modified_gmt>\n"
            "\t<wp:comment_status>closed</wp:comment_status>\n\t<wp:ping_status>closed</wp:ping_status>\n"
            f"\t<wp:post_name>{cdata(self.slug)}</wp:post_name>\n\t<wp:status>{cdata(self.status)}</wp:status>\n"
            f"\t<wp:post_parent>{self.parent}</wp:post_parent>\n\t<wp:menu_order>{self.order}</wp:menu_order>\n"
            f"\t<wp:post_type>{cdata(self.kind)}</wp:post_type>\n\t<wp:post_password></wp:post_password>\n"
            f"\t<wp:is_sticky>{int(self.is_sticky)}</wp:is_sticky>\n{file}"
            f"{''.join(self.terms)}{rows}{''.join(self.comments)}</item>\n"
        )
