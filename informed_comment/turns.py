"""One thread at a time makes a page; the others wait for it, within bounds, and are given what it made."""

import contextlib
import threading

PATIENCE = 10.0  # seconds one waits before making the page oneself


class Turn:
    """Of one page. `page` is what somebody made; where nothing came of it that may be kept, nobody has to wait any more."""

    __slots__ = ("is_open", "lock", "page", "users")

    def __init__(self):
        self.lock, self.users = threading.Lock(), 0
        self.page, self.is_open = None, False


class Turns:
    def __init__(self):
        self.guard = threading.Lock()
        self.under_way = {}

    @contextlib.contextmanager
    def of(self, name):
        """The caller's turn at a page. One that fails lets the next try."""
        with self.guard:
            turn = self.under_way.setdefault(name, Turn())
            turn.users += 1
        is_mine = turn.lock.acquire(timeout=PATIENCE)
        if is_mine and (turn.is_open or turn.page):
            turn.lock.release()
            is_mine = False
        try:
            yield turn
        finally:
            if is_mine:
                turn.lock.release()
            with self.guard:
                turn.users -= 1
                if not turn.users:
                    self.under_way.pop(name, None)
