"""The troubles of `python -m bench troubles`: each begins where its function begins, and ends where that goes on."""

import contextlib
import threading
import time

import psycopg
import redis

from bench.fault_kinds import paused_now
from bench.trouble_mail import DRIPS, HANGS, HANGS_UP, WELL


class Kind:
    """`is_away`: the database is really away, so pages that nobody had asked for may say so."""

    def __init__(self, deed, *, is_away=False):
        self.trouble, self.is_away, self.__doc__ = contextlib.contextmanager(deed), is_away, deed.__doc__

    def excuses(self, run, reader, wrong):
        return self.is_away and wrong[2] == 503 and reader not in run.cached


def filled(folder, account=None):
    """Writes until there is no room for one more byte; the file that took it."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    if file.write(b"\0" * size) < size:
                        break
    return path


@contextlib.contextmanager
def full(folder):
    """As full as it gets, also after something was given back."""
    is_over = threading.Event()
    paths = [filled(folder)]

    def again():
        while not is_over.wait(0.5):
            with paths[0].open("ab", buffering=0) as file, contextlib.suppress(OSError):
                while file.write(b"\0" * 65536) == 65536:
                    pass

    thread = threading.Thread(target=again, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
        paths[0].unlink()


def disk_of_postgresql(run):
    """the disk of PostgreSQL is full"""
    with full(run.site.database.home):
        yield
    run.site.database.wait()


def disk_of_var(run):
    """the disk of VAR_DIR is full: media, spool, backups"""
    with full(run.site.folder / "var"):
        yield


def connections(run):
    """strangers have taken every connection that was free"""
    with strangers(run):
        yield


def no_connection(run):
    """strangers have taken every connection, the site's own too"""
    with strangers(run, ends_ours=True):
        yield


@contextlib.contextmanager
def strangers(run, *, ends_ours=False):
    url, held, is_over = run.site.database.url, [], threading.Event()
    ours = psycopg.connect(url, autocommit=True)

    def take():
        while not is_over.is_set():
            try:
                held.append(psycopg.connect(url, application_name="stranger"))
            except psycopg.Error:
                if is_over.wait(0.02):
                    return

    threads = [threading.Thread(target=take, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    if ends_ours:
        ours.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name <> 'stranger' "
            "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()
        for connection in (*held, ours):
            connection.close()


def valkey_full(run):
    """Valkey is full and takes nothing (noeviction)"""
    client = redis.Redis(port=run.site.ports[2])
    client.config_set("maxmemory-policy", "noeviction")
    client.config_set("maxmemory", "1")
    yield
    client.config_set("maxmemory", "0")


def valkey_hangs(run):
    """Valkey hangs"""
    with paused_now(run.site.valkey):
        yield


def postgresql_hangs(run):
    """PostgreSQL hangs"""
    with paused_now(run.site.database.part):
        yield


def read_only(run):
    """the database is read-only, as one that was taken over from"""
    ours = psycopg.connect(run.site.database.url, autocommit=True)

    def switch(word):
        ours.execute("SET default_transaction_read_only = off")
        ours.execute(f"ALTER SYSTEM SET default_transaction_read_only = {word}")
        ours.execute("SELECT pg_reload_conf()")

    switch("on")
    yield
    switch("off")
    ours.close()


def mail(manner):
    def deed(run):
        run.sink.manner = manner
        yield
        run.sink.manner = WELL

    deed.__doc__ = f"the mail server {manner}"
    return deed


def clock(words):
    def deed(run):
        due, later, much_later = (
            run.scheduled(seconds=run.lasts / 2),
            run.scheduled(minutes=40),
            run.scheduled(hours=20),
        )
        run.site.set_clock(words)
        yield
        early = [path for path in (later, much_later) if run.watcher.ask(path)[0] != 404]
        run.site.set_clock("+0")
        time.sleep(1.2)  # so long it is read from memory
        run.problems += [f"{path} came out early" for path in early]
        if run.until(lambda: run.watcher.ask(due)[0] == 200, time.monotonic()) > 5:
            run.problems.append(f"{due} was due and did not come out")

    deed.__doc__ = f"the clock of web and workers is set to {words}"
    return deed


KINDS = {
    "disk_of_postgresql": Kind(disk_of_postgresql, is_away=True),
    "disk_of_var": Kind(disk_of_var),
    "connections": Kind(connections),
    "no_connection": Kind(no_connection, is_away=True),
    "valkey_full": Kind(valkey_full),
    "valkey_hangs": Kind(valkey_hangs),
    "mail_drips": Kind(mail(DRIPS)),
    "mail_hangs": Kind(mail(HANGS)),
    "mail_hangs_up": Kind(mail(HANGS_UP)),
    "clock_hour_ahead": Kind(clock("+1h")),
    "clock_hour_back": Kind(clock("-1h")),
    "clock_day_ahead": Kind(clock("+1d")),
    "clock_day_back": Kind(clock("-1d")),
    "postgresql_hangs": Kind(postgresql_hangs, is_away=True),
    "read_only": Kind(read_only),
}
