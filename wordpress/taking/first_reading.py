"""The first reading: authors, sections and uploads come in, and what else texts may refer to is noted."""

from contextlib import nullcontext
from functools import partial

from django.db import transaction

from wordpress.reading import records
from wordpress.reading.records import Item, Problem, Site, WxrError
from wordpress.taking import naming
from wordpress.taking.guarding import each, guarded, together_or_each
from wordpress.taking.known import known_rows_of
from wordpress.taking.taxonomy import TAG_DOMAINS, taxonomy_of

BATCH = 50
ITEMS_AT_ONCE = 1_000


def read_files(importer):
    for file, name in importer.keeper.names():
        if importer.keeper.place_in(file) is not None:
            FirstReading(importer, file).read(name)


class FirstReading:
    """One file. `told` are authors and terms, which stand before their site and now and then after its items."""

    def __init__(self, importer, file):
        self.importer = importer
        self.keeper, self.report = importer.keeper, importer.report
        self.file = file
        self.run = None
        self._forget()

    def _forget(self):
        self.told, self.items = [], []
        self.uploads = 0

    def read(self, name):
        number = 0
        self._tell_copies(name)
        try:
            for number, run, record in self.importer.records(self.file):
                self._one(number, run, record)
        except (WxrError, OSError) as error:
            self.report.problem(Problem("broken", str(error), name))
        self._flush(number, is_end=True)

    def _tell_copies(self, name):
        """A file given twice is read once."""
        for file in self.keeper.move.files:
            if file.get("same_as") == self.file and not self.keeper.place_in(self.file)[0]:
                self.report.problem(Problem("skipped", f"the same file as {name}; read once", file["name"]))

    def _one(self, number, run, record):
        if isinstance(record, Problem):
            self.report.problem(record)
        elif isinstance(record, Site):
            told, self.told = self.told, []
            if self.items:
                self._flush(number)
            self.run, self.told = run, told
        elif isinstance(record, Item):
            self.run = run
            self.items.append(_light(record))
            self.uploads += record.type == "attachment"
            if self.uploads == BATCH or len(self.items) == ITEMS_AT_ONCE:
                self._flush(number, record.place)
        else:
            self.told.append(record)

    @transaction.atomic
    def _write(self, number, place, is_end):
        run = self.run
        if run and self.told:
            self._declare(run)
        if run and self.items:
            naming.note(self.keeper, run, self.items)
            self._look(run)
            self._take_uploads(run)
            self._take_guests(run)
        if run and not run.is_dry_run:
            run.redirects.write()
        self.keeper.add(done=len(self.items), total=len(self.items))
        self.keeper.reach(*((self.file + 1, 0) if is_end else (self.file, number, place)))
        self.keeper.keep(self.importer.runs)

    def _flush(self, number, place=None, *, is_end=False):
        self._write(number, place, is_end)
        if self.run:
            self._forget()
        self.keeper.breathe()

    # Authors and terms

    def _declare(self, run):
        together_or_each(
            run,
            partial(self._declare_all, run, nullcontext),
            partial(self._declare_all, run, partial(guarded, run)),
        )

    def _declare_all(self, run, guard):
        """Authors and terms; categories last, when all their parents are known."""
        tags = [record for record in self.told if taxonomy_of(record) in TAG_DOMAINS]
        for some in [tags] if guard is nullcontext else [[tag] for tag in tags]:
            with guard(some[0] if some else None):
                run.taxonomy.declare_tags(some)
        for record in self.told:
            with guard(record):
                self._declare_one(run, record)
        for record in list(run.taxonomy.declared.values()):
            with guard(record):
                run.taxonomy.category(record.slug, record.name)

    def _declare_one(self, run, record):
        if isinstance(record, records.Author):
            run.people.declare(record)
        elif isinstance(record, records.Category) or taxonomy_of(record) == "category":
            run.taxonomy.declare_category(record)
        elif taxonomy_of(record) not in TAG_DOMAINS:
            self.report.not_taken[f"terms of {record.taxonomy}"] += 1

    # Items

    def _look(self, run):
        """Bodies to be used again, and the names the site had."""
        for item in self.items:
            run.uploads.note_host(item)
            if item.type == "wp_block" and item.id:
                run.uploads.reusable[item.id] = item.content

    def _take_guests(self, run):
        """Guest authors, after the uploads, for their portraits."""
        for item in self.items:
            if item.type == "guest-author":
                with guarded(run, item, f"guest author {item.slug}"):
                    run.people.guest(item)

    def _take_uploads(self, run):
        items = [item for item in self.items if item.type == "attachment"]
        if not items:
            return
        keys = naming.keys_of(self.keeper, run, items)
        rows = known_rows_of(run, {"upload"}, keys)
        for item, key in zip(items, keys, strict=True):
            with each(run, item, key):
                self.report.item(item, *run.uploads.take(item, key, rows.get(("upload", key))))


def _light(item):
    """Without the text, of what is not looked at yet: a thousand long ones would fill the memory."""
    if item.type not in ("wp_block", "attachment"):
        item.content = item.excerpt = ""
        item.comments = []
    return item
