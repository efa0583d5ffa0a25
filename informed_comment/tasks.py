"""Keeping tidy what the frame itself writes: the queue, and what browsers reported."""

from procrastinate import builtin_tasks
from procrastinate.contrib.django import app

from informed_comment import reports

HOURS_KEPT = 72


@app.periodic(cron="17 4 * * *")
@app.task(queueing_lock="remove old jobs", pass_context=True)
async def remove_old_jobs(context, timestamp):
    """Jobs that have succeeded go after three days; failed ones stay until somebody has looked."""
    await builtin_tasks.remove_old_jobs(context, max_hours=HOURS_KEPT)


@app.periodic(cron="29 4 * * *")
@app.task(queueing_lock="forget policy reports")
def forget_policy_reports(timestamp):
    reports.forget()
