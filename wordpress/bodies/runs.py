"""Runs of text and inline markup on their way to becoming paragraphs."""

import re

from wordpress.bodies import embeds

_TAG = re.compile(r"<[^>]*>")
_EMPTY = re.compile(
    r"<(strong|em|s|u|sub|sup|code|kbd|cite|q|abbr|del|ins|mark|small|time|bdo|a|span)\b[^>]*>(\s*)</\1>"
)
_ALONE = re.compile(r"https?://[^\s<>\"]+$")


def is_seen(html: str) -> bool:
    """Whether a reader would see anything of it."""
    if (html.lstrip() or "<")[0] != "<":
        return True
    return bool(_TAG.sub("", html).strip()) or "<img" in html


def tidy(html: str) -> str:
    """Without empty inline tags, and without breaks and blanks at the edges."""
    before = None
    while "</" in html and before != html:
        before, html = html, _EMPTY.sub(r"\2", html)
    html = html.strip()
    while html.startswith("<br>"):
        html = html[4:].lstrip()
    while html.endswith("<br>"):
        html = html[:-4].rstrip()
    return html


class Runs:
    """Collects what a container holds. `bare`: a single paragraph needs no `<p>` (list items, cells).

    `one_line`: nothing breaks it, blocks run on after a break (headings, captions).
    """

    def __init__(self, writer, *, bare=False, one_line=False):
        self.writer = writer
        self.is_bare = self._was_bare = bare
        self.is_one_line = one_line
        self.pictures = []
        self._blocks = []
        self._first_bare = None
        self._lines = [[]]
        self._open = []
        self._late = []
        self._attributes = ""
        self._after_blank = True
        self._stray = -1

    def text(self, html):
        """Blanks are one, and none at the beginning of a line, whatever tags stand between them."""
        if self._after_blank:
            html = html.lstrip(" ")
        if html:
            self._after_blank = html.endswith(" ")
            self._lines[-1].append(html)

    def line_end(self):
        if self._late:
            self._break()
        else:
            self._reopen()

    def open(self, opening, closing):
        self._open.append((opening, closing))
        self._lines[-1].append(opening)

    def close(self):
        _opening, closing = self._open.pop()
        self._lines[-1].append(closing)

    def _reopen(self):
        """Close what is open at the end of this line, open it again on the next."""
        self._after_blank = True
        self._lines[-1].extend(closing for _, closing in reversed(self._open))
        self._lines.append([opening for opening, _ in self._open])

    def link(self):
        """The tag of the link we are in, if any."""
        return next((opening for opening, _ in reversed(self._open) if opening.startswith("<a ")), "")

    def picture(self, html):
        """A picture at the edge of a line breaks the paragraph there; one within a sentence waits for its end."""
        if self.is_one_line:
            self.pictures.append(html)
        elif is_seen("".join(self._lines[-1])):
            self._late.append(html)
        else:
            self._break()
            self._blocks.append(html)

    def paragraph(self, attributes):
        if self.is_one_line:
            self._reopen()
        else:
            self._break()
            self._attributes = attributes

    def block(self, html):
        if not html:
            return
        if self.is_one_line:
            self.text(_TAG.sub(" ", html))
        else:
            self._break()
            self._blocks.append(html)

    def item(self, html):
        """An item of a list that nobody opened; those that follow one another are one list, as browsers show them."""
        if self.is_one_line:
            self.block(html)
            return
        self._break()
        if self._stray == len(self._blocks) - 1 and self._stray >= 0:
            self._blocks[-1] = f"{self._blocks[-1].removesuffix('</ul>')}{html}</ul>"
        else:
            self._blocks.append(f"<ul>{html}</ul>")
            self._stray = len(self._blocks) - 1

    def blocks(self, many):
        for html in many:
            self.block(html)

    def _break(self):
        self._reopen()
        lines, self._lines = self._lines[:-1], self._lines[-1:]
        late, self._late = self._late, []
        paragraph = []
        for line in (tidy("".join(line)) for line in lines):
            alone = not self._was_bare and _ALONE.match(line) and embeds.find(line.replace("&amp;", "&"))
            if alone:
                self._write(paragraph)
                paragraph = []
                self._blocks.append(embeds.figure(alone))
                self.writer.notes.tell("player in place of its address", gone=line, come=alone.title)
            else:
                paragraph.append(line)
        self._write(paragraph)
        self._blocks.extend(late)

    def _write(self, lines):
        html = tidy("<br>".join(lines))
        if not is_seen(html):
            return
        if not self._was_bare and _ALONE.match(html):
            html = f'<a href="{html.replace('"', "&quot;")}">{html}</a>'
        if self.is_bare and not self._attributes and self._first_bare is None:
            self._first_bare = len(self._blocks)
            self._blocks.append(html)
        else:
            self._blocks.append(f"<p{self._attributes}>{html}</p>")
            if self._first_bare is not None and self.is_bare:
                first, self.is_bare = self._first_bare, False
                self._blocks[first] = f"<p>{self._blocks[first]}</p>"

    def finish(self):
        self._break()
        return self._blocks

    def line(self):
        lines = (tidy("".join(line)) for line in self._lines)
        return tidy("<br>".join(line for line in lines if is_seen(line)))
