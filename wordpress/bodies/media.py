"""Addresses of uploads: WordPress writes a picture's size into its name, its CDN into the query."""

import re
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

_SIZE = re.compile(r"(?:-\d{1,5}x\d{1,5})?@2x(?=\.[A-Za-z0-9]{2,5}$)|-\d{1,5}x\d{1,5}(?=\.[A-Za-z0-9]{2,5}$)")
_SCALED = re.compile(r"-(?:scaled|rotated)(?=\.[A-Za-z0-9]{2,5}$)")
_TWICE = re.compile(r"(?<=\.(?:jpg|png|gif))\.(?:webp|avif)$|(?<=\.jpeg)\.(?:webp|avif)$", re.I)
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{2,5}$")
_RESIZING = frozenset(str.split("w h resize fit crop quality strip zoom ssl lb ulb"))
_PHOTON = re.compile(r"i[0-3]\.wp\.com$")
MEDIA_FILE = re.compile(r"\.(jpe?g|png|gif|webp|avif|svg|bmp|tiff?|heic)$", re.I)


def without_resizing(url: str) -> str:
    """The address without what asks a CDN for another size, and without the CDN where it stands in front."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    host, path, query = parts.netloc, parts.path, parts.query
    if _PHOTON.match(host) and path.count("/") > 1:
        host, _, path = path.lstrip("/").partition("/")
        path = f"/{path}"
    if query and all(name in _RESIZING for name, _ in parse_qsl(query, keep_blank_values=True)):
        query = ""
    return urlunsplit((parts.scheme, host, path, query, ""))


def original(url: str) -> str:
    """`…/file-300x200.jpg` → `…/file.jpg`: the upload a size was made from, or a plugin's copy of another kind."""
    return _SIZE.sub("", _TWICE.sub("", without_resizing(url)))


def candidates(url: str) -> list[str]:
    """Where the upload behind an address may be, likeliest first: some originals have a size in their own name."""
    plain = without_resizing(url)
    source = _SIZE.sub("", _TWICE.sub("", plain))
    bare = _SCALED.sub("", source)
    others = (
        _EXTENSION.sub(lambda match, how=how: f"-{how}{match[0]}", bare) for how in ("scaled", "rotated")
    )
    return list(dict.fromkeys([plain, source, *others, bare]))


def plain_path(path: str) -> str:
    return unquote(path).replace("\x00", "")[:1000]


def paths_of(url: str) -> list[str]:
    """The paths an upload of the old site may be known by."""
    return [plain_path(_split(one).path) for one in candidates(url)]


def elsewhere(url: str) -> str:
    """What a picture on a host that is none of the old site's is known by."""
    parts = _split(url)
    return plain_path(f"//{parts.hostname or ''}{parts.path}")


def _split(url):
    try:
        parts = urlsplit(url)
        _ = parts.hostname
    except ValueError:
        return urlsplit("")
    return parts
