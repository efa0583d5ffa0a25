"""Subscribers from other programs' files: what is taken, what is not, and that consent only ever goes down."""

import pytest

from newsletter.importing import course, receiving
from newsletter.models import ImportBatch, Subscriber, Suppression
from tests.factories import make_subscriber

pytestmark = pytest.mark.django_db
HEAD = "email,state,frequency\n"


def received(text, name="file.csv", encoding="utf-8"):
    content = text if isinstance(text, bytes) else text.encode(encoding)
    return receiving.receive([content], name=name)


def looked_at(text, name="file.csv", **said):
    batch = received(text, name) if not isinstance(text, ImportBatch) else text
    course.look(batch, **{"frequency": "daily", "is_declared": True} | said)
    while course.work(batch.pk):
        pass
    batch.refresh_from_db()
    return batch


def imported(text, name="file.csv", **said):
    batch = looked_at(text, name, **said)
    course.begin(batch, by="ada")
    while course.work(batch.pk):
        pass
    batch.refresh_from_db()
    return batch


def counts(told):
    return {outcome: one["count"] for outcome, one in told.items()}


def states():
    return dict(Subscriber.objects.values_list("key", "state"))


def test_a_file_is_taken_as_was_said_beforehand():
    make_subscriber(email="here@example.org")
    make_subscriber(email="left@example.org", state="unsubscribed")
    Suppression.objects.suppress("erased@example.org", "erased")
    batch = imported(
        HEAD
        + "new@example.org,active,weekly\nhere@example.org,unsubscribed,daily\nleft@example.org,active,daily\n"
        "erased@example.org,active,daily\nnobody,active,daily\nnew@example.org,active,daily\nb@example.org,bounced,daily\n"
        "c@example.org,odd,daily\nd@example.org\n"
    )
    assert counts(batch.found) == counts(batch.expected)
    assert counts(batch.found) == {
        "new_active": 1,
        "lowered": 1,
        "stays": 1,
        "suppressed": 1,
        "not_address": 1,
        "duplicate": 1,
        "new_left": 1,
        "unreadable": 1,
        "ragged": 1,
    }
