"""Lists of subscribers that come with a site: handed to the newsletter's own import, which asks about consent.

Nothing is imported of them here: an administrator looks at each, says whether these people confirmed, and begins it.
"""

import re
import zipfile
from pathlib import Path

from newsletter.importing import course, receiving
from newsletter.models import ImportBatch, Subscriber
from wordpress.reading.bundle import opened
from wordpress.reading.records import WxrError

PIECE = 1 << 20
_LIST = re.compile(r"(?:^|/)(?:email_list|subscriber|members)[^/]*\.csv$", re.I)


def receive_members(path) -> list[str]:
    """What became of the lists in a zip, a folder, or of a list itself, in sentences."""
    path = Path(path)
    if path.suffix.lower() == ".csv":
        with path.open("rb") as stream:
            return [_received(path.name, stream)]
    if not path.is_dir() and not zipfile.is_zipfile(path):
        return []
    with opened(path) as bundle:
        told = []
        for entry in bundle.ending(".csv"):
            if _LIST.search(entry.name):
                try:
                    with bundle.open(entry.name) as stream:
                        told.append(_received(entry.name.rpartition("/")[2], stream))
                except (OSError, WxrError) as error:
                    told.append(f"Subscribers in {entry.name}: the list cannot be read ({error}).")
        return told


def _received(name, stream):
    try:
        batch = receiving.receive(iter(lambda: stream.read(PIECE), b""), name=name)
    except receiving.CannotRead as reason:
        return f"Subscribers in {name}: {reason}"
    before = ImportBatch.objects.filter(sha256=batch.sha256).exclude(pk=batch.pk).order_by("-pk").first()
    if before:
        batch.delete()
        return f"Subscribers in {name}: this list has been received before, as import {before.pk}."
    if not batch.layout:
        return (
            f"Subscribers in {name}: import {batch.pk}. Say under Newsletter → Imports what its columns hold."
        )
    course.look(batch, frequency=Subscriber.Frequency.DAILY)
    return (
        f"Subscribers in {name}: import {batch.pk}. Nothing has been imported of it yet: look at it under Newsletter → "
        "Imports, say there whether these people confirmed, and begin it."
    )
