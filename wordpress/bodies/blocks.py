"""Block markup: comments that say what is what, around HTML that mostly says it too."""

import json
import re
from html import escape

from wordpress.bodies import embeds
from wordpress.bodies.autop import autop

_DELIMITER = re.compile(
    r"<!--\s+(?P<end>/)?wp:(?P<name>[a-z][a-z0-9_-]*(?:/[a-z][a-z0-9_-]*)?)\s+(?P<attributes>\{.*?\}\s+)?(?P<void>/)?-->",
    re.S,
)
DEEPEST_REUSE = 5


def has_blocks(text: str) -> bool:
    return "<!-- wp:" in text


class Blocks:
    """Takes the comments away. Blocks that a theme or the site fills have nothing to keep and are counted."""

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
                out.append(self._render(name, _attributes(match["attributes"]), ""))
            elif not match["end"]:
                stack.append((name, _attributes(match["attributes"]), out))
                out = []
            elif any(name == opened for opened, *_ in stack):
                out = self._close(name, stack, out)
        self._between(text[position:], stack, out)
        return "".join(self._close(None, stack, out))

    def _close(self, name, stack, out):
        """Finish the blocks down to the nearest of that name; all of them without one."""
        while stack:
            opened, attributes, outer = stack.pop()
            outer.append(self._render(opened, attributes, "".join(out)))
            out = outer
            if opened == name:
                break
        return out

    def _between(self, text, stack, out):
        """Text outside every block was written in the classic editor."""
        out.append(text if stack or not text.strip() else autop(text))

    def _render(self, name, attributes, inner):
        if name in ("more", "spacer"):
            return ""
        if name == "nextpage":
            return "<hr>"
        if name in ("freeform", "shortcode"):
            return autop(inner)
        if name == "footnotes":
            return self._footnotes()
        if name == "block":
            return self._reusable(attributes.get("ref"))
        url = attributes.get("url")
        if name == "cover" and isinstance(url, str) and "<img" not in inner and "<video" not in inner:
            inner = f'<figure class="wp-block-image"><img src="{escape(url)}" alt=""></figure>{inner}'
        if name == "file":
            inner = inner.replace("</a><a", "</a> <a")
        if inner.strip():
            return inner
        if (name == "embed" or name.startswith("core-embed/")) and isinstance(url, str):
            found = embeds.find(url)
            return embeds.figure(found) if found else f"<p>{escape(url)}</p>"
        self.notes[f"block {name} without content left out"] += 1
        return ""

    def _reusable(self, reference):
        body = self.library.reusable(reference) if isinstance(reference, int) else None
        if body is None or self._reused >= DEEPEST_REUSE:
            self.notes["reusable block that is not in the export left out"] += 1
            return ""
        self._reused += 1
        try:
            return self.expand(body)
        finally:
            self._reused -= 1

    def _footnotes(self):
        """Those that no mark in the text calls for; the others stand where their mark was (footnotes.py)."""
        notes = [note for note in self.library.footnotes.values() if note.strip()]
        if not notes:
            return ""
        return "<hr><ol>" + "".join(f"<li>{note}</li>" for note in notes) + "</ol>"


def _attributes(text):
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
