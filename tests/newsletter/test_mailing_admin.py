"""The screens of mailings: the list, drafts, and the page of one that has been queued."""

import pytest
from django.urls import reverse

from newsletter import queueing
from newsletter.models import Mailing
from newsletter.queueing import Text
from tests.factories import make_mailing, make_subscriber, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/newsletter/mailing/"


def page_of(mailing, name="change"):
    return reverse(f"admin:newsletter_mailing_{name}", args=[mailing.pk])


def queued(**fields):
    make_subscriber()
    return queueing.queue(make_mailing(**fields), {(): Text("Subject", "<p>Text</p>", "Text")}, grace=60)


@pytest.fixture
def chief(client):
    client.force_login(make_user(group="Administrator"))
    return client


@pytest.fixture
def editor(client):
    client.force_login(make_user(group="Editor"))
    return client


def press(client, mailing, deed, **fields):
    answer = client.post(page_of(mailing, "deed"), {"deed": deed, **fields}, follow=True)
    mailing.refresh_from_db()
    return answer


def test_a_letter_is_begun_by_hand_and_remembers_who_began_it(chief):
    fields = {
        "subject": "To all of you",
        "body": "<p>Dear reader.</p><script>x</script>",
        "is_in_archive": "on",
    }
    chief.post(f"{LIST}add/", fields)
    letter = Mailing.objects.get()
    assert (letter.kind, letter.state, letter.body) == ("letter", "draft", "<p>Dear reader.</p>")
    assert letter.created_by.groups.get().name == "Administrator"


def test_what_has_been_queued_is_shown_and_cannot_be_changed_or_deleted(chief):
    mailing = queued()
    page = chief.get(page_of(mailing))
    assert "Take it back" in page.content.decode()
    answer = chief.post(page_of(mailing), {"subject": "Other", "body": "<p>What I wrote</p>"})
    assert answer.status_code == 409
    assert "What I wrote" in answer.content.decode()  # nothing typed is lost
    assert chief.post(page_of(mailing, "delete"), {"post": "yes"}).status_code == 403
    assert Mailing.objects.get().subject == mailing.subject


def test_the_buttons_pause_resume_and_cancel(chief):
    mailing = queued()
    press(chief, mailing, "pause")
    assert mailing.state == "paused"
    press(chief, mailing, "resume")
    assert mailing.state == "sending"
    press(chief, mailing, "cancel")
    assert mailing.state == "cancelled"
    assert mailing.deliveries.get().reason == "The mailing was cancelled."
    answer = press(chief, mailing, "resume")
    assert "stands otherwise by now" in answer.content.decode()
    assert mailing.state == "cancelled"


def test_within_the_grace_period_it_is_taken_back_and_is_a_draft_again(chief):
    mailing = queued()
    press(chief, mailing, "take_back")
    assert mailing.state == "draft"
    assert not mailing.deliveries.exists()


def test_what_waits_for_somebody_goes_on_with_a_latest_time_that_is_still_to_come(chief):
    mailing = queued()
    Mailing.objects.update(state="waiting")
    press(chief, mailing, "resume", latest_at="2001-01-01T10:00")
    assert mailing.state == "waiting"
    press(chief, mailing, "resume", latest_at="nonsense")
    assert mailing.state == "waiting"
    press(chief, mailing, "resume", latest_at="2101-01-01T10:00")
    assert mailing.state == "sending"
    assert mailing.latest_at.year == 2101


def test_an_editor_sees_the_page_but_no_button_and_may_not_press_one(editor):
    mailing = queued()
    assert "Take it back" not in editor.get(page_of(mailing)).content.decode()
    assert editor.post(page_of(mailing, "deed"), {"deed": "cancel"}).status_code == 403
    mailing.refresh_from_db()
    assert mailing.state == "sending"


def test_an_author_sees_no_mailing(client):
    client.force_login(make_user(group="Author"))
    assert client.get(LIST).status_code == 403
    assert client.get(page_of(queued())).status_code in (302, 403)


@pytest.mark.parametrize("state", ["draft", "sending"])
def test_the_page_and_the_list_cost_a_fixed_number_of_queries(chief, django_assert_max_num_queries, state):
    mailing = make_mailing() if state == "draft" else queued()
    chief.get(LIST)
    for address in (LIST, page_of(mailing)):
        with django_assert_max_num_queries(24):
            assert chief.get(address).status_code == 200
