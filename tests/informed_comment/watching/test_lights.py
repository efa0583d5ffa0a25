"""The lights of the frame: each red and green."""

import shutil
from collections import namedtuple
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from informed_comment import purging
from informed_comment.cdn import cdn
from informed_comment.models import CdnState, WatchedLight
from informed_comment.watching import keeping_watch, lights, of_database, of_machines, of_settings, of_work
from informed_comment.watching.lights import State
from tests.informed_comment.watching.rows import failed_job, heartbeat, waiting_job

Usage = namedtuple("Usage", "total used free")
GIB = 1024**3
FINE = {
    "DEBUG": False,
    "SITE_URL": "https://example.org",
    "ALLOWED_HOSTS": ["example.org"],
    "ADMINS": ["friend@hosting.example"],
    "NEWSLETTER_KEY": "another",
    "DEFAULT_FROM_EMAIL": "newsletter@example.org",
    "TRUSTED_PROXIES": 1,
}


def states(found):
    assert all(light.cure for light in found if light.state is not State.GOOD)
    return [light.state for light in found]


@pytest.mark.django_db
@pytest.mark.parametrize(("ago", "state"), [(None, State.BAD), (5, State.GOOD), (300, State.BAD)])
def test_the_worker(ago, state):
    if ago:
        heartbeat(seconds_ago=ago)
    assert states(of_work.worker()) == [state]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("task", "seconds", "state"),
    [
        ("newsletter.send", 10, State.GOOD),
        ("newsletter.send", 900, State.WATCH),
        ("newsletter.send", 7200, State.BAD),
        ("images.tasks.make_renditions", 7200, State.WATCH),
    ],
)
def test_work_that_waits(task, seconds, state):
    waiting_job(task=task, seconds=seconds)
    assert states(of_work.work()) == [state, State.GOOD]


@pytest.mark.django_db
def test_work_that_was_given_up():
    assert states(of_work.work()) == [State.GOOD, State.GOOD]
    failed_job()
    assert states(of_work.work()) == [State.GOOD, State.BAD]


@pytest.mark.parametrize(
    ("total", "free", "state"),
    [
        (100 * GIB, 50 * GIB, State.GOOD),
        (1000 * GIB, 20 * GIB, State.GOOD),  # little of it, and enough
        (40 * GIB, 3 * GIB, State.WATCH),
        (40 * GIB, GIB // 2, State.BAD),
    ],
)
def test_room_on_the_disk(settings, tmp_path, monkeypatch, total, free, state):
    settings.MEDIA_ROOT = settings.VAR_DIR = tmp_path / "not" / "there"
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(total, total - free, free))
    found = of_machines.disks()
    assert states(found) == [state]
    assert found[0].name == "Disk of VAR_DIR and MEDIA_ROOT"


@pytest.mark.django_db
@pytest.mark.parametrize(("ahead", "state"), [(0, State.GOOD), (2, State.WATCH), (60, State.BAD)])
def test_clocks(monkeypatch, ahead, state):
    real = of_database.time.time
    monkeypatch.setattr(of_database.time, "time", lambda: real() + ahead)
    assert states(list(of_database.lights()))[-1] == state


@pytest.mark.django_db
def test_migrations(monkeypatch):
    assert states(of_machines.database()) == [State.GOOD]
    monkeypatch.setattr(of_machines.migrations, "ours", lambda: [("posts", "9999_to_come")])
    found = of_machines.database()
    assert states(found) == [State.BAD]
    assert "posts.9999_to_come" in found[0].says


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "state"),
    [("ok", State.GOOD), ("behind by 3, the primary …", State.WATCH), ("away, …", State.BAD)],
)
def test_the_replica(monkeypatch, said, state):
    monkeypatch.setattr(of_machines.replica, "says", lambda: said)
    assert states(of_machines.database()) == [State.GOOD, state]


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "state"), [(400, State.GOOD), (60, State.WATCH), (-1, State.BAD)])
def test_what_we_stand_on_is_looked_after(monkeypatch, days, state):
    number = of_machines.versions()["Django"].rpartition(".")[0]
    ends = {f"Django {number}": timezone.localdate() + timedelta(days=days)}
    monkeypatch.setattr(of_machines, "ENDS", ends)
    assert states(of_machines.support()) == [state]


@pytest.mark.django_db
def test_we_know_how_long_todays_versions_are_looked_after():
    found = of_machines.versions()
    for name in ("Python", "Django"):
        major = ".".join(found[name].split(".")[:2])
        assert of_machines.ENDS[f"{name} {major}"] > date(2026, 1, 1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", True),
        ("SITE_URL", "http://example.org"),
        ("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"]),
        ("ALLOWED_HOSTS", ["*"]),
        ("ADMINS", []),
        ("NEWSLETTER_KEY", None),
        ("DEFAULT_FROM_EMAIL", "newsletter@localhost"),
        ("TRUSTED_PROXIES", 0),
    ],
)
def test_settings_that_are_unwise(settings, name, value):
    for one, fine in FINE.items():
        setattr(settings, one, fine)
    assert states(of_settings.settings_light()) == [State.GOOD]
    setattr(settings, name, settings.SECRET_KEY if value is None else value)
    assert states(of_settings.settings_light()) == [State.WATCH]


@pytest.mark.django_db
def test_the_cdn(settings):
    assert purging.lights() == []
    settings.CDN = cdn("fastly://" + "t" * 32 + "@" + "S" * 20)
    assert states(purging.lights()) == [State.GOOD]
    CdnState.objects.update_or_create(pk=1, defaults={"behind_since": timezone.now() - timedelta(minutes=5)})
    assert states(purging.lights()) == [State.BAD]


@pytest.mark.django_db
def test_every_light_that_the_site_names_can_be_read(settings):
    found = lights.lights()
    assert len(found) > 10
    assert not [light for light in found if "cannot be read" in light.says]


def broken():
    raise KeyError("whatever a room got wrong")


@pytest.mark.django_db
def test_a_light_that_cannot_be_read_is_bad_and_hides_no_other(settings):
    settings.STATUS_LIGHTS = [f"{__name__}.broken", "informed_comment.watching.of_settings.settings_light"]
    first, second = lights.lights()
    assert first.state is State.BAD
    assert "cannot be read" in first.says
    assert second.name == "Settings"


@pytest.mark.django_db
def test_a_database_that_takes_what_is_written_and_one_that_does_not():
    assert states(list(of_database.lights())) == [State.GOOD, State.GOOD, State.GOOD]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
        bad, *_ = of_database.lights()
        assert bad.state == State.BAD
        assert "SELECT pg_promote()" in bad.cure
        transaction.set_rollback(True)


def test_connections_that_are_nearly_used_up():
    assert states([of_database.connections(taken, 100) for taken in (10, 85, 97)]) == list(State)


def light_of_a_table_that_is_not_there():
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM no_such_table")


@pytest.mark.django_db(transaction=True)
def test_a_light_that_the_database_refuses_to_tell_hides_no_other(settings):
    settings.STATUS_LIGHTS = [
        f"{__name__}.light_of_a_table_that_is_not_there",
        "informed_comment.watching.of_machines.disks",
    ]
    keeping_watch.look()
    kept = dict(WatchedLight.objects.values_list("name", "state"))
    WatchedLight.objects.all().delete()
    assert len(kept) == 2
    assert kept[settings.STATUS_LIGHTS[0]] == State.BAD
