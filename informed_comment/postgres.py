"""The embedded PostgreSQL: a server of this folder's own for when DATABASE_URL is not set.

Every process that uses the server holds a shared lock on one file, so the kernel keeps the count of users even
through `kill -9`. A keeper process (`postgres_keeper.py`) owns the server and waits for that lock: when it gets
it, nobody is left, and the server stops. docs/decisions/0002-embedded-postgresql.md has the reasons.
"""

import atexit
import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINK = ROOT / "var" / "postgresql"
DATABASE = "informed_comment"
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 100  # the kernel allows 103 bytes on macOS, 107 on Linux


class PostgresError(Exception):
    """The server cannot run; the message says in one line why and what to do."""


def is_wanted():
    """Whether nobody named a server and this is development: DEBUG is on, or nothing is said of it."""
    if not os.environ.get("DATABASE_URL"):
        debug = os.environ.setdefault("DEBUG", "1")
        return debug.lower() in ("1", "true", "on", "ok", "y", "yes")  # what django-environ takes for true
    return False


def ensure_running():
    """Have the folder's server run, and put its address into the environment as DATABASE_URL.

    It stays until this process and every other user of it have ended.
    """
    server = Server(home_of_project())
    server.acquire()
    os.environ["DATABASE_URL"] = server.url


def ensure_running_for_tests():
    """The same with a new server; it and its folder, which is the answer, are gone when this process ends."""
    server = Server(make_home(Path(tempfile.mkdtemp(prefix="informed-comment-"))), throwaway=True)
    server.acquire()
    os.environ["DATABASE_URL"] = server.url
    return server.home


def set_database_url():
    """Name the folder's server in DATABASE_URL without starting it, for commands that need no database."""
    os.environ["DATABASE_URL"] = Server(home_of_project()).url


class Server:
    """The server whose data and locks are in the folder `home`."""

    def __init__(self, home, *, throwaway=False):
        self.home = home
        self.throwaway = throwaway
        self.data = home / "data"
        self.socket_folder = socket_folder_of(home)
        self.url = f"postgresql://postgres@/{DATABASE}?host={self.socket_folder}"
        self.lease = None

    def acquire(self):
        """Have the server run until `release()`, or until this process is gone. Raises PostgresError."""
        try:
            self.lease = (self.home / "users.lock").open("a")
            fcntl.flock(self.lease, fcntl.LOCK_SH)  # waits while a keeper is stopping the server
            atexit.register(self.release)
            with locked(self.home / "start.lock"):
                if not self.is_kept():
                    self.start_keeper()
        except OSError as error:
            raise PostgresError(
                f"cannot use {self.home}: {error.strerror}; make it yours, or remove it."
            ) from error

    def release(self):
        """Give the server up, and see it stopped if nobody else uses it."""
        if self.lease is None:
            return
        atexit.unregister(self.release)
        try:
            fcntl.flock(self.lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # others use it, or the keeper was quicker: then wait for it
            fcntl.flock(self.lease, fcntl.LOCK_SH)
        else:
            self.stop_keeper()
        self.lease.close()
        self.lease = None

    def is_kept(self):
        """Whether a keeper lives, which it does as long as its server."""
        try:
            with (self.home / "keeper.lock").open() as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def start_keeper(self):
        """Start the process that starts the server; it leaves us, and its output ends when the server is ready."""
        command = [sys.executable, "-m", "informed_comment.postgres_keeper", str(self.home)]
        if self.throwaway:
            command.append("--throwaway")
        done = subprocess.run(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        if done.stdout.strip() != "ready":
            reason = done.stdout.strip() or f"the embedded PostgreSQL did not start; see {self.home}/log."
            raise PostgresError(reason)

    def stop_keeper(self):
        """Stop keeper and server; the caller holds the users' lock alone."""
        if self.is_kept():
            with (self.home / "keeper.lock").open() as file:
                os.kill(int(file.read()), signal.SIGTERM)
                fcntl.flock(file, fcntl.LOCK_SH)


@contextmanager
def locked(path):
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


# Where it lives


def home_of_project():
    """The folder of data and locks: `var/postgresql`, which for root may be a link to a folder elsewhere.

    PostgreSQL refuses to run as root. The account it then runs under must be able to enter the folder, and opening
    a person's folders to everybody is no way to get there.
    """
    if os.geteuid() != 0:
        return make_home(LINK)
    if LINK.exists() and LINK.stat().st_uid != 0:
        raise PostgresError(f"{LINK} was made by another user: be that user, not root.")
    var = make_folder(LINK.parent)
    with locked(state_folder() / "projects.lock"):
        if not LINK.is_symlink() and all(path.stat().st_mode & 0o001 for path in (var, *var.parents)):
            return make_home(LINK)
        return home_elsewhere()


def home_elsewhere():
    """The folder the link leads to; a new one when there is none, or when the link came along with a copy."""
    if LINK.is_symlink() and LINK.exists():
        home = LINK.resolve()
        first = Path((home / "link").read_text())
        is_copy = first != LINK and first.exists() and first.resolve() == home
    if not LINK.exists() or is_copy:
        home = make_home(Path(tempfile.mkdtemp(prefix="project-", dir=state_folder())))
        LINK.unlink(missing_ok=True)
        LINK.symlink_to(home)
    (home / "link").write_text(str(LINK))
    return home


def make_home(home):
    """A folder for this user only, yet open to the account that PostgreSQL runs under when this user is root."""
    make_folder(home.parent)
    return make_folder(home, mode=0o755 if os.geteuid() == 0 else 0o700)


def make_folder(path, *, mode=None):
    try:
        path.mkdir(exist_ok=True)
        if mode:
            path.chmod(mode)
    except OSError as error:
        reason = error.strerror.lower()
        raise PostgresError(
            f"cannot write in {path.parent} ({reason}): give yourself the right to."
        ) from error
    return path


def state_folder():
    """Where root keeps state: a folder whose parents are open already and that nothing cleans up by age."""
    parent = next(path for path in (Path("/var/lib"), Path("/var/tmp")) if os.access(path, os.W_OK))  # noqa: S108
    return make_home(parent / "informed-comment")


def socket_folder_of(home):
    """A folder for the socket: in `home` unless that path is too long or has signs that URLs give a meaning."""
    folder = home / "socket"
    if len(os.fsencode(folder / SOCKET)) <= LONGEST_SOCKET_PATH and re.fullmatch(
        r"[A-Za-z0-9/._-]+", str(folder)
    ):
        return folder
    name = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path(f"/tmp/informed-comment-{os.geteuid()}-{name}")  # noqa: S108


def remove():
    """Delete the folder's server with all its data."""
    home = home_of_project()
    server = Server(home)
    with (home / "users.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PostgresError("the embedded PostgreSQL is in use; stop `make run` first.") from error
        server.stop_keeper()
        shutil.rmtree(server.socket_folder, ignore_errors=True)
        shutil.rmtree(home)
        LINK.unlink(missing_ok=True)


if __name__ == "__main__":
    try:
        remove()
    except PostgresError as error:
        sys.exit(f"informed-comment: {error}")
