"""Copies of a PostgreSQL of this machine, made by pg_basebackup and gone afterwards: one that goes its own way, and a real
replica, which follows by streaming."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict

from informed_comment.postgres_keeper import account_for_server, programs_for

TRIES = 20
PATIENCE = 60  # seconds until a server answers


class Copy:
    """Of the server at the address `primary`, whose socket lies on this machine, as it is now. `url` is its own address."""

    copied = ()
    settings = ("listen_addresses=", "fsync=off")

    def __init__(self, primary):
        self.primary = conninfo_to_dict(primary)
        self.account = account_for_server()
        self.programs = programs_for(self.account)
        self.home = Path(tempfile.mkdtemp(prefix="informed-comment-replica-"))
        self.data, self.process = self.home / "data", None
        if self.account:
            os.chown(self.home, self.account.pw_uid, self.account.pw_gid)
        query = urlencode({"host": str(self.home)})
        self.url = f"postgresql://{self.primary['user']}@/{self.primary['dbname']}?{query}"

    def __enter__(self):
        source = ["-h", self.primary["host"], "-U", self.primary["user"]]
        copied = ["--checkpoint=fast", "--no-sync", "--wal-method=stream", *self.copied]
        try:
            self.run([self.programs / "pg_basebackup", "-D", self.data, *source, *copied]).check_returncode()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.home)

    def run(self, command):
        return subprocess.run(command, capture_output=True, text=True, **self.surroundings())

    def surroundings(self):
        known = {"cwd": self.home, "env": {"LC_ALL": "C", "PATH": os.environ["PATH"]}}
        if self.account:
            known |= {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        return known

    def start(self):
        command = [self.programs / "postgres", "-D", self.data, "-c", f"unix_socket_directories={self.home}"]
        for setting in self.settings:
            command += ["-c", setting]
        with (self.home / "log").open("a") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, **self.surroundings())
        until = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < until:
            try:
                return self.ask("SELECT 1")
            except psycopg.OperationalError:
                time.sleep(0.02)
        raise RuntimeError(f"the copy does not start: {self.last_words()}")

    def kill(self):
        """As when the machine is gone: nobody is told."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(30)

    def ask(self, statement, *values):
        """The rows; asked again where the replica broke it off, as it may with any question."""
        for tries in range(TRIES):
            try:
                with psycopg.connect(self.url, autocommit=True) as connection:
                    cursor = connection.execute(statement, values)
                    return cursor.fetchall() if cursor.description else []
            except psycopg.errors.SerializationFailure:
                if tries + 1 == TRIES:
                    raise

    def last_words(self):
        return (self.home / "log").read_text()[-2000:]


class Replica(Copy):
    """A copy that follows.

    It cannot begin to while somebody writes within more than 64 savepoints: a test makes its replica of a copy.
    """

    copied = ("--write-recovery-conf",)
    settings = (*Copy.settings, "max_standby_streaming_delay=0", "wal_receiver_status_interval=1")

    def pause(self):
        """It goes on answering, and takes nothing new in."""
        self.ask("SELECT pg_wal_replay_pause()")
        while self.ask("SELECT pg_get_wal_replay_pause_state()") != [("paused",)]:
            time.sleep(0.005)

    def go_on(self):
        self.ask("SELECT pg_wal_replay_resume()")

    def catch_up(self, primary):
        """Waits until it has all that the primary, a connection that commits by itself, has written.

        A record is written to be waited for: where the next one would begin may lie behind the head of an empty page.
        """
        written = primary.execute("SELECT pg_logical_emit_message(true, 'caught up', '')::text")
        (place,) = written.fetchone()
        for _ in range(500):
            if self.ask("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", place) == [(True,)]:
                return
            time.sleep(0.01)
        raise RuntimeError(f"the replica does not follow: {self.last_words()}")
