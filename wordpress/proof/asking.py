"""Asking this site for addresses, as a reader without a cookie would: within this process, or over HTTP."""

import http.client
import logging
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from django.conf import settings
from django.test import Client

from informed_comment import outward

STEPS = (301, 302, 303, 307, 308)
MOST_STEPS = 5
SECONDS = 60
LONGEST_PAGE = 32 * 1024 * 1024
MOST_WAITS = 3
LONGEST_WAIT = 60
SAFE = "/?=&%:;,+@!$'()*~"


@dataclass(slots=True)
class Page:
    """What came of asking: the last status, the steps until then and where they led. `way` has the status of each step."""

    status: int
    steps: int
    arrived: str
    body: bytes = b""
    way: tuple = ()
    trouble: str = ""


def followed(get, path, hosts):
    """Follows redirects within the site. `get` gives (status, location, body) of a path."""
    way = []
    while True:
        status, location, body = get(path)
        if status not in STEPS or not location or len(way) == MOST_STEPS:
            return Page(status, len(way), unquote(path), body, tuple(way))
        way.append(status)
        parts = urlsplit(location)
        if parts.netloc and parts.netloc not in hosts:
            return Page(
                status, len(way), location, b"", tuple(way), f"leads off the site, to {location[:200]}"
            )
        path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"


class Within:
    """Asks within this process."""

    def __init__(self):
        site = urlsplit(settings.SITE_URL)
        self.hosts = {site.netloc}
        self.client = Client(raise_request_exception=False)
        self.log = logging.getLogger("django.request")
        self.level = self.log.level
        self.log.setLevel(logging.CRITICAL)  # what nothing answers is told in the report
        self.options = {"secure": site.scheme == "https", "headers": {"host": site.netloc}}

    def ask(self, paths):
        return [followed(self.get, quote(path, safe=SAFE), self.hosts) for path in paths]

    def get(self, path):
        response = self.client.get(path, **self.options)
        body = b"" if response.streaming else response.content
        return response.status_code, response.headers.get("Location", ""), body

    def close(self):
        self.log.setLevel(self.level)


class OverHttp:
    """Asks the running site, over a few connections that are kept open; waits where it is asked to."""

    def __init__(self, url, *, connections=4):
        site = urlsplit(url if "//" in url else f"http://{url}")
        self.site = site
        self.hosts = {site.netloc, urlsplit(settings.SITE_URL).netloc}
        self.own = threading.local()
        self.opened = []
        self.pool = ThreadPoolExecutor(connections)

    def ask(self, paths):
        return list(self.pool.map(self.one, paths))

    def one(self, path):
        try:
            return followed(self.get, quote(path, safe=SAFE), self.hosts)
        except (OSError, http.client.HTTPException) as error:
            return Page(0, 0, path, trouble=f"gets no answer: {error or type(error).__name__}")

    def get(self, path):
        for left in reversed(range(MOST_WAITS + 1)):
            response = self.answered(path)
            body = response.read(LONGEST_PAGE)
            if response.length:
                self.own.connection.close()
            wait = outward.seconds_asked(response.getheader("Retry-After", ""))
            if response.status not in (429, 503) or not left:
                return response.status, response.getheader("Location", ""), body
            time.sleep(1 if wait is None else min(wait, LONGEST_WAIT))
        raise AssertionError("unreachable")

    def answered(self, path):
        """A connection that the server has closed meanwhile is opened once more."""
        connection = getattr(self.own, "connection", None) or self.connection()
        is_kept = connection.sock is not None
        try:
            connection.request("GET", path, headers={"User-Agent": "verify_permalinks", "Accept": "*/*"})
            return connection.getresponse()
        except (http.client.HTTPException, OSError):
            connection.close()
            if not is_kept:
                raise
            return self.answered(path)

    def connection(self):
        secure = {"context": ssl.create_default_context()} if self.site.scheme == "https" else {}
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        self.own.connection = kind(self.site.hostname, self.site.port, timeout=SECONDS, **secure)
        self.opened.append(self.own.connection)
        return self.own.connection

    def close(self):
        self.pool.shutdown()
        for connection in self.opened:
            connection.close()
