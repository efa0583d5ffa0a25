"""The newsletter's background work. Each task is a thin wrapper of a deed and may run twice."""

import logging

from django.conf import settings
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from newsletter import (
    alarms,
    bounce_mailbox,
    bounces,
    composing,
    confirming,
    digests,
    expiring,
    holding,
    limits,
    own_mails,
    paces,
    queueing,
    results,
    sections,
    sending,
    snapshots,
)
from newsletter.importing import clearing, course
from newsletter.models import ImportBatch, Mailing

logger = logging.getLogger(__name__)

# A mail server that is away is an OSError (so are smtplib's errors): again after 4, 16, 64 s …, for a day in all.
MAIL_AGAIN = RetryStrategy(max_attempts=8, exponential_wait=4, retry_exceptions={OSError})

IMPORT_SLICE = 5  # seconds, so that mail need not wait long for an import


@app.task(name="newsletter.send_confirmation", queue="mail", retry=MAIL_AGAIN)
def send_confirmation(event_id):
    confirming.send_confirmation(event_id)


@app.task(name="newsletter.send_link", queue="mail", retry=MAIL_AGAIN)
def send_link(subscriber_id, number):
    own_mails.send_link(subscriber_id, number)


@app.task(name="newsletter.ask_new_address", queue="mail", retry=MAIL_AGAIN)
def ask_new_address(change_id):
    own_mails.ask_new_address(change_id)


@app.task(name="newsletter.tell_old_address", queue="mail", retry=MAIL_AGAIN)
def tell_old_address(change_id):
    own_mails.tell_old_address(change_id)


@app.task(name="newsletter.tell_sections_gone", queue="mail", retry=MAIL_AGAIN)
def tell_sections_gone(subscriber_id):
    own_mails.tell_sections_gone(subscriber_id)


@app.periodic(cron="17 3 * * *")
@app.task(name="newsletter.expire_pending", pass_context=False)
def expire_pending(timestamp):
    """Forgets what is over: addresses that nobody confirmed in thirty days, wishes to move, spent budgets."""
    if deleted := expiring.expire():
        logger.info("%s pending subscribers forgotten", deleted)
    limits.forget()


@app.periodic(cron="*/10 * * * *")
@app.task(name="newsletter.settle_sections", queueing_lock="settle sections", pass_context=False)
def settle_sections(timestamp):
    """Chosen sections follow merged categories and lose deleted ones."""
    sections.settle()


# Figures


@app.periodic(cron="7 * * * *")
@app.task(name="newsletter.keep_figures", queueing_lock="keep figures", pass_context=False)
def keep_figures(timestamp):
    """The figures of the days that are over; each hour, since the site's midnight is not that of UTC."""
    snapshots.keep_up()


@app.periodic(cron="*/15 * * * *")
@app.task(name="newsletter.count_mailings", queueing_lock="count mailings", pass_context=False)
def count_mailings(timestamp):
    results.count_open()


# Sign-ups on hold


@app.task(name="newsletter.tell_of_hold", queue="mail", retry=MAIL_AGAIN)
def tell_of_hold(hold_id, what):
    alarms.tell_of_hold(hold_id, what)


@app.task(name="newsletter.deal_with_held")
def deal_with_held():
    """What was decided about held sign-ups: a minute's worth of mails, and all that is to be thrown away."""
    holding.release_some()
    while holding.drop_some():
        pass


@app.periodic(cron="* * * * *")
@app.task(name="newsletter.keep_holds", queueing_lock="keep holds", pass_context=False)
def keep_holds(timestamp):
    """Each minute: ends what is over, and mails the next of those released."""
    holding.end_where_calm()
    deal_with_held()


@app.periodic(cron="30 12 * * *")
@app.task(name="newsletter.remind_of_held", queue="mail", retry=MAIL_AGAIN, pass_context=False)
def remind_of_held(timestamp):
    alarms.remind()


# Mailings


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


@app.periodic(cron="*/5 * * * *")
@app.task(name="newsletter.read_bounces", queueing_lock="read bounces", pass_context=False)
def read_bounces(timestamp):
    """What has come to the bounce mailbox, when there is one; the newsroom is told when it does not answer."""
    if not settings.BOUNCE_MAILBOX_URL:
        return
    try:
        bounce_mailbox.empty(settings.BOUNCE_MAILBOX_URL)
    except bounce_mailbox.CannotRead as error:
        logger.warning("%s", error)
        paces.note_trouble(bounce_mailbox.SOURCE, str(error))
    else:
        paces.is_well(bounce_mailbox.SOURCE)


@app.periodic(cron="37 3 * * *")
@app.task(name="newsletter.forget_the_unclear", pass_context=False)
def forget_the_unclear(timestamp):
    bounces.forget_the_unclear()


@app.task(name="newsletter.queue_alone", queue="mail")
def queue_alone(mailing_id):
    """A draft that goes out by itself, as soon as it is there."""
    composing.queue_alone(mailing_id)


@app.periodic(cron="* * * * *")
@app.task(name="newsletter.keep_hours", queueing_lock="keep hours", lock="keep hours", pass_context=False)
def keep_hours(timestamp):
    """Each minute: digests whose hour has come, and whatever draft is due to go out by itself."""
    digests.make_due()
    composing.queue_due()


@app.task(name="newsletter.do_import", queue="default", priority=-10)
def do_import(batch_id):
    """A slice of an import, and another while there is more; other work may come between."""
    if course.work(batch_id, seconds=IMPORT_SLICE):
        course.ask(ImportBatch(pk=batch_id))


@app.periodic(cron="* * * * *")
@app.task(name="newsletter.keep_importing", queueing_lock="keep importing", pass_context=False)
def keep_importing(timestamp):
    """Each minute: whatever import a worker or a command that died has left."""
    for batch in ImportBatch.objects.under_way():
        course.ask(batch)


@app.periodic(cron="37 3 * * *")
@app.task(name="newsletter.clear_imports", pass_context=False)
def clear_imports(timestamp):
    clearing.clear()
