"""The one sanitiser: what HTML may be kept, the field that keeps it, and its plain text.

`HtmlField` cleans on every save, so the admin, an import, a paste and the shell are equal. Embeds are stored as
data (provider, id, title in a link), never as an iframe; the reader's page makes the facade.
"""

import html
import re

import nh3
from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models

from informed_comment import footnotes
from informed_comment.editor import EditorWidget

BLOCKS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "hr", "pre", "dl", "dt", "dd", "div"}
TABLE = {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"}
INLINE = {
    *("a", "strong", "em", "s", "u", "sub", "sup", "code", "br", "span", "cite", "q", "abbr", "del", "ins"),
    *("mark", "small", "kbd", "time", "bdo"),
}
PICTURES = {"figure", "figcaption", "img"}
GONE_WITH_CONTENT = {
    "script",
    "style",
    "iframe",
    "object",
    "embed",
    "noscript",
    "template",
    "svg",
    "math",
    "title",
}

ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href", "title", "hreflang"},
    "ol": {"start", "reversed", "type"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
    "img": {"src", "alt", "width", "height", "data-image"},
    "figure": {"class", "data-provider", "data-embed"},
    "span": {"class"},
    "time": {"datetime"},
    "abbr": {"title"},
}
CLASSES = {
    "figure": {"image", "embed", "pullquote", "gallery", "wide", "left", "right", "audio", "video"},
    "span": {"footnote"},
}
EMBED_PROVIDERS = {
    "youtube",
    "vimeo",
    "bluesky",
    "x",
    "instagram",
    "soundcloud",
    "tiktok",
    "facebook",
    "mastodon",
    "threads",
    "spotify",
    "apple",
    "archive",
    "other",
}
VALUES = {
    "lang": re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*"),
    "dir": re.compile(r"ltr|rtl|auto"),
    "start": re.compile(r"-?\d{1,6}"),
    "colspan": re.compile(r"\d{1,3}"),
    "rowspan": re.compile(r"\d{1,3}"),
    "width": re.compile(r"\d{1,5}"),
    "height": re.compile(r"\d{1,5}"),
    "scope": re.compile(r"row|col|rowgroup|colgroup"),
    "type": re.compile(r"[1aAiI]"),
    "data-image": re.compile(r"\d{1,12}"),
    "data-embed": re.compile(r"[\w./:@?=&%#,+~-]{1,500}"),
    "datetime": re.compile(r"[\d:TZ.+ -]{4,40}"),
}
PICTURE_SOURCE = re.compile(r"(https?://[^/\\\s]|/(?![/\\]))", re.I)  # to a browser \ is a slash
LINK_TARGET = re.compile(r"(https?://[^/\\\s]|mailto:|tel:|#|/(?![/\\])|\?|[^:/\\?#\s][^:]*$)", re.I)
PASSED_OVER = dict.fromkeys(range(32))  # by browsers, some wherever they stand in an address, some before it


def kept_value(tag, name, value):
    """The value to keep for an attribute, or None to drop it."""
    value = value.strip()
    if name == "class":
        return " ".join(sorted(set(value.split()) & CLASSES.get(tag, set()))) or None
    if name == "data-provider":
        return value if value in EMBED_PROVIDERS else None
    if name in ("href", "src"):
        value = value.translate(PASSED_OVER).strip()
    if name == "src":
        return value if PICTURE_SOURCE.match(value) else None
    if name == "href":
        return value if LINK_TARGET.match(value) else None
    if name == "data-embed" and value.lower().startswith(("javascript:", "data:")):
        return None
    pattern = VALUES.get(name)
    return value if pattern is None or pattern.fullmatch(value) else None


CLEANER = nh3.Cleaner(
    tags=BLOCKS | TABLE | INLINE | PICTURES,
    clean_content_tags=GONE_WITH_CONTENT,
    attributes=ATTRIBUTES,
    attribute_filter=kept_value,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
    strip_comments=True,
)
READINGS = 5  # HTML nested in ways it cannot be is put right piece by piece, a piece at each reading
EMPTY = re.compile(r"<(p|div|span|strong|em)>(\s|&nbsp;|<br>)*</\1>")
RENAMED = re.compile(r"(</?)(b|i|strike|h1|h5|h6)(?=[\s>/])", re.I)
NEW_NAMES = {"b": "strong", "i": "em", "strike": "s", "h1": "h2", "h5": "h4", "h6": "h4"}


DEEPEST = (
    60  # elements within one another; reading more costs the square of their number, and nobody writes so
)
ANY_TAG = re.compile(r"<(/?)([a-z][^\s/>]*)[^>]*>", re.I)
NEVER_DEEP = {
    *(
        "a",
        "p",
        "li",
        "dt",
        "dd",
        "tr",
        "td",
        "th",
        "thead",
        "tbody",
        "tfoot",
        "option",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
    ),
    *(
        "h6",
        "br",
        "hr",
        "img",
        "input",
        "meta",
        "link",
        "col",
        "wbr",
        "area",
        "base",
        "source",
        "track",
        "embed",
    ),
}


def not_too_deep(value):
    """The HTML without the tags that would nest deeper than anybody writes; what they hold stays."""
    if value.count("<") <= DEEPEST:
        return value
    depth = spare = 0

    def kept(tag):
        nonlocal depth, spare
        if tag[2].lower() in NEVER_DEEP:
            return tag[0]
        if not tag[1]:
            if depth >= DEEPEST:
                spare += 1
                return ""
            depth += 1
        elif spare:
            spare -= 1
            return ""
        else:
            depth = max(0, depth - 1)
        return tag[0]

    end = (
        value.rfind(">") + 1
    )  # behind it no tag ends: to look there from every < would take the square of its length
    return ANY_TAG.sub(kept, value[:end]) + value[end:]


def settled(cleaner, value, put_right=lambda html: html):
    """The cleaned HTML as it is read again: a browser finds in it what the cleaner found, and nothing else."""
    cleaned = cleaner.clean(value).strip()
    for _ in range(READINGS):
        again = cleaner.clean(put_right(cleaned)).strip()
        if again == cleaned:
            break
        cleaned = again
    return cleaned


def clean_html(value):
    """HTML with only what the editor can make. Cleaning it again changes nothing.

    Older names become today's (`b` → `strong`, `h1` → `h2`); scripts, styles and frames go with their content.
    """
    if not value:
        return ""
    value = not_too_deep(value.replace("\x00", ""))
    value = RENAMED.sub(lambda found: found[1] + NEW_NAMES[found[2].lower()], value)
    cleaned = settled(CLEANER, value, footnotes.put_right)
    return "" if EMPTY.sub("", cleaned) == "" else cleaned


# What strangers said: no picture, whose host would learn who reads the page, and links that lend nobody weight.
OF_STRANGERS = nh3.Cleaner(
    tags=set(str.split("p br a em strong s del ins q cite code pre blockquote ul ol li sub sup")),
    clean_content_tags=GONE_WITH_CONTENT,
    attributes={"a": {"href"}, "*": {"lang", "dir"}},
    attribute_filter=kept_value,
    url_schemes={"http", "https"},
    link_rel="nofollow ugc",
    strip_comments=True,
)


def strangers_html(value):
    """Cleaned HTML as it is shown of somebody who is not of the house: a comment."""
    return settled(OF_STRANGERS, not_too_deep(value.replace("\x00", "")))


BLOCK_END = re.compile(
    r"</(p|h[1-6]|li|blockquote|figcaption|td|th|tr|dt|dd|pre|div)>|<br\s*/?>|<hr\s*/?>", re.I
)
TAG = re.compile(r"<[^>]*>")


def plain_text(value):
    """What the HTML says, with one blank between blocks and its notes last; for word counts and descriptions."""
    text, notes = footnotes.lifted(value or "", lambda number: "")
    spaced = BLOCK_END.sub(" ", " ".join([text, *(note.html for note in notes)]))
    return " ".join(html.unescape(TAG.sub("", spaced)).split())


class CleanHtml(str):
    """HTML that has been cleaned; marks the value so that one save cleans once."""

    __slots__ = ()


def too_long(length):
    most = settings.TEXT_MAX_BYTES / 1_048_576
    return (
        f"This text has {length / 1_048_576:.1f} MB, and a text may have {most:g}. Divide it into several, or keep "
        "what is not prose as a document in the library and link to it."
    )


class HtmlFormField(forms.CharField):
    """What the editor sends, cleaned by the one sanitiser before a form looks at it."""

    widget = EditorWidget

    def clean(self, value):
        """Cleaned, if it is not too long; what is longer is refused before anything reads it."""
        value = super().clean(value)
        length = len(value.encode(errors="replace"))
        if length > settings.TEXT_MAX_BYTES:
            raise forms.ValidationError(too_long(length))
        return CleanHtml(clean_html(value))

    def has_changed(self, initial, data):
        """Browsers send line ends as CRLF; that is no change."""
        return super().has_changed(initial, (data or "").replace("\r\n", "\n"))


class HtmlField(models.TextField):
    """A TextField whose HTML is cleaned on every save, bulk write and update(). Edited in the rich-text editor.

    `small` is for a few sentences: the editor then offers no pictures, embeds or tables.
    """

    def __init__(self, *args, small=False, **kwargs):
        self.small = small
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs):
        """The editor, unless a form asks for a widget of its own; the admin's textarea is no such wish."""
        widget = kwargs.get("widget")
        if widget is None or widget is AdminTextareaWidget or isinstance(widget, AdminTextareaWidget):
            kwargs["widget"] = EditorWidget(small=self.small)
        return super().formfield(**{"form_class": HtmlFormField} | kwargs)

    def pre_save(self, instance, add):
        value = getattr(instance, self.attname)
        if isinstance(value, str) and not isinstance(value, CleanHtml):
            value = CleanHtml(clean_html(value))
            setattr(instance, self.attname, value)
        return value

    def get_db_prep_save(self, value, connection):
        if isinstance(value, str) and not isinstance(value, CleanHtml):
            value = clean_html(value)
        return super().get_db_prep_save(value, connection)
