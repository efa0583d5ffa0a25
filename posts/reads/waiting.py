"""The reads of this process that wait to be written.

They are written about once a second by a thread, thousands in one statement, so `kill -9` loses a second's. An address
is kept no longer than until then; from there on a read is a hash. While the database is away reads are kept up to a
bound, each with its age, and written when it is back.
"""

import atexit
import logging
import os
import secrets
import threading
import time
from collections import deque
from itertools import islice

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from informed_comment.watching import counting
from posts.reads import admitting
from posts.reads.readers import A_CROWD, Calendar, Read

WRITTEN_EARLY_AT = 2000  # reads
WRITTEN_AT_ONCE = 5000
KEPT_AT_MOST = 100_000  # reads while the database is away, about 40 MB
KNOWN_AT_MOST = 100_000  # posts by address that have counted today, about 20 MB; then all are forgotten
LONGEST_AGENT = 500
IDLE_SECONDS = 60
LONGEST_PAUSE = 30
TRIES = 5
PASSES = {
    "40P01",
    "40001",
    "23503",
}  # a deadlock, a conflict, a post deleted meanwhile: the next time it goes well
logger = logging.getLogger(__name__)


class Buffer:
    """`every` is in seconds; 0 leaves writing to `write()`."""

    def __init__(self, *, every):
        self.every = every
        self.begin()

    def begin(self):
        """With nothing: also in a process that a server has forked, for its parent writes what was there."""
        self.lock, self.writing = threading.Lock(), threading.Lock()
        self.some, self.many = threading.Event(), threading.Event()
        self.reads, self.candidates = [], deque()  # with addresses; without
        self.calendar, self.full_networks = Calendar(), set()
        self.known, self.known_until = {}, 0.0  # until the day ends; 0 while that is not known
        self.salt = secrets.randbits(64)
        self.writer = None
        self.is_away = False

    def add(self, home, agent, post_id, said=""):
        """Takes a read in, unless it is known to count for nothing. `home` is of `home_of()`, `said` of `source_of()`."""
        now = time.monotonic()
        place = hash((self.salt, home, post_id))
        with self.lock:
            many = len(self.reads)
            if many + len(self.candidates) >= KEPT_AT_MOST or not self.is_news(place, hash(agent), now):
                return
            self.reads.append(Read(now, home, agent[:LONGEST_AGENT], post_id, said, place))
        if not self.some.is_set():
            self.some.set()
        if many >= WRITTEN_EARLY_AT and not self.is_away:
            self.many.set()
        if self.every and not (self.writer and self.writer.is_alive()):
            self.start()

    def is_news(self, place, browser, now):
        """False for a browser that this process knows from today, and for an address that has its crowd of them.

        The hashes are this process's own. What they do not know the database does; so they may be forgotten.
        """
        if now >= self.known_until:
            self.know_nothing(now)
        if not self.known_until:
            return True
        browsers = self.known.get(place)
        if browsers is None:
            if len(self.known) >= KNOWN_AT_MOST:
                self.known.clear()
            self.known[place] = browser
        elif isinstance(browsers, int):
            if browsers == browser:
                return False
            self.known[place] = {browsers, browser}
        elif browser in browsers or len(browsers) >= A_CROWD:
            return False
        else:
            browsers.add(browser)
        return True

    def know_nothing(self, now):
        self.known = {}
        today = self.calendar.day_at(now)
        self.known_until = today.ends if today else 0.0

    def start(self):
        """Begins writing, in whatever process this is: one that a server forked has lost its parent's threads."""
        with self.lock:
            if self.writer is None or not self.writer.is_alive():
                self.writer = threading.Thread(target=self.write_for_ever, name="reads", daemon=True)
                self.writer.start()
                atexit.unregister(self.write_from_here)
                atexit.register(self.write_from_here)

    def write_for_ever(self):
        pause = self.every
        while True:
            if not self.some.wait(IDLE_SECONDS):
                connection.close()
                self.forget()
                continue
            self.many.wait(pause)
            self.some.clear()
            self.many.clear()
            pause = self.every if self.write_from_here() else min(pause * 2, LONGEST_PAUSE)

    def forget(self):
        """The keys of past days, when nobody reads."""
        with self.writing:
            self.calendar.forget_past(time.monotonic())

    def write_from_here(self):
        """`write()` outside a request, where nobody else sees to this thread's connection: one of a pool is given back."""
        close_old_connections()
        try:
            return self.write()
        finally:
            close_old_connections()

    def write(self):
        """Writes what there is; False when the database did not take it, and it is kept for the next time."""
        with self.writing:
            try:
                self.hash()
                while self.candidates:
                    some = list(islice(self.candidates, WRITTEN_AT_ONCE))
                    self.send(some)
                    for _ in some:
                        self.candidates.popleft()
            except (DatabaseError, InterfaceError) as error:
                self.keep(error)
                return False
            self.is_away = False
            return True

    def hash(self):
        """Makes candidates of the reads there are; they lose their addresses, once the keys of their days are known."""
        with self.lock:
            reads, self.reads = self.reads, []
        error = self.learn_days(reads[0].at) if reads else None
        left = []
        for read in reads:
            candidate = self.calendar.candidate(read)
            if candidate is None:
                left.append(read)
            elif candidate.network not in self.full_networks:
                self.candidates.append(candidate)
        if left:
            with self.lock:
                self.reads[:0] = left
        if error:
            raise error

    def learn_days(self, oldest):
        """Asks for the keys of the days since the oldest read when there are new ones; returns the error, if any."""
        now = time.monotonic()
        if self.calendar.covers(oldest, now):
            return None
        try:
            self.calendar.learn(admitting.keys(oldest=now - oldest + 5), at=now)
        except (DatabaseError, InterfaceError) as error:
            return error
        self.full_networks.clear()
        with self.lock:
            self.know_nothing(now)
        return None

    def send(self, candidates):
        """One statement, again when others were in its way: what it had written is not new to the next."""
        for tries in range(TRIES):
            now = time.monotonic()
            try:
                answer = admitting.admit(candidates, now=now)
                break
            except DatabaseError as error:
                if getattr(error.__cause__, "sqlstate", "") not in PASSES or tries + 1 == TRIES:
                    raise
        self.heed(answer, candidates, now)

    def heed(self, answer, candidates, asked_at):
        self.full_networks |= answer.full_networks
        unseen = {candidate.place for candidate in candidates if candidate.post_id not in answer.readable}
        is_right = self.calendar.agrees(answer.today, answer.ends_in, at=asked_at)
        with self.lock:
            for place in unseen:  # who reads it once it is out has not read it yet
                self.known.pop(place, None)
            if not is_right:
                self.calendar.forget_days()
                self.know_nothing(asked_at)
        key = self.calendar.used.get(answer.today)
        if key and answer.today in {candidate.day for candidate in candidates} - answer.keys:
            admitting.put_back(answer.today, key)

    def keep(self, error):
        """What could not be written stays; beyond the bound the newest go, and are no longer known."""
        if not self.is_away:
            reason = " ".join(str(error).split())
            logger.warning("Reads are kept in memory until the database takes them: %s", reason)
        self.is_away = True
        with self.lock:
            too_many = len(self.reads) + len(self.candidates) - KEPT_AT_MOST
            if too_many > 0:
                del self.reads[-too_many:]
                self.known.clear()
        self.some.set()


buffer = Buffer(every=settings.READS_WRITTEN_EVERY)
counting.of_process.measures["reads_waiting"] = lambda: len(buffer.reads) + len(buffer.candidates)
os.register_at_fork(after_in_child=buffer.begin)
