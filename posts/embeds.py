"""What lies on other sites and may be shown in a post: recognised by its address, never by what is said about it."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlsplit

VIDEO_ID = re.compile(r"[\w-]{6,20}")
VIMEO_PATH = re.compile(r"/(?:video/|channels/\w+/)?(\d{5,12})(?:/(\w{6,20}))?/?")
PROVIDERS = {
    "youtube": ("YouTube", ("youtube.com", "youtu.be", "youtube-nocookie.com")),
    "vimeo": ("Vimeo", ("vimeo.com",)),
    "soundcloud": ("SoundCloud", ("soundcloud.com",)),
    "bluesky": ("Bluesky", ("bsky.app",)),
    "x": ("X", ("x.com", "twitter.com")),
    "instagram": ("Instagram", ("instagram.com",)),
    "tiktok": ("TikTok", ("tiktok.com",)),
    "facebook": ("Facebook", ("facebook.com", "fb.watch")),
}
VERBS = {"youtube": "Watch on", "vimeo": "Watch on", "tiktok": "Watch on", "soundcloud": "Listen on"}


@dataclass(frozen=True)
class Embed:
    """`address` opens it where it lives; `frame` plays it here, or is empty when it cannot be played here."""

    provider: str
    address: str
    title: str
    frame: str = ""

    @property
    def kind(self):
        """Its shape: a video is a still, a sound a bar, anything else a slip of paper."""
        if not self.frame:
            return "slip"
        return "sound" if self.provider == "soundcloud" else "video"

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
    provider = provider_of(host)
    frame = FRAMES[provider](parts) if provider in FRAMES else ""
    name = PROVIDERS[provider][0] if provider in PROVIDERS else host.removeprefix("www.")
    return Embed(provider, address.strip(), title.strip() or f"On {name}", frame)


def provider_of(host):
    for provider, (_, hosts) in PROVIDERS.items():
        if any(host == known or host.endswith(f".{known}") for known in hosts):
            return provider
    return "other"


def youtube_frame(parts):
    """The player without cookies, for every shape of address YouTube hands out."""
    steps = [step for step in parts.path.split("/") if step]
    if parts.hostname.endswith("youtu.be"):
        video = steps[0] if steps else ""
    elif steps and steps[0] in ("embed", "shorts", "live", "v"):
        video = steps[1] if len(steps) > 1 else ""
    else:
        video = parse_qs(parts.query).get("v", [""])[0]
    known = VIDEO_ID.fullmatch(video)
    return f"https://www.youtube-nocookie.com/embed/{video}?autoplay=1&rel=0" if known else ""


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


FRAMES = {"youtube": youtube_frame, "vimeo": vimeo_frame, "soundcloud": soundcloud_frame}
