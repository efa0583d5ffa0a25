"""Getting a file from an old site: politely, within limits, and only from where the operator said it lies.

The addresses come from an export, so none is trusted. Only hosts named by the operator are asked, and of these only
such as are on the public internet: a name is looked up once, and the connection goes to the very address that was
found (informed_comment/outward.py). Redirects are followed by the same rules.
"""

import contextlib
import http.client
import re
import ssl
import time
from dataclasses import dataclass

from django.conf import settings

from informed_comment import outward

CHUNK = 1 << 16
MOST_TRIES = 3
LONGEST_WAIT = 300  # seconds, where the site says when to come again
BUSY = (429, 503)
RANGE = re.compile(r"bytes (\d{1,18})-\d+/")


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
    """One connection a host, kept open. `find` says where a host is, as outward.whereabouts does."""

    def __init__(self, hosts, *, limits=None, find=outward.whereabouts, sleep=time.sleep):
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
            except outward.Refused as refusal:
                raise Missing(str(refusal).rstrip(".")) from refusal
            except outward.BROKEN as error:
                self.close()
                if time.monotonic() >= end:
                    raise Missing("takes too long to come", is_lasting=False) from error
                if not left:
                    raise Missing(outward.said(error), is_lasting=False) from error
        raise AssertionError("unreachable")

    def tried(self, url, out, known, end):
        for _ in range(outward.MOST_REDIRECTS + 1):
            response = self.asked(url, out.tell(), known["validator"], end)
            location = response.getheader("Location")
            if 300 <= response.status < 400 and location:
                self.put_away(response)
                url = outward.led(url, location)
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
        with outward.ended_at(end, self.shut):
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
            with outward.ended_at(end, self.shut):
                response = self.question(url, headers)
            if response.status not in BUSY or not left:
                return response
            wait = outward.seconds_asked(response.getheader("Retry-After", ""))
            self.put_away(response)
            seconds = 5 * (MOST_TRIES - left + 1) if wait is None else wait
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
        """https first, whatever the address says; a host where nothing listens for it is asked without."""
        question = outward.question(url)
        host, path = question.host, question.path
        if bare(host) not in self.hosts:
            raise outward.Refused(f"{host} is not among the hosts to fetch from")
        if host not in self.without_https:
            try:
                return self.sent("https", host, path, headers)
            except (ssl.SSLError, ConnectionError, TimeoutError) as error:
                self.close(host)
                if question.scheme == "https" and not isinstance(error, ConnectionRefusedError):
                    raise
                self.without_https.add(host)
        return self.sent("http", host, path, headers)

    def sent(self, scheme, host, path, headers):
        """Over the connection that is open; where it has been closed meanwhile, over another."""
        self.wait_for(host)
        connection = self.connections.get(host)
        if connection is not None:
            with contextlib.suppress(*outward.BROKEN):
                connection.request("GET", path, headers=headers)
                return connection.getresponse()
        self.close(host)
        connection = outward.connected(scheme, host, self.find(host, outward.PORTS[scheme]))
        self.connections[host] = connection
        outward.shake_hands(connection)
        connection.request("GET", path, headers=headers)
        return connection.getresponse()

    def wait_for(self, host):
        now = time.monotonic()
        since = now - self.asked_at.get(host, 0)
        if host in self.asked_at and since < self.limits.pause:
            self.sleep(self.limits.pause - since)
        self.asked_at[host] = time.monotonic()

    def shut(self):
        for connection in list(self.connections.values()):
            if connection.sock is not None:
                outward.shut(connection.sock)

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
