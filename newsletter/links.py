"""A lost link: mailed to whoever owns the address, and to nobody else."""

from django.db import transaction

from informed_comment import jobs
from newsletter import limits
from newsletter.models import Subscriber, Suppression

State = Subscriber.State
MAILED = (
    State.ACTIVE,
    State.UNSUBSCRIBED,
    State.BOUNCED,
)  # what is kept of them they may see and have erased


@transaction.atomic
def ask_for_link(address, *, evidence):
    """Has the link mailed if there is anybody behind the address; says nothing of it. Raises limits.TooMany."""
    limits.network_spends(evidence.network)
    may_be_mailed = limits.link_may_be_mailed(address)
    is_suppressed = Suppression.objects.covering(address.key).exists()
    subscriber = Subscriber.objects.filter(key=address.key, state__in=MAILED).first()
    if subscriber and may_be_mailed and not is_suppressed:
        number = f"{limits.this_hour():%Y%m%d%H}"
        jobs.defer("newsletter.send_link", subscriber_id=subscriber.pk, number=number)
