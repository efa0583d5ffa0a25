"""The embedded server: shared, private, and whole again after every way of dying."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from informed_comment import postgres
from informed_comment.postgres import PostgresError, Server

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root keeps the data elsewhere")


@pytest.fixture
def folder():
    """A folder whose parents are open, as the server's account needs when the tests run as root."""
    with tempfile.TemporaryDirectory(prefix="informed-comment-") as name:
        yield postgres.make_home(Path(name))


@pytest.fixture(scope="module")
def cluster():
    """Data made once, to be copied: that takes a tenth of the time."""
    with tempfile.TemporaryDirectory(prefix="informed-comment-") as name:
        server = Server(postgres.make_home(Path(name)))
        server.acquire()
        server.release()
        yield server.data


@pytest.fixture
def server(folder, cluster):
    subprocess.run(["cp", "-a", cluster, folder], check=True)
    server = Server(folder)
    yield server
    server.release()


def ask(server, question):
    with psycopg.connect(server.url) as connection:
        return connection.execute(question).fetchone()[0]


def wait_until(true):
    for _ in range(200):
        if true():
            return True
        time.sleep(0.05)
    return False


def kill_keeper(server):
    os.kill(int((server.home / "keeper.lock").read_text()), signal.SIGKILL)
    assert wait_until(lambda: not server.is_kept())


def kill_server(server):
    os.kill(int(server_pid(server)), signal.SIGKILL)


def server_pid(server):
    return (server.data / "postmaster.pid").read_text().split()[0]


@pytest.mark.parametrize("name", ["short", "a long name " * 15])
def test_a_server_listens_in_a_private_folder_and_ends_with_its_only_user(folder, name):
    server = Server(postgres.make_home(folder / name.strip()))
    (server.home / "data.new").mkdir()  # from a first start cut short
    server.acquire()
    assert ask(server, "SHOW listen_addresses") == ""
    assert ask(server, "SHOW unix_socket_directories") == str(server.socket_folder)
    assert ask(server, "SELECT lower('ÉCLAIR')") == "éclair"
    assert server.socket_folder.stat().st_mode & 0o777 == 0o700
    assert server.data.stat().st_mode & 0o777 == 0o700

    server.release()
    assert not server.is_kept()
    assert not server.socket_folder.exists()
    with pytest.raises(psycopg.OperationalError):
        ask(server, "SELECT 1")


def test_a_server_outlives_its_first_user_but_not_its_last_even_when_killed(server):
    server.acquire()
    program = (
        "import sys; from pathlib import Path; from informed_comment.postgres import Server;"
        "Server(Path(sys.argv[1])).acquire(); print('ready', flush=True); input()"
    )
    command = [sys.executable, "-c", program, str(server.home)]
    with subprocess.Popen(command, cwd=postgres.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"ready\n"
        server.release()
        assert ask(server, "SELECT 1") == 1
        other.kill()
    assert wait_until(lambda: not server.is_kept())


def test_a_crash_loses_nothing_that_was_written(server):
    server.acquire()
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    kill_keeper(server)
    kill_server(server)
    assert (server.data / "postmaster.pid").exists()

    again = Server(server.home)
    again.acquire()
    assert ask(again, "SELECT number FROM kept") == 7
    again.release()


def test_a_server_whose_keeper_was_killed_is_replaced(server):
    server.acquire()
    first = server_pid(server)
    kill_keeper(server)

    again = Server(server.home)
    again.acquire()
    assert server_pid(server) != first
    assert ask(again, "SELECT 1") == 1
    again.release()


def test_what_a_reboot_leaves_is_cleared_away(server):
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n")
    server.acquire()
    assert ask(server, "SELECT 1") == 1


def test_a_throwaway_leaves_nothing(folder):
    home = postgres.make_home(folder / "throwaway")
    server = Server(home, throwaway=True)
    server.acquire()
    assert ask(server, "SHOW fsync") == "off"
    server.release()
    assert not home.exists()


def test_a_server_that_dies_takes_its_keeper_along(server):
    server.acquire()
    kill_server(server)
    assert wait_until(lambda: not server.is_kept())


def test_data_that_is_none_is_reported_with_the_place_of_the_log(folder):
    server = Server(folder)
    server.data.mkdir()
    with pytest.raises(PostgresError, match=r"did not start; see .*/log"):
        server.acquire()
    server.release()


def test_a_home_that_cannot_be_used_is_an_error_in_plain_words(folder):
    (folder / "file").touch()
    with pytest.raises(PostgresError, match="make it yours, or remove it"):
        Server(folder / "file").acquire()
    with pytest.raises(PostgresError, match="give yourself the right"):
        postgres.make_home(folder / "file" / "home")


def test_a_socket_folder_that_others_made_is_refused(folder):
    if os.geteuid() == 0:
        server = Server(folder)
        server.socket_folder.mkdir()
        os.chown(server.socket_folder, 54321, 54321)
        with pytest.raises(PostgresError, match="belongs to somebody else"):
            server.acquire()


# Which server


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, True),
        ({"DEBUG": "1"}, True),
        ({"DEBUG": "0"}, False),
        ({"DATABASE_URL": "postgresql://elsewhere/x"}, False),
        ({"DATABASE_URL": "postgresql://elsewhere/x", "DEBUG": "1"}, False),
    ],
)
def test_a_server_of_our_own_is_for_development_without_an_address(monkeypatch, environment, wanted):
    for name in ("DATABASE_URL", "DEBUG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert postgres.is_wanted() == wanted


@pytest.fixture
def project(folder, monkeypatch):
    """A project in a folder that only its owner may enter, and a place for root's state."""
    root = folder / "closed" / "project"
    root.mkdir(parents=True)
    root.parent.chmod(0o700)
    state = postgres.make_home(folder / "state")
    monkeypatch.setattr(postgres, "state_folder", lambda: state)

    def move_to(root):
        monkeypatch.setattr(postgres, "LINK", root / "var" / "postgresql")
        return root

    move_to.root = move_to(root)
    return move_to


def test_naming_the_server_starts_nothing_and_running_it_serves_the_project(project, monkeypatch):
    monkeypatch.delenv("DATABASE_URL")
    postgres.set_database_url()
    server = Server(postgres.home_of_project())
    assert os.environ["DATABASE_URL"] == server.url
    assert not server.is_kept()

    server.acquire()
    assert ask(server, "SELECT current_database()") == "informed_comment"
    with pytest.raises(PostgresError, match="stop `make run` first"):
        postgres.remove()
    server.release()
    postgres.remove()
    assert not server.home.exists()
    assert not postgres.LINK.is_symlink()


@as_root
def test_root_keeps_the_data_elsewhere_and_a_copied_project_gets_its_own(project, folder):
    home = postgres.home_of_project()
    assert home.is_relative_to(folder / "state")
    assert postgres.LINK.resolve() == home == postgres.home_of_project()

    original = project.root
    copy = project(original.with_name("copy"))
    (copy / "var").mkdir(parents=True)
    (copy / "var" / "postgresql").symlink_to(home)
    assert postgres.home_of_project() != home

    moved = project(original.rename(original.with_name("moved")))
    assert (moved / "var" / "postgresql").is_symlink()
    assert postgres.home_of_project() == home


@as_root
def test_root_keeps_the_data_in_an_open_project_and_leaves_another_users_alone(project, folder):
    project(folder)
    assert postgres.home_of_project() == folder / "var" / "postgresql"
    os.chown(folder / "var" / "postgresql", 54321, 54321)
    with pytest.raises(PostgresError, match="be that user, not root"):
        postgres.home_of_project()
