"""What fails for the database's sake, or for want of room on a disk, is tried again: in the background every job, whatever its
task says of other failures.

A server that was killed, a switch to another (25006), two that waited for each other (40P01), no room for one more connection
(53300), no room on its disk (53100): all of these pass, and nothing is wrong with what was asked.
"""

import functools

from django.db import InterfaceError, InternalError, OperationalError
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app

from informed_comment.files import is_full

MOST = 60  # times, for some seven hours in all
LONGEST = 600  # seconds between two tries
READ_ONLY = "25006"
SLOW, NO_ROOM = "57014", "53100"
NO_CONNECTION = (
    "too many clients",
    "remaining connection slots",
    "too many connections",
)  # said before there is a code


def code_of(error):
    """PostgreSQL's code of what went wrong, where it was PostgreSQL that said so."""
    return getattr(getattr(error, "__cause__", None), "sqlstate", None)


def passes(error):
    """Whether this is the database's trouble and not a mistake in what was asked."""
    return isinstance(error, OperationalError | InterfaceError) or is_read_only(error)


def is_read_only(error):
    """Whether the server is a replica now, and another has become the primary."""
    return isinstance(error, InternalError) and code_of(error) == READ_ONLY


def is_full_of_rows(error):
    """Whether PostgreSQL finds no room on its disk."""
    return code_of(error) == NO_ROOM


def is_soon_over(error):
    """Whether to ask once more, in a second or two, is worth the while: a question that took too long would again."""
    return code_of(error) not in (SLOW, NO_ROOM)


class AlsoAfterTheDatabase(BaseRetryStrategy):
    """A task's own rule for whatever else goes wrong, and patience with the database."""

    def __init__(self, own):
        self.own = own

    def get_retry_decision(self, *, exception, job):
        may_pass = passes(exception) or (isinstance(exception, OSError) and is_full(exception))
        if may_pass and job.attempts < MOST:
            return RetryDecision(retry_in={"seconds": min(LONGEST, 1 + job.attempts**2)})
        return self.own and self.own.get_retry_decision(exception=exception, job=job)


@functools.cache
def whatever_the_task():
    """Gives every task of this process that patience, those of libraries too."""
    for task in app.tasks.values():
        task.retry_strategy = AlsoAfterTheDatabase(task.retry_strategy)
