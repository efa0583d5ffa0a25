"""import_site: an export put into an empty site, checked before anything is written, and in one transaction."""

import hashlib
import json
from contextlib import suppress
from itertools import batched
from pathlib import Path

import psycopg
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management.color import no_style
from django.db import DatabaseError, connection, transaction
from psycopg import sql

from images import renditions
from informed_comment.fingerprints import key_name, keys
from posts.reads import tallies
from wordpress.leaving.site import manifest
from wordpress.leaving.site.checking import check_files, lines_of, media_of
from wordpress.leaving.site.kinds import kinds
from wordpress.leaving.site.manifest import DumpError
from wordpress.leaving.site.rows import Shape, Unfit

BATCH = 500
REFUSED = (DatabaseError, psycopg.Error)  # COPY speaks for itself, not by Django


def import_site(folder, *, without_subscribers=False, progress=lambda what, done: None):
    """{kind: rows}. Raises DumpError, and then nothing has been written."""
    folder = Path(folder)
    told = manifest.read(folder)
    chosen = kinds(with_subscribers=told["with_subscribers"])
    check_files(folder, told, {kind.file for kind in chosen}, progress)
    chosen = [kind for kind in chosen if not (kind.is_personal and without_subscribers)]
    if told["with_subscribers"] and not without_subscribers:
        _check_key(told)
    return _Coming(folder, chosen, progress).write()


def _check_key(told):
    """Suppressed addresses are hashes under a key; with another they would protect nobody."""
    if told.get("newsletter_key_name") not in [key_name(key) for key in keys()]:
        raise DumpError(
            "The addresses that must not be mailed are hashed under another NEWSLETTER_KEY than this site's. Put the key "
            "of the old site into NEWSLETTER_KEY or NEWSLETTER_KEY_FALLBACKS, or restore with --without-subscribers."
        )


class _Coming:
    def __init__(self, folder, chosen, progress):
        self.folder = folder
        self.kinds = chosen
        self.progress = progress
        self.made = []

    def write(self):
        try:
            with transaction.atomic():
                self._refuse_what_is_not_empty()
                rows = {kind.name: self._take(kind) for kind in self.kinds}
                self._count_on()
                tallies.mark_all()
                self._put_files()
                for image in renditions.missing().iterator(BATCH):
                    renditions.request(image)
        except BaseException:
            for name in self.made:
                with suppress(OSError):
                    default_storage.delete(name)
            raise
        return rows

    def _refuse_what_is_not_empty(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('import_site', 0))")
        filled = [
            kind.name.replace("_", " ")
            for kind in kinds(with_subscribers=True)
            if not kind.is_given and kind.model._base_manager.exists()
        ]
        if filled:
            raise DumpError(
                f"This site is not empty: it holds {', '.join(filled)}. An export makes a site anew and mixes with "
                "nothing. Name a fresh database in DATABASE_URL, run manage.py migrate, and restore there."
            )

    # Rows

    def _take(self, kind):
        if kind.is_given:
            kind.model._base_manager.all().delete()
        shapes = {
            "": Shape(kind.model),
            **{name: Shape(model, but=key) for name, (model, key) in kind.within.items()},
        }
        done = 0
        for batch in batched(lines_of(self.folder, kind.file), BATCH, strict=False):
            self._write(kind, shapes, [(line, self._read(kind, shapes, line, text)) for line, text in batch])
            done += len(batch)
            self.progress(kind.file, done)
        try:
            settle()
        except REFUSED as error:
            raise DumpError(f"{kind.file}: {_said(error)}") from error
        return done

    def _read(self, kind, shapes, line, text):
        """{shape: [values]} of a line."""
        try:
            row = json.loads(text)
            if not isinstance(row, dict):
                raise Unfit("this is no row")
            inner = {name: row.pop(name, []) for name in kind.within}
            found = {"": [shapes[""].values(row)]}
            pk = row.get(kind.model._meta.pk.name)
            for name, rows in inner.items():
                if not isinstance(rows, list):
                    raise Unfit(f"{name} is no list")
                found[name] = [shapes[name].values(one, pk) for one in rows]
        except (ValueError, RecursionError, Unfit) as error:
            raise DumpError(f"{kind.file}, line {line}: {error}.") from error
        return found

    def _write(self, kind, shapes, rows):
        try:
            self._copy(shapes, [row for _line, row in rows])
        except REFUSED:
            for line, row in rows:  # to name the one it was
                try:
                    self._copy(shapes, [row])
                except REFUSED as error:
                    raise DumpError(f"{kind.file}, line {line}: {_said(error)}") from error
            raise

    @transaction.atomic
    def _copy(self, shapes, rows):
        for name, shape in shapes.items():
            values = [one for row in rows for one in row[name]]
            if values:
                copy(shape, values)
        if not shapes[""].names_its_own:
            settle()

    def _count_on(self):
        """New rows get numbers after those that came in."""
        models = [
            model
            for kind in self.kinds
            for model in (kind.model, *(one for one, _key in kind.within.values()))
        ]
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)

    # Files

    def _put_files(self):
        for done, (_line, name, _size, digest) in enumerate(media_of(self.folder), 1):
            path = self.folder / manifest.MEDIA / name
            if default_storage.exists(name):
                self._refuse_another(name, digest)
                continue
            with manifest.open_plain(path) as source:
                kept = default_storage.save(name, File(source))
            self.made.append(kept)
            if kept != name:
                raise DumpError(f"{name} could not be put into the media folder under its own name.")
            self.progress(manifest.MEDIA, done)

    def _refuse_another(self, name, digest):
        with default_storage.open(name, "rb") as file:
            if _digest_of(file) != digest:
                raise DumpError(
                    f"Another file lies at {name} in the media folder already. Name an empty folder in MEDIA_ROOT."
                )


def settle():
    """Whether all that rows point to is there. Rows that point to others of their kind may come before those."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def copy(shape, rows):
    """As COPY does it, with each value as its field stores it: HTML is cleaned here as on every other way in."""
    columns = sql.SQL(", ").join(sql.Identifier(column.column) for column in shape.columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(shape.model._meta.db_table), columns)
    with connection.cursor() as cursor, cursor.copy(statement) as out:
        for row in rows:
            out.write_row(
                [
                    column.get_db_prep_save(value, connection)
                    for column, value in zip(shape.columns, row, strict=True)
                ]
            )


def _said(error):
    """What PostgreSQL has to say of a row, in one sentence."""
    told = getattr(error, "diag", None) or getattr(error.__cause__, "diag", None)
    words = [told.message_primary, told.message_detail] if told else [str(error)]
    return " ".join(f"{word.rstrip('.')}." for word in words if word)


def _digest_of(file):
    return hashlib.file_digest(file, "sha256").hexdigest()
