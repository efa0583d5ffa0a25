"""What a reader would see: of a text in its source, and of a page of this site. For comparing, so rough and fast."""

import html
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser

_UNSEEN = re.compile(
    r"<!--.*?-->|<(script|style|iframe|noscript|svg|object|select|form|template)\b.*?</\1\s*>", re.S | re.I
)
_SHORTCODE = re.compile(r"\[/?[A-Za-z][\w-]*(?:\s[^\[\]]*)?/?\]")
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdo|big|cite|code|del|em|font|i|ins|kbd|mark|q|s|small|span|strike|strong|sub|sup|tt|u|var|wbr)"
    r"(?:\s[^<>]*)?>",
    re.I,
)
_TAG = re.compile(r"<[^<>]*>")
_ADDRESS = re.compile(r"https?://\S+")
_WORD = re.compile(r"\w+")
_IMG = re.compile(r"<img\b[^>]*>", re.I)
_SOURCE = re.compile(r"""\s(?:data-(?:lazy-)?src|src)\s*=\s*["']?\s*([^"'\s>]+)""", re.I)
_NO_PICTURE = re.compile(r"wp-smiley|/wp-includes/|\bemoji\b|\blatex\b|width=[\"']?1[\"'\s>]", re.I)

LONG = 7  # letters; a shorter one is hardly two run together


@dataclass(slots=True)
class Seen:
    """`words` are counted in small letters; `pictures` that stand elsewhere are shown as links, and counted apart."""

    title: str = ""
    day: str = ""
    words: Counter = field(default_factory=Counter)
    pictures: int = 0
    linked_pictures: int = 0


def words_of(text):
    text = unicodedata.normalize("NFKC", _ADDRESS.sub(" ", text)).casefold()
    return Counter(_WORD.findall(text))


def bare_title(text):
    """A title as far as two sites may agree on it: letters and digits."""
    return "".join(_WORD.findall(unicodedata.normalize("NFKC", html.unescape(_TAG.sub("", text))).casefold()))


def in_source(content, *, is_html=False):
    """The words and pictures of a body as WordPress kept it."""
    text = _UNSEEN.sub(" ", content)
    pictures = {found[1] for tag in _IMG.findall(text) if (found := picture_in(tag))}
    text = text if is_html else _SHORTCODE.sub(" ", text)
    return Seen(words=words_in(text), pictures=len(pictures))


def words_in(text):
    """Of HTML: a tag within a word does not part it, others do."""
    return words_of(html.unescape(_TAG.sub(" ", _INLINE.sub("", text))))


def lacking(source, seen):
    """The words of a source that a page has not, counted. One run together of two is there when both are."""
    lost = source - seen
    for word in [word for word in lost if len(word) >= LONG]:
        halves = ((word[:place], word[place:]) for place in range(1, len(word)))
        if any(first in seen and second in seen for first, second in halves):
            del lost[word]
    return lost


def picture_in(tag):
    found = _SOURCE.search(tag)
    return None if found is None or _NO_PICTURE.search(tag) or found[1].startswith("data:") else found


def on_page(content):
    """What a page of this site shows of one text; empty where it shows none."""
    article = LexborHTMLParser(content).css_first("article.article")
    if article is None:
        return Seen()
    heading, date, prose = (article.css_first(name) for name in ("h1", ".article__when time", "div.prose"))
    if prose is None:
        return Seen(title=heading.text() if heading else "")
    pictures = {one.attributes.get("src") for one in prose.css("img")}
    return Seen(
        title=heading.text() if heading else "",
        day=(date.attributes.get("datetime") or "") if date else "",
        words=words_in(_UNSEEN.sub(" ", prose.html)),
        pictures=len(pictures),
        linked_pictures=len(prose.css(".picture-elsewhere")),
    )
