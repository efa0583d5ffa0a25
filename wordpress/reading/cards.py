"""The cards of Ghost's editors, and the like of Substack's, as plain HTML: by their data, or by the HTML they became."""

from collections import Counter
from html import escape
from urllib.parse import urlsplit

# What asks readers to sign up or shows what a theme adds: nothing of it is the author's text.
LEFT_OUT = {
    "signup": "sign-up form left out",
    "email-cta": "card for mails only left out",
    "email": "card for mails only left out",
    "collection": "list of posts made by the theme left out",
    "transistor": "podcast player for members left out",
}


def figure(src, *, alt="", caption="", href="", is_wide=False):
    """`caption` is HTML."""
    if not src:
        return ""
    picture = f'<img src="{escape(src)}" alt="{escape(alt)}">'
    if href:
        picture = f'<a href="{escape(href)}">{picture}</a>'
    place = ' class="alignwide"' if is_wide else ""
    return f"<figure{place}>{picture}{under(caption)}</figure>"


def under(caption):
    return f"<figcaption>{caption}</figcaption>" if caption else ""


def gallery(images, caption=""):
    inner = "".join(
        figure(one.get("src", ""), alt=one.get("alt") or "", caption=one.get("caption") or "")
        for one in images
    )
    return inner and f'<figure class="gallery">{inner}{under(caption)}</figure>'


def link(url, words, *more):
    """A paragraph that is a link, and what is said beside it."""
    rest = "".join(f"<br>{escape(one, quote=False)}" for one in more if one)
    words = escape(words or url, quote=False)
    return f'<p><a href="{escape(url)}">{words}</a>{rest}</p>' if url else words and f"<p>{words}{rest}</p>"


def bookmark(url, title="", description="", publisher="", caption=""):
    return link(url, title, description, publisher) + (f"<p>{caption}</p>" if caption else "")


def embed(url, caption="", title=""):
    """Something elsewhere, by its address."""
    if not url.startswith(("http://", "https://")):
        return f"<p>{caption}</p>" if caption else ""
    words = escape(title or _host(url), quote=False)
    return f'<figure class="embed" data-embed="{escape(url)}"><a href="{escape(url)}">{words}</a>{under(caption)}</figure>'


def player(kind, src, caption="", title=""):
    """A sound or a film in a file."""
    if not src:
        return ""
    words = escape(title or path_end(src), quote=False)
    return f'<figure class="{kind}" data-embed="{escape(src)}"><a href="{escape(src)}">{words}</a>{under(caption)}</figure>'


def path_end(url):
    return url.split("?")[0].rstrip("/").rpartition("/")[2] or url


def _host(url):
    try:
        return (urlsplit(url).hostname or url).removeprefix("www.")
    except ValueError:
        return url


def toggle(heading, content):
    return (f"<p><strong>{heading}</strong></p>" if heading else "") + content


def callout(emoji, text):
    return f"<blockquote><p>{escape(emoji, quote=False)} {text}</p></blockquote>" if text else ""


class Cards:
    """By their data, as Lexical and Mobiledoc keep them. `notes` counts what was left out."""

    def __init__(self, marked):
        self.marked = marked
        self.notes = Counter()

    def html(self, name, data):
        if name in LEFT_OUT:
            self.notes[LEFT_OUT[name]] += 1
            return ""
        make = getattr(self, f"_{name.replace('-', '_')}", None)
        if make is None:
            self.notes[f"card {name} not understood"] += 1
            return "".join(
                f"<p>{value}</p>" for key in ("html", "text", "caption") if (value := text(data, key))
            )
        return make(data)

    def _image(self, data):
        is_wide = text(data, "cardWidth") in ("wide", "full")
        return figure(
            text(data, "src"),
            alt=text(data, "alt"),
            caption=text(data, "caption"),
            href=text(data, "href"),
            is_wide=is_wide,
        )

    def _gallery(self, data):
        images = data.get("images")
        images = [one for one in images if isinstance(one, dict)] if isinstance(images, list) else []
        images = [{key: text(one, key) for key in ("src", "alt", "caption")} for one in images]
        return gallery(images, text(data, "caption"))

    def _before_after(self, data):
        return self._gallery({"images": [data.get("beforeImage") or {}, data.get("afterImage") or {}]} | data)

    def _bookmark(self, data):
        about = data.get("metadata")
        about = about if isinstance(about, dict) else {}
        return bookmark(
            text(data, "url") or text(about, "url"),
            text(about, "title") or text(data, "title"),
            text(about, "description"),
            text(about, "publisher"),
            text(data, "caption"),
        )

    def _embed(self, data):
        url, html = text(data, "url"), text(data, "html")
        if url:
            return embed(url, text(data, "caption"))
        return f"<figure>{html}{under(text(data, 'caption'))}</figure>" if html else ""

    def _nft(self, data):
        return embed(text(data, "url"), text(data, "caption"))

    def _html(self, data):
        return text(data, "html")

    def _markdown(self, data):
        return self.marked(text(data, "markdown"))

    _card_markdown = _markdown

    def _code(self, data):
        code = escape(text(data, "code"), quote=False)
        caption = text(data, "caption")
        return f"<pre><code>{code}</code></pre>" + (f"<p>{caption}</p>" if caption else "")

    _codeblock = _code

    def _hr(self, data):
        return "<hr>"

    _horizontalrule = _hr

    def _callout(self, data):
        return callout(text(data, "calloutEmoji"), text(data, "calloutText"))

    def _toggle(self, data):
        return toggle(text(data, "heading"), text(data, "content"))

    def _button(self, data):
        return link(text(data, "buttonUrl"), text(data, "buttonText"))

    def _audio(self, data):
        return player("audio", text(data, "src"), text(data, "caption"), text(data, "title"))

    def _video(self, data):
        return player("video", text(data, "src"), text(data, "caption"), text(data, "fileName"))

    def _file(self, data):
        return link(
            text(data, "src"), text(data, "fileTitle") or text(data, "fileName"), text(data, "fileCaption")
        )

    def _product(self, data):
        title, button = text(data, "productTitle"), text(data, "productButton")
        picture = figure(text(data, "productImageSrc"))
        return "".join(
            (
                picture,
                f"<h4>{title}</h4>" if title else "",
                text(data, "productDescription"),
                link(text(data, "productUrl"), button) if data.get("productButtonEnabled") else "",
            )
        )

    def _header(self, data):
        heading, words = text(data, "header"), text(data, "subheader")
        picture = figure(text(data, "backgroundImageSrc"))
        button = link(text(data, "buttonUrl"), text(data, "buttonText")) if data.get("buttonEnabled") else ""
        return "".join(
            (
                picture,
                f"<h2>{heading}</h2>" if heading else "",
                f"<p>{words}</p>" if words else "",
                button,
            )
        )

    def _call_to_action(self, data):
        button = link(text(data, "buttonUrl"), text(data, "buttonText")) if data.get("showButton") else ""
        return figure(text(data, "imageUrl")) + text(data, "textValue") + button

    def _paywall(self, data):
        self.notes["mark of where the text is for members only left out"] += 1
        return ""


def text(data, key):
    value = data.get(key)
    return value if isinstance(value, str) else ""
