"""The backup of each night: when it is due, where it goes, how many stay, and what is said when it came to nothing."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from random import randbytes

import boto3
import pytest
from django.core import mail
from django.utils import timezone
from moto.server import ThreadedMotoServer

from informed_comment.backups import keeping, lights, nightly
from informed_comment.backups.bucket import Bucket
from informed_comment.backups.checking import check
from informed_comment.backups.snapshot import own_connection
from informed_comment.backups.trouble import Trouble
from informed_comment.models import AuditEntry, BackupRun
from informed_comment.watching.lights import State
from tests.factories import make_post

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(settings, tmp_path):
    settings.SITE_URL = "https://news.example.org"
    settings.BACKUP_DIR = str(tmp_path / "backups")
    settings.BACKUP_AT = "03:10"
    settings.TIME_ZONE = "UTC"
    settings.ADMINS = ["operator@example.org"]
    settings.MEDIA_ROOT.mkdir()
    return tmp_path / "backups"


@pytest.fixture
def bucket():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    told = {"endpoint": f"http://{host}:{port}", "region": "us-east-1", "key": "key", "secret": "secret"}
    boto3.client(
        "s3",
        endpoint_url=told["endpoint"],
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        region_name="us-east-1",
    ).create_bucket(Bucket="backups")
    yield told | {"bucket": "backups", "folder": "nightly"}
    server.stop()


def at(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def ran(started_at, *, problem="", is_good=True):
    ended = started_at + timedelta(minutes=2)
    good = {"verified_at": ended, "size": 5} if is_good else {}
    return BackupRun.objects.create(started_at=started_at, ended_at=ended, problem=problem, name="a", **good)


def test_a_backup_is_made_noted_and_shown_in_a_good_light(folder):
    make_post()
    run = nightly.run()
    (file,) = folder.iterdir()
    assert file.name == run.name == keeping.name_at(run.started_at, is_encrypted=False)
    assert file.name.startswith("news.example.org-2")
    with file.open("rb") as opened:
        assert check(opened).tables["posts_post"]["rows"] == 1
    assert run.size == file.stat().st_size
    assert run.seconds < 60
    assert AuditEntry.objects.latest("pk").deed == "backup_made"
    (light,) = lights.last_backup()
    assert light.state == State.GOOD
    assert not nightly.is_due()


def test_it_is_due_once_a_night_again_when_killed_and_an_hour_after_it_failed(folder):
    assert nightly.is_due(at(10, 4))
    ran(at(10, 3, 12))
    assert not nightly.is_due(at(10, 4))
    assert not nightly.is_due(at(11, 3, 9))
    assert nightly.is_due(at(11, 3, 10))
    assert nightly.is_due(at(11, 20)), "a worker that was away at the hour makes it later"
    ran(at(11, 3, 12), problem="No room.", is_good=False)
    assert not nightly.is_due(at(11, 4))
    assert nightly.is_due(at(11, 4, 15))
    BackupRun.objects.create(started_at=at(12, 3, 12))
    assert nightly.is_due(at(12, 3, 20))
    with own_connection("another") as session:
        session.execute(f"SELECT pg_advisory_lock({nightly.LOCK})")
        assert not nightly.is_due(at(12, 3, 20))
        assert nightly.run() is None


def test_it_is_off_until_a_place_is_named_and_says_so(settings):
    settings.BACKUP_DIR = ""
    assert not nightly.is_due()
    (light,) = lights.last_backup()
    assert (light.state, light.says) == (State.WATCH, "No backups are made.")
    assert "BACKUP_DIR" in light.cure


def test_one_that_fails_is_told_and_leaves_nothing_and_the_killed_ones_rest_goes(folder, settings):
    folder.mkdir()
    left = folder / "news.example.org-20261101T031000Z.tar.zst.part"
    others = [folder / "other.example.org-20261101T031000Z.tar.zst.part", folder / "letter.txt"]
    for path in [left, *others]:
        path.write_bytes(b"half")
    killed = BackupRun.objects.create(started_at=timezone.now() - timedelta(hours=1))
    settings.BACKUP_AGE_RECIPIENTS = ["age1nonsense"]
    with pytest.raises(Trouble, match="no public key of age"):
        nightly.run()
    killed.refresh_from_db()
    assert killed.problem == nightly.KILLED
    assert "BACKUP_AGE_RECIPIENTS" in mail.outbox[0].body
    (light,) = lights.last_backup()
    assert light.state == State.BAD
    assert "BACKUP_AGE_RECIPIENTS" in light.says
    settings.BACKUP_AGE_RECIPIENTS = []
    nightly.run()
    assert not left.exists()
    assert all(path.exists() for path in others)


def test_an_old_backup_is_a_bad_light(folder):
    ran(timezone.now() - timedelta(hours=30))
    assert lights.last_backup()[0].state == State.WATCH
    BackupRun.objects.update(started_at=timezone.now() - timedelta(hours=60))
    assert lights.last_backup()[0].state == State.BAD


def test_days_weeks_and_months_stay_and_the_newest_always(settings):
    settings.SITE_URL, settings.TIME_ZONE = "https://news.example.org", "UTC"
    newest = datetime(2026, 11, 28, 3, 10, tzinfo=UTC)
    names = [keeping.name_at(newest - timedelta(days=n), is_encrypted=n % 2 == 0) for n in range(400)]
    foreign = [
        "other.example.org-20200101T000000Z.tar.zst",
        f"{names[0]}.part",
        "news.example.org-99999999T000000Z.tar.zst",
    ]
    gone = keeping.to_go(names + foreign, {"days": 7, "weeks": 5, "months": 12})
    stayed = [name for name in names if name not in gone]
    assert stayed[:7] == names[:7]
    assert not set(foreign) & set(gone)
    assert len({name[17:23] for name in stayed}) == 12
    assert len(stayed) == 7 + 4 + 11 - 1, (
        "of the five weeks the first two lie in the seven days, of the months the first"
    )
    assert keeping.to_go(names[300:301], {"days": 0, "weeks": 0, "months": 0}) == []


def test_it_goes_to_a_bucket_in_parts_and_the_old_ones_there_go(folder, settings, bucket, monkeypatch):
    monkeypatch.setattr("informed_comment.backups.bucket.PART", 5 << 20)
    settings.BACKUP_DIR, settings.BACKUP_S3 = "", bucket
    settings.BACKUP_KEEP = {"days": 1, "weeks": 1, "months": 1}
    (settings.MEDIA_ROOT / "a.bin").write_bytes(randbytes(6 << 20))
    there = Bucket(**bucket)
    for name in ("news.example.org-20200101T000000Z.tar.zst", "other.example.org-20200101T000000Z.tar.zst"):
        there.client.put_object(**there.at(name), Body=b"old")
    there.client.create_multipart_upload(**there.at("news.example.org-20200102T000000Z.tar.zst"))
    run = nightly.run()
    assert run.where == "s3://backups/nightly/"
    assert sorted(there.names()) == [run.name, "other.example.org-20200101T000000Z.tar.zst"]
    assert there.client.head_object(**there.at(run.name))["ETag"].endswith('-2"')
    got = settings.MEDIA_ROOT.parent / "got"
    there.client.download_file(bucket["bucket"], f"nightly/{run.name}", str(got))
    with got.open("rb") as file:
        assert check(file).files == 1
    assert "Uploads" not in there.client.list_multipart_uploads(Bucket="backups")
    assert not list((settings.VAR_DIR / "backups-on-their-way").iterdir())
    settings.BACKUP_S3 = bucket | {"bucket": "nowhere"}
    with pytest.raises(Trouble, match="refuses or is away"):
        nightly.run()
    assert not list((settings.VAR_DIR / "backups-on-their-way").iterdir())


def test_the_worker_begins_it_as_a_process_of_its_own_once(folder, monkeypatch):
    begun = []

    def popen(command, **told):
        begun.append(command)
        return real([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)

    real = subprocess.Popen
    monkeypatch.setattr(nightly.subprocess, "Popen", popen)
    assert nightly.begin_when_due()
    assert begun[0][1:] == [begun[0][1], "backup", "--nightly"]
    assert not nightly.begin_when_due()
    (process,) = nightly.at_work
    process.communicate(b"\n")
    nightly.at_work.clear()
