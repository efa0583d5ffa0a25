"""Who uses a site while it is troubled: readers, editors, and people who sign up. What was acknowledged is written down."""

import http.client
import json
import re
import threading
import time
from collections import Counter, defaultdict
from urllib.parse import urlencode
from uuid import uuid4

PATIENCE = 20  # seconds a reader waits; longer is an error
SLOW = 5


class Person(threading.Thread):
    """Does `self.step()` again and again, with a pause."""

    def __init__(self, run, pause):
        super().__init__(daemon=True)
        self.run_, self.pause = run, pause
        self.line = None

    def run(self):
        while not self.run_.is_over.is_set():
            self.step()
            time.sleep(self.pause)

    def ask(self, path, method="GET", body=None, **headers):
        """(status, headers, body); the status is 0 and the body says why, where there was no answer."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            self.line = self.line or http.client.HTTPConnection("127.0.0.1", self.run_.port, timeout=PATIENCE)
            self.line.request(method, path, body, named)
            answer = self.line.getresponse()
            return answer.status, answer.headers, answer.read()
        except (OSError, http.client.HTTPException) as error:
            if self.line:
                self.line.close()
            self.line = None
            return 0, {}, repr(error).encode()


class Reader(Person):
    """Asks for one kind of page; `paths` is an iterator, `right` what the status has to be."""

    def __init__(self, run, name, paths, *, right=200, pause=0.02, body=None):
        super().__init__(run, pause)
        self.name_, self.paths, self.right, self.body = name, paths, right, body
        self.asked, self.wrong, self.slow, self.longest = 0, [], 0, 0.0

    def step(self):
        path, begun = next(self.paths), time.monotonic()
        if self.body:
            kind = {"Content_Type": "application/x-www-form-urlencoded", "Sec_Fetch_Site": "same-origin"}
            status, _, said = self.ask(path, "POST", self.body(), **kind)
        else:
            status, _, said = self.ask(path, Accept_Encoding="gzip")
        took = time.monotonic() - begun
        self.asked += 1
        self.slow += took > SLOW
        self.longest = max(self.longest, took)
        if status != self.right:
            self.wrong.append((self.run_.now(), path, status, said[:80] if not status else b""))


class Deeds:
    """What was acknowledged, in a file that only grows."""

    def __init__(self, path):
        self.file, self.lock, self.acknowledged = path.open("a"), threading.Lock(), defaultdict(list)
        self.tried = Counter()

    def note(self, kind, **what):
        with self.lock:
            self.acknowledged[kind].append(what)
            self.file.write(json.dumps({"kind": kind, **what}) + "\n")
            self.file.flush()


class Editor(Person):
    """Signed in; saves, keeps what is typed, publishes and uploads, one after the other."""

    def __init__(self, run, cookie, deeds, posts, picture):
        super().__init__(run, 0.3)
        self.cookie, self.deeds, self.posts, self.picture = cookie, deeds, posts, picture
        self.csrf, self.number, self.failed = "a" * 32, 0, Counter()

    def step(self):
        self.number += 1
        deeds = [self.save, self.keep, self.save, self.keep, self.publish, self.upload]
        deed = deeds[self.number % len(deeds)]
        self.deeds.tried[deed.__name__] += 1
        if not deed(f"mark-{uuid4().hex}"):
            self.failed[deed.__name__] += 1

    def as_editor(self, path, method="GET", body=None, **headers):
        cookies = f"sessionid={self.cookie}; csrftoken={self.csrf}"
        return self.ask(
            path, method, body, Cookie=cookies, X_CSRFToken=self.csrf, Referer=self.run_.address, **headers
        )

    def form(self, post, mark, deed):
        path = f"/admin/posts/post/{post}/change/"
        status, _, page = self.as_editor(path)
        version = re.search(rb'name="seen_version" value="(\d+)"', page)
        if status != 200 or not version:
            return 0
        fields = {
            "title": f"A post {post}", "slug": f"a-post-{post}", "standfirst": mark, "body": f"<p>{mark}</p>",
            "language": "en", "published_at": "", "seen_version": version[1].decode(), "_deed": deed,
            "csrfmiddlewaretoken": self.csrf,
            "bylines-TOTAL_FORMS": 0, "bylines-INITIAL_FORMS": 0, "bylines-MIN_NUM_FORMS": 0, "bylines-MAX_NUM_FORMS": 1000,
            "corrections-TOTAL_FORMS": 0, "corrections-INITIAL_FORMS": 0,
        }  # fmt: skip
        kind = "application/x-www-form-urlencoded"
        return self.as_editor(path, "POST", urlencode(fields), Content_Type=kind)[0]

    def save(self, mark):
        post = self.posts[-1]
        if self.form(post, mark, "save") == 302:
            self.deeds.note("save", post=post, mark=mark)
            return True
        return False

    def publish(self, mark):
        if len(self.posts) < 2:
            return True
        post = self.posts.pop(0)
        if self.form(post, mark, "publish") == 302:
            self.deeds.note("publish", post=post, mark=mark)
            return True
        return False

    def keep(self, mark):
        query = urlencode({"post": "", "key": uuid4(), "typed_at": int(time.time() * 1000)})
        text = json.dumps({"title": [mark], "body": [f"<p>{mark}</p>"]})
        path = f"/admin/posts/post/autosave/?{query}"
        status, _, said = self.as_editor(path, "POST", text, Content_Type="application/json")
        if status == 200:
            self.deeds.note("autosave", row=json.loads(said)["row"], mark=mark)
        return status == 200

    def upload(self, mark):
        edge = uuid4().hex
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{mark}.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
        body = head.encode() + self.picture(self.number) + f"\r\n--{edge}--\r\n".encode()
        kind = f"multipart/form-data; boundary={edge}"
        status, _, said = self.as_editor("/admin/images/image/upload/", "POST", body, Content_Type=kind)
        if status in (200, 201):
            self.deeds.note("upload", image=json.loads(said)["image"]["id"])
        return status in (200, 201)


class Subscriber(Person):
    """Signs up, and confirms by the link in the mail once that has come."""

    def __init__(self, run, deeds, sink):
        super().__init__(run, 0.5)
        self.deeds, self.sink, self.seen, self.failed = deeds, sink, 0, Counter()

    def post(self, path, **fields):
        kind = {"Content_Type": "application/x-www-form-urlencoded", "Sec_Fetch_Site": "same-origin"}
        return self.ask(path, "POST", urlencode(fields), **kind)[0]

    def step(self):
        address = f"new-{uuid4().hex}@example.org"
        self.deeds.tried["sign_up"] += 1
        if self.post("/newsletter/", email=address, source="page") == 303:
            self.deeds.note("sign_up", address=address)
        else:
            self.failed["sign_up"] += 1
        for to, link in self.sink.links[self.seen :]:
            self.deeds.tried["confirm"] += 1
            if self.post(link) == 200:
                self.deeds.note("confirm", address=to)
            else:
                self.failed["confirm"] += 1
                return
            self.seen += 1
