"""What surrounds each job of the worker: while it is done, its lines say which job, and which request asked for it."""

from informed_comment.jobs import ASKED_BY
from informed_comment.watching import at_hand


async def names_jobs(proceed, context, worker):
    """A middleware of procrastinate's. The id of the request is taken out of what the task is given."""
    job = context.job
    asked_by = job.task_kwargs.pop(ASKED_BY, "")
    token = at_hand.job.set(at_hand.Job(job.id, job.task_name, asked_by))
    try:
        return await proceed()
    finally:
        at_hand.job.reset(token)
