"""A PostgreSQL that is forgotten, counts its statements, and can be stopped and started while others use it."""

import os
import signal
import tempfile
import time
from pathlib import Path

import psycopg

from informed_comment.postgres import Server, make_home
from informed_comment.postgres_keeper import pid_file

CLIENTS = """
SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND query !~ 'FOR KEY SHARE OF x' AND query ~ %s
"""


class Database:
    def __init__(self):
        self.server = Server(make_home(Path(tempfile.mkdtemp(prefix="informed-comment-"))), throwaway=True)
        self.server.acquire()
        os.environ["DATABASE_URL"] = self.server.url
        self.query("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
        self.stop()
        self.start()
        self.query("CREATE EXTENSION pg_stat_statements")

    def query(self, statement, *values):
        with psycopg.connect(self.server.url, autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def postmaster(self):
        return int(pid_file(self.server.data)[0])

    def stop(self):
        """As `pg_ctl stop -m fast` does: connections are cut, what was committed stays."""
        os.kill(self.postmaster(), signal.SIGINT)
        while self.server.is_kept():
            time.sleep(0.05)

    def start(self):
        self.server.start_keeper()

    def forget_statements(self):
        self.query("SELECT pg_stat_statements_reset()")

    def statements(self, naming=""):
        """How many were sent, in all or of those that match a pattern; what the server asks itself for a foreign key is none."""
        return self.query(CLIENTS, naming)[0][0]
