"""Rows of the queue as a worker would have left them."""

from django.db import connection

from informed_comment.models import JobProblem


def failed_job(
    *, task="images.tasks.make_renditions", said="ValueError: broken", request_id="", queueing_lock=None
):
    """The number of a job that was given up."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, priority, task_name, args, status, abort_requested, attempts, queueing_lock) VALUES ('default', 0, %s, '{}', 'todo', false, 3, %s) RETURNING id",
            [task, queueing_lock],
        )
        (number,) = cursor.fetchone()
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [number])
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [number])
    JobProblem.objects.create(job=number, said=said, request_id=request_id)
    return number


def waiting_job(*, task="newsletter.send", seconds):
    """A job that should have begun so long ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, priority, task_name, args, status, abort_requested, attempts, scheduled_at) "
            "VALUES ('default', 0, %s, '{}', 'todo', false, 0, now() - make_interval(secs => %s))",
            [task, seconds],
        )


def heartbeat(*, seconds_ago):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))",
            [seconds_ago],
        )
