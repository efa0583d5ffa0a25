"""A backup, and back: the same, table by table and file by file."""

import resource
import signal
import subprocess
import tarfile

import psycopg
import pyrage
import pytest
import zstandard
from django.core.management import CommandError
from django.db import connection, transaction
from django.utils import timezone

from informed_comment.backups import making, restoring, snapshot, tables
from informed_comment.backups.trouble import Trouble
from informed_comment.models import AuditEntry, Edition, StaffSession
from newsletter.models import Mailing, Subscriber
from posts.models import Post
from tests.factories import make_image, make_mailing, make_post
from tests.informed_comment.backups.conftest import command, everything, files, wipe

AS_IT_WAS_NOT = {"informed_comment_edition", "informed_comment_auditentry", "newsletter_digestplan"}


def but(tallies):
    return {name: said for name, said in tallies.items() if name not in AS_IT_WAS_NOT}


def test_a_site_is_the_same_once_it_was_wiped_and_restored(site, settings, tmp_path):
    StaffSession.objects.create(session_key="s", session_data="d", expire_date=timezone.now())
    rows, there, number = everything(), files(settings.MEDIA_ROOT), Edition.objects.get().number
    said = command("backup", tmp_path / "a.tar.zst")
    assert "Read again and found right" in said
    wipe(settings)
    assert not Post.objects.exists()
    said = command("restore", tmp_path / "a.tar.zst")
    assert "each compared with the backup" in said
    assert but(everything()) == but(rows)
    assert rows["posts_post"]["rows"] == 1
    assert rows["procrastinate_jobs"]["rows"] == 1
    assert files(settings.MEDIA_ROOT) == there
    assert there
    assert not StaffSession.objects.exists()
    assert Edition.objects.get().number > number + 1_000_000
    assert AuditEntry.objects.latest("pk").deed == "backup_restored"
    assert make_post().pk > site.pk  # the numbers go on
    with pytest.raises(CommandError, match="not empty: auth_user has rows"):
        command("restore", tmp_path / "a.tar.zst")


def test_triggers_indexes_and_references_are_there_again(site, settings, tmp_path):
    def made():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 'i', indexdef FROM pg_indexes WHERE schemaname = 'public' UNION ALL SELECT 'c', conrelid::regclass || "
                "conname || pg_get_constraintdef(oid) || convalidated FROM pg_constraint WHERE connamespace = 'public'::regnamespace "
                "UNION ALL SELECT 't', pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
            )
            return cursor.fetchall()

    before = made()
    making.make(tmp_path / "a", recipients=())
    wipe(settings)
    restoring.restore(tmp_path / "a")
    assert made() == before
    assert len(before) > 500
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation), connection.cursor() as cursor:
        cursor.cursor.execute("DELETE FROM informed_comment_auditentry")


@pytest.mark.django_db
def test_every_table_is_in_the_backup_or_says_why_not():
    with connection.cursor() as cursor:
        found = tables.all_tables(cursor.connection.cursor())
    taken, others = tables.sorted_out(found)
    assert not others, "no migration of ours makes these"
    assert {table.name for table in found} == {table.name for table in taken} | set(tables.LEFT_OUT)
    assert {table.name for table in found if table.is_unlogged} <= set(tables.LEFT_OUT)
    assert all(table.key for table in found)


def test_a_new_site_counts_as_empty_with_what_migrations_and_an_idle_worker_write(transactional_db, work):
    work()
    restoring.refuse_unless_empty(connection.cursor().connection.cursor())
    make_post()
    with pytest.raises(Trouble, match="not empty"):
        restoring.refuse_unless_empty(connection.cursor().connection.cursor())


def test_all_of_it_is_of_one_moment_whatever_is_written_meanwhile(site, settings, tmp_path):
    def meddle(what):
        if what == "images_image" and not Post.objects.filter(title="Meanwhile").exists():
            make_post(title="Meanwhile", lead_image=make_image(width=20, height=20))

    made = making.make(tmp_path / "a", say=meddle)
    assert Post.objects.count() == 2
    assert made.files == 2
    assert not made.missing
    wipe(settings)
    restoring.restore(tmp_path / "a")
    assert Post.objects.count() == 1


def test_age_and_zstd_and_tar_open_it_without_us(site, settings, tmp_path):
    key = pyrage.x25519.Identity.generate()
    (tmp_path / "key").write_text(f"# created: today\n{key}\n")
    command("backup", tmp_path / "a.age", recipient=[str(key.to_public())])
    assert (tmp_path / "a.age").stat().st_mode & 0o777 == 0o600
    try:
        content = subprocess.run(
            ["age", "--decrypt", "-i", tmp_path / "key", tmp_path / "a.age"], check=True, capture_output=True
        ).stdout
    except FileNotFoundError:
        content = pyrage.decrypt((tmp_path / "a.age").read_bytes(), [key])
    (tmp_path / "a.tar").write_bytes(zstandard.ZstdDecompressor().decompressobj().decompress(content))
    with tarfile.open(tmp_path / "a.tar") as opened:
        names = opened.getnames()
        assert names[0] == "head.json"
        assert names[-1] == "manifest.json"
        assert "سلام" in opened.extractfile("tables/posts_post/00000001").read().decode()
    with pytest.raises(CommandError, match="The file is encrypted"):
        command("verify_backup", tmp_path / "a.age")
    (tmp_path / "other").write_text(str(pyrage.x25519.Identity.generate()))
    with pytest.raises(CommandError, match="None of the keys opens"):
        command("verify_backup", tmp_path / "a.age", key=tmp_path / "other")
    assert "is whole" in command("verify_backup", tmp_path / "a.age", key=tmp_path / "key")
    wipe(settings)
    command("restore", tmp_path / "a.age", key=tmp_path / "key")
    assert Post.objects.get().title == site.title


def test_what_may_have_been_mailed_since_does_not_go_out_by_itself(site, settings, tmp_path):
    Mailing.objects.update(state="sending", subject="On its way", queued_at=timezone.now())
    make_mailing(kind="daily", is_automatic=True)
    making.make(tmp_path / "a")
    wipe(settings)
    done = restoring.restore(tmp_path / "a")
    assert list(Mailing.objects.order_by("pk").values_list("state", "is_automatic")) == [
        ("paused", False),
        ("draft", False),
    ]
    assert "2 mailings wait for somebody" in " ".join(done.said)


def test_whoever_was_erased_since_is_erased_again(site, settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"
    making.make(tmp_path / "a")
    command("erase_person", "reader@example.org")
    assert not Subscriber.objects.filter(email="reader@example.org").exists()
    wipe(settings)
    said = command("restore", tmp_path / "a")
    assert "erased again" in said
    assert not Subscriber.objects.filter(email="reader@example.org").exists()


def test_another_newsletter_key_is_refused_until_it_is_said_to_be_lost(site, settings, tmp_path):
    making.make(tmp_path / "a")
    wipe(settings)
    settings.NEWSLETTER_KEY_FALLBACKS, settings.NEWSLETTER_KEY = [settings.NEWSLETTER_KEY], "another " * 8
    known = settings.NEWSLETTER_KEY_FALLBACKS
    settings.NEWSLETTER_KEY_FALLBACKS = []
    with pytest.raises(CommandError, match="former key into NEWSLETTER_KEY"):
        command("restore", tmp_path / "a")
    settings.NEWSLETTER_KEY_FALLBACKS = known
    command("restore", tmp_path / "a")
    assert Subscriber.objects.exists()


def test_a_restore_that_fails_leaves_nothing_and_can_be_begun_again(site, settings, tmp_path, monkeypatch):
    rows, there = everything(), files(settings.MEDIA_ROOT)
    making.make(tmp_path / "a")
    wipe(settings)

    def killed(folder):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("informed_comment.backups.putting_back.Folder.settle", killed)
        with pytest.raises(KeyboardInterrupt):
            restoring.restore(tmp_path / "a")
    assert not Post.objects.exists()
    assert not files(settings.MEDIA_ROOT)
    name = min(there)
    (settings.MEDIA_ROOT / name).parent.mkdir(parents=True)
    (settings.MEDIA_ROOT / name).write_bytes(there[name] + b"!")
    with pytest.raises(Trouble, match="is another one"):
        restoring.restore(tmp_path / "a")
    (settings.MEDIA_ROOT / name).write_bytes(
        there[name]
    )  # as one that was killed while it moved the files leaves it
    assert restoring.restore(tmp_path / "a").there_already == 1
    assert but(everything()) == but(rows)
    assert files(settings.MEDIA_ROOT) == there


def test_files_that_rows_name_and_nobody_has_are_told(site, settings, tmp_path):
    gone = make_image(width=20, height=20)
    (settings.MEDIA_ROOT / gone.file.name).unlink()
    (settings.MEDIA_ROOT / ".unfinished-x").write_bytes(b"half")
    said = command("backup", tmp_path / "a")
    assert f"1 files that rows name are not there, such as {gone.file.name}" in said
    wipe(settings)
    command("restore", tmp_path / "a")
    assert not list(settings.MEDIA_ROOT.glob(".*"))


@pytest.mark.parametrize("place", ["there", "media", "nowhere"])
def test_a_backup_goes_neither_over_a_file_nor_where_anybody_could_fetch_it(site, settings, tmp_path, place):
    (tmp_path / "there").write_bytes(b"mine")
    path = {
        "there": tmp_path / "there",
        "media": settings.MEDIA_ROOT / "a",
        "nowhere": tmp_path / "no/such/a",
    }[place]
    with pytest.raises(CommandError, match=r"already|MEDIA_ROOT|cannot be written"):
        command("backup", path)
    assert (tmp_path / "there").read_bytes() == b"mine"
    assert not list(tmp_path.rglob("*.part"))


def test_a_full_disk_is_said_and_leaves_nothing(site, tmp_path):
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, limits := resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a file that may not grow is an error and no end
    try:
        with pytest.raises(Trouble, match="no room left"):
            making.make(tmp_path / "a")
        key = pyrage.x25519.Identity.generate()
        with pytest.raises(Trouble, match="no room left"):
            making.make(tmp_path / "a", recipients=[key.to_public()])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limits, limits))
        signal.signal(signal.SIGXFSZ, before)
    assert not [path for path in tmp_path.iterdir() if path.is_file()]


def test_a_backup_holds_up_no_writer_and_a_migration_waits_for_it(site):
    with snapshot.snapshot(), transaction.atomic():
        Post.objects.update(title="Written meanwhile")
        with connection.cursor() as cursor, pytest.raises(Exception, match="lock timeout"):
            cursor.execute("SET LOCAL lock_timeout = '50ms'")
            cursor.execute("ALTER TABLE posts_post ADD COLUMN more int")
