"""Reading a backup from end to end: is it whole, and does everything in it come to what it says?"""

import contextlib
import hashlib
import json
import re
from dataclasses import dataclass, field

from informed_comment.backups.snapshot import FORMAT, Tally
from informed_comment.backups.trouble import Trouble
from informed_comment.backups.unpacking import FOREIGN, damaged, unpacked

TABLE = re.compile(r"tables/([a-z0-9_]{1,63})/([0-9]{8})")
LONGEST = {"head": 16 << 20, "part": 1 << 30, "list": 64 << 20}
NEWER = "The backup was made by a newer release (format {format}, this one knows {known}). Restore it with that release."


@dataclass
class Checked:
    """What a backup holds, all of it proven. `head` and `manifest` are as they stand in it."""

    head: dict
    tables: dict = field(default_factory=dict)
    sequences: dict = field(default_factory=dict)
    manifest: dict = field(default_factory=dict)
    files: int = 0
    file_bytes: int = 0

    @property
    def rows(self):
        return sum(said["rows"] for said in self.tables.values())


class Taker:
    """What becomes of the pieces; by itself it only looks at them."""

    def begin(self, head): ...

    def rows(self, name, pieces):
        yield from pieces

    def file(self, name, size, pieces):
        yield from pieces


def check(file, *, keys=(), expected=None, taker=None, say=lambda what: None):
    """Reads all of an opened backup and gives what it holds; raises Trouble where anything is not as it says."""
    with reasons(), unpacked(file, keys) as members:
        course = Course(taker or Taker(), say)
        for name, size, pieces in members:
            course.take(name, size, pieces)
    found = course.ended()
    if expected and (found.rows, found.files, found.file_bytes) != (
        expected.rows,
        expected.files,
        expected.file_bytes,
    ):
        raise damaged("it holds something else than was written")
    return found


@contextlib.contextmanager
def reasons():
    """Whatever a file that is no backup makes of the reading is one sentence."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(f"what it says of itself makes no sense ({error})") from error


class Course:
    """The members in the only order there is: head, tables, files and their lists, manifest."""

    def __init__(self, taker, say):
        self.taker, self.say = taker, say
        self.found, self.is_over = None, False
        self.table, self.part, self.tally, self.stream = "", 0, None, None
        self.last_file, self.unlisted = b"", []

    def take(self, name, size, pieces):
        if self.is_over:
            raise damaged("something stands behind its manifest")
        if self.found is None:
            if name != "head.json":
                raise Trouble(FOREIGN)
            self.begin(small(pieces, size, "head"))
        elif matched := TABLE.fullmatch(name):
            self.take_rows(matched[1], int(matched[2]), size, pieces)
        elif name.startswith("media/"):
            self.take_file(name.removeprefix("media/"), size, pieces)
        elif name.startswith("files/"):
            self.take_list(small(pieces, size, "list"))
        elif name == "manifest.json":
            self.take_manifest(json.loads(small(pieces, size, "head")))
        else:
            raise Trouble(FOREIGN)

    def begin(self, content):
        head = json.loads(content)
        if not isinstance(head["format"], int) or head["format"] > FORMAT:
            raise Trouble(NEWER.format(format=head["format"], known=FORMAT))
        for app, names in dict(head["migrations"]).items():
            if not all(isinstance(word, str) for word in (app, *names)):
                raise ValueError("migrations")
        for table in head["tables"]:
            if not all(isinstance(word, str) for word in (table["name"], *table["columns"])):
                raise ValueError("tables")
        self.found = Checked(head=head)
        self.taker.begin(head)

    def take_rows(self, table, number, size, pieces):
        if self.last_file or size > LONGEST["part"]:
            raise damaged("its parts are not in order")
        if table != self.table:
            if table in self.found.tables or table not in {
                known["name"] for known in self.found.head["tables"]
            }:
                raise damaged(f"the table {table} stands in it twice or without being named")
            self.end_table()
            self.say(table)
            self.table, self.part, self.tally = table, 0, Tally()
        self.part += 1
        if number != self.part:
            raise damaged(f"the rows of {table} are not in order")
        for piece in self.taker.rows(table, pieces):
            self.tally.add(piece)

    def end_table(self):
        if self.tally:
            self.found.tables[self.table] = self.tally.said()
        self.tally = None

    def take_file(self, name, size, pieces):
        self.end_table()
        order = name.encode("utf-8", "surrogateescape")
        if order <= self.last_file:
            raise damaged(f"the file {name[:100]!r} stands in it twice or out of its order")
        self.last_file = order
        digest = hashlib.sha256()
        for piece in self.taker.file(name, size, pieces):
            digest.update(piece)
        self.unlisted.append({"name": name, "size": size, "sha256": digest.hexdigest()})
        self.found.files, self.found.file_bytes = self.found.files + 1, self.found.file_bytes + size
        if len(self.unlisted) > 1000:
            raise damaged("a list of its files is missing")

    def take_list(self, content):
        listed = [json.loads(line.decode("utf-8", "surrogateescape")) for line in content.splitlines()]
        if listed != self.unlisted:
            wrong = [mine["name"] for mine, said in zip(self.unlisted, listed, strict=False) if mine != said]
            raise damaged(f"the file {(wrong or ['?'])[0]} is not what it was")
        self.unlisted = []
        self.say(f"{self.found.files:,} files")

    def take_manifest(self, said):
        self.end_table()
        found = self.found
        if said["files"] != {"count": found.files, "bytes": found.file_bytes} or self.unlisted:
            raise damaged("files are missing in it")
        nothing = Tally().said()
        for table in found.head["tables"]:
            name = table["name"]
            if said["tables"][name] != found.tables.setdefault(name, nothing):
                raise damaged(f"the rows of {name} are not what they were")
        for name, (number, is_called) in said["sequences"].items():
            if not isinstance(name, str) or type(number) is not int or type(is_called) is not bool:
                raise ValueError("sequences")
        found.sequences, found.manifest, self.is_over = said["sequences"], said, True

    def ended(self):
        if not self.is_over:
            raise damaged("it ends too early")
        return self.found


def small(pieces, size, kind):
    if size > LONGEST[kind]:
        raise damaged("what it says of itself is too long")
    return b"".join(pieces)
