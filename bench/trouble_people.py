"""Who listens to what the site says while it is troubled: an editor, and whoever watches."""

import html
import json
import re
from collections import Counter

from bench.fault_people import Editor

HEADINGS = re.compile(r"<(?:h1|p)[^>]*>(.*?)</(?:h1|p)>", re.DOTALL)
ERRORS = re.compile(
    r'<(?:ul|p|div)[^>]*class="[^"]*(?:errornote|errorlist)[^"]*"[^>]*>(.*?)</(?:ul|p|div)>', re.DOTALL
)
LIGHT = re.compile(r'<li class="light light--(\w+)">(.*?)</li>', re.DOTALL)
WELL = "good"
OF_THE_BENCH = ("Second steps", "Settings")  # never green on such a site


def plain(markup):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


class Listening(Editor):
    """Remembers what was said by whatever was no success."""

    def __init__(self, *given):
        super().__init__(*given)
        self.read = Counter()

    def as_editor(self, path, method="GET", body=None, **headers):
        answer = super().as_editor(path, method, body, **headers)
        status, _, said = answer
        is_as_usual = status in (302, 201) or (method == "GET" and status == 200)
        if not is_as_usual and (sentence := self.sentence(status, said)):
            kind = path.partition("?")[0].strip("/").rpartition("/")[2]
            self.read[f"{kind}: {status} {sentence}"[:420]] += 1
        return answer

    @staticmethod
    def sentence(status, said):
        text = said.decode(errors="replace")
        if text.startswith("{"):
            found = json.loads(text)
            return "" if "row" in found or "image" in found else " ".join(map(str, found.values()))
        if status == 200:
            return " ".join(plain(one) for one in ERRORS.findall(text))
        return " ".join(plain(one) for one in HEADINGS.findall(text)[:5]) or text[:200]

    def ready(self):
        status, _, said = self.ask("/readyz")
        try:
            found = json.loads(said)
        except ValueError:
            return f"{status} {said[:200]}"
        return f"{status} " + json.dumps(
            {name: what for name, what in found.items() if name not in ("queue",)}
        )

    def status(self):
        """The lights that are not well, each with its cure."""
        status, _, said = self.as_editor("/admin/status/")
        if status != 200:
            return [f"{status} {self.sentence(status, said)}"]
        lines = [plain(one) for state, one in LIGHT.findall(said.decode()) if state != WELL]
        return [line for line in lines if not line.startswith(OF_THE_BENCH)] or ["every light is green"]
