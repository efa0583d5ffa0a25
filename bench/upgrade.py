"""`python -m bench upgrade [COMMIT] [POSTS]`: the deploy of docs/operations.md from an older commit to the code at hand, under load; from
149e176 at 2,000 posts unless told.

Two web servers and a worker of the old code stand behind the shipped proxy. Readers ask for pages that are finished and pages that are
not, and an editor saves a page over and over. Then the new code migrates while the old one serves; the old one goes on for
a while on the new tables; the servers begin anew with the new code one after the other, then the worker. One answer that is no good, or one
saved text that is not there afterwards, ends it with exit code 1. The old code runs on the packages that are installed.
"""

import html
import http.client
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "a long enough password"
SETTLES = 8  # seconds between the steps
GRACE = 3  # as deploy/restart waits between two servers


def main(commit="149e176", posts=2_000):
    from bench import proxied
    from bench.database import Database
    from bench.served import free_port

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="informed-comment-")))
        folder.chmod(0o755)
        old = stack.enter_context(worktree(commit, folder / "old"))
        database = Database()
        told = environment(folder, database.server.url)
        manage(old, told, "migrate", "-v0")
        manage(old, told, "collectstatic", "--noinput", "-v0")
        fill(old, told, posts)
        ports = [free_port(), free_port()]
        servers = [Server(old, told, port) for port in ports]
        worker = Process(old, told, [sys.executable, "manage.py", "worker"])
        stack.callback(lambda: [one.end() for one in (*servers, worker)])
        address = stack.enter_context(
            proxied.proxy(
                folder / "nginx",
                servers=[f"127.0.0.1:{port} fail_timeout=1s" for port in ports],
                port=free_port(),
                files=folder,
            )
        )
        crowd = Crowd(address)
        deploy(crowd, old, told, servers, worker)
        crowd.end(told)


def deploy(crowd, old, told, servers, worker):
    crowd.step("old code, old tables")
    begun = time.monotonic()
    manage(ROOT, told, "migrate", "-v0")
    manage(ROOT, told, "collectstatic", "--noinput", "-v0")
    print(f"migrated in {time.monotonic() - begun:.1f} s")
    crowd.step("old code, new tables")
    for server in servers:
        server.end()
        server.begin(ROOT)
        time.sleep(GRACE)
        crowd.step("a server of each code" if server is servers[0] else "new code, old worker")
    worker.end()
    worker.begin(ROOT)
    crowd.step("new code")


@contextmanager
def worktree(commit, folder):
    """The code of a commit beside this one, with the packages of this one."""
    subprocess.run(
        ["git", "worktree", "add", "--detach", "--force", folder, commit],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    try:
        (folder / ".venv").symlink_to((ROOT / ".venv").resolve())
        yield folder
    finally:
        subprocess.run(
            ["git", "worktree", "remove", "--force", folder], cwd=ROOT, check=True, capture_output=True
        )


def environment(folder, url):
    told = {"DATABASE_URL": url, "VAR_DIR": str(folder), "MEDIA_ROOT": str(folder / "media"), "DEBUG": "0"}
    told |= {
        "SECRET_KEY": secrets.token_hex(),
        "SITE_URL": "http://127.0.0.1",
        "ALLOWED_HOSTS": "*",
        "TRUSTED_PROXIES": "1",
    }
    told |= {
        "DJANGO_SETTINGS_MODULE": "informed_comment.settings",
        "WEB_CONCURRENCY": "1",
        "SECOND_STEP": "offered",
    }
    (folder / "media").mkdir()
    return os.environ | told


def manage(root, told, *words, script=None):
    command = [sys.executable, "manage.py", *words]
    done = subprocess.run(
        command, cwd=root, env=told, input=script, text=True, capture_output=True, check=False
    )
    if done.returncode:
        sys.exit(f"manage.py {words[0]} of {root.name} failed:\n{done.stdout[-500:]}{done.stderr[-1500:]}")
    return done.stdout


def fill(root, told, posts):
    script = f"""
from bench.content import make
make({posts})
from django.contrib.auth import get_user_model
get_user_model().objects.create_superuser("editor", "editor@example.org", "{PASSWORD}")
from django.contrib.sessions.backends.db import SessionStore
"""
    manage(root, told, "shell", "-c", script)


class Process:
    def __init__(self, root, told, command):
        self.told, self.command = told, command
        self.begin(root)

    def begin(self, root):
        self.process = subprocess.Popen(
            self.command, cwd=root, env=self.told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(40)


class Server(Process):
    """A web server that has answered once when it has begun."""

    def __init__(self, root, told, port):
        self.port = port
        super().__init__(root, told | {"HOST": "127.0.0.1", "PORT": str(port)}, ["sh", "deploy/serve"])

    def begin(self, root):
        from informed_comment.processes import answers

        super().begin(root)
        while not answers("127.0.0.1", self.port):
            if self.process.poll() is not None:
                sys.exit(f"The web server of {root.name} ended by itself.")
            time.sleep(0.1)


class Crowd:
    """Readers and one editor; counts what each was answered, step by step."""

    def __init__(self, address):
        self.host, self.name, self.is_over = address.partition("//")[2], "before", threading.Event()
        self.answers, self.longest, self.saved, self.trouble = Counter(), Counter(), [], []
        self.threads = [threading.Thread(target=self.read, args=(n,)) for n in range(4)]
        self.threads.append(threading.Thread(target=self.edit))
        for thread in self.threads:
            thread.start()

    def step(self, name):
        self.name = name
        time.sleep(SETTLES)

    def note(self, who, status, seconds, path):
        self.answers[self.name, who, status] += 1
        self.longest[self.name, who] = max(self.longest[self.name, who], seconds)
        if status not in (200, 302, 304, 301):
            self.trouble.append(f"{self.name}: {path} was answered {status}")

    def read(self, seed):
        paths = ["/", "/feed/", "/archives/", "/tag/tag-1/", "/search/?q=river", "/category/section-1/"]
        number = seed
        while not self.is_over.is_set():
            number += 1
            path = paths[number % len(paths)]
            if number % 2:
                path += f"{'&' if '?' in path else '?'}n={seed}.{number}"
            self.ask("readers", "GET", path)
            time.sleep(0.02)

    def ask(self, who, method, path, body=None, headers=None):
        begun = time.monotonic()
        line = http.client.HTTPConnection(self.host, timeout=30)
        try:
            line.request(method, path, body, headers or {})
            answer = line.getresponse()
            text = answer.read().decode("utf-8", "replace")
            status = answer.status
        except (OSError, http.client.HTTPException) as error:
            self.note(who, type(error).__name__, time.monotonic() - begun, path)
            return None, "", {}
        finally:
            line.close()
        self.note(who, status, time.monotonic() - begun, path)
        return status, text, answer.headers

    def edit(self):
        """Signs in as the old code has it, and saves the page About over and over."""
        editor = Editor(self)
        while not self.is_over.is_set():
            editor.save()
            time.sleep(0.3)

    def end(self, told):
        self.is_over.set()
        for thread in self.threads:
            thread.join(40)
        for (name, who, status), number in sorted(self.answers.items(), key=str):
            print(f"{name:<26}{who:<9}{status!s:>6}{number:>8}   longest {self.longest[name, who]:.2f} s")
        body = manage(
            ROOT,
            told,
            "shell",
            "-v0",
            "-c",
            "from pages.models import Page; print(Page.objects.get(slug='about').body)",
        )
        print(
            f"{len(self.saved)} saves answered with success; the last is there: {bool(self.saved) and self.saved[-1] in body}"
        )
        if not self.saved:
            sys.exit("The editor could save nothing.")
        if self.trouble or self.saved[-1] not in body:
            sys.exit("\n".join(self.trouble[:20]) or "A save that was answered with success is lost.")


class Editor:
    def __init__(self, crowd):
        self.crowd, self.cookies, self.number = crowd, {}, 0
        self.sign_in()

    def ask(self, method, path, form=None):
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        status, text, answered = self.crowd.ask("editor", method, path, form and urlencode(form), headers)
        for line in answered.get_all("Set-Cookie", []) if answered else []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return status, text, answered

    def sign_in(self):
        _, text, _ = self.ask("GET", "/admin/login/")
        self.ask(
            "POST", "/admin/login/?next=/admin/", fields(text) | {"username": "editor", "password": PASSWORD}
        )

    def save(self):
        path = "/admin/pages/page/1/change/"
        status, text, _ = self.ask("GET", path)
        if status == 302:
            self.sign_in()
            return
        self.number += 1
        body = f"<p>Saved for the {self.number}th time.</p>"
        status, text, _ = self.ask("POST", path, fields(text) | {"body": body, "_continue": "1"})
        if status == 302:
            self.crowd.saved.append(f"the {self.number}th time")
        elif status == 200:
            self.crowd.trouble.append(f"{self.crowd.name}: the form was not taken")


def fields(text):
    """What a form of the admin holds, as a browser would send it."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", text):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if (
            given.get("name")
            and given.get("type") not in ("submit", "file", "button")
            and (given.get("type") not in ("checkbox", "radio") or " checked" in tag)
        ):
            found[given["name"]] = html.unescape(given.get("value", ""))
    for name, content in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', text, re.S):
        found[name] = html.unescape(content)
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', text, re.S):
        chosen = re.search(r'<option value="([^"]*)"[^>]*selected', options)
        found[name] = chosen[1] if chosen else ""
    return {name: value for name, value in found.items() if not name.startswith("_") or name == "_seen"}
