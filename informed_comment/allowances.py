"""What spares a process: how often one network may ask for what is dear, and how many do so at once.

Kept in memory, so that a flood costs no query: each process allows so many. What must be exact, or hold over all processes, is a
budget (budgets.py). Whoever's network is not known, behind a proxy that does not say, shares only the second bound.
"""

import contextlib
import threading
import time

from django.shortcuts import render

from informed_comment.budgets import TooMany
from informed_comment.origins import network_of, sender_of

MOST_NETWORKS = 20_000  # remembered within a span; beyond, all of it is forgotten and begun anew


class OfNetworks:
    """So many for each network within a span of seconds."""

    def __init__(self, most, *, seconds=60):
        self.most, self.seconds = most, seconds
        self.lock, self.span, self.counts = threading.Lock(), None, {}

    def take(self, request):
        """Takes one. Raises TooMany."""
        if self.left(request, taking=1) < 0:
            raise TooMany(self.wait())

    def left(self, request, *, taking=0):
        """How many the network of the request has left within this span."""
        sender = sender_of(request)
        if sender is None:
            return self.most
        network, span = network_of(sender), int(time.time() // self.seconds)
        with self.lock:
            if span != self.span or len(self.counts) > MOST_NETWORKS:
                self.span, self.counts = span, {}
            taken = self.counts.get(network, 0) + taking
            if taking:
                self.counts[network] = taken
        return self.most - taken

    def wait(self):
        """Seconds until the next span begins."""
        return int(self.seconds - time.time() % self.seconds) + 1


class AtOnce:
    """So many at the same time; whoever finds no room waits a moment for it."""

    def __init__(self, most, *, patience=1.0):
        self.room, self.patience = threading.BoundedSemaphore(most), patience

    @contextlib.contextmanager
    def one(self):
        """Raises TooMany."""
        if not self.room.acquire(timeout=self.patience):
            raise TooMany(5)
        try:
            yield
        finally:
            self.room.release()


def refused(request, refusal):
    """429 in the site's look: what was too much and when to come again."""
    response = render(request, "429.html", {"minutes": -(-refusal.seconds // 60)}, status=429)
    return with_wait(response, refusal)


def with_wait(response, refusal):
    """A refusal of one's own, with the time after which to ask again; kept by no cache."""
    response["Retry-After"] = str(refusal.seconds)
    response["Cache-Control"] = "no-store"
    return response
