"""`python -m bench upgrade [COMMIT] [POSTS]`: the deploy of docs/operations.md from an older commit to the code at hand, under load, and
back again; from 149e176 at 2,000 posts unless told.

Two web servers and a worker of the old code stand behind the shipped proxy. Readers ask for pages that are finished and pages that are
not; signed-in editors save drafts, have kept what they type, publish, and save a page. Then the new code migrates while the old one
serves; the old one goes on for a while on the new tables; the worker begins anew with the new code, then the servers one after the other,
and at last all of it goes back to the old code on the new tables. One answer that is no good, or one text that was acknowledged and is
not there afterwards, ends it with exit code 1; how often editors were refused or had to sign in again is told step by step. The old
code runs on the packages that are installed.
"""

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.upgrade_people import PASSWORD, WRITERS, Crowd

ROOT = Path(__file__).resolve().parent.parent
KINDS = ("save", "autosave", "publish", "page")
GRACE = 3  # as deploy/restart waits between two servers


def main(commit="149e176", posts=2_000):
    from bench import proxied
    from bench.database import Database
    from bench.served import free_port

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="informed-comment-")))
        folder.chmod(0o755)
        old = stack.enter_context(worktree(str(commit), folder / "old"))
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
                servers=[f"127.0.0.1:{port} max_fails=0" for port in ports],
                port=free_port(),
                files=folder,
            )
        )
        crowd = Crowd(address)
        try:
            deploy(crowd, old, told, servers, worker)
        finally:
            crowd.stop()
        tell(crowd, left(crowd, told, folder))


def deploy(crowd, old, told, servers, worker):
    """In the order of deploy/upgrade: the worker first, for new code of the web may ask it for something new."""
    crowd.step("old code, old tables")
    begun = time.monotonic()
    crowd.name = "while it migrates"
    manage(ROOT, told, "migrate", "-v0")
    manage(ROOT, told, "collectstatic", "--noinput", "-v0")
    print(f"migrated in {time.monotonic() - begun:.1f} s, load {os.getloadavg()[0]:.1f}")
    crowd.step("old code, new tables")
    replace(crowd, ROOT, servers, worker, "new")
    crowd.step("new code")
    replace(crowd, old, servers, worker, "old again")
    crowd.step("back to the old code")


def replace(crowd, root, servers, worker, name):
    crowd.name = f"{name}: worker"
    worker.end()
    worker.begin(root)
    for number, server in enumerate(servers, 1):
        crowd.name = f"{name}: server {number}"
        server.end()
        server.begin(root)
        time.sleep(GRACE)
        crowd.step(crowd.name)


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
for name in ("editor", *{WRITERS!r}):
    get_user_model().objects.create_superuser(name, name + "@example.org", "{PASSWORD}")
"""
    manage(root, told, "shell", "-c", script)


LEFT = """
import json, sys
from pages.models import Page
from posts.models import Autosave, Post, Revision
said = json.load(open({path!r}))
states = " ".join(map(str, Revision.objects.values_list("state", flat=True).filter(post__in=[one["post"] for one in said if "post" in one])))
public = set(Post.objects.published().values_list("pk", flat=True))
rows = dict(Autosave.objects.values_list("pk", "text"))
about = Page.objects.get(slug="about").body
last = [one["mark"] for one in said if one["kind"] == "page"][-1:]
there = {{
    "save": lambda one: one["mark"] in states,
    "publish": lambda one: one["post"] in public and one["mark"] in states,
    "autosave": lambda one: one["mark"] in rows.get(one["row"], ""),
    "page": lambda one: one["mark"] not in last or one["mark"] in about,
}}
print(json.dumps([one for one in said if not there[one["kind"]](one)]))
"""


def left(crowd, told, folder):
    """What was acknowledged and is not there."""
    path = folder / "acknowledged.json"
    path.write_text(json.dumps(crowd.acknowledged))
    return json.loads(manage(ROOT, told, "shell", "-v0", "-c", LEFT.format(path=str(path))))


def tell(crowd, lost):
    for (name, who, status), number in crowd.answers.items():
        print(f"{name:<26}{who:<9}{status!s:>22}{number:>8}   longest {crowd.longest[name, who]:.2f} s")
    for name in dict.fromkeys(name for name, _, _ in crowd.deeds):
        of = {kind: [crowd.deeds[name, kind, True], crowd.deeds[name, kind, False]] for kind in KINDS}
        said = ", ".join(f"{kind} {done} ({refused} refused)" for kind, (done, refused) in of.items())
        print(f"{name:<26}{said}; signed in {crowd.signed_in[name]} times")
    print(f"{len(crowd.acknowledged)} deeds of editors were acknowledged, {len(lost)} of them are lost")
    again = sum(crowd.signed_in.values()) - len(crowd.people)
    print(f"{len(crowd.people)} editors had to sign in again {again} times")
    if {one["kind"] for one in crowd.acknowledged} != set(KINDS):
        sys.exit("Of some deeds none was done.")
    if crowd.trouble or lost:
        sys.exit("\n".join(crowd.trouble[:20] + [f"lost: {one}" for one in lost[:20]]))


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
