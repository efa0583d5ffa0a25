"""What lies on other sites and may be shown in a post: recognised by its address, never by what is said about it.

A player comes only from a host named in PLAYERS, after the reader's click. What another site has written (POSTS) is
never loaded: the editor quotes it, and the link leads there.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlsplit

VIDEO_ID = re.compile(r"[\w-]{6,20}")
VIMEO_PATH = re.compile(r"/(?:video/|channels/\w+/)?(\d{5,12})(?:/(\w{6,20}))?/?")
TIKTOK_PATH = re.compile(r"/(?:@[\w.-]+/video|player/v1|embed(?:/v2)?)/(\d{8,25})/?")
SPOTIFY_PATH = re.compile(
    r"/(?:intl-\w\w/|embed/)?(track|album|playlist|episode|show|artist)/([A-Za-z0-9]{10,40})/?"
)
PODCAST_PATH = re.compile(r"/\w\w/podcast/(?:[^/]+/)?id\d{4,15}/?")
ARCHIVE_PATH = re.compile(r"/(?:details|embed)/([\w.@-]{3,100})/?")
BLUESKY_PATH = re.compile(r"/profile/(did:[a-z]+:[\w.:%-]{8,80})/post/(\w{8,20})/?")
MASTODON_PATH = re.compile(r"/(?:@[\w.]+(?:@[\w.-]+)?|users/[\w.]+/statuses)/\d{8,25}/?")
START = re.compile(r"(?:(\d{1,2})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s?)?")

PROVIDERS = {
    "youtube": ("YouTube", ("youtube.com", "youtu.be", "youtube-nocookie.com")),
    "vimeo": ("Vimeo", ("vimeo.com",)),
    "tiktok": ("TikTok", ("tiktok.com",)),
    "soundcloud": ("SoundCloud", ("soundcloud.com",)),
    "spotify": ("Spotify", ("open.spotify.com",)),
    "apple": ("Apple Podcasts", ("podcasts.apple.com",)),
    "archive": ("the Internet Archive", ("archive.org",)),
    "bluesky": ("Bluesky", ("bsky.app",)),
    "x": ("X", ("x.com", "twitter.com")),
    "mastodon": ("Mastodon", ()),  # on any host: known by the path
    "threads": ("Threads", ("threads.net", "threads.com")),
    "instagram": ("Instagram", ("instagram.com",)),
    "facebook": ("Facebook", ("facebook.com", "fb.watch")),
}
VERBS = {"youtube": "Watch on", "vimeo": "Watch on", "tiktok": "Watch on"} | dict.fromkeys(
    ("soundcloud", "spotify", "apple"), "Listen on"
)
SOUNDS = {"soundcloud", "spotify", "apple"}
POSTS = {"bluesky", "x", "mastodon", "threads", "instagram", "facebook"}
PLAYERS = (
    "https://www.youtube-nocookie.com",
    "https://player.vimeo.com",
    "https://w.soundcloud.com",
    "https://open.spotify.com",
    "https://embed.podcasts.apple.com",
    "https://archive.org",
    "https://www.tiktok.com",
    "https://embed.bsky.app",
)


@dataclass(frozen=True)
class Embed:
    """`address` opens it where it lives; `frame` plays it here, or is empty when it cannot be played here."""

    provider: str
    address: str
    title: str
    frame: str = ""

    @property
    def kind(self):
        """Its shape: a video is a still, a sound a bar, a post a quotation, anything else a slip of paper."""
        if self.provider in POSTS:
            return "post"
        if not self.frame:
            return "slip"
        return "sound" if self.provider in SOUNDS else "video"

    @property
    def action(self):
        name = PROVIDERS[self.provider][0] if self.provider in PROVIDERS else urlsplit(self.address).hostname
        return f"{VERBS.get(self.provider, 'See it on')} {name}"


def recognised(address, title=""):
    """The Embed an http(s) address stands for, or None when it is no address at all."""
    try:
        parts = urlsplit(address.strip())
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or "." not in host:
        return None
    provider = provider_of(host, parts.path)
    frame = FRAMES[provider](parts) if provider in FRAMES else ""
    name = PROVIDERS[provider][0] if provider in PROVIDERS else host.removeprefix("www.")
    return Embed(provider, address.strip(), title.strip() or f"On {name}", frame)


def provider_of(host, path=""):
    for provider, (_, hosts) in PROVIDERS.items():
        if any(host == known or host.endswith(f".{known}") for known in hosts):
            return provider
    return "mastodon" if MASTODON_PATH.fullmatch(path) else "other"


def youtube_frame(parts):
    """The player without cookies, for every shape of address YouTube hands out, from the moment it names."""
    steps = [step for step in parts.path.split("/") if step]
    query = parse_qs(parts.query)
    if parts.hostname.endswith("youtu.be"):
        video = steps[0] if steps else ""
    elif steps and steps[0] in ("embed", "shorts", "live", "v"):
        video = steps[1] if len(steps) > 1 else ""
    else:
        video = query.get("v", [""])[0]
    if not VIDEO_ID.fullmatch(video):
        return ""
    start = seconds((query.get("t") or query.get("start") or [""])[0])
    moment = f"&start={start}" if start else ""
    return f"https://www.youtube-nocookie.com/embed/{video}?autoplay=1&rel=0{moment}"


def seconds(moment):
    """`90`, `90s` or `1m30s` as a number of seconds; 0 for anything else."""
    found = START.fullmatch(moment)
    if not found:
        return 0
    hours, minutes, rest = (int(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + rest


def vimeo_frame(parts):
    """The player that does not track; an unlisted video has a second part in its address."""
    found = VIMEO_PATH.fullmatch(parts.path)
    if not found:
        return ""
    secret = f"&h={found[2]}" if found[2] else ""
    return f"https://player.vimeo.com/video/{found[1]}?autoplay=1&dnt=1{secret}"


def soundcloud_frame(parts):
    address = quote(f"https://soundcloud.com{parts.path}", safe="")
    return f"https://w.soundcloud.com/player/?url={address}&auto_play=true" if len(parts.path) > 2 else ""


def tiktok_frame(parts):
    found = TIKTOK_PATH.fullmatch(parts.path)
    return f"https://www.tiktok.com/player/v1/{found[1]}?autoplay=1&rel=0" if found else ""


def spotify_frame(parts):
    found = SPOTIFY_PATH.fullmatch(parts.path)
    return f"https://open.spotify.com/embed/{found[1]}/{found[2]}" if found else ""


def podcast_frame(parts):
    """A show, or with `i` one episode of it."""
    if not PODCAST_PATH.fullmatch(parts.path):
        return ""
    episode = parse_qs(parts.query).get("i", [""])[0]
    chosen = f"?i={episode}" if episode.isascii() and episode.isdecimal() else ""
    return f"https://embed.podcasts.apple.com{quote(parts.path, safe='/%')}{chosen}"


def archive_frame(parts):
    found = ARCHIVE_PATH.fullmatch(parts.path)
    return f"https://archive.org/embed/{found[1]}" if found else ""


def bluesky_frame(parts):
    """Only an address with the account's lasting identifier can be shown; one with a handle is quoted."""
    found = BLUESKY_PATH.fullmatch(parts.path)
    return f"https://embed.bsky.app/embed/{found[1]}/app.bsky.feed.post/{found[2]}" if found else ""


FRAMES = {
    "youtube": youtube_frame,
    "vimeo": vimeo_frame,
    "soundcloud": soundcloud_frame,
    "tiktok": tiktok_frame,
    "spotify": spotify_frame,
    "apple": podcast_frame,
    "archive": archive_frame,
    "bluesky": bluesky_frame,
}
