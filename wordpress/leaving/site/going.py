"""export_site: the whole publication to a folder, from one state of the database, in constant memory."""

import contextlib
import hashlib
import json
import os
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import batched
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage

from informed_comment.fingerprints import key_name
from newsletter.models import Mailing
from wordpress.leaving.site import manifest
from wordpress.leaving.site.kinds import kinds
from wordpress.leaving.site.readme import README_TEXT, about
from wordpress.leaving.site.rows import Shape, as_line, is_inside
from wordpress.leaving.snapshot import snapshot

BATCH = 200


@dataclass(slots=True)
class Gone:
    """What an export has written: rows by kind, files, and the names of files that were not there any more."""

    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    missing: list[str] = field(default_factory=list)
    under_way: int = 0


class Sheet:
    """A file of the export, counted and digested as it is written."""

    def __init__(self, folder, name):
        self.name = name
        self._file = (folder / name).open("xb")
        self._digest, self.bytes, self.lines = hashlib.sha256(), 0, 0

    def write(self, data):
        self._file.write(data)
        self._digest.update(data)
        self.bytes += len(data)
        self.lines += data.count(b"\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def told(self):
        return {"lines": self.lines, "bytes": self.bytes, "sha256": self._digest.hexdigest()}


def export_site(folder, *, with_subscribers=False, progress=lambda kind, done: None) -> Gone:
    """Writes the export beside its place and puts it there when it is whole. Raises DumpError."""
    folder = Path(folder).absolute()
    partial = folder.with_name(f"{folder.name}.partial")
    if folder.exists():
        raise manifest.DumpError(
            f"{folder} is there already. Name a folder that is not, or move that one away."
        )
    if partial.exists():
        _clear(partial)
    try:
        partial.mkdir()
    except OSError as error:
        raise manifest.DumpError(f"{partial} cannot be made: {error.strerror}.") from error
    try:
        gone = Going(partial, with_subscribers, progress).write()
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return gone


def _clear(partial):
    """What an export that was killed has left; nothing else is ever taken away."""
    text = partial / manifest.README
    if not text.is_file() or text.read_text() != README_TEXT:
        raise manifest.DumpError(f"{partial} is in the way and no unfinished export. Move it away.")
    shutil.rmtree(partial)


class Going:
    def __init__(self, folder, with_subscribers, progress):
        self.folder = folder
        self.with_subscribers = with_subscribers
        self.progress = progress
        self.gone = Gone()
        self.files = {}

    def write(self):
        self._sheet(manifest.README, [README_TEXT.encode()])
        (self.folder / manifest.MEDIA).mkdir()
        with Sheet(self.folder, manifest.FILES) as self.media, snapshot():
            for kind in kinds(with_subscribers=self.with_subscribers):
                self._sheet(kind.file, self._lines(kind))
                self.gone.rows[kind.name] = self.files[kind.file]["lines"]
            self.gone.under_way = Mailing.objects.under_way().count()
        self.files[manifest.FILES] = self.media.told()
        self._manifest()
        return self.gone

    def _sheet(self, name, lines):
        with Sheet(self.folder, name) as sheet:
            for done, line in enumerate(lines, 1):
                sheet.write(line)
                if done % BATCH == 0:
                    self.progress(name, done)
        self.files[name] = sheet.told()

    def _lines(self, kind):
        shape = Shape(kind.model)
        within = {name: Shape(model, but=key) for name, (model, key) in kind.within.items()}
        rows = kind.model._base_manager.order_by(*kind.order).values_list(*shape.attributes)
        for batch in batched(rows.iterator(BATCH), BATCH, strict=False):
            found = [shape.row(values) for values in batch]
            by_pk = {row[kind.model._meta.pk.name]: row for row in found} if within else {}
            for name, inner in within.items():
                self._put_within(name, inner, by_pk)
            for row in found:
                for name in shape.files:
                    self._file(row[name])
                yield as_line(row)

    def _put_within(self, name, inner, by_pk):
        """One query for what stands within the rows of a batch."""
        for row in by_pk.values():
            row[name] = []
        key = inner.but.attname
        rows = inner.model._base_manager.filter(**{f"{key}__in": list(by_pk)}).order_by(key, "pk")
        for owner, *values in rows.values_list(key, *inner.attributes).iterator(2000):
            by_pk[owner][name].append(inner.row(values))

    def _file(self, name):
        """Beside the rows, under its own name; hard-linked where that can be."""
        if not name:
            return
        target = self.folder / manifest.MEDIA / name
        if target.exists() or not is_inside(name):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        if not _put(name, target):
            self.gone.missing.append(name)
            return
        size, digest = manifest.digest(target)
        self.media.write(as_line({"name": name, "bytes": size, "sha256": digest}))
        self.gone.files += 1

    def _manifest(self):
        (self.folder / manifest.MANIFEST).write_text(self._told())

    def _told(self):
        """The manifest's own text."""
        told = {
            "format": manifest.FORMAT,
            "version": manifest.VERSION,
            "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "site": settings.SITE_URL,
            "permalink_pattern": settings.PERMALINK_PATTERN,
            "time_zone": settings.TIME_ZONE,
            "with_subscribers": self.with_subscribers,
            **({"newsletter_key_name": key_name()} if self.with_subscribers else {}),
            "rows": self.gone.rows,
            "media": self.gone.files,
            "media_missing": self.gone.missing,
            "left_out": about(with_subscribers=self.with_subscribers),
            "files": self.files,
        }
        return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _put(name, target):
    """Whether the file was there to be put."""
    with contextlib.suppress(NotImplementedError, OSError):
        os.link(default_storage.path(name), target, follow_symlinks=False)
        return True
    target.unlink(missing_ok=True)
    try:
        with default_storage.open(name, "rb") as source, target.open("xb") as file:
            shutil.copyfileobj(source, file, manifest.CHUNK)
    except FileNotFoundError:
        target.unlink(missing_ok=True)
        return False
    return True
