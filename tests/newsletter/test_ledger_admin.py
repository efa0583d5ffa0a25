"""The ledger in the newsroom: it adds up, it says who got what and why, and what no machine may decide, a person does."""

import csv
import io
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from newsletter import bounces, ledger, paces, queueing, sending
from newsletter.messages import message_id
from newsletter.models import Delivery, Mailing, MailingFigures, Subscriber
from newsletter.queueing import Text
from tests.factories import make_subscriber, make_user
from tests.newsletter.test_sending import HTML, PLAIN, make_mailing, sink

__all__ = ["sink"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    user = make_user(group="Administrator", username="ada")
    client.force_login(user)
    return user


def queued(readers=6, **fields):
    for _ in range(readers):
        make_subscriber()
    return queueing.queue(make_mailing(**fields), {(): Text("Subject", HTML, PLAIN)}, grace=0)


def settle(mailing, *states, **fields):
    """Puts the mailing's deliveries, in order, into these states."""
    for delivery, state in zip(mailing.deliveries.order_by("pk"), states, strict=False):
        reason = "" if state in ("sent", "pending", "sending") else f"Because it is {state}."
        values = {"state": state, "reason": reason, "claimed_by": 7 if state == "unknown" else None}
        Delivery.objects.filter(pk=delivery.pk).update(**values | fields)


def address(mailing, rest=""):
    return f"/admin/newsletter/mailing/{mailing.pk}/ledger/{rest}"


def decide(client, mailing, deed, deliveries=(), **fields):
    data = {"deed": deed, "delivery": [one.pk for one in deliveries], "state": "unknown"} | fields
    return client.post(address(mailing, "decide/"), data, follow=True)


def test_the_page_of_a_mailing_shows_a_ledger_that_adds_up(client, administrator):
    mailing = queued()
    settle(mailing, "sent", "sent", "failed", "skipped", "unknown")
    Delivery.objects.filter(state="skipped").update(reason="Paused before its turn came.")
    page = client.get(f"/admin/newsletter/mailing/{mailing.pk}/change/").content.decode()
    assert "It adds up: 6 = 2 sent + 1 failed + 1 skipped + 1 pending + 1 unknown." in page
    assert "1: <a" in page
    assert "Paused before its turn came." in page
    assert "Of 1 nobody knows whether it arrived" in page
    assert f'data-ledger="{address(mailing, "now/")}"' in page
    now = client.get(address(mailing, "now/")).content.decode()
    assert 'data-state="sending"' in now
    assert "<html" not in now


def test_a_ledger_that_does_not_add_up_says_so(client, administrator):
    mailing = queued(2)
    mailing.deliveries.first().delete()
    page = client.get(address(mailing, "now/")).content.decode()
    assert "It does not add up: 1 deliveries for an audience of 2." in page


def test_what_is_being_handed_over_is_still_pending():
    mailing = queued(3)
    settle(mailing, "sending", "sent")
    found = ledger.balance(mailing)
    assert (found.waiting, found.sending, found.done, found.adds_up) == (2, 1, 1, True)


def test_the_speed_is_that_of_the_last_two_minutes():
    mailing = queued(0)
    mailing.started_at = timezone.now() - timedelta(hours=1)
    first = ledger.Balance(audience=1000, sent=100, pending=900, counted_at=1000.0)
    assert ledger.speed(mailing, first) is None
    later = ledger.Balance(audience=1000, sent=300, pending=700, counted_at=1020.0)
    assert ledger.speed(mailing, later) == 10
    much_later = ledger.Balance(audience=1000, sent=300, pending=700, counted_at=2000.0)
    assert ledger.speed(mailing, much_later) is None


def test_the_list_says_of_each_who_when_why_and_under_which_name(client, administrator):
    mailing = queued(3)
    settle(mailing, "unknown", "sent", "failed")
    unknown = mailing.deliveries.get(state="unknown")
    page = client.get(address(mailing)).content.decode()  # what needs somebody comes first
    assert unknown.subscriber.email in page
    assert "Because it is unknown." in page
    assert message_id(mailing.pk, unknown.pk).strip("<>") in page
    assert mailing.deliveries.get(state="sent").subscriber.email not in page
    sent = client.get(address(mailing, "?state=sent")).content.decode()
    assert unknown.subscriber.email not in sent
    whose = client.get(address(mailing, f"?address={unknown.subscriber.email.upper()}")).content.decode()
    assert unknown.subscriber.email in whose
    assert "Nobody." in client.get(address(mailing, "?address=nobody@example.org")).content.decode()
    assert "Nobody." in client.get(address(mailing, "?state=failed&reason=other")).content.decode()
    for odd in ("?state=x&p=zzz", "?p=last", "?address=%22", "?reason=%25", "?state=sent&p=a999"):
        assert client.get(address(mailing, odd)).status_code == 200


def test_a_long_list_has_pages_and_costs_the_same_on_each(
    client, administrator, django_assert_max_num_queries
):
    mailing = queued(0)
    Subscriber.objects.bulk_create(
        Subscriber(email=f"r{n}@e.org", key=f"r{n}@e.org", state="active", confirmed_at=timezone.now())
        for n in range(120)
    )
    mailing = queued(0)
    with django_assert_max_num_queries(12):
        page = client.get(address(mailing, "?state=pending"))
    assert page.content.decode().count("<tr>") == 51
    after = page.context["after"]
    second = client.get(address(mailing, f"?state=pending&p={after}"))
    assert not {one.pk for one in page.context["deliveries"]} & {
        one.pk for one in second.context["deliveries"]
    }


def test_unknown_that_arrived_is_sent_and_the_log_names_who_says_so(client, administrator):
    mailing = queued(3)
    settle(mailing, "unknown", "unknown", "sent")
    Mailing.objects.update(state="sent", ended_at=timezone.now())
    MailingFigures.objects.create(mailing=mailing, counted_at=timezone.now(), is_final=True)
    first = mailing.deliveries.filter(state="unknown").order_by("pk").first()
    decide(client, mailing, "arrived", [first])
    first.refresh_from_db()
    assert (first.state, first.reason) == ("sent", "Was unknown; ada found that it arrived.")
    assert mailing.deliveries.filter(state="unknown").count() == 1
    assert Mailing.objects.get().state == "sent"
    assert not MailingFigures.objects.get().is_final
    entry = LogEntry.objects.get()
    assert entry.user == administrator
    assert f"1 delivery said to have arrived. Numbers {first.pk}." in entry.change_message


def test_unknown_that_did_not_arrive_goes_out_again_once(client, administrator, sink):
    mailing = queued(2, latest_at=timezone.now() + timedelta(hours=1))
    settle(mailing, "unknown", "sent")
    Mailing.objects.update(state="sent", ended_at=timezone.now(), latest_at=timezone.now() - timedelta(1))
    unknown = mailing.deliveries.get(state="unknown")
    decide(client, mailing, "again", [unknown])
    unknown.refresh_from_db()
    assert (unknown.state, unknown.claimed_by) == ("pending", None)
    mailing.refresh_from_db()
    assert (mailing.state, mailing.ended_at, mailing.latest_at) == ("sending", None, None)
    assert "did not arrive" in unknown.reason
    sending.send(mailing.pk)
    assert sink.taken == {unknown.subscriber.email: 1}
    mailing.refresh_from_db()
    assert mailing.state == "sent"
    assert mailing.ended_at is not None


def test_all_unknown_are_decided_at_once_only_when_that_is_meant(client, administrator):
    mailing = queued(5)
    settle(mailing, "unknown", "unknown", "unknown", "sent", "failed")
    page = decide(client, mailing, "again")
    assert "Tick the deliveries first" in page.content.decode()
    assert mailing.deliveries.filter(state="unknown").count() == 3
    decide(client, mailing, "again", all="1")
    assert sorted(mailing.deliveries.values_list("state", flat=True)) == ["failed", *["pending"] * 3, "sent"]


def test_what_was_decided_in_the_meantime_is_not_decided_again(client, administrator):
    mailing = queued(1)
    settle(mailing, "unknown")
    delivery = mailing.deliveries.get()
    decide(client, mailing, "arrived", [delivery])
    page = decide(client, mailing, "again", [delivery])
    assert "None of them can be decided any more" in page.content.decode()
    assert mailing.deliveries.get().state == "sent"


def test_failed_ones_are_sent_again_only_when_they_surely_were_not_and_the_address_is_fine(
    client, administrator
):
    mailing = queued(2)
    settle(mailing, "failed", "failed")
    final, other = mailing.deliveries.order_by("pk")
    page = client.get(address(mailing, "?state=failed")).content.decode()
    assert "These are final" in page
    Delivery.objects.filter(pk=other.pk).update(is_retryable=True)
    assert "Send the ticked ones again" in client.get(address(mailing, "?state=failed")).content.decode()
    decide(client, mailing, "again", [final, other], state="failed")
    assert list(mailing.deliveries.order_by("pk").values_list("state", flat=True)) == ["failed", "pending"]


def test_nothing_of_a_cancelled_mailing_is_sent_again(client, administrator):
    mailing = queued(1)
    settle(mailing, "unknown")
    queueing.cancel(mailing)
    page = decide(client, mailing, "again", mailing.deliveries.all())
    assert "The mailing was cancelled: nothing more of it is sent." in page.content.decode()
    assert mailing.deliveries.get().state == "unknown"
    decide(client, mailing, "arrived", mailing.deliveries.all())
    assert mailing.deliveries.get().state == "sent"


def test_one_who_resolves_leaves_a_paused_mailing_paused(client, administrator):
    mailing = queued(1)
    settle(mailing, "unknown")
    queueing.pause(mailing)
    decide(client, mailing, "again", mailing.deliveries.all())
    mailing.refresh_from_db()
    assert mailing.state == "paused"


def test_a_sender_that_comes_back_to_life_changes_nothing_that_a_person_decided():
    mailing = queued(1)
    settle(mailing, "unknown")
    delivery = mailing.deliveries.get()
    ledger.send_again(mailing, [delivery.pk], by="ada")
    outcome = {"id": delivery.pk, "state": "sent", "attempts": 1, "reason": "", "wait": 0, "provider": ""}
    sending.claims.note(outcome | {"sender": 7, "is_retryable": False})
    assert mailing.deliveries.get().state == "pending"


def test_the_ledger_as_csv_is_for_those_who_may_export_and_leaves_a_trace(client, administrator):
    mailing = queued(2)
    Subscriber.objects.filter(pk=mailing.deliveries.first().subscriber_id).update(
        email="=cmd@example.org", key="=cmd@example.org"
    )
    settle(mailing, "failed", "failed")
    answer = client.get(address(mailing, "deliveries.csv?state=failed"))
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert [row["state"] for row in rows] == ["failed", "failed"]
    assert rows[0]["email"] == "'=cmd@example.org"
    assert rows[0]["message_id"] == message_id(mailing.pk, mailing.deliveries.order_by("pk").first().pk)
    assert "as CSV: state=failed" in LogEntry.objects.get().change_message


def test_editors_see_the_numbers_and_not_the_readers(client):
    client.force_login(make_user(group="Editor"))
    mailing = queued(2)
    settle(mailing, "unknown")
    page = client.get(f"/admin/newsletter/mailing/{mailing.pk}/change/")
    assert "It adds up" in page.content.decode()
    assert client.get(address(mailing, "now/")).status_code == 200
    assert client.get(address(mailing)).status_code == 403
    assert client.get(address(mailing, "deliveries.csv")).status_code == 403
    assert decide(client, mailing, "arrived", all="1").status_code == 403
    assert mailing.deliveries.filter(state="unknown").exists()
    client.force_login(make_user(group="Author"))
    assert client.get(address(mailing, "now/")).status_code == 404


def test_a_draft_has_no_ledger(client, administrator):
    mailing = make_mailing()
    assert client.get(address(mailing)).status_code == 404
    assert client.get(address(mailing, "now/")).status_code == 404
    assert "Ledger" not in client.get(f"/admin/newsletter/mailing/{mailing.pk}/change/").content.decode()


def test_a_subscribers_page_shows_which_mailings_it_got_and_what_came_back(client, administrator):
    reader = make_subscriber()
    mailings = [queued(0, subject=f"Letter {n}") for n in range(12)]
    for mailing in mailings:
        settle(mailing, "sent")
    newest = mailings[-1].deliveries.get()
    bounces.record(
        "soft",
        subscriber=reader,
        delivery_id=newest.pk,
        diagnostic="452 mailbox full",
        source="test",
        key="x",
    )
    page = client.get(f"/admin/newsletter/subscriber/{reader.pk}/change/").content.decode()
    assert "Letter 11" in page
    assert "452 mailbox full" in page
    assert "Letter 0<" not in page
    all_of_it = client.get(f"/admin/newsletter/subscriber/{reader.pk}/mail/").content.decode()
    assert "Letter 0<" in all_of_it


def test_what_came_back_is_listed_and_what_nobody_understood_can_be_read(client, administrator):
    reader = make_subscriber()
    bounces.record("hard", subscriber=reader, source="bounce mailbox", key="a", diagnostic="550 5.1.1 no")
    odd = bounces.record("unclear", subscriber=None, source="bounce mailbox", key="b", diagnostic="Grüße")
    page = client.get("/admin/newsletter/bounce/").content.decode()
    assert reader.email in page
    assert "550 5.1.1 no" in page
    assert "Grüße" in client.get(f"/admin/newsletter/bounce/{odd.pk}/change/").content.decode()
    found = client.get(f"/admin/newsletter/bounce/?q={reader.email}").content.decode()
    assert "Grüße" not in found


def test_the_dashboard_tells_of_mailings_that_want_somebody_and_of_providers_in_trouble(
    client, administrator
):
    mailing = queued(2, subject="The week in short")
    settle(mailing, "unknown", "sent")
    paces.note_trouble("first", "Connection refused")
    page = client.get("/admin/").content.decode()
    assert "The first provider takes no mail" in page
    assert "Connection refused" in page
    assert "1 unknown: look, and decide" in page
    Mailing.objects.update(state="waiting", problem="Its latest time passed.")
    assert "Its latest time passed." in client.get("/admin/").content.decode()
