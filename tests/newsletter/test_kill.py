"""Workers that die in the middle of sending: no address gets two copies, none is lost, the ledger always adds up."""

import pytest
from django.utils import timezone

from newsletter.models import Delivery, Subscriber
from tests.newsletter.killing import ledger, send_and_kill
from tests.newsletter.sink import Moody, open_sink
from tests.newsletter.test_sending import queued

pytestmark = pytest.mark.django_db(transaction=True)
READERS = 600
KILLS = 40
MOOD = {
    "gone": 0.005,
    "busy": 0.02,
    "busy_data": 0.01,
    "hang_up": 0.005,
    "hang_up_after": 0.005,
    "slow": 1,  # so that it takes long enough to be killed in
}


def test_killed_at_random_nobody_gets_two_and_everybody_is_accounted_for():
    Subscriber.objects.bulk_create(
        Subscriber(
            email=f"reader{n}@example.org",
            key=f"reader{n}@example.org",
            state="active",
            confirmed_at=timezone.now(),
        )
        for n in range(READERS)
    )
    sink = Moody(seed=1, **MOOD)
    controller = open_sink(sink)
    mailing = queued()
    try:
        told = send_and_kill(
            mailing, controller.port, kills=KILLS, seed=2, afterwards=lambda: sink.mood.update(slow=0)
        )
    finally:
        controller.stop()
    states = ledger(mailing)
    assert told.kills == KILLS
    assert told.samples > KILLS
    assert told.wrong == []
    assert sum(states.values()) == mailing.audience == READERS
    assert set(states) <= {"sent", "failed", "unknown", "skipped"}
    assert max(sink.taken.values()) == 1
    by_state = {
        state: set(Delivery.objects.filter(state=state).values_list("subscriber__email", flat=True))
        for state in states
    }
    assert by_state["sent"] <= set(sink.taken)
    assert set(sink.taken) <= by_state["sent"] | by_state.get("unknown", set())
    assert by_state["failed"] == sink.gone - set(sink.taken)
    assert states.get("unknown", 0) <= told.kills + sum(sink.unanswered.values())
