"""Fetching the files that the library's records lack. May be stopped at any time: what has come is there.

A picture shows in every text as soon as its file has come, for texts name pictures by number; nothing is rewritten.
"""

import hashlib
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from images import documents, keeping, room
from images.models import Document, Image
from wordpress.fetching.courier import Courier, Limits, Missing, bare
from wordpress.models import Imported

BATCH = 100
AGAIN_AFTER = timedelta(days=1)  # what was not there is not asked for again sooner
IN_MEMORY = 8 * 1024 * 1024
PAGES = ("text/html", "application/xhtml+xml")


class LimitReached(Exception):
    """No more bytes may come in this run."""


@dataclass
class Fetched:
    """What one run did; `last` is the row it came to, from where another goes on."""

    files: int = 0
    duplicates: int = 0
    missing: int = 0
    bytes: int = 0
    last: int = 0
    is_done: bool = False
    stopped_by: str = ""
    troubles: list = field(default_factory=list)


def lacking():
    """Uploads whose record has no file."""
    return Imported.objects.filter(kind="upload").filter(
        Q(image__isnull=False, image__file="") | Q(document__isnull=False, document__file="")
    )


def fetch(hosts, *, after=0, is_again=False, most_bytes=0, until=None, courier=None, progress=None):
    """Fetches from these hosts what is lacking; `until` is a function that says when to stop. Returns a Fetched.

    What an earlier run was told is not there is passed over for a day, unless `is_again`.
    """
    hosts = {bare(host) for host in hosts}
    courier = courier or Courier(hosts, limits=Limits())
    done = Fetched(last=after)
    rows = lacking()
    if not is_again:
        rows = rows.exclude(is_missing_there=True, tried_at__gt=timezone.now() - AGAIN_AFTER)
    try:
        while some := list(
            rows.filter(pk__gt=done.last).select_related("image", "document").order_by("pk")[:BATCH]
        ):
            for row in some:
                if until and until():
                    return done
                if bare(urlsplit(address_of(row)).hostname or "") in hosts:
                    fetch_one(row, courier, done, most_bytes)
                done.last = row.pk
                if progress:
                    progress(done)
        done.is_done = True
    except LimitReached as limit:
        done.stopped_by = str(limit)
    finally:
        courier.close()
    return done


def address_of(row):
    url = (row.image or row.document).source_url
    try:
        urlsplit(url)
    except ValueError:
        return ""
    return f"https://{row.source.partition('/')[0]}{url}" if url.startswith("/") else url


def fetch_one(row, courier, done, most_bytes):
    """One file into its record; what was amiss is kept with the row."""
    url = address_of(row)
    trouble, is_lasting = "", True
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as out:
        try:
            kind = courier.fetch(url, out)
            done.bytes += out.tell()
            refuse_pages(out, kind)
            done.duplicates += keep(row, out, name_of(url))
            done.files += 1
        except room.NoRoom as error:
            raise LimitReached(" ".join(error.messages)) from error
        except Missing as missing:
            trouble, is_lasting = str(missing), missing.is_lasting
        except ValidationError as error:
            trouble = " ".join(error.messages)
    done.missing += bool(trouble)
    Imported.objects.filter(pk=row.pk).update(
        trouble=trouble[:500], is_missing_there=bool(trouble) and is_lasting, tried_at=timezone.now()
    )
    if most_bytes and done.bytes >= most_bytes:
        raise LimitReached(f"{done.bytes // 1024 // 1024} MB have come, which was the limit")


def refuse_pages(out, kind):
    out.seek(0)
    head = out.read(512).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if kind in PAGES or head.startswith((b"<!doctype html", b"<html")):
        raise Missing("the old site sends a page in place of the file")
    if not head:
        raise Missing("the old site sends an empty file")
    out.seek(0)


def name_of(url):
    return PurePosixPath(unquote(urlsplit(url).path)).name.replace("\x00", "")[-150:] or "file"


@transaction.atomic
def keep(row, out, name):
    """Whether the library had the file already, and both records show the one. Raises ValidationError."""
    model = Image if row.image_id else Document
    record = model.objects.select_for_update().filter(pk=row.image_id or row.document_id).first()
    if record is None or record.file:
        return False
    out.seek(0)
    digest = hashlib.sha256()
    while part := out.read(1 << 20):
        digest.update(part)
    out.seek(0)
    if model is Image:
        return keeping.fill_image(record, File(out, name=name), sha256=digest.hexdigest())
    return keep_document(record, File(out, name=name), digest.hexdigest())


def keep_document(document, file, sha256):
    suffix = PurePosixPath(file.name).suffix.lower()
    if suffix not in documents.KINDS:
        raise ValidationError(f"files of the kind {suffix or 'without a name'} are not kept")
    known = Document.objects.with_file().filter(sha256=sha256).order_by("pk").first()
    file.seek(0, 2)
    document.sha256, document.size = sha256, file.tell()
    file.seek(0)
    if known:
        document.file = known.file.name
    else:
        room.refuse_over_limit(file.name, document.size)
        with room.or_say_so(file.name):
            document.file.save(file.name, file, save=False)
    document.save()
    return known is not None
