"""Making a backup: everything of one moment into one file, which is then read again before it counts."""

import hashlib
import os
import time
from array import array
from bisect import bisect_left
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyrage
from django.conf import settings
from django.core.files.storage import default_storage

from informed_comment.backups import partial
from informed_comment.backups.checking import check
from informed_comment.backups.packing import packed
from informed_comment.backups.snapshot import Tally, as_json, rows_of, snapshot
from informed_comment.backups.trouble import Trouble
from informed_comment.backups.unpacking import safe
from informed_comment.files import StoreAway, is_full

FILES_A_LIST = 1000
TOLD = 200  # names of files that are missing, in the manifest
HEAD, MANIFEST = "head.json", "manifest.json"


@dataclass
class Made:
    """What came of it. `vanished`: files deleted while the backup was made; `missing`: files that rows name and nobody has."""

    moment: str = ""
    size: int = 0
    sha256: str = ""
    seconds: float = 0
    rows: int = 0
    files: int = 0
    file_bytes: int = 0
    vanished: int = 0
    skipped: int = 0
    missing: list = field(default_factory=list)
    others: list = field(default_factory=list)


def make(path, *, recipients=(), say=lambda what: None):
    """Writes a backup to `path`, which must not exist yet, reads it again, and gives what it holds as Made.

    Raises Trouble and leaves nothing behind.
    """
    if not settings.MEDIA_S3_BUCKET and path.resolve().is_relative_to(Path(settings.MEDIA_ROOT).resolve()):
        raise Trouble("Anybody could fetch the backup from MEDIA_ROOT. Name a folder outside of it.")
    begun = time.monotonic()
    recipients, keys = provable(recipients)
    with told_plainly(path), partial.file(path) as file:
        made = write(file, recipients=recipients, say=say)
        os.fsync(file.fileno())
        say("reading it again")
        file.seek(0)
        check(file, keys=keys, expected=made, say=say)
    made.seconds = time.monotonic() - begun
    return made


def provable(recipients):
    """(recipients, keys): with a pair of keys that lives for this backup only.

    So that it can be opened and proven right after it was made, on a server that has none of the secret keys.
    """
    if not recipients:
        return (), ()
    key = pyrage.x25519.Identity.generate()
    return [*recipients, key.to_public()], [key]


@contextmanager
def told_plainly(path):
    try:
        yield
    except StoreAway as error:
        raise Trouble(str(error.strerror or error)) from error
    except OSError as error:
        if is_full(error):
            raise Trouble(
                f"There is no room left for the backup in {path.parent}. Make room, or name another folder."
            ) from error
        raise Trouble(f"The backup cannot be written or a file cannot be read: {error}.") from error


def write(file, *, recipients=(), say=lambda what: None):
    """The backup as a stream, which nobody has read again yet."""
    made = Made()
    with snapshot() as state, packed(file, recipients) as pack:
        made.moment, made.others = state.head["moment"], state.others
        pack.put(HEAD, as_json(state.head))
        tallies = {table.name: write_table(pack, state.cursor, table, made, say) for table in state.tables}
        numbers = state.numbers()
        there = write_files(pack, made, say)
        made.missing = [name for _, _, name in state.files_named() if short(name) not in there]
        pack.put(MANIFEST, as_json(manifest(made, tallies, numbers)))
    made.size, made.sha256 = pack.sink.size, pack.sink.digest.hexdigest()
    return made


def manifest(made, tallies, numbers):
    return {
        "tables": tallies,
        "sequences": numbers,
        "files": {"count": made.files, "bytes": made.file_bytes},
        "vanished": made.vanished,
        "skipped": made.skipped,
        "missing": made.missing[:TOLD],
    }


def write_table(pack, cursor, table, made, say):
    say(table.name)
    counted = Tally()
    for number, piece in enumerate(rows_of(cursor, table), 1):
        counted.add(piece)
        pack.put(f"tables/{table.name}/{number:08}", piece)
    made.rows += counted.rows
    return counted.said()


class Names:
    """Which names were there, eight bytes each."""

    def __init__(self):
        self.hashes = array("Q")

    def add(self, name):
        self.hashes.append(short(name))

    def sort(self):
        self.hashes = array("Q", sorted(self.hashes))

    def __contains__(self, hashed):
        place = bisect_left(self.hashes, hashed)
        return place < len(self.hashes) and self.hashes[place] == hashed


def short(name):
    return int.from_bytes(hashlib.blake2b(os.fsencode(name), digest_size=8).digest())


def write_files(pack, made, say):
    """Every file of the library, in the order of the names; after each thousand a list of their sizes and checksums.

    Files are there before their rows and never change, so those that rows of the snapshot name are here, unless deleted since.
    """
    there, listed = Names(), []
    for name, size, opened in default_storage.everything():
        try:
            safe(f"media/{name}")
        except Trouble:
            made.skipped += 1
            continue
        try:
            pieces = opened()
        except FileNotFoundError:
            made.vanished += 1
            continue
        with pieces as stream:
            checksum = pack.put_stream(f"media/{name}", size, stream)
        there.add(name)
        made.files, made.file_bytes = made.files + 1, made.file_bytes + size
        listed.append({"name": name, "size": size, "sha256": checksum})
        if len(listed) == FILES_A_LIST:
            say(f"{made.files:,} files")
            put_list(pack, made, listed)
    put_list(pack, made, listed)
    there.sort()
    return there


def put_list(pack, made, listed):
    if listed:
        lines = b"".join(as_line(entry) for entry in listed)
        pack.put(f"files/{made.files:012}", lines)
        listed.clear()


def as_line(entry):
    return as_json(entry).replace(b"\n", b"") + b"\n"
