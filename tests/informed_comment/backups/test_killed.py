"""A restore that was ended in the middle serves nobody and is taken to its end by the same command; one from and into buckets."""

import json
import logging
import time
from contextlib import contextmanager

import boto3
import pyrage
import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from moto.server import ThreadedMotoServer

from informed_comment import caching, edition_look, editions, half_restored
from informed_comment.backups import making, nightly, restoring
from informed_comment.backups.bucket import Bucket
from informed_comment.models import Edition
from informed_comment.watching import ready
from newsletter.models import Subscriber
from posts.models import Post
from tests.informed_comment.backups.conftest import command, everything, wipe
from tests.informed_comment.backups.test_round import but


def killed(moment):
    raise KeyboardInterrupt


@contextmanager
def said_to_be_of(moment):
    """The restore that was ended is another backup's."""
    half = half_restored.left()
    for one in ({**half, "moment": moment}, half):
        with connection.cursor() as cursor:
            cursor.execute(f"COMMENT ON TABLE informed_comment_edition IS '{json.dumps(one)}'")
        if one is not half:
            yield


@pytest.fixture
def half(site, settings, tmp_path):
    """The site restored as far as its rows, and the backup; then the process was ended."""
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"
    rows, number = everything(), Edition.objects.get().number
    making.make(tmp_path / "a")
    call_command("erase_person", "reader@example.org")
    wipe(settings)
    deeds, settings.AFTER_RESTORE = settings.AFTER_RESTORE, [f"{__name__}.killed"]
    with pytest.raises(KeyboardInterrupt):
        restoring.restore(tmp_path / "a")
    settings.AFTER_RESTORE = deeds
    caching.shelf.empty(None)
    editions.forget()
    yield tmp_path / "a", rows, number
    with connection.cursor() as cursor:
        if half_restored.left(cursor):
            half_restored.end(cursor)


def test_one_ended_after_its_rows_serves_nobody_and_is_taken_to_its_end_by_the_same_command(
    half, client, settings, tmp_path
):
    file, rows, number = half
    assert Post.objects.exists()
    command("migrate", verbosity=0)
    client.raise_request_exception = False
    assert client.get("/").status_code == 503
    assert client.get("/readyz").status_code == 503
    assert "restore the same file again" in ready.parts()["restore"]
    for name in ("worker", "prepare"):
        with pytest.raises(CommandError, match="was ended in the middle"):
            command(name, **({"once": True} if name == "worker" else {}))
    with said_to_be_of("2026-01-02"), pytest.raises(CommandError, match="of another backup, of 2026-01-02"):
        command("restore", file)
    assert "erased again" in command("restore", file)
    assert not Subscriber.objects.filter(email="reader@example.org").exists()
    assert Edition.objects.get().number > number + 1_000_000
    gone = {"informed_comment_erasure"} | {
        f"newsletter_{of}" for of in ("subscriber", "consentevent", "suppression")
    }
    assert {n: t for n, t in but(everything()).items() if n not in gone} == {
        n: t for n, t in but(rows).items() if n not in gone
    }
    assert not half_restored.said()
    for _ in range(100):  # a thread looks whether there is an edition again
        if edition_look.of_process.is_well():
            break
        time.sleep(0.1)
    assert client.get("/").status_code == 200
    assert "restore" not in ready.parts()


@pytest.fixture
def s3(settings, tmp_path):
    """Two buckets: one the library lies in, one for backups, encrypted for a key that is elsewhere."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    told = {"endpoint_url": "http://{}:{}".format(*server.get_host_and_port()), "region_name": "us-east-1"}
    client = boto3.client("s3", aws_access_key_id="key", aws_secret_access_key="secret", **told)
    for name in ("pictures", "backups"):
        client.create_bucket(Bucket=name)
    options = told | {"access_key": "key", "secret_key": "secret", "bucket_name": "pictures"}
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "informed_comment.buckets.Bucket", "OPTIONS": options}
    }
    settings.MEDIA_S3_BUCKET, settings.BACKUP_DIR = "pictures", ""
    settings.BACKUP_S3 = {"endpoint": told["endpoint_url"], "region": "us-east-1", "key": "key"}
    settings.BACKUP_S3 |= {"secret": "secret", "bucket": "backups", "folder": ""}
    key = pyrage.x25519.Identity.generate()
    settings.BACKUP_AGE_RECIPIENTS = [str(key.to_public())]
    (tmp_path / "key").write_text(str(key))
    yield client
    server.stop()


def test_from_a_bucket_encrypted_and_into_a_bucket_it_is_the_same_again(s3, site, settings, tmp_path):
    with site.lead_image.file.open() as file:
        default_storage.save("uploads/a.jpg", file)
    rows, there = everything(), objects(s3)
    run = nightly.run()
    wipe(settings)
    names = list(there)
    s3.delete_objects(Bucket="pictures", Delete={"Objects": [{"Key": name} for name in names[1:]]})
    bucket = Bucket(**settings.BACKUP_S3)
    bucket.client.download_file("backups", run.name, str(tmp_path / "got"))
    assert (tmp_path / "got").read_bytes().startswith(b"age-encryption.org")
    done = restoring.restore(tmp_path / "got", restoring.keys(tmp_path / "key"))
    assert done.there_already == 1
    later = {"informed_comment_backuprun"}
    assert {n: t for n, t in but(everything()).items() if n not in later} == {
        n: t for n, t in but(rows).items() if n not in later
    }
    assert objects(s3) == there
    assert len(there) == 2


def objects(client):
    return {
        entry["Key"]: client.get_object(Bucket="pictures", Key=entry["Key"])["Body"].read()
        for entry in client.list_objects_v2(Bucket="pictures").get("Contents", [])
    }
