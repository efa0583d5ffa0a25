"""The site in Chromium under an origin of its own, answered by this process, without a policy; and what trips the wire there."""

from urllib.parse import urlsplit

from django.contrib.staticfiles import finders
from django.db import connections
from django.template.loader import render_to_string
from django.test import Client

from bench.hostile import BAD
from informed_comment.html import strangers_html
from newsletter import mail_bodies
from posts import syndication
from posts.bodies import for_reading
from posts.differences import texts as differences

ORIGIN = "http://127.0.0.1:9"
POLICIES = ("content-security-policy", "content-security-policy-report-only", "x-frame-options")
WIRE = """
for (const name of ["alert", "confirm", "prompt", "print", "open"]) window[name] = () => { (top.ran ||= []).push(location.href + " " + name) }
"""
LOOK = """(isOfUs) => {
  const found = (top.ran || []).splice(0)
  const own = /^https?:\\/\\/127\\.0\\.0\\.1:9\\//
  for (const one of document.querySelectorAll("*")) {
    for (const { name, value } of one.attributes) {
      if (name.startsWith("on")) found.push(`${one.tagName} ${name}=${value}`)
      const address = value.replace(/[\\0-\\x20]/g, "").toLowerCase()
      if (/^(javascript|vbscript|data:text)/.test(address) && /^(href|src|action|formaction|data|xlink:href|cite|poster)$/.test(name))
        found.push(`${one.tagName} ${name}=${value}`)
    }
    if (/^(OBJECT|EMBED|APPLET|PORTAL|BASE|FRAME|FRAMESET)$/.test(one.tagName)) found.push(one.outerHTML)
    if (one.tagName === "SCRIPT" && one.src && !own.test(one.src)) found.push(one.outerHTML)
    if (one.tagName === "META" && /refresh/i.test(one.httpEquiv)) found.push(one.outerHTML)
  }
  for (const name of ["forms", "cookie", "location", "getElementById", "currentScript"]) // body is a field of ours
    if (document.querySelector(`[id="${name}"], [name="${name}"]`)) found.push(`clobbers ${name}`)
  return found
}"""
ALONE = """async ([texts, wire]) => {
  const tripped = [], frames = []
  window.ran = []
  for (const [at, text] of texts.entries()) {
    const frame = document.createElement("iframe")
    frame.srcdoc = `<script>for (const name of ["alert", "confirm", "prompt", "print", "open"]) window[name] = () => parent.ran.push(${at})<\\/script>${text}`
    frames.push(new Promise((done) => { frame.onload = done }))
    document.body.append(frame)
  }
  const time = (ms) => new Promise((done) => setTimeout(done, ms))
  await Promise.race([Promise.all(frames), time(4000)])
  await time(200)
  document.querySelectorAll("iframe").forEach((frame) => frame.remove())
  return [...new Set(window.ran)]
}"""
BATCH = 60


class Site:
    def __init__(self, browser):
        self.browser = browser
        self.staff, self.reader = Client(), Client()
        self.kept, self.elsewhere = {}, []
        self.page = self.new_page()

    def new_page(self):
        context = self.browser.new_context(bypass_csp=True)
        context.add_init_script(WIRE)
        context.route("**/*", self.answer)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("dialog", lambda dialog: dialog.dismiss())
        return page

    def answer(self, route):
        """Of another origin, or of a file that is not there, nothing; a page as Django makes it, with its policy taken off."""
        request = route.request
        parts = urlsplit(request.url)
        if not request.url.startswith(f"{ORIGIN}/"):
            if parts.scheme in ("http", "https"):
                self.elsewhere.append(request.url)
            return route.abort()
        if parts.path == "/alone":
            return route.fulfill(body="<!doctype html><title>x</title><body>", content_type="text/html")
        if parts.path.startswith("/static/"):
            return self.file(route, parts.path.removeprefix("/static/"))
        if parts.path.startswith("/media/") or request.method != "GET":
            return route.fulfill(status=404, body="")
        client = self.staff if parts.path.startswith("/admin/") else self.reader
        try:
            answer = client.get(parts._replace(scheme="", netloc="").geturl(), HTTP_HOST="127.0.0.1:9")
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        finally:
            connections.close_all()  # each call of this function has connections of its own
        headers = {name: value for name, value in answer.headers.items() if name.lower() not in POLICIES}
        return route.fulfill(status=answer.status_code, headers=headers, body=body)

    def file(self, route, name):
        if name not in self.kept:
            path = finders.find(name)
            self.kept[name] = open(path, "rb").read() if path else None  # noqa: SIM115
        if self.kept[name] is None:
            return route.fulfill(status=404, body="")
        kinds = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
        return route.fulfill(
            body=self.kept[name], content_type=kinds.get(name.rpartition(".")[2], "application/octet-stream")
        )

    def opened(self, address):
        """What trips the wire at an address of the site."""
        self.elsewhere.clear()
        page = self.page
        page.goto(ORIGIN + address, wait_until="load")
        found = page.evaluate(LOOK)
        if urlsplit(page.url).path != urlsplit(address).path:
            found.append(f"went to {page.url}")
        return [f"{address}: {what}" for what in (*found, *self.elsewhere)]

    def opened_alone(self, texts, *, may_ask=False):
        """Those of the texts that run a script or, unless they may, ask another origin, each in a frame of its own."""
        found = []
        for start in range(0, len(texts), BATCH):
            batch = texts[start : start + BATCH]
            self.elsewhere.clear()
            page = self.new_page()  # raw input may break it
            page.goto(f"{ORIGIN}/alone")
            ran = page.evaluate(ALONE, [batch, BAD])
            found += [batch[at] if isinstance(at, int) else at for at in ran]
            found += [] if may_ask else self.elsewhere
            page.context.close()
        return found

    # What comes of the stored texts

    def everything_shown(self, stored):
        """(kind, how many, what tripped the wire)."""
        yield from self.fragments(stored)
        yield from self.pages(stored)

    def fragments(self, stored):
        kinds = {
            "stored, as the editor opens it": str,
            "in a post": lambda text: for_reading(text, "k"),
            "in a feed": lambda text: syndication.printable(for_reading(text)),
            "in a comment": strangers_html,
            "in a mail": lambda text: "".join(map(str, mail_bodies.blocks(text, f"{ORIGIN}/x.html"))),
            "differences of revisions": compared,
        }
        for kind, made in kinds.items():
            may_ask = made is str  # a text keeps pictures of other sites; a page shows links to them
            yield kind, len(stored), self.opened_alone([made(text) for text in stored], may_ask=may_ask)

    def pages(self, stored):
        from bench.hostile_doors import published

        for kind, addresses in published(stored, self.staff).items():
            yield kind, len(addresses), [what for address in addresses for what in self.opened(address)]


def compared(text):
    found = differences.of_texts(text, f"<p>before</p>{text[: len(text) // 2]}")
    return render_to_string("admin/posts/post/_text_differences.html", {"blocks": found, "language": "en"})
