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
_QUOTES = re.compile("&#8220;|&#8221;|&#8243;|&quot;|[“”″]")
_PICTURE = re.compile(
    r"""((?:<a\s[^>]+>\s*)?<img\s(?:"[^"]*"|'[^']*'|[^'">])*>(?:\s*</a>)?)(.*)""", re.S | re.I
)
_IDS = re.compile(r"\d+")
_FILES = {
    "audio": ("src", "mp3", "m4a", "ogg", "wav", "wma", "flac"),
    "video": ("src", "mp4", "m4v", "webm", "ogv", "wmv", "flv"),
}


def attributes_of(text: str) -> dict[str | int, str]:
    """Named values by lower-case name, the others by position; typographic quotes count as quotes."""
    found, position = {}, 0
    for match in _ATTRIBUTE.finditer(_QUOTES.sub('"', text)):
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
        pieces, position = [], 0
        while match := _TOKEN.search(text, position):
            pieces.append(text[position : match.start()])
            position = match.end()
            name = (match["name"] or "").lower()
            if not name:
                pieces.append(match[0])
            elif match["extra"] and match["after"] and name in self.handlers:
                pieces.append(match[0][1:-1])  # doubled brackets: meant to be read
            else:
                inner, end = _enclosed(text, name, position)
                shown = self._handle(name, match["attributes"], inner)
                if shown is None:
                    self._count_unknown(name, match["attributes"], inner)
                    pieces.append(match[0])
                else:
                    pieces.append(f"{match['extra']}{shown}")
                    position = end
                    if match["after"] and inner is None:
                        position -= 1
        pieces.append(text[position:])
        return "".join(pieces)

    def _handle(self, name, attributes, inner):
        handler = self.handlers.get(name)
        return handler(attributes_of(attributes.lstrip("=: ").rstrip("/")), inner or "") if handler else None

    def _count_unknown(self, name, attributes, inner):
        """A word in brackets is prose; with a value or an end tag it was meant for a plugin."""
        if inner is not None or name in self.handlers or re.search(r"\w=\S", attributes):
            self.notes[f"shortcode [{name}] left as text"] += 1

    def footnote(self, _attributes, inner):
        return footnotes.in_the_text(inner) if inner.strip() else None

    def caption(self, attributes, inner):
        match = _PICTURE.search(inner)
        if not match:
            return None
        picture, text = match[1], attributes.get("caption") or match[2].strip()
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
            pictures = [p for p in self.library.pictures() if str(p.id) not in left_out]
            missing = not pictures
        if missing:
            self.notes["gallery with pictures that are not in the export"] += 1
        figures = "".join(_picture(picture) for picture in pictures if picture)
        return f'<figure class="wp-block-gallery">{figures}</figure>' if figures else ""

    def embed(self, attributes, inner):
        url = html.unescape(inner.strip()) or attributes.get("src") or attributes.get(0, "")
        return _standalone(url)

    def audio(self, attributes, inner):
        return self._file("audio", attributes, inner)

    def video(self, attributes, inner):
        return self._file("video", attributes, inner)

    def _file(self, kind, attributes, inner):
        urls = [attributes[key] for key in (*_FILES[kind], 0) if attributes.get(key)]
        urls += re.findall(r"""https?://[^\s"'<>\]]+""", inner)
        if not urls:
            self.notes[f"[{kind}] without a file"] += 1
            return ""
        url = urls[0].split("|")[0]
        found = embeds.find(url)
        return embeds.figure(found) if found else embeds.media_figure(kind, url)

    def playlist(self, attributes, _inner):
        kind = "video" if attributes.get("type") == "video" else "audio"
        files = [self.library.picture(int(number)) for number in _IDS.findall(attributes.get("ids", ""))]
        if not files or None in files:
            self.notes["playlist with files that are not in the export"] += 1
        return "".join(embeds.media_figure(kind, file.url, title=file.title) for file in files if file)

    def youtube(self, attributes, inner):
        value = (
            attributes.get(0)
            or attributes.get("id")
            or attributes.get("url")
            or attributes.get("v")
            or inner.strip()
        )
        if re.fullmatch(r"[\w-]{11}", value):
            value = f"https://youtu.be/{value}"
        found = embeds.find(value.replace("&amp;", "&"))
        return embeds.figure(found) if found else None

    def vimeo(self, attributes, inner):
        value = attributes.get(0) or attributes.get("id") or attributes.get("url") or inner.strip()
        found = embeds.find(f"https://vimeo.com/{value}" if value.isdigit() else value)
        return embeds.figure(found) if found else None


def _enclosed(text, name, position):
    """What stands up to the end tag, and where that ends; None if this one has no end tag of its own."""
    tag = re.compile(rf"\[(/?){name}\b[^\]]*\]", re.I).search(text, position)
    if not tag or not tag[1]:
        return None, position
    return text[position : tag.start()], tag.end()


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
