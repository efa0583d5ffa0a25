"""Totals of reads from an old site: WordPress Popular Posts, Jetpack, or any table of addresses or ids and views.

They count for what is popular of all time, and for nothing of late: see posts/reads/counting.py. A file may be given twice.

WordPress Popular Posts has two tables: `popularpostsdata` (postid, day, last_viewed, pageviews) with the totals, and
`popularpostssummary` (ID, postid, pageviews, view_date, view_datetime) with the views of each day, of which it forgets
those that its settings call old. Its days do not become days here: a view is each loading of a page and no reader, and
what was brought twice, or counted here on the same day, could not be told apart. They are added up; where the table of
totals says more, or has been brought before, it should be given last. Jetpack's "Posts & pages" has title, views and
address, and no head.
"""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import batched

from django.db import transaction

from informed_comment import redirects
from posts.models import Post
from posts.reads import counting, popular
from wordpress.models import Imported
from wordpress.proof.given import asked_for
from wordpress.redirecting.reading import CannotRead, decoded

BATCH = 500
MOST_VIEWS = 10**12
NAMES = {
    "number": str.split("postid post_id id"),
    "address": str.split(
        "url address path page page_path permalink link post_url post_permalink page_path_and_screen_class landing_page"
    ),
    "views": str.split("pageviews views page_views hits reads total count visits view_count"),
}
NUMBER = re.compile(r"\d{1,18}$")
GROUPED = re.compile(r"\d{1,3}(?:[., '\u00a0\u202f]\d{3})+$")
ADDRESS = re.compile(r"(?:https?://|/)\S*$", re.I)
DAY = re.compile(r"\d{4}-\d\d-\d\d$")
QUOTED = re.compile(r'"[^"]*"')


@dataclass
class Brought:
    """`totals` by post; `unknown` are (line, what it says, why it counts for nothing)."""

    totals: Counter = field(default_factory=Counter)
    lines: int = 0
    unknown: list = field(default_factory=list)


def bring(content, *, is_dry_run=False):
    """Takes the totals in a file's bytes; returns what came of them. Raises CannotRead."""
    brought = Brought()
    for some in batched(rows(content, brought), BATCH, strict=False):
        for line, what, views, post in known(some):
            if post is None:
                brought.unknown.append((line, what, "is no post here"))
            else:
                brought.totals[post] += views
    if not is_dry_run and brought.totals:
        write(brought.totals)
    return brought


@transaction.atomic
def write(totals):
    for some in batched(sorted(totals.items()), BATCH, strict=False):
        counting.bring(dict(some))
    popular.refresh()


def rows(content, brought):
    """(line, address or id, views) of each line that says so much."""
    text = decoded(content)
    first = QUOTED.sub("", text.lstrip("\r\n").partition("\n")[0])
    sign = max(",;\t|", key=first.count)
    if not first.count(sign):
        raise CannotRead("The file has no columns. Give an address or the id of a post, and its views.")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    columns = None
    for row in reader:
        cells = [cell.strip() for cell in row]
        if columns is None:
            columns = columns_of(cells)
            if columns:
                continue
        if any(cells):
            brought.lines += 1
            what, views = of_row(cells, columns)
            if what and views is not None:
                yield reader.line_num, what, views
            else:
                brought.unknown.append(
                    (reader.line_num, " ".join(cells)[:200], "names no post or no number of views")
                )


def columns_of(cells):
    """{what: place} by the words at the head; empty where the first line is no head."""
    heads = [cell.lower().replace(" ", "_") for cell in cells]
    found = {}
    for what, names in NAMES.items():
        place = next((heads.index(name) for name in names if name in heads), None)
        if place is not None:
            found[what] = place
    return found if "views" in found and len(found) > 1 else {}


def of_row(cells, columns):
    """(address or id, views); each "" or None where the row does not say. Without a head, by what the cells look like."""
    if columns:
        picked = {what: cells[place] for what, place in columns.items() if place < len(cells)}
        what = picked.get("address") or picked.get("number", "")
        return what, count_of(picked.get("views", ""))
    addresses = [place for place, cell in enumerate(cells) if ADDRESS.match(cell)]
    numbers = [place for place, cell in enumerate(cells) if count_of(cell) is not None]
    if addresses:
        whole = [
            place for place in addresses if not cells[place].startswith("/")
        ]  # a title may begin with "/"
        place = (whole or addresses)[0]
        numbers = [number for number in numbers if number != place]
        return cells[place], count_of(cells[numbers[-1]]) if numbers else None
    if numbers[:3] == [0, 1, 2] and DAY.match(cells[3] if len(cells) > 3 else ""):
        return cells[1], count_of(cells[2])  # popularpostssummary, whose rows have numbers of their own
    if len(numbers) > 1:
        return cells[numbers[0]], count_of(cells[numbers[-1]])
    return "", None


def count_of(text):
    digits = re.sub(r"\D", "", text) if GROUPED.match(text) else text
    return int(digits) if NUMBER.match(digits) and digits.isascii() and int(digits) < MOST_VIEWS else None


def known(some):
    """Yields (line, what, views, id of the post or None), with a few queries for all."""
    numbers = {what for _, what, _ in some if NUMBER.match(what)}
    came = Imported.objects.filter(kind="post", key__in=numbers, post__isnull=False)
    by_number = dict(came.order_by("-pk").values_list("key", "post_id"))
    paths = {what: asked_for(what) for _, what, _ in some if what not in numbers}
    paths |= {what: f"/?p={what}" for what in numbers - by_number.keys()}
    paths = {what: redirects.plain(path) for what, path in paths.items() if path}
    at = at_permalinks(paths.values())
    led = redirects.where_many([path for path in set(paths.values()) if path not in at])
    today = at_permalinks(led.values())
    at |= {path: today[target] for path, target in led.items() if target in today}
    for line, what, views in some:
        yield line, what, views, by_number.get(what) or at.get(paths.get(what))


def at_permalinks(paths):
    return dict(Post.objects.filter(permalink__in=set(paths)).values_list("permalink", "pk"))
