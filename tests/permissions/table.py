"""The table in docs/security.md: read, held against what was measured, and written as rows for whoever adds a screen."""

import re
from collections import defaultdict
from pathlib import Path

from tests.permissions.people import COLUMNS

FILE = Path(__file__).resolve().parents[2] / "docs" / "security.md"
HEADING = re.compile(r"^### .*`([^`]*)`$")
QUOTED = re.compile(r"`([^`]*)`")
NOTHING, SEES, DOES, POSTS = "–", "sees", "does", "posts"


def rows():
    """{(address, whose): {column: cell}} of the file, and what is written twice."""
    found, twice, prefix = {}, [], None
    for line in FILE.read_text().splitlines():
        if line.startswith("#"):
            heading = HEADING.match(line)
            prefix = heading[1].strip("/") if heading else None
        elif prefix is not None and line.startswith("| `"):
            cells = [cell.strip() for cell in line.strip("|\n ").split("|")]
            for rest in QUOTED.findall(cells[0]):
                key = (whole(prefix, rest), cells[1])
                twice += [key] * (key in found)
                found[key] = dict(zip(COLUMNS, cells[2:], strict=True))
    return found, twice


def whole(prefix, rest):
    """`./` is the address of the heading itself."""
    rest = "" if rest == "./" else rest
    return f"{prefix}/{rest}" if prefix else rest


def cell(answers):
    """What {method: meaning} amounts to: nothing, GET alone, POST alone, or both."""
    sees, posts = answers["GET"], answers.get("POST", False)
    return {(False, False): NOTHING, (True, False): SEES, (False, True): POSTS, (True, True): DOES}[
        sees, posts
    ]


def markdown(prefix, measured):
    """Rows for {(address, whose): {column: cell}}, addresses with the same cells in one."""
    alike = defaultdict(list)
    for (address, whose), cells in measured.items():
        rest = address.removeprefix(prefix).lstrip("/")
        alike[whose, tuple(cells[column] for column in COLUMNS)].append(f"`{rest or './'}`")
    return [
        f"| {' '.join(addresses)} | {whose} | {' | '.join(cells)} |"
        for (whose, cells), addresses in alike.items()
    ]
