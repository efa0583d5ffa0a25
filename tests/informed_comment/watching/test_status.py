"""The status page: what it shows, who sees it, the deeds on failed jobs; the command; the watch and its mail."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from informed_comment import jobs, tasks
from informed_comment.cdn import cdn
from informed_comment.models import AuditEntry, BackupRun, JobProblem, WatchedLight
from informed_comment.watching import keeping_watch, queue
from informed_comment.watching.lights import Light, State
from tests.factories import make_user
from tests.informed_comment.watching.rows import failed_job, heartbeat

pytestmark = pytest.mark.django_db
PAGE, AGAIN, DISMISS = "/admin/status/", "/admin/status/again/", "/admin/status/dismiss/"
LIGHT = {"state": State.BAD}


def lamp():
    """A light of the tests' own, as LIGHT says."""
    return [Light("Kettle", LIGHT["state"], "It is what it is.", "Mend it.")]


@pytest.fixture
def one_light(settings):
    settings.STATUS_LIGHTS = [f"{__name__}.lamp"]
    LIGHT["state"] = State.BAD
    return LIGHT


@pytest.fixture
def administrator(client):
    user = make_user(group="Administrator")
    client.force_login(user)
    return user


@pytest.mark.parametrize(("group", "status"), [("Administrator", 200), ("Editor", 403), ("Author", 403)])
def test_administrators_see_it_and_nobody_else(client, group, status):
    client.force_login(make_user(group=group))
    assert client.get(PAGE).status_code == status
    found = client.get("/admin/find/hits/?q=status").json()["hits"]
    assert (PAGE in [hit["url"] for hit in found]) == (status == 200)


def test_it_shows_every_light_with_its_cure_and_stays_within_its_budget(
    client, administrator, django_assert_max_num_queries
):
    job = failed_job(said="ValueError: the picture is broken", request_id="0f3a9c5e7b1d2468")
    client.get(PAGE)
    with django_assert_max_num_queries(24):
        page = client.get(PAGE).content.decode()
    assert "No worker has ever reported." in page
    assert "Start it: systemctl start informed-comment-worker@1" in page
    assert "the picture is broken" in page
    assert "0f3a9c5e7b1d2468" in page
    assert f'name="job" value="{job}"' in page
    assert "PostgreSQL" in page


OF_A_REPLICA = 2  # questions more: its edition there, and the one here


def test_it_stays_within_its_budget_with_everything_that_may_be_set_up(
    client, administrator, settings, tmp_path, django_assert_max_num_queries
):
    settings.CDN = cdn("fastly://" + "t" * 32 + "@" + "S" * 20)
    settings.BACKUP_DIR = str(tmp_path)
    failed_job(said="ValueError: the picture is broken")
    heartbeat(seconds_ago=1)
    now = timezone.now()
    run = {"started_at": now, "ended_at": now, "verified_at": now, "size": 1}
    BackupRun.objects.create(name="night.backup", where="a folder", **run)
    client.get(PAGE)
    with django_assert_max_num_queries(24 - OF_A_REPLICA):
        page = client.get(PAGE).content.decode()
    assert "CDN" in page
    assert "found right" in page


def test_a_failed_job_is_put_back_and_that_is_written_down(client, administrator):
    job = failed_job()
    assert client.get(AGAIN).status_code == 405
    client.post(AGAIN, {"job": job})
    again = ProcrastinateJob.objects.get(pk=job)
    assert (again.status, again.attempts) == ("todo", 0)
    entry = AuditEntry.objects.get(deed="job_tried_again")
    assert entry.by == administrator
    assert client.post(AGAIN, {"job": job}, follow=True).status_code == 200


def test_a_failed_job_is_dismissed(client, administrator):
    job = failed_job()
    answer = client.post(DISMISS, {"job": job}, follow=True)
    assert "was dismissed" in answer.content.decode()
    assert not ProcrastinateJob.objects.filter(pk=job).exists()
    assert AuditEntry.objects.filter(deed="job_dismissed").exists()
    queue.forget_problems()
    assert not JobProblem.objects.exists()


def test_jobs_that_failed_alike_stand_together_and_are_mended_together(client, administrator):
    jobs_alike = [failed_job(), failed_job()]
    other = failed_job(said="OSError: another")
    assert len(queue.failed()) == 2
    answer = client.post(AGAIN, {"job": [*jobs_alike, "7; DROP TABLE", "-1"]}, follow=True)
    assert "Of 2 jobs each was put back" in answer.content.decode()
    assert ProcrastinateJob.objects.get(pk=other).status == "failed"
    assert AuditEntry.objects.filter(deed="job_tried_again").count() == 2


def test_a_failed_job_that_waits_already_is_not_put_back(client, administrator):
    job = failed_job(queueing_lock="once")
    jobs.defer("images.tasks.make_renditions", queueing_lock="once", image_id=7)
    answer = client.post(AGAIN, {"job": job}, follow=True)
    assert "need not be tried again" in answer.content.decode()
    assert ProcrastinateJob.objects.get(pk=job).status == "failed"


@pytest.mark.parametrize("deed", ["/admin/status/again/", "/admin/status/dismiss/"])
def test_nobody_else_mends_jobs(client, deed):
    job = failed_job()
    client.force_login(make_user(group="Editor"))
    assert client.post(deed, {"job": job}).status_code == 403
    assert ProcrastinateJob.objects.get(pk=job).status == "failed"


def test_the_command_says_the_same_and_ends_with_an_error_while_something_is_bad(one_light, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("status")
    assert ended.value.code == 1
    assert "BAD   Kettle: It is what it is. Mend it." in capsys.readouterr().out
    one_light["state"] = State.WATCH
    call_command("status", "--quiet")
    assert "WATCH Kettle" in capsys.readouterr().out
    one_light["state"] = State.GOOD
    call_command("status", "--quiet")
    assert capsys.readouterr().out == ""


def test_a_light_that_turns_bad_is_told_once_and_once_more_when_it_is_well(one_light, settings, time_machine):
    settings.ADMINS = ["friend@hosting.example"]
    begun = timezone.now()

    def minute(number):
        time_machine.move_to(begun + timedelta(minutes=number))
        keeping_watch.look()
        keeping_watch.tell()

    for number in range(6):
        minute(number)
    assert [letter.subject for letter in mail.outbox] == ["Informed Comment: Kettle"]
    assert "Mend it." in mail.outbox[0].body
    assert mail.outbox[0].to == ["friend@hosting.example"]
    one_light["state"] = State.GOOD
    for number in range(6, 10):
        minute(number)
    assert len(mail.outbox) == 2
    assert "Kettle is well again" in mail.outbox[1].body


def test_told_again_by_another_worker_since_the_first_died_it_is_the_same_mail(
    one_light, settings, time_machine
):
    settings.ADMINS = ["friend@hosting.example"]
    begun = timezone.now()
    keeping_watch.look()
    for minutes in (3, 4):
        time_machine.move_to(begun + timedelta(minutes=minutes))
        with transaction.atomic():
            assert keeping_watch.tell()
            transaction.set_rollback(minutes == 3)
    first, second = (letter.extra_headers["Message-ID"] for letter in mail.outbox)
    assert first == second


def test_what_flickers_wakes_nobody(one_light, settings, time_machine):
    settings.ADMINS = ["friend@hosting.example"]
    begun = timezone.now()
    for number in range(8):
        time_machine.move_to(begun + timedelta(minutes=number))
        one_light["state"] = State.BAD if number % 2 else State.GOOD
        keeping_watch.look()
        keeping_watch.tell()
    assert mail.outbox == []


def test_the_first_page_tells_administrators_while_something_is_bad(client, administrator, one_light):
    heartbeat(seconds_ago=1)
    keeping_watch.look()
    assert "Kettle" in client.get("/admin/").content.decode()
    one_light["state"] = State.GOOD
    keeping_watch.look()
    assert "Something needs you" not in client.get("/admin/").content.decode()
    client.force_login(make_user(group="Editor"))
    one_light["state"] = State.BAD
    keeping_watch.look()
    assert "Kettle" not in client.get("/admin/").content.decode()


def test_a_light_that_is_gone_is_forgotten(one_light, settings):
    keeping_watch.look()
    assert WatchedLight.objects.get().name == "Kettle"
    settings.STATUS_LIGHTS = []
    keeping_watch.look()
    assert not WatchedLight.objects.exists()


def test_that_no_mail_goes_out_fails_no_job_and_is_tried_again(
    one_light, settings, time_machine, monkeypatch, caplog
):
    settings.ADMINS = ["friend@hosting.example"]

    def refused(self):
        raise ConnectionRefusedError("nobody listens")

    with monkeypatch.context() as patch:
        patch.setattr(mail.EmailMessage, "send", refused)
        tasks.keep_watch(0)
        time_machine.move_to(timezone.now() + timedelta(minutes=3))
        tasks.keep_watch(0)
    assert "ADMINS cannot be told by mail" in caplog.text
    assert not WatchedLight.objects.filter(is_told=True).exists()
    tasks.keep_watch(0)
    assert len(mail.outbox) == 1
