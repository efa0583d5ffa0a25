"""What an import keeps of its course: with each batch, in its transaction, how far it came and the report so far."""

import time
from collections import deque
from dataclasses import asdict

from django.conf import settings
from django.db import connection, reset_queries, transaction
from django.utils import timezone

from wordpress.models import Move, MoveLine
from wordpress.moving.pieces import Pieces
from wordpress.moving.telling import report_of
from wordpress.reading.records import Site

State, Phase = Move.State, Move.Phase
WINDOW = 20  # seconds of the past that the rate is taken from
INSERT = """
INSERT INTO wordpress_moveline (move_id, is_foretold, kind, file, line, "column", count, message)
SELECT %s, %s, * FROM unnest(%s::text[], %s::text[], %s::int[], %s::int[], %s::int[], %s::text[]) ON CONFLICT DO NOTHING
"""


class Paused(Exception):
    """The time for a slice is over; what was done is kept."""


class Stopped(Exception):
    """Somebody stopped the import; the batch that noticed is undone."""


class Rate:
    """Items a second over the last seconds."""

    def __init__(self):
        self._marks = deque()

    def at(self, done):
        now = time.monotonic()
        self._marks.append((now, done))
        while len(self._marks) > 2 and now - self._marks[1][0] > WINDOW:
            self._marks.popleft()
        began, had = self._marks[0]
        return (done - had) / (now - began) if now - began > 0.2 else 0


class Keeper:
    def __init__(self, move, *, seconds=None, progress=None):
        self.move = move
        self.is_dry_run = move.state == State.LOOKING
        self.report = report_of(move, is_foretold=self.is_dry_run)
        self.report.things = {(kind, key): is_new for kind, key, is_new in move.carried.get("things", ())}
        self._progress = progress or (lambda move: None)
        self._until = None if seconds is None else time.monotonic() + seconds
        self._rate = Rate()
        self._carried_mark = None

    # Files

    def names(self):
        """(number, name) of each file that is to be read."""
        return [
            (number, file["name"]) for number, file in enumerate(self.move.files) if "same_as" not in file
        ]

    def source(self, number):
        """Its path, or the uploaded file open for reading."""
        file = self.move.files[number]
        return file["path"] or Pieces(self.move.pk, number, name=file["name"], size=file["size"])

    # Where it stands

    def place_in(self, file):
        """(items of a file done in this phase, items before the place, the place); None for a file that is done."""
        at = self.move.checkpoint
        if file < at.get("file", 0):
            return None
        if file > at.get("file", 0):
            return 0, 0, None
        return at.get("items", 0), at.get("before", 0), at.get("place")

    def enter(self, phase):
        """A new phase begins with the first file."""
        self.move.phase, self.move.checkpoint, self.move.done = phase, {}, 0
        if phase == Phase.FILES:
            self.move.total = 0
        self._rate = Rate()
        self.keep()

    def reach(self, file, items, place=None):
        """So many items of the file are done; `place`, if known, is where the last of them begins."""
        at = {"before": items - 1, "place": place.as_json()} if place else {}
        self.move.checkpoint = {"file": file, "items": items, **at}

    def add(self, *, done=0, total=0):
        self.move.done += done
        self.move.total += total

    # Keeping

    @transaction.atomic
    def keep(self, runs=None):
        """Writes it all down, within the transaction of what was done. Raises Stopped."""
        self._keep_lines()
        values = {
            "phase": self.move.phase,
            "checkpoint": self.move.checkpoint,
            "done": self.move.done,
            "total": self.move.total,
            "rate": self._rate.at(self.move.done),
            "beat_at": timezone.now(),
            self._report_name: self.report.as_json(),
        }
        if runs is not None and (mark := self._mark(runs)) != self._carried_mark:
            values["carried"], self._carried_mark = self._to_carry(runs), mark
        self._write(values)

    def breathe(self):
        """After a batch: tells how far it is, and ends the slice when its time is over. Raises Paused."""
        self._progress(self.move)
        if settings.DEBUG:
            reset_queries()  # whose log would take every text into memory
        if self._until is not None and time.monotonic() > self._until:
            raise Paused

    def finish(self):
        with transaction.atomic():
            self.keep()
            self._count_lists()
            self._write(
                {
                    self._report_name: self.report.as_json(),
                    "state": State.LOOKED if self.is_dry_run else State.DONE,
                    "done_at": None if self.is_dry_run else timezone.now(),
                    "phase": Phase.NONE,
                    "checkpoint": {},
                    "carried": {},
                }
            )
            self.move.keys.all().delete()
            self.move.waiting.all().delete()
        self._progress(self.move)

    def fail(self, problem):
        Move.objects.filter(pk=self.move.pk, state__in=Move.UNDER_WAY).update(
            state=State.FAILED, problem=problem, rate=0
        )

    @property
    def _report_name(self):
        return "foretold" if self.is_dry_run else "report"

    def _write(self, values):
        state = State.LOOKING if self.is_dry_run else State.RUNNING
        if not Move.objects.filter(pk=self.move.pk, state=state).update(**values):
            raise Stopped
        for name, value in values.items():
            setattr(self.move, name, value)

    def _keep_lines(self):
        lines, self.report.pending = self.report.pending, []
        if not lines:
            return
        clean = [str(line.message).replace("\x00", "") for line in lines]
        columns = (
            [line.kind for line in lines],
            [line.file[-300:] for line in lines],
            *([getattr(line, name) for line in lines] for name in ("line", "column", "count")),
            clean,
        )
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [self.move.pk, self.is_dry_run, *columns])

    def _count_lists(self):
        lines = MoveLine.objects.filter(move=self.move, is_foretold=self.is_dry_run)
        self.report.missing_count = lines.filter(kind=MoveLine.Kind.MISSING).count()
        self.report.undeclared_count = lines.filter(kind=MoveLine.Kind.UNDECLARED).count()

    # What is remembered from one item to others

    def _mark(self, runs):
        return len(self.report.things), tuple((source, *run.carried_mark()) for source, run in runs.items())

    def _to_carry(self, runs):
        return {
            "things": [[*name, is_new] for name, is_new in self.report.things.items()],
            "runs": [{"site": asdict(run.site), **run.carried()} for run in runs.values()],
        }

    def carried_runs(self):
        """(site, what its run remembered) of each old site met so far."""
        for told in self.move.carried.get("runs", ()):
            yield Site(**told["site"]), told
