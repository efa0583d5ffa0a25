"""Lights of the background work: the worker, what waits for it, what it gave up."""

from datetime import timedelta

from django.utils.timesince import timesince
from django.utils.timezone import now

from informed_comment import workers
from informed_comment.watching import queue
from informed_comment.watching.lights import Light, State

START = "Start it: systemctl start informed-comment-worker@1, or manage.py worker. Its log says why it ended."
LATE = 300  # seconds that a job may wait before somebody should look …
VERY_LATE = 3600  # … and before somebody has to
PATIENT = (
    "images.",
    "posts.tasks.relate",
    "posts.tasks.draw_card",
    "posts.tasks.look_at_links",
    "wordpress.",
)


def worker():
    age = workers.heartbeat_age()
    if age is None:
        return [Light("Worker", State.BAD, "No worker has ever reported.", START)]
    says = f"The last heartbeat was {age:,.0f} seconds ago."
    return [
        Light("Worker", State.BAD, says, START) if age > workers.SILENT else Light("Worker", State.GOOD, says)
    ]


def work():
    tasks = queue.by_task()
    return [waiting(tasks), given_up(tasks)]


def waiting(tasks):
    """Work that a hundred pictures or an import make may wait; mail and what readers see may not."""
    name, due = "Queue", [task for task in tasks if task.due]
    if not due:
        return Light(name, State.GOOD, "Nothing waits.")
    oldest = max(due, key=lambda task: task.age)
    total = sum(task.due for task in due)
    says = f"{total:,} jobs wait, the oldest ({oldest.task}) for {since(oldest.age)}."
    urgent = max((task.age for task in due if not task.task.startswith(PATIENT)), default=0)
    if oldest.age < LATE:
        return Light(name, State.GOOD, says)
    state = State.BAD if urgent > VERY_LATE else State.WATCH
    return Light(
        name,
        state,
        says,
        "Look whether a worker runs; if one is always busy, start another: informed-comment-worker@2.",
    )


def given_up(tasks):
    name, failed = "Failed jobs", [task for task in tasks if task.failed]
    if not failed:
        return Light(name, State.GOOD, "No job was given up.")
    names = ", ".join(f"{task.task} ({task.failed:,})" for task in failed[:5])
    return Light(
        name,
        State.BAD,
        f"{sum(task.failed for task in failed):,} jobs were given up: {names}.",
        "Read beneath why, mend that, and try them again; dismiss what is of no use any more.",
    )


def since(seconds):
    """Such as `3 minutes`."""
    moment = now()
    return (
        timesince(moment - timedelta(seconds=seconds), moment, depth=1)
        if seconds >= 60
        else f"{seconds:.0f} seconds"
    )
