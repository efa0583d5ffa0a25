"""public_page(): how a page for readers is labelled, revalidated and kept.

The edition is read *before* the rows, so a page can be newer than its label and never older. Finished pages are
kept under the edition they were made for; a new edition empties the shelf, so nothing is ever purged. Most of what is
kept is given out before Django is asked at all: door.py.
"""

import functools
import hashlib
import re
import time
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.module_loading import import_string

from informed_comment import edition_look, editions, encodings, replica
from informed_comment.finished import FinishedPage, names
from informed_comment.shelves import Shelf
from informed_comment.turns import Turns

FOR_READERS = "public, max-age=0, s-maxage=1, stale-if-error=86400"
FOR_STAFF = "private, no-store"
SESSION_KEY = re.compile(r"[a-z0-9]{32}")  # as Django makes them

shelf = Shelf()
turns = Turns()


@functools.cache
def shared_shelf():
    """The shelf of all processes; one that keeps nothing, unless CACHE_URL names Redis or Valkey."""
    return import_string(settings.SHARED_SHELF)()


@functools.cache
def release():
    """Names the code and templates that make pages, so that a new release never answers 304 for the old one's.

    It goes by what they hold: the same on every machine, whenever its files were copied there.
    """
    if settings.RELEASE:
        return settings.RELEASE
    digest = hashlib.sha256()
    for pattern in ("templates/**/*.html", "static/**/*.*", "*/*.py", "*/*/*.py", "*/*/*/*.py"):
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            digest.update(str(path.relative_to(settings.BASE_DIR)).encode())
            digest.update(path.read_bytes())
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
        def answer():
            return view(request, *args, **kwargs)

        if is_staff_request(request) or request.method not in ("GET", "HEAD"):
            return for_staff(request, answer)
        look = editions.look_of(request)
        address = address_of(request)
        rule = shelf.keep_rule(address, params, is_by_content=by_content)
        key = key_of(address, request.GET, params)
        known = request.headers.get("If-None-Match")
        if known and not by_content and names(known, etag := etag_of(look, key)):
            return not_modified(etag, look, rule)
        finished, response = found_or_made(look, key, answer, by_content=by_content)
        if finished is None:
            return response
        if finished.is_known(known, request.headers.get("If-Modified-Since")):
            return not_modified(finished.etag, look, rule, finished.last_modified)
        response = finished.response(encodings.chosen(request.headers.get("Accept-Encoding", "")))
        shelf.weigh(key, finished)
        response.finished_page = finished
        return labelled(response, finished.etag, look)

    return page


def for_staff(request, answer):
    editions.forget()
    request.is_kept_from_caches = True
    try:
        response = answer()
    finally:
        request.is_kept_from_caches = False  # a page of an error does not come by here
    response["Cache-Control"] = FOR_STAFF
    return response


def found_or_made(look, key, answer, *, by_content):
    """(page, None), or (None, answer) where the answer may not be kept. One thread of all processes makes it."""
    finished = shelf.get(look, key)
    if finished is not None:
        return finished, None
    make = functools.partial(made, look, key, answer, by_content=by_content)
    with turns.of((look.label, key)) as turn:
        response, finished = None, turn.page or shelf.get(look, key)
        if finished is None:
            try:
                finished, response = make() if turn.is_open else made_or_shared(look, key, make)
            except Http404:
                turn.is_open = True
                raise
            turn.page, turn.is_open = finished, finished is None
            if finished is not None:
                shelf.put(look, key, finished)
    return finished, response


def made_or_shared(look, key, make):
    shared = shared_shelf()
    with shared.turn(look.label, key) as finished:
        if finished is not None:
            return finished, None
        finished, response = make()
        if finished is not None:
            shared.put(look.label, key, finished)
    return finished, response


def made(look, key, answer, *, by_content):
    response = replica.answered(answer, look=look)
    if response.status_code not in (200, 301) or response.streaming or response.cookies:
        return None, response
    if not by_content:
        return FinishedPage.of(response, etag=etag_of(look, key)), None
    etag = f'W/"{hashlib.sha256(response.content).hexdigest()[:20]}"'
    return FinishedPage.of(response, etag=etag, last_modified=response.get("Last-Modified")), None


def address_of(request):
    """Scheme, host and path: what stands before the query."""
    return f"{request.scheme}://{request.get_host().lower()}{request.path}"


def key_of(address, query, params):
    """The address as far as the view reads it: with its own parameters, in one order, each as it was said last."""
    if not params or not query:
        return f"{address}?"
    return f"{address}?{urlencode([(name, query[name]) for name in sorted(params) if name in query])}"


def etag_of(look, key):
    return f'W/"{look.label}-{hashlib.sha256(f"{release()}{key}".encode()).hexdigest()[:16]}"'


def not_modified(etag, look, rule, last_modified=None):
    response = HttpResponseNotModified()
    if last_modified:
        response["Last-Modified"] = last_modified
    response.rule = rule
    return labelled(response, etag, look)


def labelled(response, etag, look):
    if etag:
        response["ETag"] = etag
    response["Cache-Control"] = FOR_READERS
    patch_vary_headers(response, ["Accept-Encoding"])
    if settings.CDN and time.time() - look.at < edition_look.OLDEST:  # else a purge may have passed it by
        for name, value in settings.CDN.headers:
            response[name] = value
    return until_its_second_is_over(response, look)


def until_its_second_is_over(response, look):
    """Lets nginx keep an answer to the end of the second of the wall clock in which it was known to be current.

    nginx reads this header and hides it. Sooner than `s-maxage`, which it counts from when the answer came.
    """
    response["X-Accel-Expires"] = f"@{look.good_until}"
    return response
