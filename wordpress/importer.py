"""Takes WordPress exports in: uploads, authors and sections first, then posts and pages, fifty to a transaction.

A run may be killed and started again: what came in is known by its id at the source, and what has not changed there,
or has been changed here, is left alone.
"""

from contextlib import contextmanager, nullcontext
from functools import partial
from itertools import batched, groupby
from pathlib import Path

from django.db import InterfaceError, OperationalError, transaction

from wordpress import formats
from wordpress.models import Imported
from wordpress.reading import records
from wordpress.reading.records import Item, Problem, Site, WxrError
from wordpress.taking import comments, returned
from wordpress.taking.addresses import old_path, source_name
from wordpress.taking.links import rewrite_links
from wordpress.taking.options import Options
from wordpress.taking.outcome import DROPPED
from wordpress.taking.report import Report
from wordpress.taking.run import Run
from wordpress.taking.taxonomy import TAG_DOMAINS, taxonomy_of
from wordpress.taking.writing import (
    lead_front_page,
    lead_to_parents,
    plan_post,
    take_page,
    write_post,
    write_posts,
)

BATCH = 50


class Importer:
    def __init__(self, options, *, progress=None):
        self.options = options
        self.report = Report(is_dry_run=options.is_dry_run)
        self.progress = progress or (lambda done, total: None)
        self.runs = {}
        self.done = self.total = 0

    def take(self, paths) -> Report:
        readable = [path for path in paths if self._prepare(path)]
        for run in self.runs.values():
            run.new_pass()
        for path in readable:
            self._take_texts(path)
        for run in self.runs.values():
            lead_front_page(run)
            rewrite_links(run)
        return self.report

    def _run_for(self, site):
        source = source_name(site.address, site.file)
        if source not in self.runs:
            self.runs[source] = Run(site, self.report, self.options)
        run = self.runs[source]
        run.file = site.file
        return run

    # First reading: what the texts refer to

    def _prepare(self, path):
        run, told, uploads = None, [], []
        try:
            for record in formats.read(path):
                if isinstance(record, Problem):
                    self.report.problem(record)
                elif isinstance(record, Site):
                    run = self._run_for(record)
                    self._declare(run, told)
                    told = []
                elif isinstance(record, Item):
                    self.total += 1
                    uploads += self._first_look(run, record)
                    if len(uploads) == BATCH:
                        self._batch(run, uploads, "upload")
                        uploads = []
                else:
                    told.append(record)
        except (WxrError, OSError) as error:
            self.report.problem(Problem("broken", str(error), Path(str(path)).name))
            if run is None:
                return False
        if run:
            self._declare(run, told)
            self._batch(run, uploads, "upload")
        return run is not None

    def _declare(self, run, told):
        """All at once; where that fails, one by one, so that only what cannot be written is lost."""
        try:
            with transaction.atomic():
                self._declare_all(run, told, nullcontext)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            run.forget()
            with transaction.atomic():
                self._declare_all(run, told, partial(self._told, run))

    def _declare_all(self, run, told, guard):
        """Authors and terms; categories last, when all their parents are known."""
        for record in told:
            with guard(record):
                self._declare_one(run, record)
        for record in list(run.taxonomy.declared.values()):
            with guard(record):
                run.taxonomy.category(record.slug, record.name)
        if not run.is_dry_run:
            run.redirects.write()

    def _declare_one(self, run, record):
        if isinstance(record, records.Author):
            run.people.declare(record)
        elif isinstance(record, records.Category) or taxonomy_of(record) == "category":
            run.taxonomy.declare_category(record)
        elif taxonomy_of(record) in TAG_DOMAINS:
            run.taxonomy.declare_tag(record)
        else:
            self.report.not_taken[f"terms of {record.taxonomy}"] += 1

    def _first_look(self, run, item):
        """Attachments, to be taken at once; bodies to be used again and guest authors are noted."""
        run.uploads.note_host(item)
        if item.type == "wp_block" and item.id:
            run.uploads.reusable[item.id] = item.content
        elif item.type == "guest-author":
            login = item.meta_value("cap-user_login") or item.slug
            run.people.ensure(login, name=item.meta_value("cap-display_name") or item.title)
        return [item] if item.type == "attachment" else []

    # Second reading: the texts

    def _take_texts(self, path):
        for run, items in _by_site(self._items(path)):
            waiting, links = [], []
            for batch in batched(items, BATCH, strict=False):
                self._batch(run, [item for item in batch if item.type in run.types], "text", waiting)
                for item in batch:
                    self._pass_over(run, item, links)
                self._tell(len(batch))
            self._take_waiting(run, waiting)
            self._write_links(run, links)

    def _items(self, path):
        run = None
        try:
            for record in formats.read(path):
                if isinstance(record, Site):
                    run = self._run_for(record)
                elif isinstance(record, Item):
                    yield run, record
        except (WxrError, OSError):
            return  # told at the first reading

    def _pass_over(self, run, item, links):
        if run.types.get(item.type) != "post":
            comments.pass_over(run, item)
        if item.type == "attachment":
            path = old_path(item.link)
            if item.parent and path:
                links.append((path, item.parent))
        elif item.type == "guest-author":
            returned.author(run, item)
            self.report.item(item, "skipped", "a guest author, who is an author here")
        elif item.type not in run.types:
            self.report.item(
                item, "skipped", f"{item.type or 'things without a type'} are neither posts nor pages"
            )

    def _tell(self, count):
        self.done += count
        self.progress(self.done, self.total)

    def _write_links(self, run, links):
        for some in batched(links, 500, strict=False):
            lead_to_parents(run, some)
            if not run.is_dry_run:
                run.redirects.write()

    # Batches

    def _batch(self, run, items, what, waiting=None):
        """Fifty in a transaction, each in a savepoint of its own: one that fails takes none along."""
        if not items:
            return
        kinds = [("upload" if what == "upload" else run.types[item.type]) for item in items]
        keys = [run.key_of(item, kind) for item, kind in zip(items, kinds, strict=True)]
        with transaction.atomic():
            rows, planned = self._known(run, set(kinds), keys), {}
            for item, kind, key in zip(items, kinds, keys, strict=True):
                self._one(run, item, kind, key, rows.get((kind, key)), waiting, planned)
            self._write(run, list(planned.values()))
            comments.take(run, zip(items, kinds, keys, strict=True), partial(self._told, run))
            if not run.is_dry_run:
                run.redirects.write()

    def _known(self, run, kinds, keys):
        rows = Imported.objects.filter(source=run.source, kind__in=kinds, key__in=keys)
        rows = rows.select_related("post", "page", "image", "document")
        return {(row.kind, row.key): row for row in rows}

    def _one(self, run, item, kind, key, row, waiting, planned):
        """Uploads and pages are written here, posts only planned; of one post given twice the later counts."""
        if item.status in DROPPED and kind != "upload":
            self.report.item(item, "skipped", DROPPED[item.status])
            return
        if kind == "page" and self._must_wait(run, item, waiting):
            waiting.append(item)
            return
        with self._each(run, item, key):
            if kind == "upload":
                self.report.item(item, *run.uploads.take(item, key, row))
            elif kind == "page":
                self.report.item(item, *take_page(run, item, key, row, self._parent(run, item)))
            else:
                one = plan_post(run, item, key, row)
                run.sticky |= {key} if item.is_sticky else set()
                self.report.item(item, *one.done)
                planned[key] = one

    def _write(self, run, planned):
        """All at once; where that fails, one by one, so that only what cannot be written is lost."""
        if run.is_dry_run:
            return
        try:
            with transaction.atomic():
                write_posts(run, planned)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            for one in planned:
                with self._each(run, one.item, one.key, told=one.done[0]):
                    if one.done[0] in ("new", "changed"):
                        write_post(run, one)

    @contextmanager
    def _each(self, run, item, key, told=""):
        """An item, taken whole or not at all."""
        with self._told(run, item, f"{item.type} {key}") as failed:
            yield
        if failed:
            if told:
                self.report.items[f"{item.type}/{item.status}", told] -= 1
            self.report.item(item, "failed")

    @contextmanager
    def _told(self, run, record, name=""):
        """What goes wrong with one record is undone, and told with its line; what goes wrong with the server is not."""
        before, failed = dict(run.redirects.rows), []
        try:
            with transaction.atomic():
                yield failed
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            failed.append(error)
            run.forget()
            run.redirects.rows = before
            name = name or f"{type(record).__name__.lower()} {getattr(record, 'login', '') or record.slug}"
            self.report.problem(Problem("broken", f"{name}: {error}", run.file, record.line))

    # Pages lie under pages

    def _must_wait(self, run, item, waiting):
        return waiting is not None and item.parent and not run.is_dry_run and not self._parent(run, item)

    def _parent(self, run, item):
        rows = Imported.objects.filter(
            source=run.source, kind="page", key=str(item.parent), page__isnull=False
        )
        row = rows.select_related("page").first() if item.parent else None
        return row and row.page

    def _take_waiting(self, run, waiting):
        """Pages that stood before their parents in the file; those whose parent never came stand on their own."""
        while waiting:
            ready = [item for item in waiting if self._parent(run, item)]
            for item in ready or waiting:
                if not ready:
                    self.report.odd(f"its parent {item.parent} is not in the export", item, run.file)
                self._batch(run, [item], "text")
            waiting = [item for item in waiting if item not in ready] if ready else []


def _by_site(pairs):
    """(run, its items) for each run of items of one site."""
    for run, group in groupby(pairs, key=lambda pair: pair[0]):
        yield run, (item for _run, item in group)


def import_files(paths, *, progress=None, **options) -> Report:
    """Takes the exports at these paths in; what could not be read or written is told in the report, not raised.

    `options` are those of `Options`; `progress` is called with (items done, items in all).
    """
    return Importer(Options(**options), progress=progress).take(list(paths))
