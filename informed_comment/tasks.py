"""Keeping tidy what the frame itself writes: the queue, what browsers reported, who was signed in."""

import logging

from procrastinate import builtin_tasks
from procrastinate.contrib.django import app

from informed_comment import audit, reports
from informed_comment.backups import nightly
from informed_comment.signing_in import links, sessions
from informed_comment.watching import certificate, keeping_watch, queue

logger = logging.getLogger(__name__)
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


@app.periodic(cron="27 4 * * *")
@app.task(queueing_lock="forget problems of jobs", pass_context=False)
def forget_problems(timestamp):
    """Why a job failed is kept as long as the job."""
    queue.forget_problems()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="keep watch", lock="keep watch", pass_context=False)
def keep_watch(timestamp):
    """Each minute: looks at every light, and tells the operator by mail of what has turned bad or well."""
    keeping_watch.look()
    try:
        keeping_watch.tell()
    except OSError as error:
        logger.warning(
            "ADMINS cannot be told by mail what is wrong; it is tried again each minute. See MAIL_URL: %s",
            error,
        )


@app.periodic(cron="7 * * * *")
@app.task(queueing_lock="ask for the certificate")
def ask_for_the_certificate(timestamp):
    """Each hour: how long our own certificate still holds."""
    certificate.ask()


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="begin the backup")
def begin_backup(timestamp):
    """The backup of the night, once its hour has come; again when it failed or was killed."""
    nightly.begin_when_due()


@app.periodic(cron="41 4 * * *")
@app.task(queueing_lock="forget old sign-ins")
def forget_old_sign_ins(timestamp):
    """Sessions that are over, links that opened or ran out, and what the audit log need not keep."""
    sessions.forget()
    links.forget()
    audit.forget()
