"""What the demo publication has sent: digests of its last days and weeks, and a letter; with a ledger, and without any mail."""

from datetime import timedelta

from django.utils import timezone

from newsletter import composing, digests, results, snapshots
from newsletter.models import Delivery, DigestPlan, Mailing, MailingPost, MailingVariant, Subscriber
from newsletter.queueing import choices_in_audience, frequencies_of
from posts.models import Announcement

DAYS, WEEKS = 3, 2
LETTER_DAYS_AGO = 9
LETTER_SUBJECT = "Why this newsletter counts nothing"
LETTER = """<p>Dear reader,</p>
<p>somebody asked last week how many of you open these letters. We do not know, and we have arranged things so that we cannot.
There is no picture in this mail that tells us it was seen, and no link that goes anywhere but where it says.</p>
<h2>What we do know</h2>
<ul><li>How many letters we handed over, and to which mail servers.</li>
<li>Which of them came back, and why.</li>
<li>How many of you left, which is the only figure we ever learned anything from.</li></ul>
<p>If a letter was worth your time, <a href="/support/">the page about support</a> says how to tell us. If it was not, the way out stands
at the foot of every one of them, and takes one click.</p>
<blockquote><p>A newspaper that watches its readers has stopped looking at anything else.</p></blockquote>
<p>With thanks for your patience,<br>the editors</p>"""


def create():
    """The posts of the demo are no news to anybody: none of them is mailed by itself."""
    Announcement.objects.filter(made_at=None).update(cancelled_at=timezone.now())
    for kind, number in (("weekly", WEEKS), ("daily", DAYS)):
        plan = DigestPlan.objects.get(kind=kind)
        for days in occasions(plan, number):
            make_digest(plan, days)
    make_letter()
    results.count_open()
    snapshots.keep_up()


def occasions(plan, number):
    """The last days the digest would have come, the earliest first."""
    day = plan.occasion_at(timezone.now())
    return [day - timedelta(days=plan.days * back) for back in range(number - 1, -1, -1)]


def make_digest(plan, day):
    moment = plan.moment_on(day)
    since = moment - timedelta(days=plan.days)
    posts = list(digests.fresh(plan.kind, since=since, until=moment))
    if not posts:
        return
    mailing = Mailing.objects.create(
        kind=plan.kind, key=f"{plan.kind} {day}", since=since, until=moment, send_at=moment, created_at=moment
    )
    MailingPost.objects.bulk_create(
        MailingPost(mailing=mailing, post=post, position=place) for place, post in enumerate(posts)
    )
    as_sent(mailing, moment)


def make_letter():
    moment = timezone.now() - timedelta(days=LETTER_DAYS_AGO)
    as_sent(Mailing.objects.create(subject=LETTER_SUBJECT, body=LETTER, created_at=moment), moment)


def as_sent(mailing, moment):
    """As if it had gone out then: its texts frozen, and a delivery for everybody it was for."""
    made, _ = composing.texts(mailing, choices_in_audience(mailing))
    variants = {
        choice: MailingVariant.objects.create(mailing=mailing, categories=list(choice), **vars(text))
        for choice, text in made.items()
    }
    readers = Subscriber.objects.mailable().filter(confirmed_at__lt=moment)
    if wanted := frequencies_of(mailing):
        readers = readers.filter(frequency__in=wanted)
    sent = [
        Delivery(
            mailing=mailing,
            variant=variants[tuple(reader.categories)],
            subscriber=reader,
            state=Delivery.State.SENT,
            attempts=1,
            provider="first",
            next_try_at=moment,
            changed_at=moment + timedelta(seconds=place),
        )
        for place, reader in enumerate(readers)
        if tuple(reader.categories) in variants
    ]
    Delivery.objects.bulk_create(sent)
    mailing.subject = mailing.subject or made[()].subject
    mailing.state, mailing.audience = Mailing.State.SENT, len(sent)
    mailing.queued_at = mailing.starts_at = mailing.started_at = moment
    mailing.ended_at = moment + timedelta(seconds=max(1, len(sent)))
    mailing.save()
