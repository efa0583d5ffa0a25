"""What the newsletter tells Prometheus."""

from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter import metrics
from newsletter.models import Delivery
from tests.factories import make_mailing, make_subscriber

pytestmark = pytest.mark.django_db


def told():
    return next(gauge for gauge in metrics.measured() if gauge.name == "deliveries_by_provider").values


def test_mails_are_counted_by_who_carried_them_and_what_became_of_them(settings):
    settings.NEWSLETTER_PROVIDERS = [{"name": name, "mailer": "default"} for name in ("first", "second")]
    now = timezone.now()
    today = make_mailing(state="sending", queued_at=now, started_at=now)
    before = make_mailing(state="sending", queued_at=now, started_at=now - timedelta(days=3))
    for mailing, provider, state in [
        *((today, "first", "sent"), (today, "first", "sent"), (today, "first", "failed")),
        *((today, "gone since", "sent"), (today, "", "pending"), (before, "second", "sent")),
    ]:
        variant = mailing.variants.first() or mailing.variants.create(subject="x", html="x", text="x")
        told_of = {"state": state, "provider": provider, "reason": "x"}
        Delivery.objects.create(mailing=mailing, variant=variant, subscriber=make_subscriber(), **told_of)
    found = told()
    assert found["first", "sent"] == 2
    assert found["first", "failed"] == 1
    assert found["second", "sent"] == 0
    assert found["former", "sent"] == 1
    assert len(found) == 7  # two providers, three outcomes, and who is gone
