"""Between the door and Django: whoever asks while the database is away waits for it a few seconds, and need not ask again.

To start PostgreSQL anew takes a second or two, and a switch to another server hardly more. What only reads is asked again once
the database answers; what writes waits before it begins and is never done twice. WEB_THREADS requests of a process are worked on
at once; the web server has more threads than that (deploy/serve), so that neither those who wait nor those whose question hangs keep
the door from giving out finished pages.

A proxy that has a finished page at hand says X-Answer-At-Once, for then nobody has to wait.
"""

import logging
import threading
import time

from django.conf import settings
from django.db import connection

from informed_comment import edition_look, trying_again

logger = logging.getLogger(__name__)
AWAY = "informed_comment.database_is_away"  # in the environ of a request that failed for that
NOT_OURS = ("/livez", "/readyz", "/read/")  # asks for nothing, says how it is, and waits by a way of its own
PAUSE = 0.1  # seconds before what failed is asked again
MOST_TIMES = 3  # that one is asked again while the database answers others
TOLD_EVERY = 60  # seconds
TOLD = {
    trying_again.is_full_of_rows: "PostgreSQL has no room on its disk, so nothing can be saved: make room there.",
    trying_again.is_read_only: "The database is read-only, so nothing can be saved: has another server taken over (DATABASE_URL)?",
}
told_at = {}
TIMES_AS_MANY = 4  # threads as there are at work: as deploy/serve has it


def note(request, error):
    """Whether a request failed for the database's sake; the room outside hears of it."""
    is_away = trying_again.passes(error)
    tell(error)
    if is_away and trying_again.is_soon_over(error):
        request.environ[AWAY] = True
    if trying_again.is_read_only(error) and connection.connection is not None:
        connection.connection.close()  # to a server that another has taken over from: the pool makes a new one
    return is_away


def tell(error):
    """The operator, of what does not pass by itself; once a minute, since each request would."""
    for is_it, what in TOLD.items():
        if is_it(error) and time.monotonic() - told_at.get(what, float("-inf")) > TOLD_EVERY:
            told_at[what] = time.monotonic()
            logger.error(what)


class Said:
    """What an application says of its answer, kept until it is known whether that is the answer."""

    def __call__(self, status, headers, exc_info=None):
        self.status, self.headers = status, headers


class WaitingRoom:
    """A WSGI application around the site's."""

    def __init__(self, site, looks=edition_look.of_process):
        self.site, self.looks = site, looks
        self.at_work = threading.BoundedSemaphore(settings.WEB_THREADS)
        self.chairs = threading.BoundedSemaphore(max(1, settings.WEB_THREADS * (TIMES_AS_MANY - 1) - 2))

    def __call__(self, environ, start_response):
        if environ.get("PATH_INFO") in NOT_OURS:
            return self.site(environ, start_response)
        until = time.monotonic() + settings.DATABASE_WAIT_SECONDS
        if environ.get("HTTP_X_ANSWER_AT_ONCE"):
            until = 0
        if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            said, answer = self.answered(environ, until)
        else:
            self.wait_before(until)
            said, answer = self.asked(environ)
        start_response(said.status, said.headers)
        return answer

    def asked(self, environ):
        said = Said()
        with self.at_work:
            return said, self.site(environ, said)

    def answered(self, environ, until):
        times = 0
        while True:
            said, answer = self.asked(environ)
            if not environ.pop(AWAY, False) or times == MOST_TIMES:
                return said, answer
            times += self.looks.is_well()
            if not self.wait(until):
                return said, answer
            answer.close()

    def wait_before(self, until):
        """What writes is not begun while the database is known to be away."""
        if until and self.looks.is_away_now():
            self.wait(until)

    def wait(self, until):
        """Whether the database is there again, as far as is known, and there is time."""
        if time.monotonic() + PAUSE > until or not self.chairs.acquire(blocking=False):
            return False
        try:
            time.sleep(PAUSE)
            while not self.looks.is_well():
                if time.monotonic() + PAUSE > until:
                    return False
                time.sleep(PAUSE)
            return True
        finally:
            self.chairs.release()
