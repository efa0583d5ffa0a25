"""Getting a file from an old site: politely, within limits, and only from where the operator said it lies.

The addresses come from an export, so none is trusted. Only hosts named by the operator are asked, and of these only
such as are on the public internet: a name is looked up once, and the connection goes to the very address that was
found (posts/visiting.py). Redirects are followed by the same rules.
"""

import contextlib
import http.client
import re
import ssl
import threading
import time
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings

from posts import visiting

CHUNK = 1 << 16
MOST_REDIRECTS = 5
MOST_TRIES = 3
LONGEST_WAIT = 300  # seconds, where the site says when to come again
BUSY = (429, 503)
BROKEN = (OSError, http.client.HTTPException)
RANGE = re.compile(r"bytes (\d+)-\d+/")


class Missing(Exception):
    """The file could not be had; the message says why. `is_lasting` when asking again would be no use."""

    def __init__(self, reason, *, is_lasting=True):
        super().__init__(reason)
        self.is_lasting = is_lasting


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of one file, seconds it may take, and seconds between two questions to a host."""

    file_bytes: int = 200 * 1024 * 1024
    file_seconds: float = 300
    pause: float = 0.2


class Courier:
    """One connection a host, kept open. `find` says where a host is, as visiting.whereabouts does."""

    def __init__(self, hosts, *, limits=None, find=visiting.whereabouts, sleep=time.sleep):
        self.hosts = {bare(host) for host in hosts}
        self.limits = limits or Limits()
        self.find, self.sleep = find, sleep
        self.connections = {}
        self.asked_at = {}
        self.without_https = set()

    def fetch(self, url, out):
        """Writes the file into `out` and returns its content type. Raises Missing; then what is in `out` is of no use."""
        end = time.monotonic() + self.limits.file_seconds
        known = {"validator": ""}
        for left in reversed(range(MOST_TRIES)):
            try:
                return self.tried(url, out, known, end)
            except visiting.Refused as refusal:
                raise Missing(str(refusal).rstrip(".")) from refusal
            except BROKEN as error:
                self.close()
                if time.monotonic() >= end:
                    raise Missing("takes too long to come", is_lasting=False) from error
                if not left:
                    raise Missing(visiting.said(error), is_lasting=False) from error
        raise AssertionError("unreachable")

    def tried(self, url, out, known, end):
        for _ in range(MOST_REDIRECTS + 1):
            response = self.asked(url, out.tell(), known["validator"], end)
            location = response.getheader("Location")
            if 300 <= response.status < 400 and location:
                self.put_away(response)
                url = urljoin(url, location)
                continue
            if response.status not in (200, 206):
                self.put_away(response)
                is_lasting = response.status < 500 and response.status not in (408, 425, 429)
                raise Missing(f"the old site answers {response.status}", is_lasting=is_lasting)
            return self.written(response, out, known, end)
        raise Missing("leads in a circle")

    def written(self, response, out, known, end):
        """What has come before is kept where the site goes on behind it, else it is begun anew."""
        begins = RANGE.match(response.getheader("Content-Range", ""))
        if response.status != 206 or not begins or int(begins[1]) != out.tell():
            out.seek(0)
            out.truncate()
        known["validator"] = validator(response)
        if (response.length or 0) + out.tell() > self.limits.file_bytes:
            self.close()
            raise Missing(f"is larger than {self.limits.file_bytes // 1024 // 1024} MB")
        with self.ended_at(end):
            while part := response.read1(CHUNK):
                out.write(part)
                if out.tell() > self.limits.file_bytes:
                    self.close()
                    raise Missing(f"is larger than {self.limits.file_bytes // 1024 // 1024} MB")
                if time.monotonic() > end:
                    raise TimeoutError
        if time.monotonic() > end:
            raise TimeoutError
        if response.length:
            raise http.client.IncompleteRead(b"", response.length)
        return response.getheader("Content-Type", "").partition(";")[0].strip().lower()

    def asked(self, url, begun, validator, end):
        """The head of the answer; waits where the site asks for it."""
        headers = self.headers(begun, validator)
        for left in reversed(range(MOST_TRIES + 1)):
            with self.ended_at(end):
                response = self.question(url, headers)
            if response.status not in BUSY or not left:
                return response
            wait = response.getheader("Retry-After", "")
            self.put_away(response)
            seconds = int(wait) if wait.isdecimal() else 5 * (MOST_TRIES - left + 1)
            if seconds > LONGEST_WAIT or time.monotonic() + seconds > end:
                raise Missing(f"the old site is busy and asks to come again in {seconds} s", is_lasting=False)
            self.sleep(seconds)
        raise AssertionError("unreachable")

    def headers(self, begun, validator):
        headers = {
            "User-Agent": f"Mozilla/5.0 (compatible; MediaMove; +{settings.SITE_URL}/)",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
        }
        if begun and validator:
            headers |= {"Range": f"bytes={begun}-", "If-Range": validator}
        return headers

    def question(self, url, headers):
        """https first, whatever the address says; a host that has none is asked without."""
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        if parts.scheme not in visiting.PORTS or not host or parts.username is not None:
            raise visiting.Refused(f"no file may come from {url[:80]}")
        if bare(host) not in self.hosts:
            raise visiting.Refused(f"{host} is not among the hosts to fetch from")
        if parts.port not in (None, *visiting.PORTS.values()):
            raise visiting.Refused(f"no file may come from port {parts.port}")
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        path += f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
        if host not in self.without_https:
            try:
                return self.sent("https", host, path, headers)
            except (ssl.SSLError, ConnectionError, TimeoutError) as error:
                self.close(host)
                if parts.scheme == "https" and isinstance(error, ssl.SSLCertVerificationError):
                    raise
                self.without_https.add(host)
        return self.sent("http", host, path, headers)

    def sent(self, scheme, host, path, headers):
        """Over the connection that is open; where it has been closed meanwhile, over another."""
        self.wait_for(host)
        connection = self.connections.get(host)
        if connection is not None:
            with contextlib.suppress(*BROKEN):
                connection.request("GET", path, headers=headers)
                return connection.getresponse()
        self.close(host)
        connection = visiting.connected(scheme, host, self.find(host, visiting.PORTS[scheme]))
        self.connections[host] = connection
        if isinstance(connection.sock, ssl.SSLSocket):
            connection.sock.do_handshake()
        connection.request("GET", path, headers=headers)
        return connection.getresponse()

    def wait_for(self, host):
        now = time.monotonic()
        since = now - self.asked_at.get(host, 0)
        if host in self.asked_at and since < self.limits.pause:
            self.sleep(self.limits.pause - since)
        self.asked_at[host] = time.monotonic()

    @contextlib.contextmanager
    def ended_at(self, end):
        """However slowly the bytes come: at its end the connection is shut."""
        timer = threading.Timer(max(end - time.monotonic(), 0), self.shut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def shut(self):
        for connection in list(self.connections.values()):
            if connection.sock is not None:
                visiting.shut(connection.sock)

    def put_away(self, response):
        """A short rest is read, so that the connection can be used again."""
        if response.length is not None and response.length <= CHUNK:
            response.read()
        else:
            self.close()

    def close(self, host=None):
        for name in [host] if host else list(self.connections):
            if connection := self.connections.pop(name, None):
                connection.close()


def bare(host):
    """One host with and without its www."""
    return host.lower().strip().removeprefix("www.").rstrip(".")


def validator(response):
    """What tells that a file is still the same; a weak mark does not."""
    mark = response.getheader("ETag", "")
    return mark if mark and not mark.startswith("W/") else response.getheader("Last-Modified", "")
