"""The finished pages of one edition in this process, and by what addresses they are asked for."""

import contextlib
import threading
from collections import OrderedDict

from django.conf import settings

MOST_RULES = 5_000


class Rule:
    """What is known of an address whatever the edition: which parameters its page reads, and what a 304 of it says."""

    __slots__ = ("is_by_content", "not_modified", "params")

    def __init__(self, params, *, is_by_content):
        self.params, self.is_by_content = tuple(sorted(params)), is_by_content
        self.not_modified = None


class Shelf:
    """Pages within a budget of bytes; the least asked for go first, and all of them when a new edition is known."""

    def __init__(self):
        self.lock = threading.Lock()
        self.rules = OrderedDict()
        self.empty(None)

    def empty(self, look):
        """Begin anew with the edition of a look."""
        self.look, self.edition = look, look and look.label
        self.pages, self.sizes, self.bytes = OrderedDict(), {}, 0
        if look is None:
            self.rules.clear()

    def is_open_to(self, look):
        """Whether the shelf has the edition of this look, which empties it when it is newer; the caller holds the lock."""
        if look.label == self.edition:
            return True
        if self.look is not None and look.begun < self.look.begun:
            return False
        self.empty(look)
        return True

    def get(self, look, key):
        with self.lock:
            if look.label != self.edition and not self.is_open_to(look):
                return None
            page = self.pages.get(key)
            if page is not None:
                self.pages.move_to_end(key)
            return page

    def put(self, look, key, page):
        with self.lock:
            if self.is_open_to(look):
                self.lay(key, page)

    def weigh(self, key, page):
        """Count a page again, which has been given another form."""
        with self.lock:
            if self.pages.get(key) is page:
                self.lay(key, page)

    def lay(self, key, page):
        budget, size = settings.PAGE_CACHE_BYTES, page.size + len(key)
        self.bytes -= self.sizes.pop(key, 0)
        self.pages.pop(key, None)
        if size > budget // 20:
            return
        self.pages[key], self.sizes[key] = page, size
        self.bytes += size
        while self.bytes > budget:
            least, _ = self.pages.popitem(last=False)
            self.bytes -= self.sizes.pop(least)

    def rule(self, address):
        """The rule of an address, or None while no page has answered there."""
        return self.rules.get(address)

    def keep_rule(self, address, params, *, is_by_content):
        rule = self.rules.get(address)
        if rule is None:
            rule = Rule(params, is_by_content=is_by_content)
            with self.lock:
                self.rules[address] = rule
                while len(self.rules) > MOST_RULES:
                    self.rules.popitem(last=False)
        return rule


class Unshared:
    """In the place of the shelf that processes share, where there is none."""

    @contextlib.contextmanager
    def turn(self, label, key):
        """Yields the page if another process made it; until the end, no other process makes it."""
        yield None

    def put(self, label, key, page):
        pass
