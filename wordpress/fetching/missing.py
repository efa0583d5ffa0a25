"""The list of what is missing: uploads without a file, the texts that use them, and why the file has not come."""

import csv
from collections import defaultdict

from django.utils import timezone

from images import uses
from pages.models import Page
from posts.models import Post
from wordpress.fetching.deed import address_of, lacking
from wordpress.models import Imported
from wordpress.verify import safe

COLUMNS = ("address", "used in", "reason", "asked at")
NEVER = "has not been asked for"
BATCH = 200
SHOWN = 10  # texts of one upload


def write(out):
    """Writes the list as CSV, however long it is; returns how many are missing."""
    writer = csv.writer(out)
    count = 0
    for cells in rows_of_list():
        writer.writerow(cells)
        count += 1
    return count - 1  # the first names the columns


def rows_of_list():
    """The cells of each row, the names of the columns first; no spreadsheet takes one for a formula."""
    yield COLUMNS
    last, rows = 0, lacking().select_related("image", "document").order_by("pk")
    while some := list(rows.filter(pk__gt=last)[:BATCH]):
        used = used_in(some)
        for row in some:
            asked = f"{timezone.localtime(row.tried_at):%Y-%m-%d %H:%M}" if row.tried_at else ""
            cells = address_of(row), " ".join(used[row.pk][:SHOWN]), row.trouble or NEVER, asked
            yield [safe(cell) for cell in cells]
        last = some[-1].pk


def used_in(rows):
    """pk of the row → addresses of texts: the one it belongs to, those that name the picture, those it leads."""
    used, images = defaultdict(list), {row.image_id: row.pk for row in rows if row.image_id}
    parents = Imported.objects.filter(
        source__in={row.source for row in rows},
        kind__in=("post", "page"),
        key__in={str(row.parent) for row in rows if row.parent},
    ).select_related("post", "page")
    known = {(row.source, row.key): row.post or row.page for row in parents}
    for row in rows:
        note(used[row.pk], known.get((row.source, str(row.parent))))
    for model in (Post, Page):
        named = uses.naming(model, "body").filter(named__overlap=list(images))
        for record in named.annotate(names=uses.NamedImages("body")):
            for number in images.keys() & set(record.names):
                note(used[images[number]], record)
    for post in Post.objects.filter(lead_image__in=images).only("permalink", "title", "lead_image"):
        note(used[images[post.lead_image_id]], post)
    return used


def note(found, record):
    """A draft has no address yet, and goes by its title."""
    if record is None:
        return
    where = record.permalink if isinstance(record, Post) else f"/{record.path}/"
    where = where or f"“{record.title}”"
    if where not in found:
        found.append(where)
