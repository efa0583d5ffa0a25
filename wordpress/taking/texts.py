"""The second reading: posts and pages, so many to a transaction, which also keeps how far it came."""

from functools import partial

from django.db import transaction

from wordpress.models import Imported, MoveLater
from wordpress.reading.records import Item, WxrError
from wordpress.taking import comments, menus, naming, returned
from wordpress.taking.addresses import old_path
from wordpress.taking.guarding import each, guarded, together_or_each
from wordpress.taking.known import known_rows_of, pages_of
from wordpress.taking.links import lead_known
from wordpress.taking.pages import take_page
from wordpress.taking.sameness import checksum_of
from wordpress.taking.statuses import DROPPED, NO_TRASH
from wordpress.taking.writing import DELETED, lead_to_parents, plan_post, write_post, write_posts

BATCH = 100
MOST_CHARACTERS = 2_000_000  # in the bodies of one batch


def take_texts(importer):
    for file, _name in importer.keeper.names():
        for run, numbered in _batches(importer.records(file)):
            Texts(importer, run, file).take(numbered)


def _batches(found):
    """(run, [(number, item), …]), of one old site each, none too large for the memory."""
    batch, size, of = [], 0, None
    try:
        for number, run, record in found:
            if not isinstance(record, Item):
                continue
            if batch and (run is not of or len(batch) == BATCH or size > MOST_CHARACTERS):
                yield of, batch
                batch, size = [], 0
            batch.append((number, record))
            size += len(record.content)
            of = run
    except (WxrError, OSError):
        pass  # told at the first reading
    if batch:
        yield of, batch


class Texts:
    def __init__(self, importer, run, file):
        self.importer, self.keeper, self.report = importer, importer.keeper, importer.report
        self.run = run
        self.file = file
        self.planned = {}
        self.parents = {}

    def take(self, numbered):
        number, last = numbered[-1]
        with transaction.atomic():
            self.write(numbered)
            self.keeper.add(done=len(numbered))
            self.keeper.reach(self.file, number, last.place)
            self.keeper.keep(self.importer.runs)
        self.keeper.breathe()

    def write(self, numbered, *, may_wait=True):
        """Whatever becomes of these items; uploads are taken already, their pages lead to what they belong to."""
        items = [item for _number, item in numbered if item.type in self.run.types]
        keys = naming.keys_of(self.keeper, self.run, items)
        rows = known_rows_of(self.run, {"post", "page"}, keys)
        self.parents = pages_of(self.run, {item.parent for item in items if item.parent})
        named = dict(zip(map(id, items), keys, strict=True))
        for number, item in numbered:
            if item.type in self.run.types:
                kind, key = self.run.types[item.type], named[id(item)]
                self._one(number, item, kind, key, rows.get((kind, key)), may_wait)
            else:
                self._pass_over(item)
        self._write_planned()
        kinds = [self.run.types[item.type] for item in items]
        comments.take(self.run, zip(items, kinds, keys, strict=True), partial(guarded, self.run))
        self._lead_uploads(numbered)
        if not self.run.is_dry_run:
            self.run.redirects.write()

    def _one(self, number, item, kind, key, row, may_wait):
        """Pages are written here, posts only planned; of one post given twice the later counts."""
        if kind != "post":
            comments.pass_over(self.run, item)
        if item.status in DROPPED:
            self.report.item(item, "skipped", DROPPED[item.status])
        elif kind == "page" and item.status == "trash":
            self.report.item(item, "skipped", NO_TRASH)
        elif kind == "page":
            self._page(number, item, key, row, may_wait)
        else:
            self.run.sticky |= {key} if item.is_sticky else set()
            self.planned.pop(key, None)
            if self._is_as_it_was(item, row, row and row.post):
                return
            with each(self.run, item, key):
                one = plan_post(self.run, item, key, row)
                self._told(item, one.done, row and row.post)
                self.planned[key] = one

    def _page(self, number, item, key, row, may_wait):
        parent = self.parents.get(item.parent)
        if item.parent and not parent and may_wait and not self.run.is_dry_run:
            self._wait(MoveLater.Kind.PAGE, number, item, own=item.id, place=_place(item))
            return
        page = row and row.page
        if self._is_as_it_was(item, row, page, parent):
            self._is_parent(item, key, page)
            return
        with each(self.run, item, key):
            done, page = take_page(self.run, item, key, row, parent)
            self._told(item, done, page)
            self._is_parent(item, key, page)

    def _told(self, item, done, record):
        """Editors are to know which of their texts has gone on elsewhere."""
        self.report.item(item, *done)
        if done[0] == "kept":
            said = f"“{record.title[:80]}” was changed there and here; what stands here was left, so take over by hand what it lacks"
            self.report.odd(said, item, self.run.file)

    def _is_parent(self, item, key, page):
        if page and item.id and key == str(item.id):
            self.parents[item.id] = page

    def _is_as_it_was(self, item, row, record, parent=None):
        """Whether nothing has to be made of it to see that nothing is to be done."""
        if row is None:
            return False
        if record is None:
            self.report.item(item, "skipped", DELETED)
        elif row.source_checksum == checksum_of(self.run, item, parent):
            self.report.item(item, "unchanged")
        else:
            return False
        return True

    def _note_unchanged(self, planned):
        """What had to be made to see that it is unchanged need not be made the next time."""
        rows = [one.row for one in planned]
        for one in planned:
            one.row.source_checksum = checksum_of(self.run, one.item)
        Imported.objects.bulk_update(rows, ["source_checksum"])

    def _wait(self, kind, number, item, **details):
        self.keeper.move.waiting.create(
            kind=kind, source=self.run.source, file=self.file, number=number, parent=item.parent, **details
        )

    def _write_planned(self):
        if self.run.is_dry_run:
            return
        planned = [one for one in self.planned.values() if one.done[0] in ("new", "changed")]
        lead_known(self.run, planned)
        self._note_unchanged([one for one in self.planned.values() if one.done[0] == "unchanged"])
        together_or_each(
            self.run, partial(write_posts, self.run, planned), partial(self._write_one_by_one, planned)
        )

    def _write_one_by_one(self, planned):
        for one in planned:
            with each(self.run, one.item, one.key, told=one.done[0]):
                write_post(self.run, one)

    def _pass_over(self, item):
        comments.pass_over(self.run, item)
        if item.type == "guest-author":
            returned.author(self.run, item)
            self.report.item(item, "skipped", "a guest author, who is an author here")
        elif item.type == menus.TYPE:
            menus.note(self.run, item)
            self.report.item(item, "skipped", "an entry of a menu, told below")
        elif item.type != "attachment":
            what = item.type or "things without a type"
            self.report.item(item, "skipped", f"{what} are neither posts nor pages")

    def _lead_uploads(self, numbered):
        """The pages uploads had lead to what they belong to, or to the file; what that is not in yet is done later."""
        if self.run.is_dry_run:
            return
        found = [
            (number, item, path)
            for number, item in numbered
            if item.type == "attachment" and item.id and (path := old_path(item.link))
        ]
        for _number, item, path in found:
            if not item.parent:
                self.run.redirects.lead(path, f"/?attachment_id={item.id}")  # led on to its file
        found = [one for one in found if one[1].parent]
        missing = lead_to_parents(self.run, [(path, item.parent) for _number, item, path in found])
        for number, item, path in found:
            if (path, item.parent) in missing:
                self._wait(MoveLater.Kind.LINK, number, item, path=path[:1000])


def _place(item):
    return item.place and item.place.as_json()
