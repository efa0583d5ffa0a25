"""What an import may do: it can only lower consent, says so beforehand, and can be undone as far as nobody has acted since."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from newsletter import choosing, subscribing
from newsletter.consent import Evidence
from newsletter.importing import clearing, course
from newsletter.models import ConsentEvent, ImportBatch, ImportPiece, ImportRow, Subscriber, Suppression
from newsletter.spreadsheet import Export
from tests.factories import make_subscriber
from tests.newsletter.importing import (
    HEAD,
    counts,
    imported,
    lines_of,
    looked_at,
    of_layout,
    received,
    states,
    undone,
    worked,
)

pytestmark = pytest.mark.django_db

MANY = (
    HEAD
    + "new@example.org,active,weekly\nhere@example.org,unsubscribed,daily\nleft@example.org,active,daily\n"
    "erased@example.org,active,daily\nnobody,active,daily\nNEW@example.org,active,daily\ngone@example.org,bounced,daily\n"
    "odd@example.org,odd,daily\nshort@example.org\nwaits@example.org,active,daily\n"
)


@pytest.fixture
def many():
    make_subscriber(email="here@example.org")
    make_subscriber(email="left@example.org", state="unsubscribed")
    make_subscriber(email="waits@example.org", state="pending")
    Suppression.objects.suppress("erased@example.org", "erased")


@pytest.mark.usefixtures("many")
def test_what_is_done_is_what_was_said_beforehand():
    batch = looked_at(MANY)
    assert Subscriber.objects.count() == 3
    assert not ConsentEvent.objects.exists()
    expected = counts(batch.expected)
    course.begin(batch, by="ada")
    worked(batch)
    assert counts(batch.found) == expected
    assert expected == {
        "new_active": 1,
        "lowered": 1,
        "stays": 1,
        "suppressed": 1,
        "not_address": 1,
        "duplicate": 1,
        "new_left": 1,
        "unreadable": 1,
        "ragged": 1,
        "already": 1,
    }
    assert states() == {
        "new@example.org": "active",
        "here@example.org": "unsubscribed",
        "left@example.org": "unsubscribed",
        "waits@example.org": "pending",
        "gone@example.org": "bounced",
    }


@pytest.mark.usefixtures("many")
def test_the_report_names_every_row_that_was_not_taken(client, staff):
    batch = imported(MANY)
    staff("import_subscriber")
    answer = client.get(f"/admin/newsletter/importbatch/{batch.pk}/report/")
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode(), newline="")))
    assert [(int(row["line"]), row["outcome"]) for row in rows] == [
        (4, "stays"),
        (5, "suppressed"),
        (6, "not_address"),
        (7, "duplicate"),
        (9, "unreadable"),
        (10, "ragged"),
    ]
    assert rows[2]["raw"] == "nobody,active,daily"
    assert rows[3]["remark"] == "Line 2 has the same address."
    assert "Write active, pending, unsubscribed" in rows[4]["remark"]
    everything = client.get(f"/admin/newsletter/importbatch/{batch.pk}/report/?rows=all").getvalue()
    assert everything.count(b"\n") == 11


@pytest.mark.parametrize("here", ["pending", "active", "unsubscribed", "bounced", "complained"])
@pytest.mark.parametrize("there", ["active", "pending", "unsubscribed", "bounced", "complained"])
def test_a_row_that_is_here_is_lowered_or_left_alone(here, there):
    subscriber = make_subscriber(email="ada@example.org", state=here, frequency="weekly")
    before = Subscriber.objects.values().get()
    batch = imported(f"{HEAD}Ada@example.org,{there},daily\n")
    subscriber.refresh_from_db()
    opened, left = {"pending", "active"}, {"unsubscribed", "bounced"}
    is_lowered = (here in opened and there in left) or (there == "complained" and here != "complained")
    assert subscriber.state == (there if is_lowered else here)
    assert subscriber.frequency == "weekly"
    assert ("lowered" in batch.found) == is_lowered
    if is_lowered:
        event = ConsentEvent.objects.get()
        assert (event.what, event.how, event.by) == (there, "import", "ada")
        assert subscriber.round == 1
    else:
        assert Subscriber.objects.values().get() == before
        assert not ConsentEvent.objects.exists()
    assert Suppression.objects.covering("ada@example.org").exists() == (there in ("bounced", "complained"))


@pytest.mark.parametrize("is_declared", [True, False])
def test_who_is_active_there_is_active_here_only_when_somebody_answers_for_it(
    is_declared, run_jobs, mailoutbox
):
    batch = imported(of_layout("mailchimp_subscribed"), is_declared=is_declared)
    ada = Subscriber.objects.get(key="ada@example.org")
    event = ada.consent_events.get()
    assert (event.what, event.how, event.by) == ("imported", "import", "ada")
    assert "Mailchimp: active there since 2019-05-06 08:00 UTC" in event.detail
    assert event.network == "203.0.113.0/24"
    assert "203.0.113.7" not in event.sender_hash
    assert len(event.sender_hash) == 64
    assert ada.created_at.isoformat() == "2019-05-06T07:08:09+00:00"
    if is_declared:
        assert (ada.state, ada.confirmed_at.isoformat()) == ("active", "2019-05-06T08:00:00+00:00")
        assert "declared that these people signed up" in event.text
        assert batch.declaration == event.text
    else:
        assert (ada.state, ada.confirmed_at) == ("pending", None)
        assert event.text == ""
    run_jobs()
    assert mailoutbox == []


def test_those_who_left_there_are_kept_so_that_no_later_file_brings_them_in():
    for name in ("mailchimp_unsubscribed", "mailchimp_cleaned"):
        imported(of_layout(name))
    wanted = {
        "left@example.org": "unsubscribed",
        "angry@example.org": "complained",
        "gone@example.org": "bounced",
    }
    assert states() == wanted
    left = Subscriber.objects.get(key="left@example.org")
    assert left.unsubscribed_at.isoformat() == "2021-07-23T12:19:27+00:00"
    batch = imported(HEAD + "".join(f"{key},active,daily\n" for key in wanted))
    assert counts(batch.found) == {"stays": 3}
    assert states() == wanted
    assert set(Suppression.objects.values_list("reason", flat=True)) == {"bounced", "complained"}


@pytest.mark.parametrize("state", ["active", "pending", "unsubscribed", "bounced", "complained"])
def test_an_address_that_was_erased_is_never_made_again(state):
    subscribing.erase(make_subscriber(email="ada@example.org"), evidence=Evidence("preferences page"))
    batch = imported(f"{HEAD}ada@example.org,{state},daily\n")
    assert counts(batch.found) == {"suppressed": 1}
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("order", [1, -1])
def test_of_one_address_in_several_rows_the_lowest_counts(order):
    rows = [
        "ada@example.org,active,daily",
        "ada@example.org,unsubscribed,daily",
        "ADA@EXAMPLE.org,pending,daily",
    ]
    batch = imported(HEAD + "\n".join(rows[::order]) + "\n")
    assert states() == {"ada@example.org": "unsubscribed"}
    assert counts(batch.found) == {"new_left": 1, "duplicate": 2}


@pytest.mark.usefixtures("many")
def test_the_same_file_twice_changes_nothing():
    imported(MANY)
    before = list(Subscriber.objects.order_by("pk").values()), ConsentEvent.objects.count()
    batch = imported(MANY)
    assert (list(Subscriber.objects.order_by("pk").values()), ConsentEvent.objects.count()) == before
    assert not set(counts(batch.found)) & {"new_active", "new_pending", "new_left", "lowered"}


def test_whoever_signs_up_while_the_import_runs_is_judged_as_one_who_is_here():
    batch = looked_at(f"{HEAD}ada@example.org,unsubscribed,daily\nbob@example.org,active,daily\n")
    make_subscriber(email="ada@example.org")
    make_subscriber(email="bob@example.org", state="pending")
    course.begin(batch, by="ada")
    worked(batch)
    assert counts(batch.found) == {"lowered": 1, "already": 1}
    assert states() == {"ada@example.org": "unsubscribed", "bob@example.org": "pending"}


def test_an_error_in_the_middle_is_told_and_what_was_done_stands(monkeypatch, client, staff):
    monkeypatch.setattr("newsletter.importing.applying.CHUNK", 1)
    batch = looked_at(f"{HEAD}ada@example.org,active,daily\nbob@example.org,active,daily\n")
    course.begin(batch, by="ada")
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE newsletter_subscriber ADD CONSTRAINT no_bob CHECK (key <> 'bob@example.org')"
        )
    with pytest.raises(IntegrityError, match="no_bob"):
        course.work(batch.pk)
    staff("import_subscriber")
    page = client.get(f"/admin/newsletter/importbatch/{batch.pk}/change/").text
    assert "stopped by an error" in page
    assert "1 of 2 rows" in page
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE newsletter_subscriber DROP CONSTRAINT no_bob")
    assert worked(batch).problem == ""
    assert states() == {"ada@example.org": "active", "bob@example.org": "active"}


def test_large_files_are_imported_in_chunks(monkeypatch):
    monkeypatch.setattr("newsletter.importing.reading.CHUNK", 7)
    monkeypatch.setattr("newsletter.importing.applying.CHUNK", 11)
    monkeypatch.setattr(course, "JUDGED_AT_ONCE", 5)
    text = HEAD + "".join(f"reader{n % 90}@example.org,active,daily\n" for n in range(100))
    batch = received(text)
    course.look(batch, frequency="daily", is_declared=True)
    slices = 1
    while course.work(batch.pk, seconds=0.000001):
        slices += 1
    assert slices > 10
    batch.refresh_from_db()
    course.begin(batch, by="ada")
    worked(batch)
    assert counts(batch.found) == counts(batch.expected) == {"new_active": 90, "duplicate": 10}
    assert ConsentEvent.objects.count() == Subscriber.objects.count() == 90
    assert not ImportPiece.objects.exists()


# There and back


def test_our_own_export_comes_back_as_it_was():
    make_subscriber(email="=1+1@example.org", state="active", frequency="every_post")
    make_subscriber(email="bob@example.org", state="unsubscribed")
    make_subscriber(email="cy@example.org", state="pending")
    make_subscriber(email="di@example.org", state="bounced")
    kept = ["email", "state", "frequency", "created_at", "confirmed_at", "unsubscribed_at"]
    before = b"".join(Export(Subscriber.objects.all(), columns=kept))
    Subscriber.objects.all().delete()
    batch = imported(before.decode())
    assert (batch.layout, counts(batch.found)) == ("own", {"new_active": 1, "new_left": 2, "new_pending": 1})
    again = b"".join(Export(Subscriber.objects.all(), columns=kept))
    assert sorted(again.splitlines()) == sorted(before.splitlines())


def test_suppressions_are_added_and_none_is_taken_away():
    Suppression.objects.suppress("gone@example.org", "complained")
    Suppression.objects.suppress("left@example.org", "erased")
    file = b"".join(Export(Suppression.objects.all()))
    Suppression.objects.all().delete()
    Suppression.objects.suppress("here@example.org", "bounced")
    batch = imported(file.decode() + "nonsense,abc,erased,\n" + f"{'0' * 64},abc,nonsense,\n")
    assert counts(batch.found) == {"suppression": 2, "unreadable": 2}
    assert Suppression.objects.count() == 3
    assert Suppression.objects.covering("gone@example.org").get().reason == "complained"
    assert not Subscriber.objects.exists()
    assert counts(imported(file.decode()).found) == {"already": 2}


# Undoing


@pytest.mark.usefixtures("many")
def test_undoing_takes_away_what_was_made_and_raises_nobody(sign_up):
    batch = imported(MANY + "act@example.org,active,daily\nsigns@example.org,pending,daily\n")
    chosen = Subscriber.objects.get(key="act@example.org")
    choosing.change_frequency(chosen, "weekly", evidence=Evidence("preferences page"))
    sign_up("signs@example.org")
    undone(batch)
    assert batch.state == "undone"
    assert states() == {
        "here@example.org": "unsubscribed",
        "left@example.org": "unsubscribed",
        "waits@example.org": "pending",
        "act@example.org": "active",
        "signs@example.org": "pending",
    }
    assert {what: one["count"] for what, one in batch.undone.items()} == {"taken away": 2, "kept": 2}
    kept = batch.rows.exclude(undoing__in=["", "Taken away."])
    assert set(kept.values_list("email", flat=True)) == {"act@example.org", "signs@example.org"}
    assert Suppression.objects.covering("gone@example.org").exists()
    erased = ConsentEvent.objects.filter(what="erased", how="import undone")
    assert erased.count() == 2
    assert not erased.exclude(subscriber=None).exists()


def test_undoing_is_done_once_and_only_of_what_was_done():
    batch = looked_at(f"{HEAD}ada@example.org,active,daily\n")
    with pytest.raises(course.CannotGoOn, match="nothing was done"):
        course.undo(batch, by="ada")
    course.begin(batch, by="ada")
    with pytest.raises(course.CannotGoOn, match="being imported"):
        course.begin(batch, by="ada")
    undone(worked(batch))
    assert not Subscriber.objects.exists()
    with pytest.raises(course.CannotGoOn, match="undone"):
        course.undo(batch, by="ada")
    batch = imported(f"{HEAD}ada@example.org,active,daily\n")
    assert states() == {"ada@example.org": "active"}


# What is kept, and for how long


def test_whoever_is_erased_is_gone_from_the_rows_of_imports_too():
    batch = imported(f"{HEAD}ada@example.org,active,daily\nbob@example.org,active,daily\n")
    subscribing.erase(Subscriber.objects.get(key="ada@example.org"), evidence=Evidence("preferences page"))
    assert list(batch.rows.values_list("key", flat=True)) == ["bob@example.org"]
    assert "ada@" not in str(ImportBatch.objects.values().get())


def test_rows_and_files_are_cleared_in_time_and_the_numbers_stay(settings):
    done = imported(f"{HEAD}ada@example.org,active,daily\n")
    begun, fresh = (
        received(HEAD + "bob@example.org,active,daily\n"),
        looked_at(HEAD + "cy@example.org,active,daily\n"),
    )
    long_ago = timezone.now() - timedelta(days=settings.IMPORTS_KEPT_DAYS + 1)
    ImportBatch.objects.filter(pk=done.pk).update(done_at=long_ago)
    ImportBatch.objects.filter(pk=begun.pk).update(created_at=long_ago)
    assert clearing.clear() == 2
    assert list(ImportBatch.objects.order_by("pk")) == [done, fresh]
    assert not done.rows.exists()
    assert fresh.rows.exists()
    done.refresh_from_db()
    assert counts(done.found) == {"new_active": 1}
    assert "ada@example.org" not in str(done.found) + str(done.expected) + str(done.first_rows)
    with pytest.raises(course.CannotGoOn, match="cleared"):
        course.undo(done, by="ada")
    assert clearing.clear() == 0


def test_a_file_can_be_read_in_another_way_or_forgotten():
    batch = looked_at(f"{HEAD}ada@example.org,active,daily\n", is_declared=False)
    assert counts(batch.expected) == {"new_pending": 1}
    batch = looked_at(course.reconsider(batch))
    assert counts(batch.expected) == {"new_active": 1}
    course.drop(batch)
    assert not ImportBatch.objects.exists()
    assert not ImportRow.objects.exists()


def test_a_changed_key_is_noticed(settings):
    batch = looked_at(f"{HEAD}ada@example.org,active,daily\n")
    settings.NEWSLETTER_KEY = "another key"
    with pytest.raises(course.CannotGoOn, match="Read it again"):
        course.begin(batch, by="ada")


def test_two_processes_are_never_at_one_import():
    batch = received(f"{HEAD}ada@example.org,active,daily\n")
    course.look(batch, frequency="daily")
    with transaction.atomic(), course.alone(batch.pk) as is_ours:
        assert is_ours


# By command


def test_the_command_looks_imports_reports_and_undoes(tmp_path, capsys):
    file = tmp_path / "list.csv"
    file.write_text("email,state,frequency\nada@example.org,active,daily\nnobody,active,daily\n")
    call_command("import_subscribers", file, "--dry-run", "--confirmed-there")
    out = capsys.readouterr().out
    assert "2 rows read; nothing was imported" in out
    assert "line 3: “nobody” is not an address" in out
    assert not Subscriber.objects.exists()
    call_command("import_subscribers", file, "--confirmed-there", "--report", tmp_path / "report.csv")
    assert "2 rows imported" in capsys.readouterr().out
    assert states() == {"ada@example.org": "active"}
    assert (tmp_path / "report.csv").read_text().count("\n") == 2
    batch = ImportBatch.objects.get(state="done")
    call_command("import_subscribers", "--undo", str(batch.pk))
    assert "1  taken away" in capsys.readouterr().out
    assert states() == {}


def test_the_command_takes_names_of_columns(tmp_path, capsys):
    file = tmp_path / "list.csv"
    file.write_text("Wer;Wie\nada@example.org;active\n")
    with pytest.raises(CommandError, match="Its columns are “Wer”, “Wie”"):
        call_command("import_subscribers", file)
    with pytest.raises(CommandError, match="address=Wo"):
        call_command("import_subscribers", file, "--column", "address=Wo")
    call_command("import_subscribers", file, "--column", "address=Wer", "--column", "state=Wie")
    assert states() == {"ada@example.org": "pending"}
    assert ImportBatch.objects.count() == 1
    capsys.readouterr()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Name the file"),
        (["/nowhere.csv"], "There is no file"),
        (["--undo", "7"], "There is no import 7"),
        (["FILE", "--zone", "Mars/Olympus"], "There is no time zone"),
    ],
)
def test_the_command_says_what_is_wrong(tmp_path, arguments, said):
    file = tmp_path / "empty.csv"
    file.write_text("")
    with pytest.raises(CommandError, match=said):
        call_command("import_subscribers", *[str(file) if one == "FILE" else one for one in arguments])
    with pytest.raises(CommandError, match="no row that can be read"):
        call_command("import_subscribers", file)
    file.write_text(HEAD)
    with pytest.raises(CommandError, match="no subscribers below it"):
        call_command("import_subscribers", file)


def test_the_command_goes_on_with_what_was_left(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("newsletter.importing.reading.CHUNK", 2)
    file = tmp_path / "list.csv"
    file.write_text(HEAD + "".join(f"reader{n}@example.org,active,daily\n" for n in range(9)))
    batch = received(file.read_text())
    course.look(batch, frequency="daily", is_declared=True)
    course.work(batch.pk, seconds=0.000001)
    batch.refresh_from_db()
    assert batch.lines == 2
    call_command("import_subscribers", file)
    out, err = capsys.readouterr()
    assert f"Going on with import {batch.pk}" in err
    assert "9 rows imported" in out
    assert Subscriber.objects.filter(state="active").count() == 9


@pytest.mark.usefixtures("many")
def test_no_line_of_a_batch_is_without_an_outcome():
    batch = imported(MANY)
    assert sum(counts(batch.found).values()) == batch.lines == batch.rows.count() == 10
    assert lines_of(batch, "") == []
