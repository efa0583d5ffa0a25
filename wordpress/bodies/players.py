"""Players: embeds of videos and posts elsewhere, sounds, films, frames, and what is left of Flash."""

from html import escape

from wordpress.bodies import embeds

_LATER = ("data-src", "data-lazy-src", "data-orig-file", "data-original", "data-large-file")


def classes_of(node):
    return set((node.attributes.get("class") or "").split())


def source_of(node):
    """Where the picture is, also when a script was meant to put it there later."""
    attributes = node.attributes
    source = (attributes.get("src") or "").strip()
    if not source or source.startswith("data:"):
        source = next((attributes[name].strip() for name in _LATER if attributes.get(name)), "")
    return f"https:{source}" if source.startswith("//") else source


class Players:
    """The part of Figures that makes a figure with a link, which the reader's page turns into a player."""

    def iframe(self, node, runs, caption=""):
        source = source_of(node)
        found = embeds.find(source)
        title = (node.attributes.get("title") or "").strip()
        if found:
            self.player(found, runs, title=title, caption=caption)
            return
        self._link(node, source, title, runs, "iframe")
        runs.block(caption and f"<p>{caption}</p>")

    def _link(self, node, source, title, runs, kind):
        source = f"https:{source}" if source.startswith("//") else source
        where, notes = embeds.host(source), self.writer.notes
        notes[f"{kind} of {where or 'nowhere'} made a link" if where else f"{kind} left out"] += 1
        notes.leave("element", f"{node.tag} of {where}" if where else node.tag, node.html)
        if where:
            words = escape(title or where, quote=False)
            notes.tell("frame made a link", come=words)
            runs.block(f'<p><a href="{escape(source)}">{words}</a></p>')

    def plugin(self, node, runs):
        """Flash and its like: the address is in one of several places; what browsers without it saw is kept."""
        if "wp-block-file__embed" in classes_of(node):
            return  # a look into the document that is linked beside it
        inner = node.css_first("iframe, embed") if node.tag == "object" else None
        movie = node.css_first("param[name=movie], param[name=src]")
        sources = [
            node.attributes.get("data"),
            node.attributes.get("src"),
            movie and movie.attributes.get("value"),
        ]
        sources = [source for source in (*sources, inner and source_of(inner)) if source]
        found = next((embed for embed in map(embeds.find, sources) if embed), None)
        if found:
            self.player(found, runs)
            return
        if not any((link.attributes.get("href") or "") in sources for link in node.css("a")):
            self._link(node, sources[0] if sources else "", "", runs, f"<{node.tag}>")
        for one in node.css("iframe, embed, object"):
            if one.mem_id != node.mem_id:
                one.decompose()
        self.writer.flow(node, runs)

    def file(self, node, runs, caption):
        kind, inner = node.tag, node.css_first("source")
        source = source_of(node) or (source_of(inner) if inner is not None else "")
        if not source or source.startswith(("data:", "blob:")):
            self.writer.notes[f"<{kind}> without a file left out"] += 1
            self.writer.notes.leave("element", kind, node.html)
            runs.block(caption and f"<p>{caption}</p>")
            return
        self._sound(kind, source, runs, caption=caption)

    def player(self, embed, runs, *, gone="", title="", caption=""):
        words = escape(title or embed.title, quote=False)
        self.writer.notes.tell("player in place of what stood there", gone=gone, come=words)
        runs.block(embeds.figure(embed, title=title, caption=caption))

    def _sound(self, kind, url, runs, *, title="", caption=""):
        """A sound or film: the library's file, if it has one."""
        self.writer.media.append(url)
        kept = self.writer.library.picture_at(url)
        title = title or embeds.file_name(url)
        self.writer.notes.tell("player named by its file", come=escape(title, quote=False))
        runs.block(embeds.media_figure(kind, kept.url if kept else url, title=title, caption=caption))

    def ours(self, node, runs, classes):
        """Written by a shortcode or a block of ours a step ago; or an export of this very site come back."""
        link = node.css_first("a")
        url = link.attributes.get("href") if link is not None else node.attributes.get("data-embed")
        if not url:
            return
        caption_node = self._caption_node(node)
        caption = self.writer.line(caption_node)[0] if caption_node is not None else ""
        title = link.text().strip() if link is not None else ""
        kind = next((one for one in ("audio", "video") if one in classes), "")
        if kind:
            self._sound(kind, url, runs, title=title, caption=caption)
        else:
            found = embeds.find(url) or embeds.Embed("other", url, url)
            self.player(found, runs, title=title, caption=caption)
