"""Holding sign-ups back while far more come than usual, and what becomes of those that were held.

A held sign-up is answered like any other and its rows are written; only its mail waits. So a flood costs strangers no
mail and real readers no sign-up: administrators, told at once, release or throw away what was held, by pattern.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from informed_comment import jobs
from newsletter import limits
from newsletter.consent import Evidence, note
from newsletter.models import ConsentEvent, HeldSignUp, SignUpHold, Subscriber

LASTS = timedelta(hours=1)  # a hold, at the least
BELIEVED = timedelta(days=1)  # whoever ends a hold by hand
AT_ONCE = 500  # thrown away in one transaction
Fate = HeldSignUp.Fate


@dataclass(frozen=True)
class Pattern:
    """Which of the held sign-ups are meant: those of a mail domain, those from a network, or all."""

    domain: str = ""
    network: str = ""

    def rows(self, up_to=None):
        named = {name: value for name, value in vars(self).items() if value}
        rows = HeldSignUp.objects.waiting().filter(**named)
        return rows if up_to is None else rows.filter(pk__lte=up_to)


# Beginning and ending


def hold_over(address, counts):
    """The hold this sign-up falls under, begun by it when it is one too many; or None."""
    if hold := SignUpHold.objects.over(address.domain).order_by("domain").first():
        return hold
    return begun("", counts.all) or begun(address.domain, counts.domain)


def begun(domain, seen):
    """A new hold, when so many sign-ups within the hour are a burst; administrators are told in the same transaction."""
    if seen <= (settings.SIGN_UPS_PER_DOMAIN if domain else settings.SIGN_UPS_BURST):
        return None
    limit, now = limits.most_usual(domain), timezone.now()
    ended_by_hand = SignUpHold.objects.filter(domain=domain, ended_at__gt=now - BELIEVED).exclude(ended_by="")
    if seen <= limit or ended_by_hand.exists():
        return None
    new = SignUpHold(domain=domain, seen=seen, limit=limit, began_at=now)
    SignUpHold.objects.bulk_create([new], ignore_conflicts=True)
    hold = SignUpHold.objects.running().get(domain=domain)
    tell(hold, "began")
    return hold


def tell(hold, what):
    """Has the administrators told; a job that waits already tells it too."""
    jobs.defer("newsletter.tell_of_hold", queueing_lock=f"hold {hold.pk} {what}", hold_id=hold.pk, what=what)


@transaction.atomic
def end(hold, *, by=""):
    """Sign-ups get their mail again; those that were held go on waiting. By hand, no new hold begins for a day."""
    ended = SignUpHold.objects.running().filter(pk=hold.pk).update(ended_at=timezone.now(), ended_by=by)
    if ended:
        tell(hold, "ended")
    return bool(ended)


def end_where_calm():
    """Ends holds by themselves, an hour after their beginning at the soonest, once no more comes than is usual."""
    for hold in SignUpHold.objects.running().filter(began_at__lt=timezone.now() - LASTS):
        if limits.busiest_of_late(hold.domain) <= limits.most_usual(hold.domain):
            end(hold)


# Keeping


def keep(event, hold, *, is_new):
    """The sign-up waits; of several for one address, the last."""
    HeldSignUp.objects.update_or_create(
        subscriber=event.subscriber,
        defaults={"event": event, "fate": Fate.WAITING},
        create_defaults={
            "event": event,
            "hold": hold,
            "domain": event.subscriber.key.rpartition("@")[2],
            "network": event.network,
            "is_new": is_new,
        },
    )


def groups(name, most):
    """[(domain or network, how many wait)], the greatest first."""
    rows = HeldSignUp.objects.waiting().exclude(**{name: ""}).values_list(name)
    return list(rows.annotate(number=Count("pk")).order_by("-number", name)[:most])


# Deciding


@transaction.atomic
def decide(pattern, fate, *, by, up_to):
    """Releases or drops what matches, as far as it was there at the preview; how many. The worker carries it out."""
    decided = pattern.rows(up_to).update(fate=fate, decided_by=by)
    if decided:
        jobs.defer("newsletter.deal_with_held", queueing_lock="deal with held sign-ups")
    return decided


@transaction.atomic
def release_some():
    """The mail of a minute's worth of released sign-ups is asked for; whether more wait."""
    released = (
        HeldSignUp.objects.filter(fate=Fate.RELEASED).order_by("pk").select_for_update(skip_locked=True)
    )
    rows = list(released[: settings.RELEASED_PER_MINUTE])
    for row in rows:
        jobs.defer("newsletter.send_confirmation", event_id=row.event_id)
    HeldSignUp.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


@transaction.atomic
def drop_some():
    """Throws some away: an address nobody knew before is forgotten, another only keeps waiting for nothing."""
    dropped = HeldSignUp.objects.filter(fate=Fate.DROPPED).select_related("subscriber").order_by("pk")
    rows = list(dropped.select_for_update(skip_locked=True, of=("self",))[:AT_ONCE])
    now = timezone.now()
    for row in rows:
        evidence = Evidence("held sign-ups", by=row.decided_by)
        note(row.subscriber, ConsentEvent.What.DROPPED, evidence, at=now)
    HeldSignUp.objects.filter(pk__in=[row.pk for row in rows]).delete()
    unknown = [row.subscriber_id for row in rows if row.is_new]
    Subscriber.objects.filter(pk__in=unknown, state=Subscriber.State.PENDING, mailed_at=None).delete()
    return len(rows)
