"""Addresses, searches and beacons, as anybody may send them."""

import time

from django.http import Http404, QueryDict
from django.test import RequestFactory

from bench.fuzzing.given import halves, text
from informed_comment import old_forms, origins, patterns, redirects
from posts.reads import beacon, sources
from posts.searching import asked, snippets, words

REQUESTS = RequestFactory()
PATHS = [
    "/2009/05/a-post.html",
    "/index.php/feed//atom/",
    "/?p=12",
    "/archives/12",
    "/%25e2/%00",
    "//evil.example/\\x",
    "/a/page/0002/feed/rss2",
]
PATTERNS = [r"^/old/(\d+)-(.*)$\x1e/new/$1/", r"/a?b*(c|d)[^/]+\x1e/x", r"^/(.*)(.*)(.*)x$\x1e/y/${1}"]
QUERIES = [
    'peace "two words" -not or iran',
    "\u0625\u064a\u0631\u0627\u0646",
    "a" * 500,
    "'; DROP",
    "q & | ! ( ) : *",
]
BEACONS = [
    "post=12&from=news.example.org",
    '{"post": 12, "from": "x"}',
    "post=1\x1e203.0.113.7, 10.0.0.1",
    "x\x1e[::1%eth0]:80",
]


def seeds(name):
    given = {"old_addresses": PATHS, "led_by_patterns": PATTERNS, "search": QUERIES, "beacons": BEACONS}[name]
    return [one.encode() for one in given]


def old_addresses(data):
    path = text(data)
    for reading in [*old_forms.readings(path), *old_forms.slashed(path)]:
        assert reading.startswith(("/", path[:1])) or not path.startswith("/"), (path, reading)
        assert "\x00" not in reading or "\x00" in path
    old_forms.below(path)
    old_forms.plain(path)
    redirects.plain(path)
    for form, tail in old_forms.in_query(QueryDict(path.partition("?")[2], mutable=False).dict()):
        assert form.startswith("/"), form
        assert not tail.startswith("/"), tail


def check_pattern(pattern, target, path):
    try:
        patterns.check(pattern, target)
    except patterns.Unsafe:
        return
    begun = time.process_time()
    led = patterns.led_by(pattern, target, path)
    assert time.process_time() - begun < 2, (pattern, path)
    assert led is None or (led.startswith("/") and not led.startswith(("//", "/\\"))), (pattern, target, led)


def led_by_patterns(data):
    pattern, rest = halves(data)
    target, path = halves(rest)
    pattern, target, path = text(pattern), text(target) or "/x", text(path)
    check_pattern(pattern, target, path)
    check_pattern(pattern, target, ("/" + path * 255)[:255])


def search(data):
    words_, told = halves(data)
    try:
        question = asked.read(
            QueryDict(mutable=True) | {"q": text(words_), "year": text(told)[:5], "page": text(told)[5:9]}
        )
    except Http404:
        question = asked.read({"q": text(words_)})
    assert len(question.words) <= asked.LONGEST
    assert not any(ord(sign) < 32 for sign in question.words)
    assert asked.read(QueryDict(question.address.partition("?")[2])).words == question.words
    words.words_of(text(told))
    for word in list(words.words_of(question.words))[:3]:
        words.slips(word)
    snippets.pieces([(word, word) for word in text(told).split(" ")])


def beacons(data):
    body, head = halves(data)
    request = REQUESTS.post("/read/", body, content_type="text/plain")
    request.META |= {"HTTP_X_FORWARDED_FOR": text(head), "REMOTE_ADDR": text(head)[:40]}
    said = beacon.said_in(request)
    if said:
        assert 0 < said[0] < 10**18
        sources.source_of(said[1])
    sender = origins.sender_of(request)
    if sender:
        origins.network_of(sender)
