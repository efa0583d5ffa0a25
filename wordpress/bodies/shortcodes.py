"""Shortcodes of WordPress's own, and of the video sites, made into HTML. What nobody knows stays visible."""

import html
import re
from html import escape

from wordpress.bodies import embeds, footnotes

_TOKEN = re.compile(
    r"""<!--.*?-->|<[A-Za-z/](?:"[^"]*"|'[^']*'|[^'"<>\[])*+>"""
    r"""|(?P<extra>\[?)\[(?P<name>[A-Za-z][\w-]*)(?P<attributes>(?:[\s=:/][^\]]*)?)\](?P<after>\]?)""",
    re.S,
)
_ATTRIBUTE = re.compile(
    r"""([\w-]+)\s*=\s*"([^"]*)"|([\w-]+)\s*=\s*'([^']*)'|([\w-]+)\s*=\s*([^\s'"]+)|"([^"]*)"|'([^']*)'|(\S+)"""
)
_QUOTES = re.compile("&#8220;|&#8221;|&#8243;|[“”″]")
_DRAWN_QUOTES = re.compile("&quot;|&#34;")
_SPECIAL = re.compile("[-_0-9]")
_PICTURE = re.compile(
    r"""((?:<a\s[^>]+>\s*)?<img\s(?:"[^"]*"|'[^']*'|[^'">])*>(?:\s*</a>)?)(.*)""", re.S | re.I
)
_END = re.compile(r"\[/([A-Za-z][\w-]*)")
_IDS = re.compile(r"\d+")
_CAPTIONS = ("caption", "wp_caption")
_OF_WORDS = (*_CAPTIONS, *footnotes.SHORTCODES)  # all that they hold is shown
_FILES = {
    "audio": ("src", "mp3", "m4a", "ogg", "wav", "wma", "flac"),
    "video": ("src", "mp4", "m4v", "webm", "ogv", "wmv", "flv"),
}


def attributes_of(text: str) -> dict[str | int, str]:
    """Named values by lower-case name, the others by position; typographic quotes count as quotes."""
    found, position, text = {}, 0, _QUOTES.sub('"', text)
    if '"' not in text:
        text = _DRAWN_QUOTES.sub('"', text)
    for match in _ATTRIBUTE.finditer(text):
        groups = match.groups()
        for key, value in zip(groups[0:6:2], groups[1:6:2], strict=True):
            if key is not None:
                found[key.lower()] = html.unescape(value)
        for value in groups[6:]:
            if value is not None:
                found[position] = html.unescape(value)
                position += 1
    return found


class Shortcodes:
    """`library` answers for pictures by id (see content.Library); `notes` counts what was not understood."""

    def __init__(self, library, notes):
        self.library = library
        self.notes = notes
        self._markup = ""  # the shortcode at hand
        self._ends = {}  # where the last end tag of each name stands in the text at hand
        self.handlers = {
            "caption": self.caption,
            "wp_caption": self.caption,
            "gallery": self.gallery,
            "embed": self.embed,
            "audio": self.audio,
            "video": self.video,
            "playlist": self.playlist,
            "youtube": self.youtube,
            "vimeo": self.vimeo,
            **dict.fromkeys(footnotes.SHORTCODES, self.footnote),
        }

    def expand(self, text: str) -> str:
        if "[" not in text:
            return text
        outer, self._ends = self._ends, {end[1].lower(): end.start() for end in _END.finditer(text)}
        pieces, position = [], 0
        while match := _TOKEN.search(text, position):
            pieces.append(text[position : match.start()])
            position = match.end()
            name = (match["name"] or "").lower()
            if not name:
                pieces.append(match[0])
                continue
            shown, position = self._one(text, match, name)
            pieces.append(shown)
        pieces.append(text[position:])
        self._ends = outer
        return "".join(pieces)

    def _one(self, text, match, name):
        """(what is shown of a shortcode, where the text goes on)."""
        if match["extra"] and name in self.handlers and (doubled := self._doubled(text, match, name)):
            whole = text[match.start() : doubled[1]]
            self.notes.tell("doubled brackets made single", gone=whole, come=doubled[0])
            return doubled  # meant to be read
        inner, end = self._enclosed(text, name, match.end("attributes") + 1)
        self._markup = whole = text[match.start() + len(match["extra"]) : end]
        shown = self._handle(name, match["attributes"], inner)
        if shown is None:
            self._leave(name, match, text, inner, end)
            return match[0], match.end()
        if name not in _OF_WORDS:
            self.notes.tell(f"[{name}] shown as pictures, a player or a link", gone=whole)
        return f"{match['extra']}{shown}", end

    def _enclosed(self, text, name, position):
        """What stands up to the end tag, and where that ends; None if this one has no end tag of its own.

        A caption goes to the first end tag, whatever begins within it; that of others may belong to a later one.
        """
        if self._ends.get(name, -1) < position:
            return None, position
        slash = "/" if name in _CAPTIONS else "/?"
        tag = re.compile(rf"\[({slash}){name}\b[^\]]*\]", re.I).search(text, position)
        if not tag or not tag[1]:
            return None, position
        return text[position : tag.start()], tag.end()

    def _doubled(self, text, match, name):
        """(`[[gallery]]` or `[[caption]…[/caption]]` with single brackets, where it ends), if that is what it is."""
        if match["after"]:
            return match[0][1:-1], match.end()
        inner, end = self._enclosed(text, name, match.end())
        if inner is None or text[end : end + 1] != "]":
            return None
        return text[match.start() + 1 : end], end + 1

    def _handle(self, name, attributes, inner):
        handler = self.handlers.get(name)
        return handler(attributes_of(attributes.lstrip("=: ").rstrip("/")), inner) if handler else None

    def _leave(self, name, match, text, inner, end):
        """A word in brackets is prose; with a value, an end tag or a name nobody writes it was meant for a plugin."""
        if (
            inner is not None
            or name in self.handlers
            or re.search(r"\w=\S", match["attributes"])
            or (_SPECIAL.search(name) and not match["attributes"].strip() and _is_alone(text, match))
        ):
            self.notes[f"shortcode [{name}] left as text"] += 1
            self.notes.leave(
                "shortcode", name, text[match.start() : end if inner is not None else match.end()]
            )

    def footnote(self, _attributes, inner):
        return footnotes.in_the_text(inner) if inner and inner.strip() else None

    def caption(self, attributes, inner):
        """One that holds no picture, or has no end, shows what it holds, as at WordPress."""
        match = _PICTURE.search(inner or "")
        if not match:
            words = attributes.get("caption", "")
            return f"{inner or ''} {words}".strip()
        text = attributes.get("caption") or self.expand(match[2].strip())
        picture = match[1]
        if picture.lower().startswith("<a") and not picture.lower().endswith("</a>"):
            picture += "</a>"
            text = re.sub(r"</a>\s*$", "", text, flags=re.I)
        caption = f"<figcaption>{text}</figcaption>" if text else ""
        place = escape(attributes.get("align", ""))
        return (
            f'{inner[: match.start()].strip()}<figure class="wp-caption {place}">{picture}{caption}</figure>'
        )

    def gallery(self, attributes, _inner):
        """By ids where they are given, else what was uploaded to the post."""
        ids = _IDS.findall(attributes.get("ids") or attributes.get("include") or "")
        if ids:
            pictures = [self.library.picture(int(number)) for number in ids]
            missing = pictures.count(None)
        else:
            left_out = set(_IDS.findall(attributes.get("exclude", "")))
            other = attributes.get("id", "")
            of_post = self.library.pictures_of(int(other)) if other.isdigit() else self.library.pictures()
            pictures = [p for p in of_post if str(p.id) not in left_out]
            missing = not pictures
        if missing:
            self._miss("gallery", "gallery with pictures that are not in the export")
        for picture in filter(None, pictures):
            self.notes.tell("caption of the library under a picture", come=picture.caption)
        figures = "".join(_picture(picture) for picture in pictures if picture)
        return f'<figure class="wp-block-gallery">{figures}</figure>' if figures else ""

    def _miss(self, name, what):
        """One that could not be filled, or not wholly; WordPress shows nothing in its place."""
        self.notes[what] += 1
        self.notes.leave("shortcode", name, self._markup)

    def embed(self, attributes, inner):
        url = html.unescape((inner or "").strip()) or attributes.get("src") or attributes.get(0, "")
        if url.startswith("http") and not embeds.find(url):
            self.notes.tell("[embed] shown as a link", come=escape(url, quote=False))
        return _standalone(url)

    def audio(self, attributes, inner):
        return self._file("audio", attributes, inner)

    def video(self, attributes, inner):
        return self._file("video", attributes, inner)

    def _file(self, kind, attributes, inner):
        urls = [attributes[key] for key in (*_FILES[kind], 0) if attributes.get(key)]
        urls += re.findall(r"""https?://[^\s"'<>\]]+""", inner or "")
        if not urls:
            self._miss(kind, f"[{kind}] without a file")
            return ""
        url = urls[0].split("|")[0]
        found = embeds.find(url)
        return embeds.figure(found) if found else embeds.media_figure(kind, url)

    def playlist(self, attributes, _inner):
        kind = "video" if attributes.get("type") == "video" else "audio"
        files = [self.library.picture(int(number)) for number in _IDS.findall(attributes.get("ids", ""))]
        if not files or None in files:
            self._miss("playlist", "playlist with files that are not in the export")
        return "".join(embeds.media_figure(kind, file.url, title=file.title) for file in files if file)

    def youtube(self, attributes, inner):
        value = (
            attributes.get(0)
            or attributes.get("id")
            or attributes.get("url")
            or attributes.get("v")
            or (inner or "").strip()
        )
        if re.fullmatch(r"[\w-]{11}", value):
            value = f"https://youtu.be/{value}"
        found = embeds.find(value.replace("&amp;", "&"))
        return embeds.figure(found) if found else None

    def vimeo(self, attributes, inner):
        value = attributes.get(0) or attributes.get("id") or attributes.get("url") or (inner or "").strip()
        found = embeds.find(f"https://vimeo.com/{value}" if value.isdigit() else value)
        return embeds.figure(found) if found else None


def _is_alone(text, match):
    """On a line, or in a paragraph, of its own."""
    before, after = text[: match.start()].rstrip(" \t"), text[match.end() :].lstrip(" \t")
    return (not before or before[-1] in "\n>") and (not after or after[0] in "\r\n<")


def _standalone(url):
    found = embeds.find(url)
    if found:
        return embeds.figure(found)
    return (
        f'<p><a href="{escape(url)}">{escape(url, quote=False)}</a></p>' if url.startswith("http") else None
    )


def _picture(picture):
    caption = f"<figcaption>{picture.caption}</figcaption>" if picture.caption else ""
    return (
        f'<figure class="wp-block-image"><img src="{escape(picture.url)}" alt="{escape(picture.alt)}"'
        f' class="wp-image-{picture.id}">{caption}</figure>'
    )
