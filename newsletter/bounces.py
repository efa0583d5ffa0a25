"""Mail that came back: what it says about an address, and closing the subscription when it must be."""

from django.db import transaction
from django.utils import timezone

from newsletter.consent import Evidence, note
from newsletter.models import ConsentEvent, Subscriber


@transaction.atomic
def refused(delivery_id, subscriber_id, reply):
    """The mail server said, when it was handed a message, that there is no such mailbox."""
    close(subscriber_id, ConsentEvent.What.BOUNCED, how="mail server", detail=reply)


@transaction.atomic
def close(subscriber_id, what, *, how, detail=""):
    """Nothing is mailed to the subscriber from here on. Of what lowers consent already, nothing is changed."""
    lowered = {
        ConsentEvent.What.BOUNCED: Subscriber.State.BOUNCED,
        ConsentEvent.What.COMPLAINED: Subscriber.State.COMPLAINED,
    }[what]
    subscriber = Subscriber.objects.select_for_update().filter(pk=subscriber_id).first()
    if subscriber is None or subscriber.state in (lowered, Subscriber.State.COMPLAINED):
        return None
    note(subscriber, what, Evidence(how), at=timezone.now(), detail=detail[:200])
    if subscriber.state != Subscriber.State.UNSUBSCRIBED or lowered == Subscriber.State.COMPLAINED:
        subscriber.state = lowered
    subscriber.round += 1
    subscriber.save(update_fields=["state", "round"])
    return subscriber
