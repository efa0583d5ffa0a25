"""Subscribers out as CSV: what is in the file, that it is safe in a spreadsheet, and who may take it."""

import csv
import hashlib
import io

import pytest
from django.contrib.admin import site
from django.contrib.admin.models import LogEntry
from django.core import signals
from django.core.management import CommandError, call_command
from django.db import close_old_connections, connection

from newsletter import bounces
from newsletter.admin import exports
from newsletter.models import ConsentEvent, Delivery, Mailing, MailingVariant, Subscriber, Suppression
from newsletter.spreadsheet import ROWS, Export
from newsletter.spreadsheet_columns import SUBSCRIBER_COLUMNS, USUAL
from tests.factories import make_category, make_subscriber

pytestmark = pytest.mark.django_db
LIST = "/admin/newsletter/subscriber/"
EXPORT = f"{LIST}export/"
CHOSEN = {"columns": USUAL}


@pytest.fixture
def administrator(staff):
    return staff("view_subscriber", "export_subscriber", "view_suppression")


def rows(answer):
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode(), newline="")))


def text_of(export):
    return b"".join(export).decode()


def exported(**said):
    return list(csv.DictReader(io.StringIO(text_of(Export(Subscriber.objects.all(), **said)), newline="")))


# The file


@pytest.mark.parametrize("start", [*"=+-@\t\r\n＝＠"])
def test_no_cell_is_a_formula(start):
    make_subscriber(email=f'{start}HYPERLINK("http://evil.example","a")@example.org', key="evil@example.org")
    make_subscriber(email="o'brien=1+1@example.org")
    safe = exported()
    assert safe[0]["email"] == f'\'{start}HYPERLINK("http://evil.example","a")@example.org'
    assert safe[1]["email"] == "o'brien=1+1@example.org"
    assert exported(is_raw=True)[0]["email"].startswith(start)


def test_names_of_sections_and_reasons_are_no_formulas_either():
    evil = make_category("=cmd|' /C calc'!A0")
    subscriber = make_subscriber(categories=[evil.pk])
    bounces.close(subscriber.pk, ConsentEvent.What.BOUNCED, how="mailbox", detail="@SUM(1+9) no such user")
    (row,) = exported(columns=["categories", "bounce_reason"])
    assert row == {"categories": "'=cmd|' /C calc'!A0", "bounce_reason": "'@SUM(1+9) no such user"}


def test_every_column_can_be_chosen_and_none_gives_the_links_away():
    sections = [make_category("Middle East"), make_category("Energy")]
    reader = make_subscriber(categories=sorted(section.pk for section in sections))
    mailing = Mailing.objects.create(subject="The day", queued_at=reader.created_at, state="sent")
    variant = MailingVariant.objects.create(mailing=mailing, subject="The day", html="", text="")
    sent = Delivery.objects.create(mailing=mailing, variant=variant, subscriber=reader, state="sent")
    other = Mailing.objects.create(subject="The next", queued_at=reader.created_at, state="sent")
    variant = MailingVariant.objects.create(mailing=other, subject="The next", html="", text="")
    Delivery.objects.create(
        mailing=other, variant=variant, subscriber=reader, state="failed", reason="No such user."
    )
    (row,) = exported(columns=SUBSCRIBER_COLUMNS)
    assert list(row) == list(SUBSCRIBER_COLUMNS)
    assert row["categories"] == "Middle East; Energy"
    assert (row["failures"], row["bounce_reason"]) == ("1", "")
    assert row["last_sent_at"] == f"{sent.changed_at:%Y-%m-%dT%H:%M:%SZ}"
    assert str(reader.link_key) not in str(row)


def test_columns_come_in_the_order_asked_for():
    make_subscriber(email="ada@example.org")
    assert text_of(Export(Subscriber.objects.all(), columns=["state", "email"])) == (
        "state,email\nactive,ada@example.org\n"
    )


def test_the_file_comes_in_pieces_after_a_first_line_at_once():
    Subscriber.objects.bulk_create(
        Subscriber(email=f"reader{n}@example.org", key=f"reader{n}@example.org") for n in range(ROWS * 3)
    )
    export = Export(Subscriber.objects.all())
    pieces = list(export)
    assert pieces[0] == (",".join(USUAL) + "\n").encode()
    assert len(pieces) > 3
    assert all(len(piece) < 200 * ROWS for piece in pieces)
    assert export.rows == ROWS * 3
    assert export.sha256 == hashlib.sha256(b"".join(pieces)).hexdigest()


def test_an_export_that_fails_says_so_and_harms_nothing(settings):
    make_subscriber()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '1ms'")
    export = Export(Subscriber.objects.extra(where=["pg_sleep(1) IS NOT NULL"]))
    with pytest.raises(Exception, match="statement timeout"):
        list(export)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
    assert export.rows is None
    assert export.sha256 is None
    assert Subscriber.objects.count() == 1


def test_development_where_queries_are_logged_exports_too(django_assert_max_num_queries):
    make_subscriber()
    export = Export(Subscriber.objects.filter(state="active", key__contains="%"))
    with django_assert_max_num_queries(5):
        assert text_of(export).count("\n") == 1
    assert export.rows == 0


# In the admin


@pytest.mark.usefixtures("administrator")
def test_the_export_holds_what_the_list_shows_on_all_its_pages(client, django_assert_max_num_queries):
    for n in range(60):
        make_subscriber(frequency="weekly" if n % 2 else "daily")
    left = make_subscriber(state="unsubscribed", frequency="weekly")
    page = client.get(LIST, {"frequency__exact": "weekly", "q": "example", "p": "1", "o": "2"})
    assert f'href="{EXPORT}?frequency__exact=weekly&amp;q=example"' in page.text

    with django_assert_max_num_queries(24):
        form = client.get(f"{EXPORT}?frequency__exact=weekly&q=example")
    assert "Export 31 subscribers" in form.text
    answer = client.post(f"{EXPORT}?frequency__exact=weekly&q=example", CHOSEN)
    taken = rows(answer)
    assert len(taken) == 31
    assert tuple(taken[0]) == USUAL
    assert {row["frequency"] for row in taken} == {"weekly"}
    assert taken[-1]["unsubscribed_at"] == f"{left.unsubscribed_at:%Y-%m-%dT%H:%M:%SZ}"
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="subscribers-')


@pytest.mark.usefixtures("administrator")
def test_an_administrator_chooses_columns_and_the_raw_form(client):
    make_subscriber(email="=1@example.org")
    answer = client.post(EXPORT, {"columns": ["email", "failures"], "is_raw": "on"})
    assert answer.getvalue().decode() == "email,failures\n=1@example.org,\n"
    assert "Choose at least one column." in client.post(EXPORT, {}).text
    assert client.post(EXPORT, {"columns": ["link_key"]}).status_code == 200
    assert LogEntry.objects.count() == 2


def test_the_log_says_who_took_what_and_how_many(client, administrator):
    make_subscriber()
    content = client.post(f"{EXPORT}?state__exact=active", {"columns": ["email"]}).getvalue()
    entries = LogEntry.objects.order_by("id")
    assert [entry.change_message for entry in entries] == [
        "Export of subscribers began: state__exact=active. Columns: email.",
        f"Export of subscribers ended: 1 rows, SHA-256 {hashlib.sha256(content).hexdigest()}.",
    ]
    assert {entry.user for entry in entries} == {administrator}


def test_an_export_broken_off_is_in_the_log_and_harms_nothing(rf, administrator):
    Subscriber.objects.bulk_create(
        Subscriber(email=f"reader{n}@example.org", key=f"reader{n}@example.org") for n in range(ROWS * 2)
    )
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
    assert Subscriber.objects.count() == ROWS * 2
    assert exports.slots._value == exports.AT_ONCE


@pytest.mark.usefixtures("administrator")
def test_more_exports_than_threads_can_be_spared_for_are_asked_to_wait(client):
    make_subscriber()
    begun = [client.post(EXPORT, CHOSEN) for _ in range(exports.AT_ONCE)]
    assert "Wait until one of them is done" in client.post(EXPORT, CHOSEN).text
    for answer in begun:
        answer.getvalue()
    assert client.post(EXPORT, CHOSEN).getvalue().startswith(b"email,")


@pytest.mark.usefixtures("administrator")
def test_chosen_rows_can_be_exported(client):
    chosen = make_subscriber()
    make_subscriber()
    answer = client.post(LIST, {"action": "export_chosen", "_selected_action": [chosen.pk]})
    assert [row["email"] for row in rows(answer)] == [chosen.email]


@pytest.mark.usefixtures("administrator")
def test_a_filter_that_cannot_be_read_leads_back_to_the_list(client):
    answer = client.post(f"{EXPORT}?created_at__gte=yesterday", CHOSEN)
    assert (answer.status_code, answer["Location"]) == (302, LIST)


def test_exporting_takes_a_permission_of_its_own_and_a_button(client, staff):
    staff("view_subscriber", "change_subscriber")
    make_subscriber()
    assert client.post(EXPORT, CHOSEN).status_code == client.get(EXPORT).status_code == 403
    assert "Export" not in client.get(LIST).text
    client.post(LIST, {"action": "export_chosen", "_selected_action": [1]})
    assert not LogEntry.objects.exists()
    staff("view_subscriber", "export_subscriber")
    assert client.get(EXPORT).status_code == 200
    staff("export_subscriber")
    assert client.get(EXPORT).status_code == 403


@pytest.mark.usefixtures("administrator")
def test_suppressions_are_taken_out_as_hashes(client):
    Suppression.objects.suppress("gone@example.org", "complained")
    path = "/admin/newsletter/suppression/export/"
    columns = ["address_hash", "key_name", "reason", "created_at"]
    (row,) = rows(client.post(path, {"columns": columns}))
    there = Suppression.objects.get()
    assert (row["address_hash"], row["key_name"], row["reason"]) == (
        there.address_hash,
        there.key_name,
        "complained",
    )


# By command


def test_the_command_writes_to_standard_output(capsys):
    make_subscriber(email="ada@example.org")
    make_subscriber(email="=bob@example.org", state="unsubscribed", key="bob@example.org")
    call_command("export_subscribers", "--status", "unsubscribed", "--raw")
    out, err = capsys.readouterr()
    assert [row["email"] for row in csv.DictReader(io.StringIO(out))] == ["=bob@example.org"]
    assert err == f"1 subscribers exported, SHA-256 {hashlib.sha256(out.encode()).hexdigest()}.\n"
    call_command("export_subscribers")
    assert capsys.readouterr().out.count("\n") == 3


def test_the_command_writes_a_file_that_is_whole_or_not_there(tmp_path, capsys):
    make_subscriber(email="ada@example.org")
    call_command("export_subscribers", "--columns", "email, state", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "email,state\nada@example.org,active\n"
    with pytest.raises(CommandError, match="There is no column nonsense"):
        call_command("export_subscribers", "--columns", "nonsense", tmp_path / "other.csv")
    with pytest.raises(CommandError, match="no status"):
        call_command("export_subscribers", "--suppressions", "--status", "active")
    call_command("export_subscribers", "--suppressions", tmp_path / "hashes.csv")
    assert (tmp_path / "hashes.csv").read_text() == "address_hash,key_name,reason,created_at\n"
    assert sorted(file.name for file in tmp_path.iterdir() if file.suffix == ".csv") == [
        "hashes.csv",
        "out.csv",
    ]
    assert "0 suppressions exported" in capsys.readouterr().err
