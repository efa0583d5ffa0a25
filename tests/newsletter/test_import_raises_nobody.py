"""Whatever happens in whatever order: nobody's consent goes up but by their own confirmation, and no kill loses a row."""

import random
import subprocess
import sys
from pathlib import Path

import pytest
from django.core import mail
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter import addresses, bounces, confirming, subscribing
from newsletter.consent import Evidence
from newsletter.importing import course
from newsletter.models import ConsentEvent, ImportBatch, Subscriber, Suppression
from tests.newsletter.importing import HEAD, counts, imported, received, undone

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = ("ada@example.org", "bob@example.org")
MAILED = {"active": 2, "pending": 1}  # how much we may do, the others being 0
EVIDENCE = Evidence("test")
STATES = st.sampled_from(Subscriber.State.values)
IMPORT = st.tuples(
    st.just("import"),
    st.lists(st.tuples(st.sampled_from(PEOPLE), STATES), min_size=1, max_size=3),
    st.booleans(),
)
ACT = st.tuples(
    st.sampled_from(["sign up", "confirm", "unsubscribe", "bounce", "erase"]), st.sampled_from(PEOPLE)
)


def act(what, key):
    """One deed of a reader, or of their mail server."""
    subscriber = Subscriber.objects.filter(key=key).first()
    if what == "sign up":
        subscribing.sign_up(addresses.parse(key), frequency="daily", source="page", evidence=EVIDENCE)
    elif subscriber is None:
        return
    elif what == "confirm":
        asked = subscriber.consent_events.filter(what="asked").first()
        if asked and not Suppression.objects.covering(key).exists():
            confirming.confirm(confirming.token_for(asked), evidence_for=lambda version: EVIDENCE)
    elif what == "unsubscribe":
        subscribing.unsubscribe(subscriber, evidence=EVIDENCE)
    elif what == "bounce":
        bounces.close(subscriber.pk, ConsentEvent.What.BOUNCED, how="test")
    elif what == "erase":
        subscribing.erase(subscriber, evidence=EVIDENCE)


def check(step, before, erased):
    after = dict(Subscriber.objects.values_list("key", "state"))
    for key, state in after.items():
        was = before.get(key)
        if was and MAILED.get(state, 0) > MAILED.get(was, 0) and step != ("confirm", key):
            raise AssertionError(f"{step} raised {key} from {was} to {state}")
        if step[0] == "import":
            assert was or key not in erased, f"{step} made {key} anew, who was erased"
            assert was or state != "active" or step[2], f"{step} made {key} active, undeclared"
        if state == "active" and was != "active":
            events = ConsentEvent.objects.filter(subscriber__key=key, what__in=["confirmed", "imported"])
            assert events.exists(), f"{key} is active and nothing says why"


@pytest.mark.django_db
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.one_of(IMPORT, ACT), min_size=3, max_size=6))
def test_no_order_of_things_raises_consent_without_a_confirmation(steps):
    mail.outbox = []
    with transaction.atomic():
        erased = set()
        for step in steps:
            before = dict(Subscriber.objects.values_list("key", "state"))
            if step[0] == "import":
                rows = "".join(f"{key},{state},daily\n" for key, state in step[1])
                imported(HEAD + rows, is_declared=step[2])
            else:
                act(*step)
            if step[0] == "erase" and before.get(step[1], "pending") != "pending":
                erased.add(step[1])
            check(step, before, erased)
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_killed_at_any_moment_an_import_goes_on_where_it_was():
    rows = [f"reader{n}@example.org,{'unsubscribed' if n % 5 == 0 else 'active'},daily" for n in range(300)]
    batch = received(HEAD + "\n".join(rows) + "\n")
    course.look(batch, frequency="daily", is_declared=True)
    arguments = [str(batch.pk), connection.settings_dict["NAME"], "12", str(random.Random(5).random())]
    told = subprocess.run(
        [sys.executable, "-m", "tests.newsletter.import_killing", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    batch = ImportBatch.objects.get()
    assert told.stdout == "12 kills\n"
    assert (batch.state, batch.lines, batch.rows.count()) == ("done", 300, 300)
    assert counts(batch.expected) == counts(batch.found) == {"new_active": 240, "new_left": 60}
    assert Subscriber.objects.filter(state="active").count() == 240
    assert Subscriber.objects.filter(state="unsubscribed").count() == 60
    assert ConsentEvent.objects.filter(what="imported").values("subscriber").distinct().count() == 300
    assert ConsentEvent.objects.count() == 300
    undone(batch)
    assert not Subscriber.objects.exists()
