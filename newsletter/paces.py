"""Providers over all workers: when each may be handed the next mail, and which are in trouble."""

from datetime import timedelta

from django.db import connection
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from newsletter.models import Pace

AVOIDED = timedelta(minutes=1)  # how long another provider goes first
# A turn is never further off than sixty mails take, so that a clock set back does not stop the mail.
TURN = """
INSERT INTO newsletter_pace (provider, next_at) VALUES (%(provider)s, clock_timestamp() + make_interval(secs => %(gap)s))
ON CONFLICT (provider) DO UPDATE SET next_at = make_interval(secs => %(gap)s)
    + greatest(clock_timestamp(), least(newsletter_pace.next_at, clock_timestamp() + make_interval(secs => 60 * %(gap)s)))
RETURNING extract(epoch FROM next_at - make_interval(secs => %(gap)s) - clock_timestamp())
"""


def turn_of(provider):
    """Takes the provider's next turn; how many seconds off it is."""
    with connection.cursor() as cursor:
        cursor.execute(TURN, {"provider": provider.name, "gap": 1 / provider.per_second})
        return float(cursor.fetchone()[0])


def in_order(providers):
    """The providers as they are to be tried: those that took no mail a moment ago come last."""
    avoided = set(
        Pace.objects.filter(trouble_at__gt=timezone.now() - AVOIDED).values_list("provider", flat=True)
    )
    return sorted(providers, key=lambda provider: provider.name in avoided)


def note_trouble(name, trouble):
    """Kept until the provider takes mail again; shown to the newsroom."""
    Pace.objects.get_or_create(provider=name)
    Pace.objects.filter(provider=name).update(
        trouble=trouble[:500], trouble_at=Now(), trouble_since=Coalesce("trouble_since", Now())
    )


def is_well(name):
    """What was wrong is over."""
    Pace.objects.filter(provider=name).exclude(trouble="").update(
        trouble="", trouble_at=None, trouble_since=None
    )


def in_trouble():
    return Pace.objects.exclude(trouble="").order_by("provider")
