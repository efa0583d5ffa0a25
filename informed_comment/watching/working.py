"""What surrounds each job of the worker: while it is done, its lines say which job, and which request asked for it. Why it
failed is kept, for the status page to say.
"""

import logging

from procrastinate.exceptions import ConnectorException

from informed_comment.jobs import ASKED_BY
from informed_comment.watching import at_hand, counting
from informed_comment.watching.queue import NOTED
from informed_comment.watching.scrubbing import scrubbed

logger = logging.getLogger(__name__)
LONGEST = 500  # characters


async def names_jobs(proceed, context, worker):
    """A middleware of procrastinate's. The id of the request is taken out of what the task is given."""
    job = context.job
    asked_by = job.task_kwargs.pop(ASKED_BY, "")
    token = at_hand.job.set(at_hand.Job(job.id, job.task_name, asked_by))
    outcome = "failed"
    try:
        done = await proceed()
        outcome = "done"
        return done
    except Exception as error:
        await note(context.app.connector, job.id, error, asked_by)
        raise
    finally:
        at_hand.job.reset(token)
        counting.of_process.did(job.task_name, outcome)


async def note(connector, number, error, asked_by):
    said = scrubbed(f"{type(error).__name__}: {' '.join(str(error).split())}")[:LONGEST].replace("\x00", "")
    try:
        await connector.execute_query_async(NOTED, job=number, said=said, request_id=asked_by)
    except ConnectorException:
        logger.warning(
            "Why job %s failed could not be kept, for the database does not answer: %s", number, said
        )
