"""Where things stood on the old site, and the redirects from there."""

import re
from html import unescape
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

from django.urls import Resolver404, resolve

from informed_comment import patterns, redirects
from informed_comment.models import RedirectPattern

LONGEST = 1000
_OUR_OWN = ("posts:post", "pages:page")
_QUERIES = ("p", "page_id", "attachment_id", "cat", "tag", "author")
_UNSAFE = re.compile(r"[\s\x00-\x20<>\"'`\\]")
_ENDING = re.compile(r"\.(html?|php|aspx?)$", re.I)
_NOT_IN_A_SLUG = re.compile(r"[\s/?#%\\\x00-\x1f\x7f]+")


def split(url: str):
    """The parts of an address; all empty where it is none."""
    try:
        parts = urlsplit(url)
        _ = parts.hostname
    except ValueError:
        return urlsplit("")
    return parts


def source_name(address: str, file: str) -> str:
    """What tells one old site from another: host and path, whatever the scheme."""
    parts = split(address if "//" in address else f"//{address}")
    name = f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}"
    return (name or f"file {file}")[:300]


def host_of(url: str) -> str:
    return (split(url).hostname or "").removeprefix("www.")


def address_on_the_web(url: str) -> str:
    """An address readers may be led to, as somebody typed it once; nothing if it is none."""
    url = unescape(url.strip())
    if url.lower().startswith("www."):
        url = f"http://{url}"
    parts = split(url)
    is_good = parts.scheme in ("http", "https") and "." in (parts.hostname or "") and "@" not in parts.netloc
    return url if is_good and len(url) <= 500 and not _UNSAFE.search(url) else ""


def hosts_of(site) -> set[str]:
    """The hosts a site is known to have had; without one an address is within it."""
    own = {host_of(url) for url in (site.address, site.link, site.base_blog_url)} - {""}
    return {"", *own, *(f"{host.removesuffix('.wordpress.com')}.files.wordpress.com" for host in own)}


def joined(base, url):
    try:
        return urljoin(base, url)
    except ValueError:
        return url


def old_path(link: str) -> str:
    """The path readers knew, unquoted, with its query only where the query was the address; empty if there is none."""
    parts = split(link.strip())
    if not (parts.path or parts.query):
        return ""
    query = [(name, value) for name, value in parse_qsl(parts.query) if name in _QUERIES]
    path = f"/?{urlencode(query[:1])}" if query else re.sub("^/*", "/", unquote(parts.path))
    return "" if path == "/" or len(path) > LONGEST or "\x00" in path else path


def slug_of(slug: str) -> str:
    """A slug as readers see it in the address: letters instead of percent signs, nothing that would split a path."""
    return _NOT_IN_A_SLUG.sub("-", _ENDING.sub("", unquote(slug))).strip("-.")


def is_taken_by_the_site(path: str) -> bool:
    """Whether the site itself answers there, so that a redirect would never be asked; `/?p=7` is led on for all that."""
    if path.startswith("/?"):
        return False
    try:
        match = resolve(path)
    except Resolver404:
        return False
    return match.view_name not in _OUR_OWN


class Redirects:
    """Collects redirects of a batch and writes them at once. What leads somewhere already is left alone."""

    def __init__(self):
        self.rows = {}

    def lead(self, path: str, target: str):
        if path and target and path.rstrip("/") != target.rstrip("/") and len(target) <= LONGEST:
            self.rows.setdefault(path, target)

    def write(self):
        redirects.lead_new(self.rows)
        self.rows = {}


def lead_from_folder(run):
    """Where the old site stood below another, as at old.example/blog, whatever stood there is looked for here without it."""
    folder = run.source.partition("/")[2].strip("/")
    pattern = f"^/{re.escape(folder)}/(.*)$"
    if run.is_dry_run or not folder or run.source.startswith("file "):
        return
    try:
        patterns.check(pattern, "/$1")
    except patterns.Unsafe:
        return
    RedirectPattern.objects.get_or_create(pattern=pattern, defaults={"target": "/$1"})
