"""Digests: at their hour drafts are made of what came out since the last one, which then go out by themselves.

The plan's row is locked while it is seen to and remembers the day, so that any number of workers make one digest a day or
week; the mailing's key, `daily 2026-11-28`, is unique besides. When nothing came out nothing is made, and the next digest
looks back to the last that was.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from informed_comment import clocks
from newsletter.models import DigestPlan, Mailing, MailingPost
from posts.announcing import ARCHIVE
from posts.models import Post

logger = logging.getLogger(__name__)
BACK = timedelta(days=30)  # how long what was left out for now is offered again
LATE = (
    "Its hour, {moment:%-d %B, %H:%M}, had passed by more than {hours} hours before any worker saw to it. Look it over and "
    "send it; or delete it, and its posts come with the next."
)


def make_due(*, now=None):
    """The digests whose time has come; how many were made."""
    now = now or clocks.present()
    return sum(bool(see_to(kind, now)) for kind in DigestPlan.Kind.values)


@transaction.atomic
def see_to(kind, now):
    """The digest of this occasion, or None when there is none to make: not yet, already, or nothing came out."""
    plan, _ = DigestPlan.objects.select_for_update().get_or_create(kind=kind)
    if not plan.is_on:
        return None
    day = plan.occasion_at(now)
    if plan.moment_on(day) <= plan.on_since or (plan.looked_on and day <= plan.looked_on):
        return None
    DigestPlan.objects.filter(kind=kind).update(looked_on=day)
    posts = list(fresh(kind, since=since(plan), until=now))
    return make(plan, day, posts, now) if posts else None


def make(plan, day, posts, now):
    """A draft that goes out by itself, unless it is too late for that."""
    moment = plan.moment_on(day)
    late = timedelta(hours=plan.hours_late)
    mailing, is_new = Mailing.objects.get_or_create(
        key=f"{plan.kind} {day}",
        defaults={
            "kind": plan.kind,
            "since": since(plan),
            "until": now,
            "send_at": moment,
            "latest_at": moment + late if late else None,
            "is_automatic": True,
        },
    )
    if not is_new:
        return None
    if mailing.latest_at and mailing.latest_at <= now:
        mailing.is_automatic, mailing.latest_at = False, None
        mailing.problem = LATE.format(moment=timezone.localtime(moment), hours=plan.hours_late)
        mailing.save()
    MailingPost.objects.bulk_create(
        MailingPost(mailing=mailing, post=post, position=place) for place, post in enumerate(posts)
    )
    logger.info("%s: %s posts", mailing.key, len(posts))
    return mailing


def since(plan):
    """The end of the last digest that was; of a plan that was off, or is new, one stretch before it was put on."""
    last = Mailing.objects.filter(kind=plan.kind).told().aggregate(last=Max("until"))["last"]
    earliest = plan.on_since - timedelta(days=plan.days)
    return max(last, earliest) if last else earliest


def fresh(kind, *, since, until):
    """What a digest of the kind has to tell, newest first: out in that time, or left out before to be offered again.

    A post dated before that time but published in it is news as well, as far as it would be announced (posts/announcing.py).
    """
    hold = timedelta(seconds=settings.HOLD_SECONDS)
    back = MailingPost.objects.filter(
        mailing__in=Mailing.objects.filter(kind=kind, until__gt=until - BACK).told(),
        is_left_out=True,
        is_offered_again=True,
    )
    came_out = Q(published_at__gt=since)
    dated_back = Q(published_at__gt=since - ARCHIVE, announcement__due_at__gt=since + hold)
    posts = Post.objects.published().filter(published_at__lte=until)
    told = MailingPost.objects.told_by(kind).values("post")
    found = posts.filter(came_out | dated_back | Q(pk__in=back.values("post"))).exclude(pk__in=told)
    return found.newest_first().only("pk")
