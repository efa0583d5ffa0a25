"""Log lines: for programs, an object of JSON each; for people at a terminal, a sentence each.

Both name the request or job at hand and are scrubbed. Whatever stands in a message, it is one line: nobody writes a
second one by sending a line break.
"""

import json
import logging
import time

from informed_comment.watching import at_hand
from informed_comment.watching.scrubbing import scrubbed

LONGEST = 4_000  # characters of a message
LONGEST_TRACE = 20_000  # the end of it, where the error is
OF_ROBOTS = (404, 405, 410)


def message_of(record):
    said = record.getMessage()
    return scrubbed(said if len(said) <= LONGEST else f"{said[:LONGEST]}…")


def trace_of(record, formatter):
    trace = formatter.formatException(record.exc_info) if record.exc_info else record.exc_text or ""
    if record.stack_info:
        trace += f"\n{record.stack_info}"
    return scrubbed(trace[-LONGEST_TRACE:])


def work_of(record):
    """What was being worked on, as fields; those that say nothing are left out."""
    request = at_hand.request.get() or getattr(record, "request", None)
    job = at_hand.job.get()
    fields = {"request_id": at_hand.request_id() or getattr(request, "id", "")}
    if request is not None:
        user = getattr(
            request, "_cached_user", None
        )  # as asked for already: a line asks the database nothing
        fields["method"] = getattr(request, "method", "")
        fields["path"] = scrubbed(getattr(request, "path", "") or "")
        fields["user"] = user.pk if getattr(user, "is_staff", False) else None
    fields["status"] = getattr(record, "status_code", None)
    if job is not None:
        fields |= {"job": job.number, "task": job.task}
    return {name: value for name, value in fields.items() if value not in ("", None)}


class JsonLine(logging.Formatter):
    def format(self, record):
        line = {
            "time": f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(record.created))}.{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message_of(record),
            **work_of(record),
            "process": record.process,
        }
        if trace := trace_of(record, self):
            line["exception"] = trace
        return json.dumps(line)


class PlainLine(logging.Formatter):
    def format(self, record):
        moment = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.created))
        message = "\\n".join(message_of(record).splitlines())
        work = " ".join(f"{name}={value}" for name, value in work_of(record).items())
        line = f"{moment} {record.levelname} {record.name}: {message}{f' [{work}]' if work else ''}"
        trace = trace_of(record, self)
        return f"{line}\n{trace}" if trace else line


class WithoutRobots(logging.Filter):
    """What is not there is asked for all day, and the proxy's log has it; here it counts as information."""

    def filter(self, record):
        is_of_robots = getattr(record, "status_code", None) in OF_ROBOTS
        return not is_of_robots or logging.getLogger().isEnabledFor(logging.INFO)


class SaidOnceAMinute(logging.Filter):
    """The pool of connections says every second that it has none. Once a minute is enough to know why."""

    EVERY = 60  # seconds

    def __init__(self):
        super().__init__()
        self.said_at = float("-inf")

    def filter(self, record):
        if record.created - self.said_at < self.EVERY:
            return False
        self.said_at = record.created
        return True
