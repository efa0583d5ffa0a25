"""A page that is done: its status, its headers and its bytes, in the codings it was asked for in."""

import sys
import threading

from django.http import HttpResponse
from django.utils.http import parse_etags

from informed_comment import encodings

KEPT_HEADERS = (
    "Content-Type",
    "Location",
    "Link",
    "Last-Modified",
    "Content-Language",
    "Access-Control-Allow-Origin",
)
OF_EACH_ANSWER = {"content-length", "content-encoding", "x-accel-expires"}
LARGE = 100_000  # bytes; kept compressed from the beginning
OVERHEAD = 2_000  # bytes of what a page takes beside its body, headers and all
STATUS_LINES = {200: "200 OK", 301: "301 Moved Permanently", 304: "304 Not Modified"}


class FinishedPage:
    """Made once, and then only given out.

    `headers` are the view's; `final` are those of a whole answer as the middleware left it, known once one has been given.
    """

    __slots__ = ("etag", "final", "forms", "headers", "last_modified", "lock", "status")

    def __init__(self, *, status, headers, forms, etag=None, last_modified=None):
        self.status, self.headers, self.forms = status, headers, forms
        self.etag, self.last_modified = etag, last_modified
        self.final = None
        self.lock = threading.Lock()

    @classmethod
    def of(cls, response, *, etag, last_modified=None):
        headers = tuple((name, response[name]) for name in KEPT_HEADERS if name in response)
        page = cls(
            status=response.status_code,
            headers=headers,
            forms={encodings.PLAIN: response.content},
            etag=etag if response.status_code == 200 else None,  # a redirect is not asked for conditionally
            last_modified=last_modified,
        )
        if len(response.content) > LARGE:
            page.form("zstd")
        return page

    @property
    def size(self):
        return sum(map(len, self.forms.values())) + OVERHEAD

    def form(self, coding):
        """(coding, bytes): in this coding if that pays, made when first asked for.

        Once there is a compressed form, the plain one is no longer kept unless somebody asks for it.
        """
        data = self.forms.get(coding)
        if data is not None:
            return coding, data
        with self.lock:
            body = self.body()
            if coding and len(body) < encodings.WORTH_IT:
                self.forms.setdefault(encodings.PLAIN, body)
                return encodings.PLAIN, body
            data = encodings.made(body, coding)
            forms = self.forms | {coding: data}
            if coding:
                forms.pop(encodings.PLAIN, None)
            self.forms = forms
        return coding, data

    def body(self):
        coding, data = next(iter(self.forms.items()))
        return encodings.undone(data, coding)

    def is_known(self, if_none_match, if_modified_since):
        """Whether the asker has it: by ETag, or else by the very Last-Modified it came with (RFC 9110, 13.2.2)."""
        if self.etag is None:
            return False
        if if_none_match is not None:
            return names(if_none_match, self.etag) or if_none_match.strip() == "*"
        return bool(if_modified_since) and if_modified_since == self.last_modified

    def response(self, coding):
        coding, data = self.form(coding)
        response = HttpResponse(data, status=self.status)
        for name, value in self.headers:
            response[name] = value
        if coding:
            response["Content-Encoding"] = coding
        response["Content-Length"] = str(len(data))
        return response


def names(if_none_match, etag):
    """Whether the header names the ETag, which is weak: a proxy may have made it strong, or weak again."""
    if etag == if_none_match:
        return True
    bare = etag.removeprefix("W/")
    return any(one.removeprefix("W/") == bare for one in parse_etags(if_none_match))


def lasting(response, *, without=()):
    """The headers of an answer that are those of every other answer like it."""
    left_out = OF_EACH_ANSWER.union(without)
    return tuple(
        (sys.intern(name), sys.intern(value))
        for name, value in response.headers.items()
        if name.lower() not in left_out
    )
