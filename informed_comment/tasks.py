"""Keeping the queue itself tidy."""

from procrastinate import builtin_tasks
from procrastinate.contrib.django import app

HOURS_KEPT = 72


@app.periodic(cron="17 4 * * *")
@app.task(queueing_lock="remove old jobs", pass_context=True)
async def remove_old_jobs(context, timestamp):
    """Jobs that have succeeded go after three days; failed ones stay until somebody has looked."""
    await builtin_tasks.remove_old_jobs(context, max_hours=HOURS_KEPT)
