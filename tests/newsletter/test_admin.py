"""Subscribers in the admin: what an administrator sees, may do, and may not."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from newsletter import choosing, subscribing
from newsletter.consent import Evidence, note
from newsletter.dashboard import new_subscribers
from newsletter.models import ConsentEvent, DailyFigure, Subscriber, Suppression
from tests.factories import make_subscriber, make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/newsletter/subscriber/"
EXPORT = f"{LIST}export/"


@pytest.fixture
def administrator(staff):
    return staff(
        "view_subscriber",
        "change_subscriber",
        "delete_subscriber",
        "export_subscriber",
        "view_suppression",
        "delete_suppression",
        "view_consentevent",
    )


# The list


@pytest.mark.usefixtures("administrator")
def test_the_list_costs_the_same_for_one_and_for_sixty(client, django_assert_max_num_queries):
    for count in (1, 59):
        for _ in range(count):
            make_subscriber()
        with django_assert_max_num_queries(9) as captured:
            assert client.get(LIST).status_code == 200
        counted = len(captured)
    with django_assert_max_num_queries(counted):
        client.get(LIST, {"state__exact": "active", "q": "reader"})


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "ADA"}, {"Ada@Example.org"}),
        ({"q": "example.org bob"}, {"bob@example.org"}),
        ({"q": "100%"}, set()),
        ({"state__exact": "unsubscribed"}, {"bob@example.org"}),
        ({"frequency__exact": "weekly"}, {"Ada@Example.org"}),
        ({"source__exact": "footer"}, {"bob@example.org"}),
    ],
)
def test_the_list_filters_and_searches(client, query, found):
    make_subscriber(email="Ada@Example.org", frequency="weekly")
    make_subscriber(email="bob@example.org", state="unsubscribed", source="footer")
    page = client.get(LIST, query)
    assert {email for email in ("Ada@Example.org", "bob@example.org") if email in page.text} == found


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize("query", [{"q": "\x00"}, {"q": "'"}, {"p": "999"}, {"x": "1"}])
def test_an_odd_question_to_the_list_gets_an_answer(client, query):
    assert client.get(LIST, query).status_code in (200, 302, 400)
    assert client.post(f"{EXPORT}?{urlencode(query)}").status_code in (200, 302, 400)


@pytest.mark.usefixtures("administrator")
def test_a_subscriber_shows_the_history_and_offers_nothing_to_edit(client, django_assert_max_num_queries):
    subscriber = make_subscriber()
    for frequency in ("weekly", "daily", "every_post"):
        choosing.change_frequency(subscriber, frequency, evidence=Evidence("preferences page"))
        subscriber.refresh_from_db()
    with django_assert_max_num_queries(11):
        page = client.get(f"{LIST}{subscriber.pk}/change/")
    assert "Weekly digest → Daily digest" in page.text
    assert 'name="_save"' not in page.text
    assert str(subscriber.link_key) not in page.text

    client.post(f"{LIST}{subscriber.pk}/change/", {"state": "pending", "email": "other@example.org"})
    subscriber.refresh_from_db()
    assert (subscriber.state, subscriber.email) == ("active", subscriber.key)
    assert client.get(f"{LIST}add/").status_code == 403


@pytest.mark.parametrize("place", ["list", "page"])
def test_an_administrator_may_unsubscribe_and_never_the_other_way(client, administrator, place):
    staying = make_subscriber()
    leaving = make_subscriber()
    if place == "list":
        data = {"action": "unsubscribe_chosen", "_selected_action": [leaving.pk]}
        client.post(LIST, data)
    else:
        page = f"{LIST}{leaving.pk}/change/"
        assert "Unsubscribe" in client.get(page).text
        data = {"CHANGE_FORM-action": "unsubscribe_chosen", "_selected_action": [leaving.pk]}
        client.post(page, data)
    leaving.refresh_from_db()
    staying.refresh_from_db()
    assert (staying.state, leaving.state) == ("active", "unsubscribed")
    event = leaving.consent_events.get()
    assert (event.how, event.by) == ("admin", administrator.username)
    assert LogEntry.objects.get().change_message == "Unsubscribed."


@pytest.mark.usefixtures("administrator")
def test_deleting_in_the_admin_erases_and_suppresses(client):
    one, two = (
        make_subscriber(email="one@example.org"),
        make_subscriber(email="two@example.org", state="bounced"),
    )
    client.post(f"{LIST}{one.pk}/delete/", {"post": "yes"})
    client.post(LIST, {"action": "delete_selected", "_selected_action": [two.pk], "post": "yes"})
    assert not Subscriber.objects.exists()
    assert Suppression.objects.covering("one@example.org").get().reason == "erased"
    assert Suppression.objects.covering("two@example.org").get().reason == "bounced"


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize("model", ["suppression", "consentevent"])
def test_what_is_only_known_as_a_hash_is_found_by_the_whole_address(
    client, model, django_assert_max_num_queries
):
    for name in ("ada", "bob"):
        subscribing.erase(make_subscriber(email=f"{name}@example.org"), evidence=Evidence("admin"))
    path = f"/admin/newsletter/{model}/"
    with django_assert_max_num_queries(8):
        assert "2 " in client.get(path).text
    assert client.get(path, {"q": "ADA@example.org"}).context["cl"].result_count == 1
    assert client.get(path, {"q": "ada"}).context["cl"].result_count == 0
    event = ConsentEvent.objects.first()
    assert (
        client.post(f"/admin/newsletter/consentevent/{event.pk}/delete/", {"post": "yes"}).status_code == 403
    )


# The dashboard


def test_the_dashboard_counts_who_came_and_left(rf, staff, django_assert_num_queries):
    request = rf.get("/admin/")
    request.user = staff()
    assert new_subscribers(request) is None
    request.user = staff("view_subscriber")
    today = timezone.localdate()
    for back, name, number in [(1, "confirmed", 4), (5, "bounced", 2), (9, "confirmed", 90)]:
        DailyFigure.objects.create(on=today - timedelta(days=back), of="move", name=name, number=number)
    newest = make_subscriber(email="newest@example.org")
    subscribing.unsubscribe(make_subscriber(), evidence=Evidence("test"))
    note(newest, "confirmed", Evidence("test"), at=timezone.now())
    request.user.get_all_permissions()
    with django_assert_num_queries(3):
        panel = new_subscribers(request)
    assert [item.label for item in panel.items] == ["newest@example.org"]
    assert panel.figure == "+5 −3 this week"


@pytest.mark.parametrize(("group", "code"), [("Administrator", 200), ("Editor", 403), ("Author", 403)])
def test_subscribers_are_the_administrators_affair(client, group, code):
    client.force_login(make_user(group=group))
    make_subscriber()
    for path in (LIST, "/admin/newsletter/suppression/", "/admin/newsletter/consentevent/"):
        assert client.get(path).status_code == code
    assert client.get(EXPORT).status_code == client.post(EXPORT).status_code == code
    assert client.get("/admin/newsletter/importbatch/").status_code == code
    assert ("New subscribers" in client.get("/admin/").text) == (code == 200)
