"""All that is kept of a subscriber, for the subscriber."""

from django.conf import settings
from django.utils import timezone

from newsletter.choosing import names_of
from newsletter.models import AddressChange, Bounce, HeldSignUp, Suppression

KEPT_ELSEWHERE = (
    "This is all we keep of you under this address. Networks are cut off (/24 or /48), senders are keyed hashes: "
    "we cannot read an IP address from them. We do not record what you open or click."
)


def everything_about(subscriber):
    """Plain values, ready for JSON: the row, its history, every delivery, and what waits."""
    suppression = Suppression.objects.covering(subscriber.key).first()
    change = AddressChange.objects.filter(subscriber=subscriber, former_email="").first()
    return {
        "what": KEPT_ELSEWHERE,
        "site": settings.SITE_URL,
        "made_at": timezone.now(),
        "subscriber": row_of(subscriber),
        "suppressed": suppression and {"why": suppression.reason, "since": suppression.created_at},
        "waiting_change_of_address": change and {"to": change.email, "asked_at": change.asked_at},
        "sign_up_is_held": HeldSignUp.objects.filter(subscriber=subscriber).exists(),
        "former_links_good_until": [link.until for link in subscriber.former_links.order_by("until")],
        "history": [event_as_plain(event) for event in subscriber.consent_events.order_by("at", "id")],
        "deliveries": deliveries_of(subscriber),
        "came_back": list(
            Bounce.objects.filter(subscriber=subscriber)
            .order_by("at")
            .values("kind", "at", "status", "diagnostic", "source")
        ),
    }


def row_of(subscriber):
    names = [field.attname for field in subscriber._meta.concrete_fields if field.name != "id"]
    return {name: getattr(subscriber, name) for name in names} | {
        "sections": names_of(subscriber.categories),
        "preferences": settings.SITE_URL + subscriber.preferences_url,
    }


def event_as_plain(event):
    names = ["what", "at", "how", "detail", "text", "text_version", "network", "sender_hash", "address_hash"]
    return {name: getattr(event, name) for name in names} | {"by_an_administrator": bool(event.by)}


def deliveries_of(subscriber):
    rows = subscriber.deliveries.order_by("pk").values_list(
        "mailing__kind", "mailing__subject", "state", "reason", "attempts", "changed_at"
    )
    names = ["mailing", "subject", "state", "reason", "attempts", "at"]
    return [dict(zip(names, row, strict=True)) for row in rows.iterator()]
