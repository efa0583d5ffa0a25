"""Jobs whose worker is gone, and jobs that fail for the database's sake."""

import asyncio
import errno
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import InternalError, OperationalError, connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from psycopg.errors import DiskFull, InsufficientPrivilege, ReadOnlySqlTransaction

from informed_comment import jobs, left_behind, patient_queue, trying_again
from tests.factories import make_subscriber

ROOT = Path(__file__).resolve().parents[2]
TASK = "images.tasks.make_renditions"


def started(worker=None, **how):
    """A job of which the queue says that it is being done."""
    jobs.defer(TASK, image_id=7, **how)
    job = ProcrastinateJob.objects.filter(task_name=TASK, status="todo").latest("id")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", [worker, job.pk]
        )
    return job


def worker_row():
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        return cursor.fetchone()[0]


def status(job):
    return ProcrastinateJob.objects.get(pk=job.pk).status


@pytest.fixture
def clock(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(left_behind.time, "monotonic", lambda: now[0])
    return now


@pytest.mark.django_db
def test_a_job_is_taken_up_once_its_workers_heartbeat_has_stood_still(clock):
    gone, alive = worker_row(), worker_row()
    left, own = started(gone, lock="a"), started(alive)
    watch = left_behind.Watch()
    for _ in range(12):
        watch.look()
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_workers SET last_heartbeat = clock_timestamp() WHERE id = %s", [alive]
            )
        clock[0] += left_behind.LOOKS_EVERY
    assert (status(left), status(own)) == ("todo", "doing")
    assert list(ProcrastinateWorker.objects.values_list("pk", flat=True)) == [alive]


@pytest.mark.django_db
@pytest.mark.parametrize("jump", ["1 day", "-1 hour"])
def test_a_clock_that_jumps_makes_nobody_gone(clock, jump):
    worker = worker_row()
    job, watch = started(worker), left_behind.Watch()
    for _ in range(3):
        watch.look()
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - %s::interval", [jump]
            )
        clock[0] += left_behind.GONE - 1
    assert status(job) == "doing"


@pytest.mark.django_db
def test_where_one_like_it_waits_the_job_is_not_put_beside_it():
    left = started(queueing_lock="one at a time")
    jobs.defer(TASK, image_id=7, queueing_lock="one at a time")
    assert left_behind.take_up() == 1
    assert status(left) == "aborted"
    assert ProcrastinateJob.objects.filter(task_name=TASK, status="todo").count() == 1


@pytest.mark.django_db
def test_a_job_that_ends_its_worker_each_time_is_given_up():
    job = started()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET attempts = %s", [left_behind.MOST_TIMES])
    left_behind.take_up()
    assert status(job) == "failed"


# What became of a job is said until it is heard


class Deaf:
    """A connector that fails some times before it answers."""

    def __init__(self, *errors):
        self.errors, self.asked = list(errors), []

    async def execute_query_async(self, query, **values):
        self.asked.append(query)
        if self.errors:
            raise self.errors.pop(0)


JOB = Job(id=7, status="doing", queue="images", lock=None, queueing_lock="q", task_name=TASK)


def test_what_became_of_a_job_is_said_again_until_it_is_heard(monkeypatch):
    monkeypatch.setattr(patient_queue, "AGAIN_AFTER", 0.01)
    connector = Deaf(ConnectorException(), ConnectorException())
    asyncio.run(patient_queue.PatientQueue(connector).finish_job(JOB, Status.SUCCEEDED, delete_job=False))
    assert len(connector.asked) == 3


def test_a_job_that_would_be_tried_beside_one_like_it_is_ended():
    connector = Deaf(UniqueViolation("", constraint_name="c", queueing_lock="q"))
    asyncio.run(patient_queue.PatientQueue(connector).retry_job(JOB))
    assert "finish_job" in connector.asked[1]


# The database's troubles pass


def caused(error, cause):
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        OperationalError(),
        caused(OperationalError(), DiskFull()),
        caused(InternalError(), ReadOnlySqlTransaction()),
        OSError(errno.ENOSPC, "No space left on device"),
    ],
)
def test_a_job_that_failed_for_the_databases_or_a_full_disks_sake_is_tried_again_by_any_task(error):
    trying_again.whatever_the_task()
    for task in app.tasks.values():
        assert task.get_retry_exception(exception=error, job=JOB)


@pytest.mark.parametrize("error", [ValueError(), caused(InternalError(), InsufficientPrivilege())])
def test_a_mistake_is_not_the_databases_trouble(error):
    assert not trying_again.passes(error)
    assert not app.tasks["posts.tasks.announce"].get_retry_exception(exception=error, job=JOB)


# The process


@pytest.fixture
def silent():
    """A mail server that takes a connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@contextmanager
def worker_of(port):
    given = {"DATABASE_URL": address(), "DEBUG": "1", "PGAPPNAME": "a worker of the tests"}
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        cwd=ROOT,
        env=os.environ | given | {"MAIL_URL": f"smtp://127.0.0.1:{port}"},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield worker
    finally:
        worker.kill()
        worker.communicate()


def until(true):
    for _ in range(600):
        if true():
            return
        time.sleep(0.05)
    pytest.fail("it did not come to that")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("work")
def test_a_worker_does_other_work_while_a_mail_server_hangs_and_also_when_it_has_lost_the_queue(silent):
    """By itself, or by ending with the code that has it started anew, as the moment has it."""
    found = ProcrastinateJob.objects.filter
    jobs.defer("newsletter.send_link", subscriber_id=make_subscriber().pk, number=1)
    with worker_of(silent) as worker:
        until(lambda: found(task_name="newsletter.send_link", status="doing").exists())
        jobs.defer(TASK, image_id=7)
        until(lambda: found(task_name=TASK, status="succeeded").exists())
        assert found(task_name="newsletter.send_link", status="doing").exists()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'a worker of the tests'"
            )
        jobs.defer(TASK, image_id=8)
        until(lambda: worker.poll() is not None or found(task_name=TASK, status="succeeded").count() == 2)
        assert worker.poll() in (None, patient_queue.CODE)


def address():
    name = connection.settings_dict["NAME"]
    before, _, after = os.environ["DATABASE_URL"].partition("?")
    return f"{before.rpartition('/')[0]}/{name}?{after}"
