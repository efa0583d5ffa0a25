"""Subscribers in the admin: what an administrator sees, may do, and may not."""

import csv
import io
from urllib.parse import urlencode

import pytest
from django.contrib.admin import site
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core import signals
from django.core.management import call_command
from django.db import close_old_connections

from newsletter import choosing, subscribing
from newsletter.consent import Evidence
from newsletter.dashboard import new_subscribers
from newsletter.models import ConsentEvent, Subscriber, Suppression
from newsletter.spreadsheet import CHUNK, COLUMNS, Export
from tests.factories import make_subscriber, make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/newsletter/subscriber/"
EXPORT = f"{LIST}export/"


@pytest.fixture
def staff(client):
    """Signs in a user with the named permissions on the newsletter."""

    def sign_in(*codenames):
        user = make_user()
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client.force_login(user)
        return user

    return sign_in


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


def rows(answer):
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode())))


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
    with django_assert_max_num_queries(10):
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


# Taking out


@pytest.mark.usefixtures("administrator")
def test_the_export_holds_what_the_list_shows_on_all_its_pages(client):
    for n in range(60):
        make_subscriber(frequency="weekly" if n % 2 else "daily")
    left = make_subscriber(state="unsubscribed", frequency="weekly")
    form = client.get(LIST, {"frequency__exact": "weekly", "q": "example", "p": "1", "o": "2"})
    assert f'action="{EXPORT}?frequency__exact=weekly&amp;q=example"' in form.text

    answer = client.post(f"{EXPORT}?frequency__exact=weekly&q=example")
    exported = rows(answer)
    assert len(exported) == 31
    assert list(exported[0]) == list(COLUMNS)
    assert {row["frequency"] for row in exported} == {"weekly"}
    assert exported[-1]["unsubscribed_at"] == f"{left.unsubscribed_at:%Y-%m-%dT%H:%M:%SZ}"
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="subscribers-')


def test_the_log_says_who_took_what_and_how_many(client, administrator):
    make_subscriber()
    client.post(f"{EXPORT}?state__exact=active").getvalue()
    entries = LogEntry.objects.order_by("id")
    assert [entry.change_message for entry in entries] == [
        "Export of subscribers began: state__exact=active.",
        "Export of subscribers ended: 1 rows.",
    ]
    assert {entry.user for entry in entries} == {administrator}


def test_an_export_broken_off_is_in_the_log_and_harms_nothing(rf, administrator):
    for _ in range(30):
        make_subscriber()
    request = rf.post(EXPORT)
    request.user = administrator
    answer = site.get_model_admin(Subscriber).download(request, Subscriber.objects.all(), "everything")
    pieces = iter(answer.streaming_content)
    assert next(pieces).startswith(b"email,")
    next(pieces)
    signals.request_finished.disconnect(close_old_connections)  # the test's connection lives on
    answer.close()  # what the server does when the reader has gone
    signals.request_finished.connect(close_old_connections)
    assert "broken off" in LogEntry.objects.first().change_message
    assert Subscriber.objects.count() == 30


@pytest.mark.usefixtures("administrator")
def test_chosen_rows_can_be_exported(client):
    chosen = make_subscriber()
    make_subscriber()
    answer = client.post(LIST, {"action": "export_chosen", "_selected_action": [chosen.pk]})
    assert [row["email"] for row in rows(answer)] == [chosen.email]


@pytest.mark.usefixtures("administrator")
def test_a_filter_that_cannot_be_read_leads_back_to_the_list(client):
    answer = client.post(f"{EXPORT}?created_at__gte=yesterday")
    assert (answer.status_code, answer["Location"]) == (302, LIST)


def test_exporting_takes_a_permission_of_its_own_and_a_button(client, staff):
    staff("view_subscriber", "change_subscriber")
    make_subscriber()
    assert client.post(EXPORT).status_code == 403
    assert "Export" not in client.get(LIST).text
    client.post(LIST, {"action": "export_chosen", "_selected_action": [1]})
    assert not LogEntry.objects.exists()
    staff("view_subscriber", "export_subscriber")
    assert client.get(EXPORT).status_code == 405


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(start):
    make_subscriber(email=f'{start}HYPERLINK("http://evil.example","a")@example.org', key="evil@example.org")
    make_subscriber(email="o'brien=1+1@example.org")
    safe = [
        line["email"] for line in csv.DictReader(io.StringIO(text_of(Export(Subscriber.objects.all())), ""))
    ]
    assert safe[0] == f'\'{start}HYPERLINK("http://evil.example","a")@example.org'
    assert safe[1] == "o'brien=1+1@example.org"
    assert text_of(Export(Subscriber.objects.all(), is_raw=True)).split("\n")[1].startswith(f'"{start}')


def text_of(export):
    return b"".join(export).decode()


def test_the_file_comes_in_pieces_after_a_first_line_at_once():
    Subscriber.objects.bulk_create(
        Subscriber(email=f"{'x' * 50}{n}@example.org", key=f"{'x' * 50}{n}@example.org") for n in range(2000)
    )
    export = Export(Subscriber.objects.all())
    pieces = list(export)
    assert pieces[0] == (",".join(COLUMNS) + "\n").encode()
    assert len(pieces) > 2
    assert all(len(piece) < CHUNK + 1000 for piece in pieces)
    assert export.rows == 2000


def test_development_where_queries_are_logged_exports_too(django_assert_max_num_queries):
    make_subscriber()
    export = Export(Subscriber.objects.filter(state="active"))
    with django_assert_max_num_queries(5):
        assert text_of(export).count("\n") == 2
    assert export.rows == 1


def test_the_command_writes_to_standard_output(capsys):
    make_subscriber(email="ada@example.org")
    make_subscriber(email="=bob@example.org", state="unsubscribed", key="bob@example.org")
    call_command("export_subscribers", "--status", "unsubscribed", "--raw")
    out, err = capsys.readouterr()
    assert [row["email"] for row in csv.DictReader(io.StringIO(out))] == ["=bob@example.org"]
    assert err == "1 subscribers exported.\n"
    call_command("export_subscribers")
    assert capsys.readouterr().out.count("\n") == 3


# The dashboard


def test_the_dashboard_counts_who_came_and_left(rf, staff, django_assert_num_queries):
    request = rf.get("/admin/")
    request.user = staff()
    assert new_subscribers(request) is None
    request.user = staff("view_subscriber")
    make_subscriber(email="newest@example.org")
    make_subscriber(state="unsubscribed")
    request.user.get_all_permissions()
    with django_assert_num_queries(2):
        panel = new_subscribers(request)
    assert [item.label for item in panel.items] == ["newest@example.org"]
    assert panel.figure == "+2 −1 this week"


@pytest.mark.parametrize(("group", "code"), [("Administrator", 200), ("Editor", 403), ("Author", 403)])
def test_subscribers_are_the_administrators_affair(client, group, code):
    client.force_login(make_user(group=group))
    make_subscriber()
    for path in (LIST, "/admin/newsletter/suppression/", "/admin/newsletter/consentevent/"):
        assert client.get(path).status_code == code
    assert client.post(EXPORT).status_code == code
    assert ("New subscribers" in client.get("/admin/").text) == (code == 200)
