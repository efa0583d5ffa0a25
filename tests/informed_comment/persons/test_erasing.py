"""Taking out and erasing everything kept of a person, wherever in the rooms it lies."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from informed_comment import erasures
from informed_comment.models import AuditEntry, Erasure
from informed_comment.persons.erasing import erase
from informed_comment.persons.exporting import export
from informed_comment.persons.parts import Person, found_of, person_of
from newsletter import ledger, queueing
from newsletter.models import ConsentEvent, ImportRow, ProofAddress, Subscriber, Suppression
from posts import commenting
from posts.models import PreviewLink, ReaderComment
from tests.factories import (
    make_author,
    make_comment,
    make_link,
    make_mailing,
    make_post,
    make_subscriber,
    make_user,
)
from tests.newsletter.importing import HEAD, looked_at

pytestmark = pytest.mark.django_db
ADA = "Ada.Byron@Bücher.example"


@pytest.fixture(autouse=True)
def erasures_beside_the_database(settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"


def everywhere():
    """Ada: a subscriber, in an imported file, an author, in the history of the newsroom, with a link and comments by her name."""
    subscriber = make_subscriber(email=ADA)
    looked_at(f"{HEAD}{ADA},active,daily\ncarl@example.org,active,daily\n")
    ProofAddress.objects.create(email=ADA.lower())
    author = make_author(name="Ada Byron", email=ADA, bio="<p>Counts.</p>")
    post = make_post(authors=[author])
    staff = make_user(group="Administrator")
    LogEntry.objects.log_actions(staff.pk, [subscriber], CHANGE, "Unsubscribed.")
    link = make_link(post, label="Ada  Byron")
    commenting.say(post, "The third sum is wrong.", link=link)
    make_comment(post, name="ada byron", website="https://ada.example.net/")
    make_comment(post, name="Ada Byronson")
    return subscriber, author, post


def whole_database():
    """Every row of every table as text, to look for an address in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" AS t')
            found[table] = "\n".join(text for (text,) in cursor.fetchall())
    return found


def test_an_address_is_found_in_every_room_whatever_its_spelling():
    everywhere()
    found = dict(found_of(person_of("  ada.byron@xn--bcher-kva.EXAMPLE ")))
    assert {"Subscriber", "Imported files"} <= {one.what for one in found["Newsletter"]}
    assert found_of(Person(address="nobody@example.org")) == []


def test_after_an_erasure_the_address_stands_in_no_row_of_any_table():
    everywhere()
    told = erase(Person(address=ADA), by=make_user(group="Administrator"))
    assert {part for part, _gone in told} == {"Newsletter", "Authors"}
    mark = ADA.partition("@")[0].lower()
    left = [table for table, text in whole_database().items() if mark in text.lower()]
    assert (
        left == ["newsletter_importpiece"] or left == []
    )  # the file of an import that was not begun, as foretold
    assert Suppression.objects.covering("ada.byron@xn--bcher-kva.example").exists()
    assert ConsentEvent.objects.filter(what="erased", subscriber=None).count() == 1


def test_an_erasure_changes_nothing_of_anybody_else():
    _subscriber, author, post = everywhere()
    other = make_subscriber(email="carl@example.org")
    erase(Person(address=ADA))
    author.refresh_from_db()
    assert (author.name, author.email, author.bio) == ("Ada Byron", "", "<p>Counts.</p>")
    assert Subscriber.objects.get() == other
    assert ImportRow.objects.get(email="carl@example.org").outcome != "suppressed"
    assert ReaderComment.objects.filter(post=post, name="ada byron").exists()


def test_a_name_is_taken_from_comments_and_links_and_the_texts_stay():
    _subscriber, _author, post = everywhere()
    erase(Person(name="Ada Byron"))
    names = set(ReaderComment.objects.values_list("name", "website"))
    assert names == {("", ""), ("Ada Byronson", "")}
    assert post.draft_comments.get().name == "A guest"
    link = PreviewLink.objects.get()
    assert link.label == "A guest"
    assert link.revoked_at is not None


def test_texts_of_comments_and_the_profile_go_where_that_is_chosen():
    _subscriber, author, post = everywhere()
    erase(Person(name="ada byron"), choices={"comments", "author_profile"})
    assert list(ReaderComment.objects.values_list("name", flat=True)) == ["Ada Byronson"]
    assert not post.draft_comments.exists()
    author.refresh_from_db()
    assert (author.name, author.bio) == ("Ada Byron", "")


def test_erasing_twice_changes_nothing_the_second_time():
    everywhere()
    erase(Person(address=ADA))
    before = {table: text for table, text in whole_database().items() if table.startswith("newsletter")}
    assert erase(Person(address=ADA)) == []
    after = {table: text for table, text in whole_database().items() if table.startswith("newsletter")}
    assert before == after


def test_the_ledger_still_adds_up_after_an_erasure():
    subscriber = make_subscriber(email=ADA)
    make_subscriber()
    letter = make_mailing()
    queueing.queue(letter, {(): queueing.Text("Letter", "<p>Dear reader.</p>", "Dear reader.")})
    erase(Person(address=ADA))
    letter.refresh_from_db()
    balance = ledger.balance(letter)
    assert balance.audience == balance.total == 2
    assert not letter.deliveries.filter(subscriber=subscriber.pk).exists()


def test_the_log_of_an_erasure_holds_neither_address_nor_name():
    everywhere()
    chief = make_user(group="Administrator")
    erase(Person(address=ADA), by=chief)
    erase(Person(name="Ada Byron"), by=chief)
    entries = AuditEntry.objects.filter(deed="person_erased")
    assert entries.count() == 2
    for entry in entries:
        said = f"{entry.said} {entry.about} {entry.details}".lower()
        assert "ada" not in said.replace("data", "")
        assert "byron" not in said
        assert entry.name == chief.username


def test_the_account_of_a_superuser_is_never_closed():
    chief = make_user(email=ADA, is_superuser=True)
    staff = make_user(email="eve@example.org", group="Editor")
    erase(Person(address=ADA), choices={"account"})
    erase(Person(address="eve@example.org"), choices={"account"})
    chief.refresh_from_db()
    staff.refresh_from_db()
    assert chief.is_active
    assert chief.email == ADA.lower().replace("ada.byron", "Ada.Byron")
    assert (staff.is_active, staff.is_staff, staff.email, staff.groups.count()) == (False, False, "", 0)
    assert not staff.has_usable_password()


# After a restore


def test_a_backup_from_before_is_brought_up_to_date(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        erase(Person(address=ADA))
        erase(Person(name="Ada Byron"), choices={"comments"})
    Erasure.objects.all().delete()  # the backup knows of none of them
    long_ago = timezone.now() - timedelta(days=9)
    make_subscriber(email=ADA.upper(), created_at=long_ago, asked_at=long_ago)
    make_comment(make_post(), name="Ada Byron")
    carl = make_subscriber(email="carl@example.org")
    assert erasures.reapply() == 2
    assert list(Subscriber.objects.all()) == [carl]
    assert not ReaderComment.objects.exists()
    assert Erasure.objects.count() == 2
    assert erasures.reapply() == 0


def test_whoever_came_back_after_an_erasure_stays(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        erase(Person(address=ADA))
    back = make_subscriber(email=ADA, created_at=timezone.now(), asked_at=timezone.now())
    assert erasures.reapply() == 0
    assert Subscriber.objects.get() == back


def test_a_reader_who_erased_the_subscription_is_erased_from_it_again_and_from_nothing_else(
    client, django_capture_on_commit_callbacks
):
    subscriber, author, _post = everywhere()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/newsletter/preferences/{subscriber.link_key}/erase/")
    assert not Subscriber.objects.exists()
    make_subscriber(email=ADA)
    assert erasures.reapply() == 1
    author.refresh_from_db()
    assert not Subscriber.objects.exists()
    assert author.email == ADA


def test_the_list_holds_hashes_and_a_torn_line_is_passed_over(
    settings, django_capture_on_commit_callbacks, caplog
):
    with django_capture_on_commit_callbacks(execute=True):
        erase(Person(address=ADA))
    text = settings.ERASURES_FILE.read_text()
    assert "ada" not in text.lower()
    settings.ERASURES_FILE.write_text(text + text[:40])
    assert len(erasures.kept()) == 1
    assert "cannot be read" in caplog.text


def test_an_erasure_stands_though_its_list_cannot_be_written(
    settings, tmp_path, django_capture_on_commit_callbacks, caplog
):
    (tmp_path / "a file").touch()
    settings.ERASURES_FILE = tmp_path / "a file" / "erasures.jsonl"
    with django_capture_on_commit_callbacks(execute=True):
        erase(Person(address=ADA))
    assert Erasure.objects.count() == 1
    assert "list_erasures --write" in caplog.text


# Taking out


def test_an_export_can_be_read_by_people_and_machines():
    everywhere()
    with zipfile.ZipFile(io.BytesIO(export(Person(address=ADA)))) as file:
        data = json.loads(file.read("data.json"))
        page = file.read("read-me.html").decode()
    assert data["kept"]["Newsletter"][0]["data"]["subscriber"]["email"] == ADA
    assert "Ada Byron" in page
    assert "<script" not in page
    assert AuditEntry.objects.get(deed="person_exported").about


def test_the_commands_export_foretell_and_erase(tmp_path, capsys):
    everywhere()
    call_command("export_person", ADA, tmp_path / "ada.zip")
    assert zipfile.is_zipfile(tmp_path / "ada.zip")
    call_command("erase_person", ADA, dry_run=True)
    assert "The row goes" in capsys.readouterr().out
    assert Subscriber.objects.exists()
    call_command("erase_person", ADA)
    assert "The subscriber was erased" in capsys.readouterr().out
    assert not Subscriber.objects.exists()
    call_command("erase_person", ADA)
    assert "Nothing was kept that could go." in capsys.readouterr().out


@pytest.mark.parametrize("nobody", ["", "   ", "\u200b"])
def test_nobody_in_particular_is_neither_exported_nor_erased(tmp_path, nobody):
    for command, more in (("export_person", [tmp_path / "x.zip"]), ("erase_person", [])):
        with pytest.raises(CommandError, match="Give an e-mail address"):
            call_command(command, nobody, *more)
