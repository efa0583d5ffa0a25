"""Block markup: comments that say what is what, around HTML that mostly says it too."""

import json
import re
from dataclasses import dataclass
from html import escape

from wordpress.bodies import embeds
from wordpress.bodies.autop import autop

_DELIMITER = re.compile(
    r"<!--\s+(?P<end>/)?wp:(?P<name>[a-z][a-z0-9_-]*(?:/[a-z][a-z0-9_-]*)?)\s+(?P<attributes>\{.*?\}\s+)?(?P<void>/)?-->",
    re.S,
)
_TAG = re.compile(r"<!--.*?-->|<[^>]*>", re.S)
_SEEN = re.compile(r"<(?:img|iframe|video|audio|object|embed|hr|form|script)\b", re.I)
DEEPEST_REUSE = 5
# Nothing is missed when they are empty.
_QUIET = frozenset(
    str.split(
        "more spacer paragraph heading list list-item quote group column columns buttons button code preformatted verse"
        " pullquote html freeform shortcode text-columns media-text details table row stack page-list"
    )
)
_SERVICES = {
    "chain": "Link",
    "feed": "RSS feed",
    "fivehundredpx": "500px",
    "github": "GitHub",
    "lastfm": "Last.fm",
    "linkedin": "LinkedIn",
    "soundcloud": "SoundCloud",
    "tiktok": "TikTok",
    "whatsapp": "WhatsApp",
    "wordpress": "WordPress",
    "youtube": "YouTube",
}
# What they hold is a pattern for posts or comments that the site fills in.
_PATTERNS = frozenset(
    str.split("query post-template comments comment-template comments-query-loop terms-query term-template")
)


@dataclass(slots=True)
class _Opened:
    name: str
    attributes: dict
    outer: list
    start: int
    is_hollow: bool = False


def has_blocks(text: str) -> bool:
    return "<!-- wp:" in text


class Blocks:
    """Takes the comments away. Blocks that a theme, a plugin or the site fills have nothing to keep and are left."""

    def __init__(self, library, notes):
        self.library = library
        self.notes = notes
        self._reused = 0

    def expand(self, text: str) -> str:
        stack, out, position = [], [], 0
        for match in _DELIMITER.finditer(text):
            self._between(text[position : match.start()], stack, out)
            position = match.end()
            name = match["name"].removeprefix("core/")
            if match["void"]:
                out.append(self._void(name, _attributes(match["attributes"]), match[0], stack))
            elif not match["end"]:
                stack.append(_Opened(name, _attributes(match["attributes"]), out, match.start()))
                out = []
            elif any(name == opened.name for opened in stack):
                out = self._close(name, stack, out, text, position)
        self._between(text[position:], stack, out)
        return "".join(self._close(None, stack, out, text, len(text)))

    def _close(self, name, stack, out, text, end):
        """Finish the blocks down to the nearest of that name; all of them without one."""
        while stack:
            opened = stack.pop()
            html = self._render(opened.name, opened.attributes, "".join(out))
            if opened.is_hollow or (opened.name not in _QUIET and not _is_seen(html)):
                self._miss(opened.name, text[opened.start : end], stack)
            out = opened.outer
            out.append(html)
            if opened.name == name:
                break
        return out

    def _between(self, text, stack, out):
        """Text outside every block was written in the classic editor."""
        out.append(text if stack or not text.strip() else autop(text))

    def _void(self, name, attributes, markup, stack):
        html = self._render(name, attributes, "")
        if not html:
            self._miss(name, markup, stack)
        return html

    def _miss(self, name, markup, stack):
        """One without content. Of a pattern, or of a plugin's block within a block, the outermost is told, once."""
        if name in _QUIET or name in ("footnotes", "nextpage"):
            return
        of_plugin = "/" in name
        holder = next(
            (one for one in stack if one.name in _PATTERNS or ("/" in one.name and of_plugin)), None
        )
        if holder:
            holder.is_hollow = True
            return
        what = (
            "reusable block that is not in the export" if name == "block" else f"block {name} without content"
        )
        self.notes[f"{what} left out"] += 1
        self.notes.leave("block", name, markup)

    def _render(self, name, attributes, inner):
        if name in ("more", "spacer"):
            return ""
        if name in ("nextpage", "separator"):
            return "<hr>"
        if name in ("freeform", "shortcode"):
            return autop(inner)
        if name == "footnotes":
            return self._footnotes()
        if name == "block":
            return self._reusable(attributes.get("ref"))
        if name in ("social-link", "navigation-link", "navigation-submenu", "home-link"):
            return self._entry(name, attributes, inner)
        if name == "navigation" and "<li>" in inner:
            return f"<ul>{inner}</ul>"
        url = attributes.get("url")
        if name == "cover" and isinstance(url, str) and "<img" not in inner and "<video" not in inner:
            inner = f'<figure class="wp-block-image"><img src="{escape(url)}" alt=""></figure>{inner}'
        if name == "file":
            inner = inner.replace("</a><a", "</a> <a")
        if not inner.strip() and (name == "embed" or name.startswith("core-embed/")) and isinstance(url, str):
            found = embeds.find(url)
            return embeds.figure(found) if found else f"<p>{escape(url)}</p>"
        return inner if inner.strip() else ""

    def _entry(self, name, attributes, inner):
        """A link that only its attributes tell of: of a menu, or to a profile elsewhere."""
        url, label = attributes.get("url"), attributes.get("label")
        service = str(attributes.get("service") or ("Home" if name == "home-link" else ""))
        service = _SERVICES.get(service, service.title())
        label = label if isinstance(label, str) and label.strip() else escape(service)
        if name == "home-link":
            url = url or "/"
        if not isinstance(url, str) or not url.strip() or not label:
            return ""
        if name == "social-link" and "@" in url and "/" not in url and ":" not in url:
            url = f"mailto:{url}"
        self.notes.tell("entry of a menu or profile kept as a link", come=label)
        below = f"<ul>{inner}</ul>" if "<li>" in inner else ""
        return f'<li><a href="{escape(url)}">{label}</a>{below}</li>'

    def _reusable(self, reference):
        body = self.library.reusable(reference) if isinstance(reference, int) else None
        if body is None or self._reused >= DEEPEST_REUSE:
            return ""
        self._reused += 1
        try:
            html = self.expand(body)
        finally:
            self._reused -= 1
        self.notes.tell("reusable block put where it was called for", come=html)
        return html

    def _footnotes(self):
        """Those that no mark in the text calls for; the others stand where their mark was (footnotes.py)."""
        notes = [note for note in self.library.footnotes.values() if note.strip()]
        if not notes:
            return ""
        html = "<hr><ol>" + "".join(f"<li>{note}</li>" for note in notes) + "</ol>"
        self.notes.tell("footnotes without a mark put at the end", come=html)
        return html


def _is_seen(html):
    return bool(_SEEN.search(html) or _TAG.sub("", html).strip())


def _attributes(text):
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
