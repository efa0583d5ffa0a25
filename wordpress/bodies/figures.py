"""Pictures, galleries, embeds, sounds and films: everything that becomes a figure."""

import re
from html import escape
from urllib.parse import urljoin

from wordpress.bodies import embeds
from wordpress.bodies.media import MEDIA_FILE, without_resizing
from wordpress.bodies.players import Players, classes_of, source_of
from wordpress.bodies.tables import table

_PLACES = {"alignleft": "left", "alignright": "right", "alignwide": "wide", "alignfull": "wide"}
_ID = re.compile(r"wp-image-(\d{1,12})")
_SIZE = re.compile(r"\d{1,5}$")
_URL = re.compile(r"https?://[^\s<>\"]+$")
_HREF = re.compile(r'href="([^"]*)"')
_LAYOUT = re.compile(r"</?(?:ul|li)>")
_OTHER_BLOCKS = re.compile(r"<(?:p|h[2-4]|table|dl|ol|blockquote|pre)\b")
_DRAWN_LETTERS = frozenset({"wp-smiley", "emoji", "latex"})
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def _figure(kind, *nodes):
    """The opening tag of a figure, with the place beside or beyond the text that its author gave it."""
    found = set().union(*(classes_of(node) for node in nodes))
    place = next((ours for theirs, ours in _PLACES.items() if theirs in found), None)
    return f'<figure class="{" ".join(sorted(filter(None, (kind, place))))}">'


def _absolute(source, base):
    """A picture's address that begins at the page it stood on; uploads lie under the root, wherever that was."""
    if source.startswith("/") or _SCHEME.match(source):
        return source
    _, uploads, path = source.partition("wp-content/")
    if uploads:
        return f"/{uploads}{path}"
    return urljoin(base, source) if base else f"/{source.lstrip('./')}"


def _is_within(node, tag, root):
    parent = node.parent
    while parent is not None and parent.mem_id != root.mem_id:
        if parent.tag == tag:
            return True
        parent = parent.parent
    return False


class Figures(Players):
    def __init__(self, writer):
        self.writer = writer
        self.is_in_gallery = False

    def remember(self, url):
        """Note an upload, so that the importer can look for its file."""
        if MEDIA_FILE.search(url.split("?")[0]):
            self.writer.media.append(without_resizing(url))

    def image(self, node, runs):
        """One outside any figure. Letters drawn as pictures become letters again."""
        alt = node.attributes.get("alt") or ""
        if classes_of(node) & _DRAWN_LETTERS or "wp-includes/" in source_of(node):
            self.writer.notes.tell("letters in place of a drawing of them", come=escape(alt, quote=False))
            runs.text(escape(alt, quote=False))
        elif html := self.img(node):
            runs.picture(f"{_figure('image', node)}{self.linked(html, runs.link())}</figure>")

    def linked(self, html, opening):
        """A link around a picture is kept unless it only leads to the picture itself."""
        target = _HREF.search(opening)
        if not target or opening in self.writer.own_pages:
            return html
        if MEDIA_FILE.search(target[1].split("?")[0]) or "attachment_id=" in target[1]:
            return html
        return f"{opening}{html}</a>"

    def img(self, node) -> str:
        notes, attributes = self.writer.notes, node.attributes
        source = _absolute(source_of(node), self.writer.library.base)
        scheme = _SCHEME.match(source)
        if not source.strip("/") or (scheme and not source.lower().startswith(("http:", "https:"))):
            notes["picture without an address left out"] += 1
            if scheme:
                notes.leave("element", "img", node.html)
            return ""
        if attributes.get("width") == "1" and attributes.get("height") == "1":
            notes["tracking pixel left out"] += 1
            return ""
        self.writer.media.append(without_resizing(source))
        picture = self._known(node, source)
        alt = attributes.get("alt") or (picture and picture.alt) or ""
        found = f'<img src="{escape(picture.url if picture else source)}" alt="{escape(alt)}"'
        for name in ("width", "height"):
            if _SIZE.match(attributes.get(name) or "") and not picture:
                found += f' {name}="{attributes[name]}"'
        if picture and picture.image:
            found += f' data-image="{picture.image}"'
        return f"{found}>"

    def _known(self, node, source):
        library = self.writer.library
        number = _ID.search(node.attributes.get("class") or "") or re.match(
            r"(\d{1,12})$", node.attributes.get("data-id") or ""
        )
        return (
            library.picture_at(source)
            or (library.picture(int(number[1])) if number else None)
            or library.discover(source)
        )

    def write(self, node, runs):
        tag, classes = node.tag, classes_of(node)
        if tag == "iframe":
            self.iframe(node, runs)
        elif tag in ("object", "embed"):
            self.plugin(node, runs)
        elif tag in ("video", "audio"):
            self.file(node, runs, "")
        elif "data-embed" in node.attributes:
            self.ours(node, runs, classes)
        else:
            self.figure(node, runs, classes)

    def figure(self, node, runs, classes):
        caption_node = self._caption_node(node)
        caption, late = self.writer.line(caption_node) if caption_node is not None else ("", [])
        self._with_caption(node, runs, classes, caption_node, caption)
        runs.blocks(late)  # pictures in the caption itself

    def _with_caption(self, node, runs, classes, caption_node, caption):
        media = node.css_first("video, audio")
        frame = node.css_first("iframe")
        grid = node.css_first("table")
        pictures = [
            img
            for img in node.css("img")
            if not _is_within(img, "noscript", node) and not _is_within(img, "figcaption", node)
        ]
        if "gallery" in " ".join(classes) or len(pictures) > 1:
            self.gallery(node, runs, caption)
        elif "wp-block-pullquote" in classes:
            inner = "".join(self._without(node, caption_node))
            runs.block(inner and f"{_figure('pullquote', node)}{inner}</figure>")
        elif frame is not None:
            self.iframe(frame, runs, caption)
        elif media is not None:
            self.file(media, runs, caption)
        elif grid is not None and not pictures:
            runs.block(table(self.writer, grid, caption=caption))
        elif self._embed(node, caption_node, runs, caption):
            return
        elif pictures and not self._says_more(node, caption_node):
            self.picture(node, pictures[0], runs, caption)
        else:
            runs.blocks(self._without(node, caption_node))
            runs.block(caption and f"<p>{caption}</p>")

    def _caption_node(self, node):
        for one in node.css("figcaption, p.wp-caption-text"):
            parent = one.parent
            while (
                parent.tag != "figure"
                and "wp-caption" not in classes_of(parent)
                and parent.mem_id != node.mem_id
            ):
                parent = parent.parent
            if parent.mem_id == node.mem_id:
                return one
        return None

    def _without(self, node, caption_node):
        """The blocks of a figure other than its caption."""
        if caption_node is not None:
            caption_node.decompose()
        return self.writer.blocks(node)

    def _says_more(self, node, caption_node):
        """Whether there are words in it besides the caption's."""
        whole = "".join(node.text().split())
        return len(whole) > (len("".join(caption_node.text().split())) if caption_node is not None else 0)

    def picture(self, node, img, runs, caption):
        html = self.img(img)
        if not html:
            runs.block(caption and f"<p>{caption}</p>")
            return
        parent, opening = img.parent, runs.link()
        while parent is not None and parent.mem_id != node.mem_id:
            if parent.tag == "a":
                opening = self.writer.tags_of(parent)[0]
            parent = parent.parent
        under = f"<figcaption>{caption}</figcaption>" if caption else ""
        html = f"{_figure('image', node, img)}{self.linked(html, opening)}{under}</figure>"
        if runs.is_one_line:
            runs.picture(html)
        else:
            runs.block(html)

    def gallery(self, node, runs, caption):
        """Pictures with their own captions, whatever lists and boxes they were laid out with."""
        is_inner, self.is_in_gallery = self.is_in_gallery, True
        blocks = self._without(node, self._caption_node(node))
        self.is_in_gallery = is_inner
        inner = "".join(_LAYOUT.sub("", block) for block in blocks)
        if not is_inner and not _OTHER_BLOCKS.search(inner):
            under = f"<figcaption>{caption}</figcaption>" if caption else ""
            runs.block(inner and f"{_figure('gallery', node)}{inner}{under}</figure>")
        else:
            runs.blocks(blocks)
            runs.block(caption and f"<p>{caption}</p>")

    def _embed(self, node, caption_node, runs, caption):
        """A figure that holds nothing but an address."""
        under = caption_node.text() if caption_node is not None else ""
        text = node.text().strip().removesuffix(under).strip()
        if not _URL.match(text):
            return False
        found = embeds.find(text)
        if found:
            self.player(found, runs, gone=escape(text), caption=caption)
        else:
            runs.block(f'<p><a href="{escape(text)}">{escape(text, quote=False)}</a></p>')
            runs.block(caption and f"<p>{caption}</p>")
        return True
