"""public_page(): how a page for readers is labelled, revalidated and kept.

The edition is read *before* the rows, so a page can be newer than its label and never older. Finished pages are
kept under the edition they were made for; a new edition empties the shelf, so nothing is ever purged.
"""

import functools
import gzip
import hashlib
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from informed_comment import editions, replica

FOR_READERS = "public, max-age=0, s-maxage=1, stale-if-error=86400"
FOR_STAFF = "private, no-store"
SESSION_KEY = re.compile(r"[a-z0-9]{32}")  # as Django makes them
NAMES_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))", re.IGNORECASE)
KEPT_HEADERS = (
    "Content-Type",
    "Location",
    "Link",
    "Last-Modified",
    "Content-Language",
    "Access-Control-Allow-Origin",
)


@dataclass(frozen=True)
class FinishedPage:
    """A response as bytes, once plain and once gzipped."""

    status: int
    headers: tuple
    body: bytes
    gzipped: bytes

    @classmethod
    def from_response(cls, response):
        headers = tuple((name, response[name]) for name in KEPT_HEADERS if name in response)
        body = response.content
        gzipped = gzip.compress(body, 6, mtime=0) if len(body) > 200 else b""
        return cls(response.status_code, headers, body, gzipped)

    @property
    def size(self):
        return len(self.body) + len(self.gzipped) + 500

    @property
    def etag(self):
        return f'W/"{hashlib.sha256(self.body).hexdigest()[:20]}"'

    @property
    def last_modified(self):
        return dict(self.headers).get("Last-Modified")

    def response(self, request):
        packed = self.gzipped and NAMES_GZIP.search(request.headers.get("Accept-Encoding", ""))
        response = HttpResponse(self.gzipped if packed else self.body, status=self.status)
        for name, value in self.headers:
            response[name] = value
        if packed:
            response["Content-Encoding"] = "gzip"
        response["Content-Length"] = str(len(response.content))
        return response


class Shelf:
    """The finished pages of one edition in this process, within a budget of bytes; the least asked for go first."""

    def __init__(self):
        self.lock = threading.Lock()
        self.empty(None)

    def empty(self, edition):
        self.edition, self.pages, self.bytes = edition, OrderedDict(), 0

    def get(self, edition, key):
        with self.lock:
            if edition != self.edition or key not in self.pages:
                return None
            self.pages.move_to_end(key)
            return self.pages[key]

    def put(self, edition, key, page):
        budget = settings.PAGE_CACHE_BYTES
        if page.size > budget // 20:
            return
        with self.lock:
            if edition != self.edition:
                self.empty(edition)
            if key in self.pages:
                self.bytes -= self.pages.pop(key).size
            self.pages[key] = page
            self.bytes += page.size
            while self.bytes > budget:
                self.bytes -= self.pages.popitem(last=False)[1].size


shelf = Shelf()


@functools.cache
def release():
    """Names the code and templates that make pages, so that a new release never answers 304 for the old one's."""
    if settings.RELEASE:
        return settings.RELEASE
    digest = hashlib.sha256()
    for pattern in ("templates/**/*.html", "static/**/*.*", "*/*.py", "*/*/*.py"):
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            state = path.stat()
            digest.update(f"{path.name}{state.st_mtime_ns}{state.st_size}".encode())
    return digest.hexdigest()[:8]


def is_staff_request(request):
    """Whoever brings the key of a session is staff, until the session says otherwise; readers are never given one."""
    return bool(SESSION_KEY.fullmatch(request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")))


def public_page(view=None, *, params=(), by_content=False):
    """Make `view` a page for readers: an ETag from edition and address, 304 before any other query, kept when done.

    `params` names the query parameters the view reads; no other can vary or poison what is kept. `by_content` is
    for what programs ask for again and again, such as feeds: its ETag is of the bytes, so that a new edition in
    which they are the same still answers 304, and a `Last-Modified` the view sets is answered too.
    """
    if view is None:
        return functools.partial(public_page, params=params, by_content=by_content)

    @functools.wraps(view)
    def page(request, *args, **kwargs):
        if is_staff_request(request) or request.method not in ("GET", "HEAD"):
            editions.forget()
            request.is_kept_from_caches = True
            try:
                response = view(request, *args, **kwargs)
            finally:
                request.is_kept_from_caches = False  # a page of an error does not come by here
            response["Cache-Control"] = FOR_STAFF
            return response
        look = editions.look_of(request)
        edition = look.label
        key = address_key(request, params)
        etag = f'W/"{edition}-{hashlib.sha256(f"{release()}{key}".encode()).hexdigest()[:16]}"'
        if not by_content and etag in parse_etags(request.headers.get("If-None-Match", "")):
            return labelled(HttpResponseNotModified(), etag, look)
        finished = shelf.get(edition, key)
        if finished is None:
            response = replica.answered(lambda: view(request, *args, **kwargs), look=look)
            if response.status_code not in (200, 301) or response.streaming or response.cookies:
                return response
            finished = FinishedPage.from_response(response)
            shelf.put(edition, key, finished)
        if by_content:
            return labelled_by_content(request, finished, look)
        return labelled(finished.response(request), etag, look)

    return page


def labelled_by_content(request, finished, look):
    """304 for whoever has these bytes: by ETag, or else by the very Last-Modified they came with (RFC 9110, 13.2.2)."""
    known = request.headers.get("If-None-Match")
    if known is not None:
        is_known = finished.etag in parse_etags(known)
    else:
        since = request.headers.get("If-Modified-Since")
        is_known = bool(since) and since == finished.last_modified
    response = HttpResponseNotModified() if is_known else finished.response(request)
    if finished.last_modified:
        response["Last-Modified"] = finished.last_modified
    return labelled(response, finished.etag, look)


def address_key(request, params):
    """The address as far as the view reads it: host and scheme, path, and its own parameters in one order."""
    query = urlencode([(name, request.GET[name]) for name in sorted(params) if name in request.GET])
    return f"{request.scheme}://{request.get_host()}{request.path}?{query}"


def labelled(response, etag, look):
    response["ETag"] = etag
    response["Cache-Control"] = FOR_READERS
    patch_vary_headers(response, ["Accept-Encoding"])
    return until_its_second_is_over(response, look)


def until_its_second_is_over(response, look):
    """Lets nginx keep an answer to the end of the second of the wall clock in which it was known to be current.

    nginx reads this header and hides it. Sooner than `s-maxage`, which it counts from when the answer came.
    """
    response["X-Accel-Expires"] = f"@{look.good_until}"
    return response
