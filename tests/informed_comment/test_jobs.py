"""Putting work into the queue."""

import asyncio
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import InternalError, connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from informed_comment import jobs, trying_again

TASK = "images.tasks.make_renditions"


def waiting():
    return ProcrastinateJob.objects.filter(task_name=TASK, status="todo")


@pytest.mark.django_db
def test_a_job_is_a_row_with_its_task_queue_and_locks():
    jobs.defer(TASK, lock="a", queueing_lock="b", in_seconds=60, image_id=7)
    job = waiting().get()
    assert (job.args, job.lock, job.queueing_lock, job.queue_name) == ({"image_id": 7}, "a", "b", "images")
    assert timedelta(seconds=55) < job.scheduled_at - timezone.now() <= timedelta(seconds=60)


@pytest.mark.django_db
def test_asking_twice_is_asking_once_and_breaks_no_transaction():
    with transaction.atomic():
        assert jobs.defer(TASK, queueing_lock="b", image_id=7)
        assert not jobs.defer(TASK, queueing_lock="b", image_id=7)
        assert waiting().count() == 1


@pytest.mark.django_db
def test_an_unknown_task_is_an_error_at_once():
    with pytest.raises(KeyError):
        jobs.defer("images.tasks.make_coffee")


@pytest.mark.usefixtures("work")  # which empties the queue that tests before may have left full
@pytest.mark.django_db(transaction=True)
def test_a_job_asked_for_inside_the_worker_goes_with_its_transaction():
    """The worker's own connector would write it past the transaction."""

    def deed():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            jobs.defer(TASK, image_id=7)
            1 / 0  # noqa: B018
        jobs.defer(TASK, image_id=8)
        connection.close()

    async def inside_a_worker():
        with app.replace_connector(app.connector.get_worker_connector()) as worker:
            async with worker.open_async():
                await sync_to_async(deed)()

    asyncio.run(inside_a_worker())
    assert [job.args for job in waiting()] == [{"image_id": 8}]


@pytest.mark.django_db
def test_mail_goes_before_a_hundred_pictures():
    jobs.defer(TASK, image_id=7)
    jobs.defer("newsletter.send_confirmation", event_id=1)
    priority = dict(ProcrastinateJob.objects.values_list("task_name", "priority"))
    assert priority["newsletter.send_confirmation"] > priority[TASK]


def test_a_favicon_is_there_for_whoever_asks_the_root(client, db):
    assert client.get("/favicon.ico")["Location"].endswith("favicon.png")


@pytest.mark.django_db
def test_a_database_that_takes_no_job_is_in_trouble_like_any_other():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
    with pytest.raises(InternalError) as told:
        jobs.defer("posts.tasks.announce")
    assert trying_again.is_read_only(told.value)
