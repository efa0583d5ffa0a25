"""What is being worked on: a request or a job. Log lines and reports of errors name it.

Each is a context variable, so threads, and the tasks of a worker, have their own.
"""

from contextvars import ContextVar
from dataclasses import dataclass

request = ContextVar("request", default=None)
job = ContextVar("job", default=None)


@dataclass(frozen=True, slots=True)
class Job:
    number: int
    task: str
    request_id: str = ""  # of the request that asked for it


def request_id():
    """Of the request at hand, or of the one that asked for the job at hand; empty for neither."""
    asked, done = request.get(), job.get()
    return getattr(asked, "id", "") or (done.request_id if done else "")
