"""Addresses of videos, posts and sounds elsewhere, and the figure that stands for one."""

import re
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

_YOUTUBE = re.compile(
    r"(?:https?:)?//(?:www\.|m\.|music\.)?(?:youtube(?:-nocookie)?\.com/"
    r"(?:watch/?\?(?:[^#\s]*?&(?:amp;)?)?v=|embed/|v/|shorts/|live/)|youtu\.be/)([\w-]{11})(?![\w-])",
    re.I,
)
_VIMEO = re.compile(
    r"(?:https?:)?//(?:www\.|player\.)?vimeo\.com/(?:video/|channels/[\w-]+/|groups/[\w-]+/videos/)?(\d{4,12})\b",
    re.I,
)
_BY_HOST = {
    "bsky.app": "bluesky",
    "twitter.com": "x",
    "x.com": "x",
    "instagram.com": "instagram",
    "soundcloud.com": "soundcloud",
    "w.soundcloud.com": "soundcloud",
    "tiktok.com": "tiktok",
    "facebook.com": "facebook",
}
# What WordPress embeds and this site shows as a link.
_OTHERS = frozenset(
    str.split(
        "dailymotion.com dai.ly flickr.com flic.kr scribd.com spotify.com open.spotify.com ted.com tumblr.com reddit.com"
        " mixcloud.com reverbnation.com speakerdeck.com issuu.com kickstarter.com wordpress.tv animoto.com video.wordpress.com"
        " videopress.com imgur.com pinterest.com crowdsignal.com polldaddy.com screencast.com slideshare.net archive.org"
        " podcasts.apple.com embed.podcasts.apple.com bandcamp.com rumble.com c-span.org google.com maps.google.com"
    )
)
_NAMES = {
    "youtube": "Video on YouTube",
    "vimeo": "Video on Vimeo",
    "bluesky": "Post on Bluesky",
    "x": "Post on X",
    "instagram": "Post on Instagram",
    "soundcloud": "Sound on SoundCloud",
    "tiktok": "Video on TikTok",
    "facebook": "Post on Facebook",
}


@dataclass(frozen=True, slots=True)
class Embed:
    provider: str
    id: str
    url: str

    @property
    def title(self):
        return _NAMES.get(self.provider) or host(self.url)


def host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def find(url: str) -> Embed | None:
    """The embed an address stands for; None for an address WordPress would not embed either."""
    if url.startswith("//"):
        url = f"https:{url}"
    if match := _YOUTUBE.match(url):
        return Embed("youtube", match[1], f"https://www.youtube.com/watch?v={match[1]}")
    if match := _VIMEO.match(url):
        return Embed("vimeo", match[1], f"https://vimeo.com/{match[1]}")
    if not url.startswith(("http://", "https://")):
        return None
    name = host(url)
    if provider := _BY_HOST.get(name.removeprefix("m.")):
        return Embed(provider, url, url)
    return Embed("other", url, url) if name in _OTHERS else None


def figure(embed: Embed, *, title="", caption="") -> str:
    """`caption` is HTML; `title` is text, what a reader without the embed clicks on."""
    under = f"<figcaption>{caption}</figcaption>" if caption else ""
    return (
        f'<figure class="embed" data-provider="{embed.provider}" data-embed="{escape(embed.id)}">'
        f'<a href="{escape(embed.url)}">{escape(title or embed.title, quote=False)}</a>{under}</figure>'
    )


def media_figure(kind: str, url: str, *, title="", caption="") -> str:
    """A sound or film kept as a file; kind is audio or video."""
    under = f"<figcaption>{caption}</figcaption>" if caption else ""
    name = title or file_name(url)
    return (
        f'<figure class="{kind}" data-embed="{escape(url)}">'
        f'<a href="{escape(url)}">{escape(name, quote=False)}</a>{under}</figure>'
    )


def file_name(url: str) -> str:
    return url.split("?")[0].rstrip("/").rpartition("/")[2] or url
