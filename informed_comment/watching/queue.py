"""What the queue holds, as its own tables tell: what waits and for how long, what failed and why."""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction

IS_DUE = "j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= now())"
AGE = (
    "extract(epoch FROM now() - coalesce(j.scheduled_at, "
    "(SELECT min(e.at) FROM procrastinate_events e WHERE e.job_id = j.id)))"
)
BY_TASK = f"""
SELECT j.task_name, count(*) FILTER (WHERE {IS_DUE}), coalesce(max({AGE}) FILTER (WHERE {IS_DUE}), 0),
    count(*) FILTER (WHERE j.status = 'doing'), count(*) FILTER (WHERE j.status = 'failed')
FROM procrastinate_jobs j WHERE j.status IN ('todo', 'doing', 'failed') GROUP BY 1 ORDER BY 1
"""
FAILED = """
SELECT j.id, j.task_name, j.attempts, coalesce(p.said, ''), coalesce(p.request_id, ''),
    (SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = j.id)
FROM procrastinate_jobs j LEFT JOIN informed_comment_jobproblem p ON p.job = j.id
WHERE j.status = 'failed' ORDER BY j.id DESC LIMIT %s
"""
AGAIN = """
UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = now()
WHERE id = %s AND status = 'failed' RETURNING task_name
"""
DISMISSED = "DELETE FROM procrastinate_jobs WHERE id = %s AND status = 'failed' RETURNING task_name"
NOTED = """
INSERT INTO informed_comment_jobproblem (job, said, request_id, at) VALUES (%(job)s, %(said)s, %(request_id)s, now())
ON CONFLICT (job) DO UPDATE SET said = excluded.said, request_id = excluded.request_id, at = excluded.at
"""
FORGOTTEN = """
DELETE FROM informed_comment_jobproblem p WHERE NOT EXISTS (SELECT FROM procrastinate_jobs j WHERE j.id = p.job)
"""
_tasks = ContextVar("tasks", default=None)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Of one task: jobs that should have begun, seconds the oldest of them waits, jobs being done, jobs that failed."""

    task: str
    due: int
    age: float
    doing: int
    failed: int


@dataclass(slots=True)
class Failed:
    """Jobs of one task that were given up for the same reason, the newest first; the rest is of the newest."""

    numbers: list[int]
    task: str
    attempts: int
    why: str
    request_id: str
    at: datetime


class WaitsAlready(Exception):
    """Another job that does the same waits already."""


@contextmanager
def asked_once():
    """Within it, the queue is asked for its tasks once, whoever wants to know."""
    token = _tasks.set([])
    try:
        yield
    finally:
        _tasks.reset(token)


def by_task():
    known = _tasks.get()
    if known:
        return known[0]
    with connection.cursor() as cursor:
        cursor.execute(BY_TASK)
        found = [Waiting(task, due, float(age), doing, failed) for task, due, age, doing, failed in cursor]
    if known is not None:
        known.append(found)
    return found


def failed(most=500):
    """The newest jobs that were given up, together where they failed alike."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(FAILED, [most])
        for number, task, attempts, why, *rest in cursor:
            alike = found.setdefault((task, why), Failed([], task, attempts, why, *rest))
            alike.numbers.append(number)
    return list(found.values())


def try_again(number):
    """Puts a failed job back as if it were new; its task, or None when it is no longer there. Raises WaitsAlready."""
    try:
        with transaction.atomic():
            return changed(AGAIN, number)
    except IntegrityError as error:
        raise WaitsAlready from error


def dismiss(number):
    """Takes a failed job away for good; its task, or None when it is no longer there."""
    return changed(DISMISSED, number)


def changed(statement, number):
    with connection.cursor() as cursor:
        cursor.execute(statement, [number])
        found = cursor.fetchone()
    return found and found[0]


def forget_problems():
    """Of jobs that are gone; how many."""
    with connection.cursor() as cursor:
        cursor.execute(FORGOTTEN)
        return cursor.rowcount
