"""The metrics: who may ask, what several processes add up to, what the database tells."""

import json
import os
import re
import subprocess
import sys

import pytest
import yaml
from django.conf import settings

from informed_comment.models import Edition
from informed_comment.watching import counting, metrics
from informed_comment.watching.ready import Asked
from tests.factories import make_post
from tests.informed_comment.watching.rows import failed_job, waiting_job

HERE = {"REMOTE_ADDR": "127.0.0.1"}


@pytest.fixture(autouse=True)
def counts(settings, tmp_path, monkeypatch):
    """A process that has counted nothing yet, in a folder of its own."""
    settings.VAR_DIR = tmp_path
    made = counting.Counts()
    made.measures = dict(counting.of_process.measures)
    for module in (counting, metrics.counting):
        monkeypatch.setattr(module, "of_process", made)
    return made


@pytest.fixture
def told(monkeypatch, db):
    """What the database tells, asked in the test's own transaction."""

    class Here:
        def answer(self):
            return metrics.told_by_the_database()

    monkeypatch.setattr(metrics, "asked", Here())


def value(text, name):
    """The number of the line that begins so; None when there is none."""
    lines = [line for line in text.splitlines() if line.startswith(f"informed_comment_{name} ")]
    return float(lines[0].rpartition(" ")[2]) if lines else None


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("token", "asked", "status"),
    [
        ("", {"REMOTE_ADDR": "127.0.0.1"}, 200),
        ("", {"REMOTE_ADDR": "10.0.0.7"}, 200),
        ("", {"REMOTE_ADDR": "203.0.113.9"}, 404),
        ("", {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}, 404),
        ("secret", {"REMOTE_ADDR": "127.0.0.1"}, 404),
        ("secret", {"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer wrong"}, 404),
        ("secret", {"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer secret"}, 200),
    ],
)
def test_who_may_ask(client, settings, token, asked, status):
    settings.METRICS_TOKEN = token
    assert client.get("/metrics", **asked).status_code == status


@pytest.mark.usefixtures("told")
def test_answers_are_counted_by_kind_and_status(client):
    post = make_post()
    client.get(post.get_absolute_url())
    client.get("/no-such-page/")
    text = client.get("/metrics", **HERE).content.decode()
    assert value(text, 'answers_total{kind="posts:post",status="200"}') == 1
    assert value(text, 'answer_seconds_count{kind="posts:post"}') == 1
    assert value(text, 'answer_seconds_bucket{kind="posts:post",le="+Inf"}') == 1
    assert value(text, "processes") == 1
    assert value(text, "page_cache_pages") >= 1
    assert value(text, "database_up") == 1


@pytest.mark.usefixtures("told")
def test_the_queue_and_the_lights_are_told():
    waiting_job(task="newsletter.send", seconds=90)
    failed_job(task="images.tasks.make_renditions")
    text = metrics.text().decode()
    assert value(text, 'jobs_waiting{task="newsletter.send"}') == 1
    assert value(text, 'jobs_oldest_seconds{task="newsletter.send"}') >= 90
    assert value(text, 'jobs_failed{task="images.tasks.make_renditions"}') == 1
    assert value(text, 'deliveries{state="sent"}') == 0
    assert value(text, "edition") >= 0


@pytest.mark.usefixtures("told")
def test_all_but_the_edition_is_told_while_a_restore_is_not_at_its_end():
    Edition.objects.all().delete()
    text = metrics.text().decode()
    assert value(text, "edition") is None
    assert value(text, "workers") == 0


def test_processes_are_added_up_and_those_that_are_gone_stay_counted(counts):
    """A counter that went back when a process is replaced would look like a storm."""
    child = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
from django.conf import settings
settings.VAR_DIR = sys.argv[1]
from informed_comment.watching import counting
counting.of_process.door[200] += 5
counting.of_process.answered("posts:home", 200, 0.003)
counting.of_process.did("images.tasks.make_renditions", "done")
counting.of_process.write()
"""
    folder = counting.folder()
    environment = os.environ | {"PYTEST_XDIST_WORKER": "x"}
    subprocess.run([sys.executable, "-c", child, folder.parent.parent], check=True, env=environment)
    counts.door[200] += 2
    counts.answered("posts:home", 200, 0.2)
    for _ in range(2):
        total, living = metrics.counted()
        assert total["door"] == [[200, 7]]
        assert total["answers"] == [["posts:home", 200, 2]]
        assert total["jobs"] == [["images.tasks.make_renditions", "done", 1]]
        ((kind, buckets),) = total["seconds"]
        assert (kind, buckets[0], sum(buckets[:-1])) == ("posts:home", 1, 2)
        assert len(living) == 1
    assert len(list(folder.glob("*-*.json"))) == 1


def test_a_file_that_is_cut_off_counts_nothing(counts):
    counting.folder().mkdir(parents=True)
    (counting.folder() / "1-1.00.json").write_text('{"door": [[200')
    assert metrics.counted()[0]["door"] == []
    assert json.loads((counting.folder() / "gone.json").read_text())


def test_a_database_that_is_away_is_told_of(monkeypatch, counts):
    counts.door[304] += 1
    monkeypatch.setattr(metrics, "asked", Asked(lambda: None))
    text = metrics.text().decode()
    assert value(text, "database_up") == 0
    assert value(text, 'door_answers_total{status="304"}') == 1


def test_names_of_kinds_are_bounded(rf):
    from django.urls import resolve

    kinds = set()
    for path in (
        "/",
        "/2016/10/some.html",
        "/category/x/",
        "/admin/",
        "/admin/posts/post/7/change/",
        "/livez",
        "/about/",
    ):
        request = rf.get(path)
        request.resolver_match = resolve(path)
        kinds.add(counting.kind_of(request))
    assert kinds == {"posts:home", "posts:post", "posts:category", "admin", "livez", "pages:page"}
    assert counting.kind_of(rf.get("/")) == "none"


@pytest.mark.usefixtures("told")
def test_every_alert_names_a_metric_that_is_there_and_a_cure():
    """Those that appear only with a backup, a worker or trouble are named here."""
    sometimes = {
        "backup_age_seconds",
        "worker_heartbeat_seconds",
        "mail_provider_in_trouble",
        "certificate_days",
    }
    counting.of_process.answered("posts:home", 200, 0.1)
    shown = set(re.findall(r"^# TYPE informed_comment_(\w+)", metrics.text().decode(), re.MULTILINE))
    rules = yaml.safe_load((settings.BASE_DIR / "deploy" / "prometheus-alerts.yaml").read_text())["groups"][
        0
    ]["rules"]
    for rule in rules:
        assert rule["annotations"]["cure"], rule["alert"]
        for name in re.findall(r"informed_comment_(\w+)", rule["expr"]):
            assert {name, name.removesuffix("_bucket")} & (shown | sometimes), name
