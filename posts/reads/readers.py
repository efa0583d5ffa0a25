"""Telling one reader of a post from another, for a day, without a cookie and without keeping an address.

A reader is a keyed hash of network and browser. The key is made at random each day, is held in memory (or in the
shared cache, when there is one) and is gone the next; no address is written anywhere.
"""

import functools
import hashlib
import ipaddress
import re
import secrets
import threading
import time

from django.conf import settings
from django.core.cache import cache

DAY = 86400
KEPT = 200_000  # hashes in memory, about 180 bytes each; beyond that the oldest are forgotten
A_CROWD = 50  # readers of one post from one network and day; more are taken for one that changes its name
A_LIBRARY = 1000  # posts read from one network in a day; more are taken for a machine

MACHINES = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|fetch|monitor|headless|lighthouse|pagespeed|scan|archiver|validator"
    r"|facebookexternalhit|embedly|whatsapp|curl|wget|python|java/|okhttp|go-http|libwww|httpclient|axios|node",
    re.I,
)


@functools.lru_cache(2048)
def is_machine(agent):
    """Crawlers, link previews, monitors and scripts say so, or say nothing at all."""
    return not agent or bool(MACHINES.search(agent))


def network_of(address):
    """What stands for an IP address: itself, or the /64 that one household has of IPv6; "" when it is not known."""
    if address is None or address.version == 4:
        return str(address or "")
    return str(ipaddress.ip_network((address, 64), strict=False))


class Readers:
    """Who has read what today.

    In this process's memory, so that each process may count a reader once; with a shared cache (CACHE_URL), once
    among all of them. The two limits are each process's own.
    """

    def __init__(self, *, shared=None):
        self.lock = threading.Lock()
        self.shared = shared
        self.day = None

    def is_new(self, address, agent, post_id):
        """Whether this is the reader's first opening of the post today; the next time it will not be."""
        network = network_of(address)
        with self.lock:
            self.turn_to_today()
            reader = self.hash(agent).to_bytes(8)[:4]
            is_first = self.come_in(self.hash(f"{network} {post_id}"), reader) and self.borrow(
                self.hash(network)
            )
            key = self.hash(f"{network} {post_id} {agent}")
        return is_first and self.is_new_to_all(key)

    def turn_to_today(self):
        """A new day, also one that a wrong clock brings, begins with another key and nobody known."""
        today = int(time.time() // DAY)
        if today != self.day:
            self.day, self.crowds, self.borrowed = today, {}, {}
            self.key = self.shared_key(today) or secrets.token_bytes(32)

    def hash(self, text):
        return int.from_bytes(hashlib.blake2b(text.encode(), key=self.key, digest_size=8).digest())

    def come_in(self, room, reader):
        """False when the reader has been in this room (one post, one network), or it is crowded."""
        inside = self.crowds.get(room, b"")
        if len(inside) >= 4 * A_CROWD or reader in (inside[i : i + 4] for i in range(0, len(inside), 4)):
            return False
        self.crowds[room] = inside + reader
        forget_the_oldest(self.crowds)
        return True

    def borrow(self, network):
        count = self.borrowed.get(network, 0) + 1
        self.borrowed[network] = count
        forget_the_oldest(self.borrowed)
        return count <= A_LIBRARY

    def shared_key(self, day):
        """The day's key from the shared cache; None without one, or when it does not answer."""
        if not self.shared:
            return None
        try:
            return self.shared.get_or_set(f"read-key-{day}", lambda: secrets.token_bytes(32), DAY + 3600)
        except Exception:  # each cache has errors of its own
            return None

    def is_new_to_all(self, key):
        if not self.shared:
            return True
        try:
            return self.shared.add(f"read-{self.day}-{key:x}", 1, DAY)
        except Exception:  # each cache has errors of its own; then each process counts for itself
            return True


def forget_the_oldest(entries):
    if len(entries) > KEPT:
        del entries[next(iter(entries))]


def shared_cache():
    """Django's cache when all processes share it; memory and dummy caches are each process's own."""
    backend = settings.CACHES["default"]["BACKEND"]
    return None if backend.endswith(("LocMemCache", "DummyCache")) else cache


readers = Readers(shared=shared_cache())
