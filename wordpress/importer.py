"""Takes exports in: uploads, authors and sections first, then posts and pages, then what had to wait for others.

A run may be killed at any moment: with each batch, in its transaction, is kept how far it came. What came in is known
by its id at the source, and what has not changed there, or has been changed here, is left alone.
"""

from functools import partial
from itertools import pairwise

from django.db import transaction
from django.utils import timezone

from wordpress import formats
from wordpress.models import Move
from wordpress.moving import receiving
from wordpress.moving.keeping import Keeper
from wordpress.reading.records import Item, Site
from wordpress.taking import first_reading, later, links, menus, texts
from wordpress.taking.addresses import lead_from_folder, source_name
from wordpress.taking.options import Options
from wordpress.taking.report import Report
from wordpress.taking.run import Run
from wordpress.taking.writing import lead_front_page

Phase = Move.Phase


class Importer:
    def __init__(self, options, keeper):
        self.options = options
        self.keeper = keeper
        self.report = keeper.report
        self.runs = {}
        for site, carried in keeper.carried_runs():
            self.run_for(site).restore(carried)

    def take(self) -> Report:
        """Goes on from where the import stands, to its end. Raises Paused and Stopped."""
        parts = {Phase.NONE: None, Phase.FILES: first_reading.read_files, Phase.TEXTS: texts.take_texts}
        if not self.options.is_dry_run:
            parts |= {Phase.LATER: later.take_later, Phase.LINKS: _settle}
        for before, phase in pairwise(parts):
            if self.keeper.move.phase == before:
                self.keeper.enter(phase)
            if self.keeper.move.phase == phase:
                parts[phase](self)
        self.keeper.finish()
        return self.report

    def run_for(self, site):
        source = source_name(site.address, site.file)
        if source not in self.runs:
            self.runs[source] = Run(site, self.report, self.options)
        run = self.runs[source]
        run.file = site.file
        return run

    def records(self, file, at=None):
        """(number of items so far, run, record) of a file, from where this phase stands or from another place.

        What was done before is passed over, its problems with it: they have been told.
        """
        at = at or self.keeper.place_in(file)
        if at is None:
            return
        done, number, place = at
        run = None
        source, options = self.keeper.source(file), self.options
        for record in formats.read(source, place, hints=options.hints, system=options.system):
            number += isinstance(record, Item)
            if isinstance(record, Site):
                run = self.run_for(record)
            if number > done or (number == done and not isinstance(record, Item)):
                yield number, run, record


def _settle(importer):
    """What can be done only when all is in: the front page, and links from one text to another."""
    keeper = importer.keeper
    settled, after = keeper.move.checkpoint.get("settled", []), keeper.move.checkpoint.get("after")
    for source, run in importer.runs.items():
        if source not in settled:
            lead_front_page(run)
            lead_from_folder(run)
            menus.take_menu(run)
            links.rewrite_links(run, after=after, reached=partial(_reached, keeper, settled))
            settled, after = [*settled, source], None


def _reached(keeper, settled, after, count):
    keeper.move.checkpoint = {"settled": settled, "after": after}
    keeper.add(done=count)
    keeper.keep()
    transaction.on_commit(keeper.breathe)


def import_files(paths, *, progress=None, **options) -> Report:
    """Takes the exports at these paths in, from their beginning; what could not be read or written is told in the report.

    `options` are those of `Options`; `progress` is called with the `Move`, as far as it is.
    """
    options = Options(**options)
    move = receiving.receive(paths, options=options)
    move.state = Move.State.LOOKING if options.is_dry_run else Move.State.RUNNING
    move.begun_at = None if options.is_dry_run else timezone.now()
    move.save()
    return Importer(options, Keeper(move, progress=progress)).take()
