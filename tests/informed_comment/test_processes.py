"""`make run`: what it starts, it ends."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from urllib.parse import urlsplit

import psutil
import pytest
from django.db import connection

from informed_comment import processes
from informed_comment.processes import CannotRun
from tests import emptying
from tests.factories import make_post


@pytest.fixture
def port():
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


@pytest.mark.parametrize("port", ["", "0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(CannotRun, match=f"PORT={port} is no port; choose one"):
        processes.check_address("127.0.0.1", port)


def test_a_taken_port_is_refused_with_a_way_out():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(CannotRun, match=r"in use.*make run PORT="):
            processes.check_address("127.0.0.1", str(other.getsockname()[1]))


def test_an_address_of_another_machine_is_refused_with_a_way_out():
    with pytest.raises(CannotRun, match="make run HOST="):
        processes.check_address("192.0.2.1", "8000")


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8001"),
        ("0.0.0.0", "http://127.0.0.1:8001"),
        ("::", "http://[::1]:8001"),
        ("newsroom.example", "http://newsroom.example:8001"),
    ],
)
def test_mail_and_feeds_name_the_address_the_site_is_opened_at(host, address):
    assert processes.address_of(host, "8001") == address


def test_the_procfile_names_web_and_worker():
    assert [name for name, _ in processes.procfile()] == ["web", "worker"]


# The whole, on the tests' own database


@pytest.fixture
def site(transactional_db, port, tmp_path):
    """Starts the site on the tests' database, which a post keeps free of the demo, under a process like `make`."""
    make_post()
    emptying.the_queue()  # the worker would do what other tests have left
    name = connection.settings_dict["NAME"]
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}")
    environment = os.environ | {"DATABASE_URL": database.geturl(), "PORT": str(port), "WEB_CONCURRENCY": "1"}
    (tmp_path / "Makefile").write_text(f'run:\n\t@exec "{sys.executable}" -m informed_comment.processes\n')
    started = []

    def start(*command):
        site = subprocess.Popen(
            command or [sys.executable, "-m", "informed_comment.processes"],
            cwd=processes.ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=heed_interrupts,
        )
        started.append(site)
        site.password = None
        for line in site.stdout:
            site.password = site.password or re.match(r"Password (\S{16})", line)
            if line.startswith("Ctrl-C"):
                return site
        pytest.fail(site.communicate()[1])

    start.port = port
    start.makefile = str(tmp_path / "Makefile")
    yield start
    for site in started:
        end_tree(site)


def heed_interrupts():
    """Tests in the background of a script are told to ignore SIGINT, and `make` would go on ignoring it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def end_tree(site):
    """Whatever a failed test has left."""
    if site.poll() is None:
        for process in psutil.Process(site.pid).children(recursive=True):
            process.kill()
        site.kill()
    site.communicate()


def descendants(site):
    return psutil.Process(site.pid).children(recursive=True)


def end_of(site, deed):
    """Exit code and last words after the deed, and what the site had started and left alive."""
    started = descendants(site)
    deed()
    _, errors = site.communicate(timeout=60)
    _, alive = psutil.wait_procs(started, timeout=10)
    return site.returncode, errors, alive


def open_page(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status


def test_the_site_is_served_and_a_signal_ends_all_of_it(site):
    run = site()
    assert run.password
    assert open_page(site.port, "/admin/login/") == 200
    commands = [" ".join(process.cmdline()) for process in descendants(run)]
    assert any("granian" in command for command in commands)
    assert any("manage.py worker" in command for command in commands)

    ended = end_of(run, lambda: run.send_signal(signal.SIGTERM))
    assert ended == (128 + signal.SIGTERM, "", [])


@pytest.mark.skipif(not shutil.which("make"), reason="there is no make")
def test_all_ends_when_make_alone_is_interrupted(site):
    run = site("make", "-f", site.makefile, "run")
    code, _, alive = end_of(run, lambda: run.send_signal(signal.SIGINT))
    assert code != 0
    assert not alive


def test_all_ends_when_one_process_dies(site):
    run = site()
    worker = next(process for process in descendants(run) if "worker" in process.cmdline())
    words = "informed-comment: worker ended with exit code -9; the rest is stopped too.\n"
    assert end_of(run, worker.kill) == (1, words, [])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_all_ends_when_the_runner_is_killed_outright(site):
    run = site()
    assert end_of(run, run.kill) == (-signal.SIGKILL, "", [])


def test_a_database_that_does_not_answer_is_one_line(port):
    environment = os.environ | {"DATABASE_URL": "postgresql://nobody:secret@127.0.0.1:1/x", "PORT": str(port)}
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "informed_comment.processes"],
        cwd=processes.ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert time.monotonic() - started < 30
    assert done.returncode == 1
    assert re.fullmatch(r"CommandError: the database does not answer; start it, or mend .*\n", done.stderr)
    assert "secret" not in done.stderr


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"DEBUG": "0"}, "SECRET_KEY is not set."),
        ({"DEBUG": "0", "SECRET_KEY": "k" * 50}, "DATABASE_URL is not set."),
        ({"DATABASE_URL": "sqlite:///x.db"}, "DATABASE_URL must name a PostgreSQL"),
        ({"DATABASE_URL": "postgresql://h:99999/x"}, "DATABASE_URL must name a PostgreSQL"),
    ],
)
def test_a_command_refuses_to_start_without_what_it_needs(environment, sentence):
    plain = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SECRET_KEY")}
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=processes.ROOT,
        env=plain | {"DJANGO_SETTINGS_MODULE": "informed_comment.settings"} | environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"informed-comment: {sentence}")
    assert done.stderr.count("\n") == 1
