"""Asking an address on another site whether it is there. Nothing that is sent back is read beyond its head.

An editor can write any address into a text; where it may lead stands in informed_comment/outward.py.
"""

import time
from dataclasses import dataclass

from django.conf import settings

from informed_comment import outward

SECONDS_IN_ALL = 20  # for one question, however slowly it is answered
SECONDS_OF_A_VISIT = 60  # with all its redirects
ASKED_AGAIN = 400  # some sites answer HEAD with an error and GET well


@dataclass(frozen=True)
class Answer:
    """`status` is what the site said, or None with the `trouble`; `is_never` when asking again would be no use."""

    status: int | None = None
    trouble: str = ""
    is_never: bool = False


def visit(url, *, find=outward.whereabouts):
    """What the address answers, after its redirects. Never raises. `find` says where a host is."""
    end = time.monotonic() + SECONDS_OF_A_VISIT
    try:
        for _ in range(outward.MOST_REDIRECTS + 1):
            status, location = asked("HEAD", url, find, end)
            if status >= ASKED_AGAIN:
                status, location = asked("GET", url, find, end)
            if not (300 <= status < 400 and location):
                return Answer(status)
            url = outward.led(url, location)
        return Answer(trouble="It leads in a circle.")
    except outward.Refused as refusal:
        return Answer(trouble=str(refusal).rstrip("."), is_never=True)
    except outward.BROKEN as error:
        return Answer(trouble=outward.said(error))


def asked(method, url, find, end):
    """(status, location) of one question, over a connection to the very address that was found to be public."""
    if time.monotonic() >= end:
        raise TimeoutError
    question = outward.question(url)
    connection = outward.connected(question.scheme, question.host, find(question.host, question.port))
    end = min(end, time.monotonic() + SECONDS_IN_ALL)
    try:
        with outward.ended_at(end, lambda: outward.shut(connection.sock)):
            outward.shake_hands(connection)
            connection.request(method, question.path, headers=headers())
            response = connection.getresponse()
            return response.status, response.getheader("Location")
    finally:
        connection.close()


def headers():
    return {
        "User-Agent": f"Mozilla/5.0 (compatible; LinkCheck; +{settings.SITE_URL}/)",
        "Accept": "text/html,*/*;q=0.8",
        "Connection": "close",
    }
