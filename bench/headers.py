"""What a grader of headers would say of the site, through nginx with TLS: a page of each kind, files, refusals.

    python -m bench headers [https://comment.example] [CAFILE]

Without an address the demo publication is served as in production (granian, DEBUG off, a certificate of this minute, nginx with
deploy/nginx.conf). An answer under A+ ends it with exit code 1.
"""

import http.client
import re
import ssl
import sys
import tempfile
from urllib.parse import urlsplit

from bench.graded import Answer, graded
from bench.secured import secure_demo

FIXED = {
    "home": "/",
    "login": "/admin/login/",
    "newsroom, signed out": "/admin/",
    "search": "/search/?q=water",
    "newsletter": "/newsletter/",
    "feed": "/feed/",
    "robots": "/robots.txt",
    "security.txt": "/.well-known/security.txt",
    "not found": "/no-such-page/",
    "refused by nginx": "/" + "a" * 9000,
}
LED_TO = {
    "post": r'href="(/\d{4}/\d\d/[^/"]+\.html)"',
    "category": r'href="(/category/[^"]+/)"',
    "style sheet": r'href="(/static/[^"]+\.css)"',
    "script": r'src="(/static/[^"]+\.js)"',
    "picture": r'src="(?:https://[^/"]+)?(/media/[^" ]+)"',
}


def main(site=None, cafile=None):
    if site:
        return grade(site.rstrip("/"), cafile)
    with (
        tempfile.TemporaryDirectory(prefix="informed-comment-headers-") as folder,
        secure_demo(folder) as made,
    ):
        return grade(made.address, made.cafile, made.plain)


def grade(site, cafile=None, plain=None):
    addresses = dict(FIXED)
    html = asked(site, "/", cafile).body
    for name, pattern in LED_TO.items():
        if found := re.search(pattern, html):
            addresses[name] = found[1]
    print(f"{'':22} {'status':>6} {'score':>5} grade  what took or gave points")
    worst = 1000
    for name, path in addresses.items():
        answer = asked(site, path, cafile, plain)
        score, letter, found = graded(answer)
        worst = min(worst, score)
        said = ", ".join(f"{test} {points:+}" for test, (points, _) in found.items() if points)
        print(f"{name:22} {answer.status:>6} {score:>5} {letter:<5}  {said}")
        for test, (points, why) in found.items():
            if points < 0:
                print(f"{'':30}{test}: {why}", file=sys.stderr)
    return 0 if worst >= 100 else 1


def asked(site, path, cafile=None, plain=None):
    parts = urlsplit(site)
    context = ssl.create_default_context(cafile=cafile)
    connection = http.client.HTTPSConnection(parts.netloc, timeout=30, context=context)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read().decode(errors="replace")
    connection.close()
    return Answer(
        response.status, response.getheaders(), body, plain=led_by(plain or f"http://{parts.hostname}", path)
    )


def led_by(site, path):
    """Where an address without TLS leads; None where nothing answers there, or nothing but that the request is too long."""
    try:
        connection = http.client.HTTPConnection(urlsplit(site).netloc, timeout=10)
        connection.request("GET", path)
        response = connection.getresponse()
    except OSError:
        return None
    if response.status in (400, 414, 431):
        return None
    return [response.headers["Location"]] if response.headers["Location"] else []
