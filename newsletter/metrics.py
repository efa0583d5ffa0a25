"""What the newsletter tells Prometheus."""

from datetime import timedelta

from django.db.models import Sum
from django.utils import timezone

from informed_comment.watching.metrics import Gauge
from newsletter import paces
from newsletter.models import HeldSignUp, MailingFigures

LATELY = timedelta(days=1)
STATES = ("sent", "failed", "skipped", "unknown", "pending")


def measured():
    recent = MailingFigures.objects.filter(mailing__started_at__gt=timezone.now() - LATELY)
    sums = recent.aggregate(**{state: Sum(state) for state in STATES})
    yield Gauge(
        "deliveries",
        "Of mailings begun within a day, as counted every quarter of an hour",
        {(state,): sums[state] or 0 for state in STATES},
        ("state",),
    )
    trouble = {(pace.provider,): 1 for pace in paces.in_trouble()}
    yield Gauge("mail_provider_in_trouble", "Who takes no mail", trouble, ("provider",))
    yield Gauge(
        "sign_ups_held", "Sign-ups that wait for a decision", {(): HeldSignUp.objects.waiting().count()}
    )
