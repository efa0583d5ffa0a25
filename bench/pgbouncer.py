"""PgBouncer in transaction mode before a PostgreSQL of this machine, giving every transaction another session."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict

from informed_comment.postgres_keeper import account_for_server

PORT = 6432  # of its socket, in a folder of its own
SESSIONS = 3
SETTINGS = """
[databases]
* = host={host} user={user}
[pgbouncer]
unix_socket_dir = {home}
listen_port = {port}
auth_type = any
pool_mode = transaction
default_pool_size = {sessions}
server_round_robin = 1
max_client_conn = 200
logfile = {home}/log
"""


def is_installed():
    return bool(program())


def program():
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


class PgBouncer:
    """Before the server at the address `primary`, whose socket lies on this machine. `url` is its own address."""

    def __init__(self, primary):
        self.primary = conninfo_to_dict(primary)
        self.home = Path(tempfile.mkdtemp(prefix="informed-comment-pooler-"))
        self.process, self.known = None, {}
        query = urlencode({"host": str(self.home), "port": PORT})
        self.url = f"postgresql://{self.primary['user']}@/{self.primary['dbname']}?{query}"

    def __enter__(self):
        account = account_for_server()  # it refuses to run as root
        if account:
            os.chown(self.home, account.pw_uid, account.pw_gid)
            self.known = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        values = {"host": self.primary["host"], "user": self.primary["user"], "home": self.home}
        settings = SETTINGS.format(port=PORT, sessions=SESSIONS, **values)
        (self.home / "pgbouncer.ini").write_text(settings)
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.home)

    def start(self):
        self.process = subprocess.Popen(
            [program(), "-q", self.home / "pgbouncer.ini"],
            cwd=self.home,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self.known,
        )
        for _ in range(250):
            try:
                return self.fill()
            except psycopg.OperationalError:
                time.sleep(0.02)
        raise RuntimeError((self.home / "log").read_text())

    def fill(self):
        """As many sessions as it may have are open, so that the next transaction is never in the last one's."""
        with contextlib.ExitStack() as some:
            for _ in range(SESSIONS):
                some.enter_context(psycopg.connect(self.url)).execute("SELECT 1")

    def stop(self):
        self.process.kill()
        self.process.wait(10)
