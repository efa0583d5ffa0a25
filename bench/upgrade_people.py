"""Who uses a site while it is upgraded: readers, an editor of a page, and writers who save, have kept what they type, and publish.

What was acknowledged is written down, and how often a deed was refused or somebody had to sign in again, step by step.
"""

import html
import http.client
import json
import re
import threading
import time
from collections import Counter
from urllib.parse import urlencode
from uuid import uuid4

PASSWORD = "a long enough password"
WRITERS = ("writer-1", "writer-2", "writer-3")
SETTLES = 8  # seconds between the steps
PAUSE = 0.3  # seconds between two deeds of somebody
SAVES = 4  # of a post before it comes out
FINE = (200, 301, 302, 304)


class Crowd:
    """Counts what each was answered, step by step."""

    def __init__(self, address):
        self.host, self.name, self.is_over = address.partition("//")[2], "before", threading.Event()
        self.answers, self.longest, self.trouble = Counter(), Counter(), []
        self.deeds, self.acknowledged, self.signed_in = Counter(), [], Counter()
        self.people = [PageEditor(self, "editor"), *(Writer(self, name) for name in WRITERS)]
        self.threads = [threading.Thread(target=self.read, args=(n,)) for n in range(4)]
        self.threads += [threading.Thread(target=person.go_on) for person in self.people]
        for thread in self.threads:
            thread.start()

    def step(self, name):
        self.name = name
        time.sleep(SETTLES)

    def stop(self):
        self.is_over.set()
        for thread in self.threads:
            thread.join(40)

    def note(self, who, status, seconds, path):
        self.answers[self.name, who, status] += 1
        self.longest[self.name, who] = max(self.longest[self.name, who], seconds)
        if status not in FINE:
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


class Person:
    """Somebody with an account and a browser's cookies."""

    def __init__(self, crowd, name):
        self.crowd, self.name, self.cookies = crowd, name, {}

    def go_on(self):
        self.sign_in()
        while not self.crowd.is_over.is_set():
            self.deed()
            time.sleep(PAUSE)

    def ask(self, method, path, form=None, text=None):
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        elif text is not None:
            headers |= {"Content-Type": "application/json", "X-CSRFToken": self.cookies.get("csrftoken", "")}
        body = text if form is None else urlencode(form)
        status, said, answered = self.crowd.ask("editors", method, path, body, headers)
        for line in answered.get_all("Set-Cookie", []) if answered else []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        if status == 302 and "/login/" in answered["Location"]:
            self.sign_in()
            return None, "", {}
        return status, said, answered

    def sign_in(self):
        self.crowd.signed_in[self.crowd.name] += 1
        _, text, _ = self.ask("GET", "/admin/login/?next=/admin/")
        form = fields(text) | {"username": self.name, "password": PASSWORD}
        self.ask("POST", "/admin/login/?next=/admin/", form)

    def done(self, kind, is_done, **what):
        """Writes down how a deed went; what stands in `what` has to be there afterwards."""
        self.crowd.deeds[self.crowd.name, kind, is_done] += 1
        if is_done:
            self.crowd.acknowledged.append({"kind": kind, **what})
        return is_done


class PageEditor(Person):
    """Saves the page About over and over; the last of it has to be there."""

    def deed(self):
        path, mark = "/admin/pages/page/1/change/", f"mark-{uuid4().hex}"
        status, text, _ = self.ask("GET", path)
        if status == 200:
            form = fields(text) | {"body": f"<p>{mark}</p>", "_continue": "1"}
            status, _, _ = self.ask("POST", path, form)
            self.done("page", status == 302, mark=mark)


class Writer(Person):
    """Begins a post, saves it, has kept what is typed meanwhile, publishes it, and begins the next."""

    path = "/admin/posts/post/add/"
    saves = 0

    def deed(self):
        mark = f"mark-{uuid4().hex}"
        self.keep(mark)
        if self.saves < SAVES:
            if self.form(mark, "save", "save"):
                self.saves += 1
        elif self.form(mark, "publish", "publish"):
            self.path, self.saves = Writer.path, 0

    def form(self, mark, deed, kind):
        status, text, _ = self.ask("GET", self.path)
        if status != 200:
            return self.done(kind, False)
        given = {
            "title": "A post of the upgrade",
            "standfirst": mark,
            "body": f"<p>{mark}</p>",
            "_deed": deed,
        }
        status, text, answered = self.ask("POST", self.path, fields(text) | given)
        if status == 200 and fields(text).get("seen_warnings"):  # publishes all the same
            status, _, answered = self.ask("POST", self.path, fields(text) | given)
        found = re.search(r"/(\d+)/change/", (answered or {}).get("Location") or self.path)
        if status == 302 and found:
            self.path = f"/admin/posts/post/{found[1]}/change/"
            return self.done(kind, True, post=int(found[1]), mark=mark)
        return self.done(kind, False)

    def keep(self, mark):
        query = urlencode({"post": "", "key": uuid4(), "typed_at": int(time.time() * 1000)})
        text = json.dumps({"title": [mark], "body": [f"<p>{mark}</p>"]})
        status, said, _ = self.ask("POST", f"/admin/posts/post/autosave/?{query}", text=text)
        row = json.loads(said)["row"] if status == 200 else None
        self.done("autosave", status == 200, row=row, mark=mark)


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
    for tag, options in re.findall(r"(<select[^>]*>)(.*?)</select>", text, re.S):
        name, chosen = (
            re.search(r'name="([^"]+)"', tag),
            re.search(r'<option value="([^"]*)"[^>]*selected', options),
        )
        if name and (chosen or " multiple" not in tag):
            found[name[1]] = chosen[1] if chosen else ""
    return {name: value for name, value in found.items() if not name.startswith("_") or name == "_seen"}
