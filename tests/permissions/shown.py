"""What a page of the newsroom shows somebody: where its links lead and its forms go."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve

from tests.permissions import asking

MOST_OF_A_KIND = 1  # beside the one that is looked at
FILES = ("/static/", "/media/")
NOT_AS_IN_A_BROWSER = (
    "/admin/newsletter/subscriber/",  # “Run”, sent without a deed chosen
)
SENDS = {"button": ("submit", None), "input": ("submit", "image")}


@dataclass
class Form:
    action: str
    method: str
    hidden: dict = field(default_factory=dict)


class Page(HTMLParser):
    """Links and forms of a page; what is hidden until a script shows it, and forms that nothing sends, are left out."""

    def __init__(self, html):
        super().__init__()
        self.links, self.forms, self.form = [], [], Form("", "GET")
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        has = dict(attrs)
        if tag == "a" and has.get("href") and "hidden" not in has:
            self.links.append(has["href"])
        if tag == "form":
            self.form = Form(has.get("action") or "", (has.get("method") or "get").upper())
        if tag == "input" and has.get("type") == "hidden" and has.get("name"):
            self.form.hidden[has["name"]] = has.get("value") or ""
        if tag in SENDS and has.get("type") in SENDS[tag]:
            action, method = has.get("formaction", self.form.action), has.get("formmethod", self.form.method)
            pressed = {has["name"]: has.get("value") or ""} if has.get("name") else {}
            self.forms.append(Form(action, method.upper(), self.form.hidden | pressed))


class Crawl:
    """From the newsroom's first page along everything shown, each screen looked at once."""

    def __init__(self, asker, somebody):
        self.asker, self.somebody = asker, somebody
        self.led_away, self.asked, self.of_a_kind = [], set(), {}
        self.kinds = {kind_of("/admin/")}

    def go(self):
        """How many screens there were; `led_away` says what was shown for nothing."""
        waiting = [("/admin/", "the sign-in page")]
        while waiting:
            path, shown_on = waiting.pop(0)
            response = self.answer("GET", path, shown_on)
            is_page = "html" in response.get("Content-Type", "") and not response.streaming
            if response.status_code == 200 and is_page:
                waiting += self.look_at(path, Page(response.content.decode()))
        return len(self.kinds)

    def look_at(self, path, page):
        """Asks everything the page shows, and names the screens nobody came to yet, which are asked when looked at."""
        found = []
        for target in dict.fromkeys(target for link in page.links if (target := local(path, link))):
            if target.startswith("/admin/") and kind_of(target) not in self.kinds:
                self.kinds.add(kind_of(target))
                found.append((target, path))
            else:
                self.ask("GET", target, path)
        for form in page.forms:
            if target := local(path, form.action):
                self.ask(form.method, target, path, form.hidden)
        return found

    def ask(self, method, target, shown_on, data=None):
        bare = target.partition("?")[0]
        kind = (method, kind_of(bare))
        if (method, bare) in self.asked or self.of_a_kind.get(kind, 0) >= MOST_OF_A_KIND:
            return
        self.asked.add((method, bare))
        self.of_a_kind[kind] = self.of_a_kind.get(kind, 0) + 1
        with pytest.MonkeyPatch.context() as patch:
            asking.draw_nothing(patch)
            self.answer(method, target, shown_on, data)

    def answer(self, method, target, shown_on, data=None):
        response, _wrote = self.asker.ask(self.somebody, method, target, data)
        is_whole = not any(part in target for part in NOT_AS_IN_A_BROWSER)
        if is_whole and response.status_code in (*asking.TURNS_AWAY, 405, 500):
            self.led_away.append(f"{shown_on} shows {method} {target}, which answers {response.status_code}")
        return response


def local(path, link):
    """The address on this site, or nothing."""
    parts = urlsplit(urljoin(f"//here{path}", link))
    if parts.scheme not in ("", "http", "https") or parts.netloc != "here" or parts.path.startswith(FILES):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def kind_of(path):
    try:
        return resolve(path.partition("?")[0]).route
    except Resolver404:
        return path
