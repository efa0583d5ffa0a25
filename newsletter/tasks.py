"""The newsletter's background work. Each task is a thin wrapper of a deed and may run twice."""

import logging

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from newsletter import confirming, queueing, sending
from newsletter.models import Mailing, Subscriber

logger = logging.getLogger(__name__)

# A mail server that is away is an OSError (so are smtplib's errors): again after 4, 16, 64 s …, for a day in all.
MAIL_AGAIN = RetryStrategy(max_attempts=8, exponential_wait=4, retry_exceptions={OSError})


@app.task(name="newsletter.send_confirmation", queue="mail", retry=MAIL_AGAIN)
def send_confirmation(event_id):
    confirming.send_confirmation(event_id)


@app.periodic(cron="17 3 * * *")
@app.task(name="newsletter.expire_pending", pass_context=False)
def expire_pending(timestamp):
    """Forgets the addresses that nobody confirmed in thirty days."""
    deleted, _ = Subscriber.objects.never_confirmed().delete()
    if deleted:
        logger.info("%s pending subscribers forgotten", deleted)


@app.task(name="newsletter.send", queue="mail", priority=-5)
def send(mailing_id, place):
    """A slice of a mailing, and another while there is more; other work may come between."""
    if sending.send(mailing_id, place=place):
        queueing.ask_again(mailing_id, place)


@app.periodic(cron="* * * * *")
@app.task(name="newsletter.keep_sending", queueing_lock="keep sending", pass_context=False)
def keep_sending(timestamp):
    """Each minute: whatever a worker that died, or a provider that was away, has left."""
    sending.tidy()
    for mailing in Mailing.objects.filter(pk__in=sending.waiting()):
        queueing.ask_for_workers(mailing)
