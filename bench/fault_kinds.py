"""The faults of `python -m bench faults`: functions that return when the fault is over, that is, when the part may run again."""

import contextlib
import os
import signal
import time

import psutil


def held_down(part, number, seconds):
    """Ended by a signal, and away for so long."""
    part.may_run.clear()
    part.signal(number)
    time.sleep(seconds)
    part.may_run.set()


def database(number, least=0.0, most=3.0):
    def deed(run):
        held_down(run.site.database.part, number, run.chance.uniform(least, most))
        run.site.database.wait()

    return deed


def session_killed(run):
    """PostgreSQL then cuts off everybody and goes through its log, as after a crash."""
    if pid := run.site.database.backend(run.chance):
        os.kill(pid, signal.SIGKILL)
    time.sleep(1)  # until the others have been told
    run.site.database.wait()


@contextlib.contextmanager
def paused_now(part):
    pids = [
        part.process.pid,
        *(child.pid for child in psutil.Process(part.process.pid).children(recursive=True)),
    ]
    signal_each(pids, signal.SIGSTOP)
    try:
        yield
    finally:
        signal_each(pids, signal.SIGCONT)


def signal_each(pids, number):
    for pid in pids:
        if psutil.pid_exists(pid):
            os.kill(pid, number)


def paused(part, run, seconds):
    with paused_now(part):
        time.sleep(seconds)


def database_paused(run):
    paused(run.site.database.part, run, run.chance.uniform(1, 5))


def valkey_killed(run):
    held_down(run.site.valkey, signal.SIGKILL, run.chance.uniform(0, 4))


def valkey_paused(run):
    paused(run.site.valkey, run, run.chance.uniform(1, 4))


def web(number):
    def deed(run):
        part = run.chance.choice(run.site.web)
        if number == signal.SIGKILL:
            part.signal_all(number)
        else:
            part.signal(number)

    return deed


def web_process_killed(run):
    part = run.chance.choice(run.site.web)
    children = [child for child in psutil.Process(part.process.pid).children() if child.is_running()]
    if children:
        run.chance.choice(children).kill()


def worker(number):
    def deed(run):
        run.chance.choice(run.site.workers).signal_all(number)

    return deed


def mail_slow(run):
    run.sink.wait = 3
    time.sleep(run.chance.uniform(3, 8))
    run.sink.wait = 0


def mail_gone(run):
    run.sink.close()
    time.sleep(run.chance.uniform(1, 5))
    run.sink.open()


KINDS = [
    ("PostgreSQL killed", database(signal.SIGKILL)),
    ("PostgreSQL stopped at once", database(signal.SIGQUIT)),
    ("PostgreSQL started anew", database(signal.SIGINT, 0, 0.1)),
    ("a session of PostgreSQL killed", session_killed),
    ("PostgreSQL paused", database_paused),
    ("Valkey killed", valkey_killed),
    ("Valkey paused", valkey_paused),
    ("a web server killed", web(signal.SIGKILL)),
    ("a web server ended", web(signal.SIGTERM)),
    ("a web server begun anew", web(signal.SIGHUP)),
    ("a web process killed", web_process_killed),
    ("a worker killed", worker(signal.SIGKILL)),
    ("a worker ended", worker(signal.SIGTERM)),
    ("mail slow", mail_slow),
    ("mail gone", mail_gone),
]
