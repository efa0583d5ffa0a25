"""`python -m bench writing [FOLDER]`: how long it takes to write and publish a post, step by step.

Plays the whole of it in Chromium, as a new editor would do it, on the demo publication served as in production: sign in, write
three paragraphs with an image and a link, choose category and tags, publish. For each step it prints clicks, keys beside the words
themselves, and the seconds the machine made one wait; with FOLDER it keeps a picture of each step there.

What a person takes is told by the keystroke-level model (Card, Moran and Newell, 1980): 0.2 s a key, 1.1 s to point, 0.2 s to
click, 0.4 s between keyboard and mouse, 1.35 s to think before each choice.
"""

import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

KEY, POINT, CLICK, HAND, THOUGHT = 0.2, 1.1, 0.2, 0.4, 1.35
PARAGRAPHS = (
    "The ferry comes twice a day now, where it came six times when the cannery ran.",
    "The council has the timetable, and the timetable has a footnote.",
    "What the footnote says is that the third boat is for sale.",
)
TITLE, STANDFIRST = "The third boat", "A timetable, a footnote and a town that waits."


@dataclass
class Step:
    """What was done, and what it took; `words` are keys of the text itself."""

    name: str
    clicks: int = 0
    keys: int = 0
    words: int = 0
    thoughts: int = 1
    waited: float = 0

    @property
    def person(self):
        """Seconds a practised person takes beside typing the text and waiting."""
        return self.thoughts * THOUGHT + self.clicks * (POINT + CLICK + HAND) + self.keys * KEY


class Player:
    """Does the steps in a page, counting."""

    def __init__(self, page, folder):
        self.page, self.folder, self.steps = page, folder, []

    def step(self, name, thoughts=1):
        if self.folder and self.steps:
            self.page.screenshot(path=self.folder / f"{len(self.steps)}.png")
        self.steps.append(Step(name, thoughts=thoughts))

    def click(self, selector, **options):
        self.steps[-1].clicks += 1
        self.wait(lambda: self.page.click(selector, **options))

    def press(self, *keys):
        for key in keys:
            self.steps[-1].keys += 1
            self.wait(lambda key=key: self.page.keyboard.press(key))

    def type(self, text, *, is_text=False):
        if is_text:
            self.steps[-1].words += len(text)
        else:
            self.steps[-1].keys += len(text)
        self.page.keyboard.type(text)

    def wait(self, deed):
        begun = time.perf_counter()
        deed()
        self.steps[-1].waited += time.perf_counter() - begun

    def seen(self, selector):
        self.wait(lambda: self.page.wait_for_selector(selector))


def main(folder=None):
    from playwright.sync_api import sync_playwright

    from bench.served import served_site
    from informed_comment import postgres

    folder = Path(folder) if folder else None
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    postgres.ensure_running_for_tests()
    with (
        tempfile.TemporaryDirectory(prefix="informed-comment-writing-") as place,
        sync_playwright() as playwright,
    ):
        print("Making the demo publication …", file=sys.stderr)
        signing_in = {"EDITOR_PASSWORD": "a long enough password"}
        with served_site(place, prepared_by=(["prepare"], editor_with_password()), **signing_in) as address:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"), args=["--no-sandbox"]
            )
            page = browser.new_page(viewport={"width": 1280, "height": 800}, base_url=address)
            player = Player(page, folder)
            play(player)
            if folder:
                page.screenshot(path=folder / f"{len(player.steps)}.png")
            browser.close()
    report(player.steps)


def editor_with_password():
    """A command of manage.py that gives the editor of the demo a password we know."""
    return [
        "shell",
        "-v0",
        "-c",
        "from django.contrib.auth import get_user_model as users; "
        "editor = users().objects.get(username='editor'); "
        "editor.set_password('a long enough password'); editor.save()",
    ]


def play(player):
    page = player.page
    player.step("Sign in")
    page.goto("/admin/")
    player.click("#id_username")
    player.type("editor")
    player.press("Tab")
    player.type("a long enough password")
    player.press("Enter")
    player.seen(".panels")
    player.step("Open a new post")
    player.click("a.button-write")
    player.seen(".tiptap.ProseMirror")
    player.step("Title and standfirst", thoughts=2)
    player.click("#id_title")
    player.type(TITLE, is_text=True)
    player.press("Enter")
    player.type(STANDFIRST, is_text=True)
    player.step("Three paragraphs")
    player.click(".editor--full .ProseMirror")
    for paragraph in PARAGRAPHS[:2]:
        player.type(paragraph, is_text=True)
        player.press("Enter")
    player.type(PARAGRAPHS[2], is_text=True)
    player.step("A link to an earlier post", thoughts=2)
    player.press("Space", "Control+k")
    player.type("union vote")
    player.seen("[role=option]")
    player.press("ArrowDown", "Enter")
    link_is_there(player)
    player.step("An image from the library", thoughts=2)
    player.click("[data-tool=picture]")
    player.seen(".library__list button")
    player.click(".library__list button >> nth=3")
    image_is_there(player)
    player.step("Category")
    player.click("select[data-categories] + .select2 .select2-selection")
    player.type("labor")
    player.press("Enter")
    player.step("Tags")
    player.click("[data-tags] ~ .select2 .select2-selection")
    player.type("ferries,harbours,")
    player.step("Publish", thoughts=2)
    player.click("button[value=publish]")
    page.wait_for_load_state("load")
    if page.locator(".messagelist .success").count() == 0:
        player.click("button[value=publish]")  # a warning has been shown once
    player.seen(".messagelist .success")
    player.step("Read it")
    player.click(".messagelist a")
    player.seen("h1 >> text=The third boat")


def link_is_there(player):
    """Some dialogs close by choosing, some by a second Enter."""
    if player.page.locator("dialog[open]").count():
        player.press("Enter")
    player.page.wait_for_selector(".ProseMirror a")


def image_is_there(player):
    """The dialog asks what the picture shows here; the library's own words stand in it already."""
    player.seen("dialog[open] button[type=submit]")
    player.click("dialog[open] button[type=submit]")
    player.page.wait_for_selector(".ProseMirror figure img")


def report(steps):
    print(f"{'step':<28} {'clicks':>6} {'keys':>5} {'words':>6} {'waited s':>9} {'person s':>9}")
    for step in steps:
        print(
            f"{step.name:<28} {step.clicks:>6} {step.keys:>5} {step.words:>6} {step.waited:>9.2f} {step.person:>9.1f}"
        )
    total = [
        sum(getattr(step, name) for step in steps) for name in ("clicks", "keys", "words", "waited", "person")
    ]
    print(f"{'in all':<28} {total[0]:>6} {total[1]:>5} {total[2]:>6} {total[3]:>9.2f} {total[4]:>9.1f}")
