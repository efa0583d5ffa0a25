"""`make run`: prepares the site, runs the Procfile's processes, and ends all of them together.

    python -m informed_comment.processes

The environment says where: HOST, PORT, DATABASE_URL. When one process dies, when this one is told to stop, or when
`make` above it is, the others are stopped, PostgreSQL too.
"""

import ctypes
import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from informed_comment import postgres

ROOT = postgres.ROOT
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE = 10  # seconds between asking a process to stop and making it
PR_SET_PDEATHSIG = 1


class CannotRun(Exception):
    """Why the site cannot run and what to do, in one line."""


class Ended(Exception):
    """A process ended and has said why itself; the argument is its exit code."""


class Stopped(BaseException):
    """A signal, the argument, asked for the end; not an error, so nothing that handles errors catches it."""


def main():
    for number in ENDS:
        signal.signal(number, stop)
    parent = Parent()
    children = {}
    host, port = os.environ.setdefault("HOST", "127.0.0.1"), os.environ.setdefault("PORT", "8000")
    try:
        check_address(host, port)
        os.environ.setdefault("DEBUG", "1")
        os.environ.setdefault("SITE_URL", address_of(host, port))
        os.environ["PATH"] = os.pathsep.join(
            [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
        )
        if postgres.is_wanted():
            postgres.ensure_running()
        prepare(children, parent)
        start_all(children)
        return watch(children, parent, host, int(port))
    except (CannotRun, postgres.PostgresError) as error:
        print(f"informed-comment: {error}", file=sys.stderr)
        return 1
    except Ended as ended:
        return ended.args[0]
    except Stopped as stopped:
        return 128 + stopped.args[0]
    finally:
        end_all(children)


def stop(number, _frame):
    """The first signal is enough: `make` may pass on the one that the terminal has sent already."""
    for other in ENDS:
        signal.signal(other, signal.SIG_IGN)
    raise Stopped(number)


# Before the start


def check_address(host, port):
    """Fail early and in plain words where the web server would fail late and long."""
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise CannotRun(f"PORT={port} is no port; choose one from 1 to 65535: make run PORT=8001")
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        cures = {
            errno.EADDRINUSE: "stop what uses it, or choose another: make run PORT=8001",
            errno.EACCES: "choose a port above 1023: make run PORT=8001",
        }
        cure = cures.get(error.errno, "choose an address of this machine: make run HOST=127.0.0.1")
        raise CannotRun(f"cannot use {host}:{port} ({error.strerror.lower()}); {cure}") from error


def prepare(children, parent):
    """Run `manage.py prepare`, which says itself what is wrong."""
    children["prepare"] = start([sys.executable, "manage.py", "prepare"])
    while (code := children["prepare"].poll()) is None:
        look_up(parent)
    del children["prepare"]
    if code:
        raise Ended(code)


# Running


def start_all(children):
    for name, command in procfile():
        children[name] = start(["sh", "-c", f"exec {command}"])


def procfile():
    """Name and command of each process in the Procfile."""
    for line in (ROOT / "Procfile").read_text().splitlines():
        name, colon, command = line.partition(":")
        if colon and not line.startswith("#"):
            yield name.strip(), command.strip()


def start(command):
    """Start a process in a group of its own: a terminal's Ctrl-C reaches only this one, which stops the rest."""
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True, preexec_fn=prepare_child)


def prepare_child():
    """Listen to signals again, and on Linux have the kernel end the child when this process is killed outright."""
    for number in ENDS:
        signal.signal(number, signal.SIG_DFL)
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def watch(children, parent, host, port):
    """Wait for an end; the first process that ends by itself makes it an error."""
    answered = False
    while True:
        for name, child in children.items():
            if child.poll() is not None:
                raise CannotRun(f"{name} ended with exit code {child.returncode}; the rest is stopped too.")
        look_up(parent)
        if not answered and answers(host, port):
            answered = True
            print_addresses(host, port)


def answers(host, port):
    connection = http.client.HTTPConnection(reachable(host), port, timeout=5)
    try:
        connection.request("GET", "/livez")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def print_addresses(host, port):
    site = address_of(host, port)
    print(f"Site   {site}/\nAdmin  {site}/admin/\nCtrl-C stops everything.", flush=True)


def address_of(host, port):
    """What to open in a browser; mail and feeds speak of the site by it too."""
    name = reachable(host)
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"


def reachable(host):
    """The address to open in a browser for one that means every address."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


class Parent:
    """The process above this one, `make` as a rule.

    `make` hands SIGTERM down but keeps SIGINT and SIGHUP to itself, trusting that the terminal sent them to everybody.
    Told to stop by `kill -INT`, it gives the signal its first meaning back and waits for us; /proc shows that.
    """

    def __init__(self):
        self.number = os.getppid()

    def is_gone(self):
        return os.getppid() != self.number or self.was_told_to_stop()

    def was_told_to_stop(self):
        try:
            lines = Path(f"/proc/{self.number}/status").read_text().splitlines()
        except OSError:
            return False
        status = dict(line.split(":", 1) for line in lines)
        if status["Name"].strip() not in ("make", "gmake"):
            return False
        heeded = int(status["SigCgt"], 16) | int(status["SigIgn"], 16)
        return any(not heeded >> (number - 1) & 1 for number in (signal.SIGINT, signal.SIGHUP))


def look_up(parent):
    """Pause for a moment, unless it is time to end."""
    if parent.is_gone():
        raise Stopped(signal.SIGINT)
    time.sleep(0.1)


# The end


def end_all(children):
    """Ask every process to stop, make those that do not, and let go of the database last."""
    for number in ENDS:
        signal.signal(number, signal.SIG_IGN)
    for child in children.values():
        signal_group(child, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    for child in children.values():
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0, deadline - time.monotonic()))
    for child in children.values():
        signal_group(child, signal.SIGKILL)


def signal_group(child, number):
    """Signal a process and what it started; the group outlives its leader as long as it has members."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, number)


if __name__ == "__main__":
    sys.exit(main())
