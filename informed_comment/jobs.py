"""Putting work into the queue: a row written in the transaction of the deed that asks for it.

procrastinate's own `defer()` writes through Django's connection in the web process, but in the worker, where its
connector is another, past the running transaction; and a job already waiting under the same queueing lock breaks
the transaction. `defer()` here does neither.
"""

from datetime import timedelta

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

from informed_comment import clocks
from informed_comment.watching import at_hand

ASKED_BY = (
    "_asked_by"  # the id of a request, among the arguments of a job; taken out before the task is called
)


def defer(task, *, queueing_lock=None, lock=None, in_seconds=None, **arguments):
    """Has the worker run a task once this transaction has committed; False when it waits already.

    `task` is its dotted path, such as `images.tasks.make_renditions`, since tasks import deeds and not deeds tasks.

    Two jobs with one `queueing_lock` never wait at once, two with one `lock` never run at once. A job already
    waiting may start before this transaction commits: a task that must see its rows has to lock them. The id of
    the request that asks goes along.
    """
    task = app.tasks[task]
    deferrer = configure_task(
        name=task.name,
        job_manager=JobManager(DjangoConnector()),
        queue=task.queue,
        priority=task.priority,
        lock=lock or task.lock,
        queueing_lock=queueing_lock or task.queueing_lock,
        schedule_at=None if in_seconds is None else clocks.theirs() + timedelta(seconds=in_seconds),
    )
    if asked_by := at_hand.request_id():
        arguments[ASKED_BY] = asked_by
    try:
        with transaction.atomic():
            deferrer.defer(**arguments)
    except AlreadyEnqueued:
        return False
    except ConnectorException as error:
        with (
            connection.wrap_database_errors
        ):  # told as all trouble of the database is, so that it can be waited for
            raise error.__cause__ or error from None
    return True


def is_under_way(task):
    """Whether a job of this task waits or is being done."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE task_name = %s AND status IN ('todo', 'doing'))",
            [task],
        )
        return cursor.fetchone()[0]
