"""Finished pages that processes and machines share, in Redis or Valkey (CACHE_URL).

Each stands under the release, the edition and its address, compressed and sealed (parcels.py), for an hour at most.
Whoever finds a page missing takes the turn to make it; the others look for it every few milliseconds, within bounds.
"""

import contextlib
import hashlib
import secrets
import time

from informed_comment import parcels, shared_cache
from informed_comment.caching import release

KEPT = 3600  # seconds
KEPT_OF_QUERIES = 60  # what is searched for has no end, and little of it is asked for again
TURN = 5_000  # milliseconds after which somebody else may try, should the one who makes the page be gone
PATIENCE = 2.0  # seconds one waits for another process before making the page oneself
PAUSE = 0.015  # seconds from one look to the next
GIVE_BACK = 'if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("del", KEYS[1]) end return 0'


class SharedShelf:
    def __init__(self, cache=None):
        self.cache = cache or shared_cache.of_process()

    def name(self, label, key):
        return f"informed-comment:page:{release()}:{label}:{hashlib.sha256(key.encode()).hexdigest()[:40]}"

    def get(self, name):
        return self.cache.ask(lambda client: opened(name, client.get(name)))

    def put(self, label, key, page):
        name = self.name(label, key)
        data = None if self.cache.is_away or self.cache.refuses else parcels.packed(name, page)
        if data:
            seconds = KEPT if key.endswith("?") else KEPT_OF_QUERIES
            self.cache.ask(lambda client: client.set(name, data, ex=seconds))

    @contextlib.contextmanager
    def turn(self, label, key):
        """Yields the page if another process made it; until the end, no other process makes it."""
        name, mine = self.name(label, key), secrets.token_hex(8)
        page, has_turn = self.get(name), False
        if page is None and not self.cache.refuses:
            has_turn = self.takes(name, mine)
            if not has_turn:
                page, has_turn = self.waited_for(name, mine)
        try:
            yield page
        finally:
            if has_turn:
                self.cache.ask(lambda client: client.eval(GIVE_BACK, 1, f"{name}:turn", mine))

    def takes(self, name, mine):
        return bool(self.cache.ask(lambda client: client.set(f"{name}:turn", mine, nx=True, px=TURN)))

    def waited_for(self, name, mine):
        """(page, whether it is now our turn): neither, when the other takes too long or the cache is no help."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and not (self.cache.is_away or self.cache.refuses):
            if not self.is_being_made(name):
                page = self.get(name)
                return page, page is None and self.takes(name, mine)
            time.sleep(PAUSE)
        return None, False

    def is_being_made(self, name):
        return bool(self.cache.ask(lambda client: client.exists(f"{name}:turn")))


def opened(name, data):
    return parcels.opened(name, data) if data else None
