"""Whether a text says here what it said there, letter by letter, whatever the conversion believes of itself.

The source is read by the rules WordPress shows it by, with a few patterns and no parser; what was written, as it is.
White space does not count. A difference is explained if the conversion told of it; the rest is for somebody to look at.
"""

import html
import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

_TAG = re.compile(r"""<!--.*?-->|</?[A-Za-z!?](?:"[^"]*"|'[^']*'|[^'">])*>""", re.S)
_UNSEEN = re.compile(
    r"<(script|style|noscript|template|select|textarea|svg|math|iframe|video|audio|canvas|map|title|head)\b"
    r"""(?:"[^"]*"|'[^']*'|[^'">])*(?<!/)>.*?</\1\s*>""",
    re.S | re.I,
)
_UNSEEN_TAGS = (
    "script, style, noscript, template, select, textarea, svg, math, iframe, video, audio, canvas, map, title"
)
_OF_FORM = re.compile(r"<button\b[^>]*>.*?</button>", re.S | re.I)
_FORM = re.compile(r"<form\b.*?</form>", re.S | re.I)
_SIGN = re.compile(r"<span\b[^>]*toggle-icon[^>]*>.*?</span>", re.S | re.I)
_CAPTION = re.compile(r"(?<!\[)\[(?:wp_)?caption\b([^\]]*)\]|\[/(?:wp_)?caption\](?!\])")
_IN_CAPTION = re.compile(r"""\bcaption=(?:"([^"]*)"|'([^']*)')""")
_FOOTNOTE = re.compile(r"(?<!\[)\[/?(?:footnote|fn|ref|efn_note|mfn)\](?!\])", re.I)
SHOWN = 60
SAME = "says what it said"
UNEXPLAINED = "differs, and nothing says why"
MOVED = "words in another place: a note, a caption or what stood beside a picture"


@dataclass(slots=True)
class Verdict:
    """`whys` explain what differs; `there` and `here` are where the first letters that nothing explains stand."""

    is_same: bool = False
    whys: tuple[str, ...] = ()
    there: str = ""
    here: str = ""

    @property
    def is_explained(self):
        return self.is_same or bool(self.whys)


def compare(source: str, written: str, told, *, is_html=False) -> Verdict:
    """`told` are notes.Told; `is_html` says that brackets mean nothing in the source."""
    there, here = seen_there(source, is_html=is_html), letters(_TAG.sub("", written))
    if there == here:
        return Verdict(is_same=True)
    verdict = _explain(there, here, told)
    if not verdict.is_explained:
        second = _explain(_as_browsers_read(source, is_html=is_html), here, told)
        verdict = second if second.is_explained or second.is_same else verdict
    return verdict


def seen_there(source, *, is_html=False):
    if not is_html:
        source = _without_brackets(source)
    return letters(_TAG.sub("", _without_unseen(source)))


def letters(text):
    return "".join(html.unescape(text).split() if "&" in text else text.split())


def _without_brackets(source):
    if "[" not in source:
        return source
    return _FOOTNOTE.sub("", _CAPTION.sub(_caption, source))


def _caption(found):
    words = _IN_CAPTION.search(found[1] or "")
    return f" {html.unescape(words[1] or words[2] or '')} " if words else " "


def _without_unseen(source):
    source = _UNSEEN.sub("", source)
    if "<button" in source:
        source = _FORM.sub(lambda form: _OF_FORM.sub("", form[0]), source)
    return _SIGN.sub("", source) if "toggle-icon" in source else source


def _as_browsers_read(source, *, is_html):
    """Markup that is not sound is read otherwise by a browser than by patterns."""
    body = LexborHTMLParser(f"<!DOCTYPE html><body>{source if is_html else _without_brackets(source)}").body
    if body is None:
        return ""
    for node in body.css(f"{_UNSEEN_TAGS}, form button, span[class*=toggle-icon]"):
        node.decompose()
    return letters(html.escape(body.text(), quote=False))


def _explain(there, here, told):
    whys = {}
    for one in told:
        gone, come = letters(_TAG.sub("", _without_unseen(one.gone))), letters(_TAG.sub("", one.come))
        if gone and gone in there:
            there, whys[one.why] = there.replace(gone, "", 1), True
        if come and come in here:
            here, whys[one.why] = here.replace(come, "", 1), True
    if there == here:
        return Verdict(is_same=not whys, whys=tuple(whys))
    if sorted(there) == sorted(here):
        return Verdict(whys=(*whys, MOVED))
    at = next(
        (at for at, (a, b) in enumerate(zip(there, here, strict=False)) if a != b), min(len(there), len(here))
    )
    begin = max(0, at - SHOWN // 3)
    return Verdict(there=there[begin : begin + SHOWN], here=here[begin : begin + SHOWN])
