"""A CDN in front of the site, by an address in the environment: what it is told of pages, and how it is told to forget them.

    cloudflare://TOKEN@ZONE
    fastly://TOKEN@SERVICE

After a question mark: `seconds`, how long it may keep a page (600); `every`, the seconds between two purges (15, for
Cloudflare allows five in a minute on its smallest plan); and `purge=everything`, for one that cannot purge by tag. What sends
the purges: purging.py.
"""

import json
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit
from urllib.request import Request

from django.core.exceptions import ImproperlyConfigured

TAG = "pages"  # every page carries it, no file does: files have a new name when they change
STALE_IF_ERROR = 86400
TOKEN = re.compile(r"[\w.~+/=-]{20,}", re.ASCII)
LONGEST_KEPT = 7 * 86400
EXAMPLE = "cloudflare://TOKEN@ZONE or fastly://TOKEN@SERVICE"


@dataclass(frozen=True)
class Provider:
    """`place` is how the ID of a zone or service looks, and `called` which of the two it is."""

    name: str
    api: str
    place: re.Pattern
    called: str


PROVIDERS = {
    "cloudflare": Provider(
        "Cloudflare", "https://api.cloudflare.com/client/v4", re.compile("[0-9a-f]{32}"), "zone"
    ),
    "fastly": Provider("Fastly", "https://api.fastly.com", re.compile("[A-Za-z0-9]{15,40}"), "service"),
}


@dataclass(frozen=True)
class Cdn:
    kind: str
    token: str = field(repr=False)
    place: str
    api: str
    seconds: int = 600
    every: float = 15
    is_whole: bool = False  # files go, too

    @property
    def name(self):
        return PROVIDERS[self.kind].name

    @property
    def headers(self):
        """What a page for readers carries. Neither provider passes it on."""
        age = f"max-age={self.seconds}, stale-if-error={STALE_IF_ERROR}"
        if self.kind == "cloudflare":
            return (("Cloudflare-CDN-Cache-Control", age), ("Cache-Tag", TAG))
        return (("Surrogate-Control", age), ("Surrogate-Key", TAG))

    def purge(self):
        """The request that makes it forget every page."""
        if self.kind == "cloudflare":
            body = {"purge_everything": True} if self.is_whole else {"tags": [TAG]}
            headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
            address, data = f"/zones/{self.place}/purge_cache", json.dumps(body).encode()
        else:
            headers = {"Fastly-Key": self.token, "Accept": "application/json"}
            address, data = (
                f"/service/{self.place}/" + ("purge_all" if self.is_whole else f"purge/{TAG}"),
                b"",
            )
        return Request(self.api + address, data=data, headers=headers, method="POST")  # noqa: S310

    def has_obeyed(self, answer):
        """Whether the body of a 200 says that it is done."""
        try:
            said = json.loads(answer)
        except ValueError:
            return False
        return isinstance(said, dict) and (said.get("success") is True or said.get("status") == "ok")


def cdn(url):
    """The CDN of CDN_URL, None for an empty one; refuses what cannot work."""
    if not url:
        return None
    parts = urlsplit(url)
    provider = PROVIDERS.get(parts.scheme)
    if provider is None:
        raise ImproperlyConfigured(f"CDN_URL begins with the name of a CDN we know. Write {EXAMPLE}.")
    token, at, place = (unquote(part) for part in parts.netloc.rpartition("@"))
    if not at or not TOKEN.fullmatch(token):
        raise ImproperlyConfigured(
            f"CDN_URL has no API token of {provider.name} that could be one. Write {EXAMPLE}."
        )
    if not provider.place.fullmatch(place):
        raise ImproperlyConfigured(
            f"CDN_URL names no {provider.called} of {provider.name}: copy its ID from {provider.name}, "
            f"behind the @. Write {EXAMPLE}."
        )
    return Cdn(parts.scheme, token, place, **options(provider, parts.query))


def options(provider, query):
    given = dict(parse_qsl(query, keep_blank_values=True))
    api = given.pop("api_url", provider.api).rstrip("/")
    try:
        seconds, every = int(given.pop("seconds", 600)), float(given.pop("every", 15))
        is_whole = {"everything": True, "pages": False}[given.pop("purge", "pages")]
    except (KeyError, ValueError) as error:
        raise ImproperlyConfigured(
            "CDN_URL has an option that cannot be read: seconds and every are numbers, purge is pages or everything."
        ) from error
    if given or not api.startswith(("https://", "http://127.0.0.1:")):
        raise ImproperlyConfigured(
            f"CDN_URL has an option that is none: {', '.join(given) or 'api_url'}. There are seconds, every and purge."
        )
    if not 1 <= seconds <= LONGEST_KEPT:
        raise ImproperlyConfigured(f"The seconds of CDN_URL are a number from 1 to {LONGEST_KEPT}.")
    if not 0.1 <= every <= seconds:
        raise ImproperlyConfigured("The every of CDN_URL lies between 0.1 and its seconds.")
    return {"api": api, "seconds": seconds, "every": every, "is_whole": is_whole}
