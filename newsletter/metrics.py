"""What the newsletter tells Prometheus."""

from datetime import timedelta

from django.db.models import Count, Sum
from django.utils import timezone

from informed_comment.watching.metrics import Gauge
from newsletter import carriers, paces
from newsletter.models import Delivery, HeldSignUp, MailingFigures

LATELY = timedelta(days=1)
STATES = ("sent", "failed", "skipped", "unknown", "pending")


OUTCOMES = ("sent", "failed", "unknown")
FORMER = "former"  # whoever carried mail today and is no longer in the settings


def by_provider():
    """{(provider, outcome): number}, for the providers of the settings, so that there are no more rows than these allow."""
    names = [provider.name for provider in carriers.providers()]
    found = {(name, outcome): 0 for name in names for outcome in OUTCOMES}
    recent = Delivery.objects.filter(mailing__started_at__gt=timezone.now() - LATELY, state__in=OUTCOMES)
    rows = recent.exclude(provider="").values_list("provider", "state")
    for name, outcome, number in rows.annotate(number=Count("pk")).order_by():
        key = name if name in names else FORMER, outcome
        found[key] = found.get(key, 0) + number
    return found


def measured():
    recent = MailingFigures.objects.filter(mailing__started_at__gt=timezone.now() - LATELY)
    sums = recent.aggregate(**{state: Sum(state) for state in STATES})
    yield Gauge(
        "deliveries",
        "Of mailings begun within a day, as counted every quarter of an hour",
        {(state,): sums[state] or 0 for state in STATES},
        ("state",),
    )
    yield Gauge(
        "deliveries_by_provider",
        "Of mailings begun within a day, those that were handed over or tried",
        by_provider(),
        ("provider", "outcome"),
    )
    trouble = {(pace.provider,): 1 for pace in paces.in_trouble()}
    yield Gauge("mail_provider_in_trouble", "Who takes no mail", trouble, ("provider",))
    yield Gauge(
        "sign_ups_held", "Sign-ups that wait for a decision", {(): HeldSignUp.objects.waiting().count()}
    )
