"""A post mailed to those who want every post: one way of announcing it (posts/announcing.py), so once and never again.

The announcement writes a draft that goes out by itself and asks for a worker; what keeps it from being composed is said in the
draft and holds nothing else up.
"""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from informed_comment import jobs, keyset
from informed_comment.envelopes import one_line
from newsletter.models import Mailing, MailingPost, Subscriber
from newsletter.writers import sections_of
from posts.announcing import Way

LATEST = timedelta(hours=6)  # after that a post is no news that may go out by itself


def readers_of(post):
    """Those who want every post, or every post of a section it is in."""
    sections = list(sections_of([post.pk])[post.pk])
    wish = Q(categories=[]) | Q(categories__overlap=sections)
    return Subscriber.objects.mailable().filter(wish, frequency=Subscriber.Frequency.EVERY_POST)


def key_of(post):
    return f"post {post.pk}"


def mail(post, *, by=None):
    """Nothing when nobody would get it, or it was mailed before."""
    if not readers_of(post).exists():
        return None
    now = timezone.now()
    mailing, is_new = Mailing.objects.get_or_create(
        key=key_of(post),
        defaults={
            "kind": Mailing.Kind.POST,
            "subject": one_line(str(post))[:200],
            "latest_at": now + LATEST,
            "is_automatic": True,
            "is_in_archive": False,  # the post itself is on the web
            "created_by": by,
        },
    )
    if not is_new:
        return None
    MailingPost.objects.create(mailing=mailing, post=post)
    jobs.defer("newsletter.queue_alone", queueing_lock=f"queue mailing {mailing.pk}", mailing_id=mailing.pk)
    return mailing


def foretold(post, *, by=None):
    """Such as "mail to 1,204 subscribers who want every post"."""
    if post.pk is None or Mailing.objects.filter(key=key_of(post)).exists():
        return ""
    readers = keyset.count(readers_of(post).order_by("pk"))
    if not readers.number:
        return ""
    who = "subscriber who wants" if readers.number == 1 else "subscribers who want"
    return f"mail to {readers} {who} every post"


TO_SUBSCRIBERS = Way(make=mail, foretold=foretold)
