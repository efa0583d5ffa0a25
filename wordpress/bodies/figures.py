"""Pictures, galleries, embeds, sounds and films: everything that becomes a figure."""

import re
from html import escape

from wordpress.bodies import embeds
from wordpress.bodies.media import MEDIA_FILE, without_resizing
from wordpress.bodies.tables import table

_PLACES = {"alignleft": "left", "alignright": "right", "alignwide": "wide", "alignfull": "wide"}
_ID = re.compile(r"wp-image-(\d{1,12})")
_SIZE = re.compile(r"\d{1,5}$")
_URL = re.compile(r"https?://[^\s<>\"]+$")
_HREF = re.compile(r'href="([^"]*)"')
_LAYOUT = re.compile(r"</?(?:ul|li)>")
_OTHER_BLOCKS = re.compile(r"<(?:p|h[2-4]|table|dl|ol|blockquote|pre)\b")
_DRAWN_LETTERS = frozenset({"wp-smiley", "emoji", "latex"})
_LATER = ("data-src", "data-lazy-src", "data-orig-file", "data-original", "data-large-file")


def _classes(node):
    return set((node.attributes.get("class") or "").split())


def _figure(kind, *nodes):
    """The opening tag of a figure, with the place beside or beyond the text that its author gave it."""
    found = set().union(*(_classes(node) for node in nodes))
    place = next((ours for theirs, ours in _PLACES.items() if theirs in found), None)
    return f'<figure class="{" ".join(sorted(filter(None, (kind, place))))}">'


def _source(node):
    """Where the picture is, also when a script was meant to put it there later."""
    attributes = node.attributes
    source = (attributes.get("src") or "").strip()
    if not source or source.startswith("data:"):
        source = next((attributes[name].strip() for name in _LATER if attributes.get(name)), "")
    return source


def _is_within(node, tag, root):
    parent = node.parent
    while parent is not None and parent.mem_id != root.mem_id:
        if parent.tag == tag:
            return True
        parent = parent.parent
    return False


class Figures:
    def __init__(self, writer):
        self.writer = writer
        self._is_in_gallery = False

    def remember(self, url):
        """Note an upload, so that the importer can look for its file."""
        if MEDIA_FILE.search(url.split("?")[0]):
            self.writer.media.append(without_resizing(url))

    def image(self, node, runs):
        """One outside any figure. Letters drawn as pictures become letters again."""
        alt = node.attributes.get("alt") or ""
        if _classes(node) & _DRAWN_LETTERS:
            runs.text(escape(alt, quote=False))
        elif html := self.img(node):
            runs.picture(f"{_figure('image', node)}{self.linked(html, runs.link())}</figure>")

    def linked(self, html, opening):
        """A link around a picture is kept unless it only leads to the picture itself."""
        target = _HREF.search(opening)
        if not target or MEDIA_FILE.search(target[1].split("?")[0]) or "attachment_id=" in target[1]:
            return html
        return f"{opening}{html}</a>"

    def img(self, node) -> str:
        notes, attributes = self.writer.notes, node.attributes
        source = _source(node)
        if not source or source.startswith(("data:", "javascript:", "cid:", "file:")):
            notes["picture without an address left out"] += 1
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
        tag, classes = node.tag, _classes(node)
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

    def ours(self, node, runs, classes):
        """Written by a shortcode or a block of ours a step ago; or an export of this very site come back."""
        link = node.css_first("a")
        url = link.attributes.get("href") if link is not None else node.attributes["data-embed"]
        caption_node = self._caption_node(node)
        caption = self.writer.line(caption_node)[0] if caption_node is not None else ""
        title = link.text().strip() if link is not None else ""
        kind = next((one for one in ("audio", "video") if one in classes), "")
        if kind:
            self.writer.media.append(url)
            runs.block(embeds.media_figure(kind, url, title=title, caption=caption))
        else:
            found = embeds.find(url) or embeds.Embed("other", url, url)
            runs.block(embeds.figure(found, title=title, caption=caption))

    def figure(self, node, runs, classes):
        caption_node = self._caption_node(node)
        caption = self.writer.line(caption_node)[0] if caption_node is not None else ""
        media = node.css_first("video, audio")
        frame = node.css_first("iframe")
        grid = node.css_first("table")
        pictures = [img for img in node.css("img") if not _is_within(img, "noscript", node)]
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
                and "wp-caption" not in _classes(parent)
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
        is_inner, self._is_in_gallery = self._is_in_gallery, True
        blocks = self._without(node, self._caption_node(node))
        self._is_in_gallery = is_inner
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
            runs.block(embeds.figure(found, caption=caption))
        else:
            runs.block(f'<p><a href="{escape(text)}">{escape(text, quote=False)}</a></p>')
            runs.block(caption and f"<p>{caption}</p>")
        return True

    def iframe(self, node, runs, caption=""):
        source = _source(node)
        found = embeds.find(source)
        title = (node.attributes.get("title") or "").strip()
        if found:
            runs.block(embeds.figure(found, title=title, caption=caption))
            return
        self._link(source, title, runs, "iframe")
        runs.block(caption and f"<p>{caption}</p>")

    def _link(self, source, title, runs, kind):
        source = f"https:{source}" if source.startswith("//") else source
        where = embeds.host(source)
        self.writer.notes[f"{kind} of {where or 'nowhere'} made a link" if where else f"{kind} left out"] += 1
        if where:
            runs.block(f'<p><a href="{escape(source)}">{escape(title or where, quote=False)}</a></p>')

    def plugin(self, node, runs):
        """Flash and its like: the address is in one of several places; what browsers without it saw is kept."""
        inner = node.css_first("iframe, embed") if node.tag == "object" else None
        movie = node.css_first("param[name=movie], param[name=src]")
        sources = [
            node.attributes.get("data"),
            node.attributes.get("src"),
            movie and movie.attributes.get("value"),
        ]
        sources = [source for source in (*sources, inner and _source(inner)) if source]
        found = next((embed for embed in map(embeds.find, sources) if embed), None)
        if found:
            runs.block(embeds.figure(found))
            return
        self._link(sources[0] if sources else "", "", runs, f"<{node.tag}>")
        for one in node.css("iframe, embed, object"):
            if one.mem_id != node.mem_id:
                one.decompose()
        self.writer.flow(node, runs)

    def file(self, node, runs, caption):
        kind, inner = node.tag, node.css_first("source")
        source = _source(node) or (_source(inner) if inner is not None else "")
        if not source or source.startswith(("data:", "blob:")):
            self.writer.notes[f"<{kind}> without a file left out"] += 1
            runs.block(caption and f"<p>{caption}</p>")
            return
        self.writer.media.append(source)
        runs.block(embeds.media_figure(kind, source, caption=caption))
