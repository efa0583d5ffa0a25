"""What the commands share that take a site in: one for each old system."""

import getpass
import sys
import time
from dataclasses import fields
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from wordpress import formats
from wordpress.models import Move
from wordpress.moving import course, receiving
from wordpress.moving.telling import report_of
from wordpress.taking.members import receive_members
from wordpress.taking.options import Options

State = Move.State
EVERY = 10  # seconds between two lines where there is no terminal
WIDTH = 24


GOES_ON = (
    "Killed in the middle, it goes on where it was when it is called again with the same files and options; called once "
    "more after the end, it takes only what has changed there."
)


class MovingCommand(BaseCommand):
    system = ""
    goes_on = False  # with an import that was begun before, maybe by somebody who is at it
    has_members = False  # exports may bring lists of subscribers, in them or beside them as .csv
    pictures = "the old site's pictures, copied here"

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument("--uploads", metavar="DIR", type=Path, help=self.pictures)
        parser.add_argument(
            "--bylines-from-text",
            dest="signs_from_text",
            action="store_true",
            help="make a first line “By Ann Bee | (The Site) |” of a text its byline, and take it out of the text",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument(
            "--again",
            action="store_true",
            help="begin at the start, even if an import was left in the middle",
        )

    def add_address(self, parser, pattern):
        """For systems whose exports do not say where the site stood."""
        parser.add_argument(
            "--old-site",
            dest="address",
            metavar="ADDRESS",
            default="",
            help="where the old site stood: https://old.example",
        )
        parser.add_argument(
            "--permalinks",
            dest="pattern",
            metavar="PATTERN",
            default="",
            help=f"of posts there, if not {pattern}: of {{slug}}, {{year}}, {{month}}, {{day}}, {{id}}",
        )

    def add_sections(self, parser):
        parser.add_argument(
            "--sections",
            dest="has_sections",
            action="store_true",
            help="the first tag of each post also becomes its section",
        )

    def options(self, **given):
        """The `Options` beyond folder and system."""
        return given

    def handle(self, *, files, uploads, dry_run, again, **given):
        for path in files:
            if not path.exists():
                raise CommandError(f"{path} is not there. Give the path of an export.")
        if uploads and not uploads.is_dir():
            raise CommandError(f"{uploads} is not a folder. Give the folder that holds the years.")
        names = {one.name for one in fields(Options)}
        chosen = {name: value for name, value in self.options(**given).items() if name in names}
        wanted = Options(folder=uploads, system=self.system, **chosen)
        lists = [path for path in files if self.has_members and path.suffix.lower() == ".csv"]
        files = [path for path in files if path not in lists]
        if not dry_run:
            own = [path for path in files if self.is_own(path)]
            self.take_members([*own, *lists] if self.has_members else [])
        if not files:
            return
        try:
            move = self.begun(files, wanted, dry_run, again)
        except (receiving.CannotReceive, course.CannotGoOn) as reason:
            raise CommandError(str(reason)) from reason
        progress = Bar(sys.stderr) if sys.stderr.isatty() else Lines(self.stderr)
        course.work(move.pk, progress=progress)
        self.tell(move, dry_run)

    def is_own(self, path):
        """Whether it may be of this system; one of another brings no subscribers along either."""
        try:
            return formats.system_of(path) in ("", self.system)
        except OSError:
            return False

    def take_members(self, paths):
        for path in paths:
            for line in receive_members(path):
                self.stdout.write(line)

    def begun(self, files, options, is_dry_run, is_again):
        """The import to work at: one that was left in the middle, or a new one, begun."""
        known = [receiving.at_path(path) for path in files]
        move, by = course.begun_before(known, options), getpass.getuser()
        left = (State.LOOKING,) if is_dry_run else (State.RUNNING, State.STOPPED, State.FAILED)
        if move and move.state in left and move.begun_at and is_again:
            return course.begin_again(move, by=by, is_for_workers=False)
        self.goes_on = bool(move and move.state in left and not is_again)
        if self.goes_on:
            move.rate = 0  # that was then
            self.stderr.write(
                f"Going on with import {move.pk} of the same files, {said(move)}. "
                "With --again it begins at the start."
            )
            return course.resume(move, is_for_workers=False)
        if not move or move.state not in (State.RECEIVED, State.LOOKED):
            move = receiving.receive(files, options=options, by=by)
        if is_dry_run:
            return course.look(move, is_for_workers=False)
        return course.start(move, by=by, is_for_workers=False)

    def tell(self, move, is_dry_run):
        move.refresh_from_db()
        if move.is_under_way:
            if not self.goes_on:
                course.stop(move)  # it was begun here just now, and nobody is at it
            raise CommandError(
                "Another import is being worked at just now. Wait until it is done, or stop it, and call this again."
            )
        if move.state == State.STOPPED:
            raise CommandError(f"Import {move.pk} was stopped. Call this again to go on with it.")
        report = report_of(move, is_foretold=is_dry_run)
        for line in report.lines():
            self.stdout.write(line)
        if not report.is_whole:
            raise CommandError("Not everything could be read or taken in; the report says what and where.")


def said(move):
    """How far it is, in words: the part of the work, the number, the rate of late and the time left."""
    of = f" of {move.total:,}" if move.total and move.phase == Move.Phase.TEXTS else ""
    words = f"{move.get_phase_display()}: {move.done:,}{of}"
    if move.rate:
        words += f", {move.rate:,.0f} a second"
    if of and move.seconds_left:
        minutes, seconds = divmod(round(move.seconds_left), 60)
        words += f", {minutes} min {seconds:02} s left"
    return words


class Bar:
    """One line on the terminal, written over and over."""

    def __init__(self, stream):
        self.stream = stream

    def __call__(self, move):
        share = move.done / move.total if move.total and move.phase == Move.Phase.TEXTS else 0
        bar = ("#" * round(WIDTH * min(share, 1))).ljust(WIDTH, ".")
        self.stream.write(f"\r[{bar}] {said(move):<78}" if move.phase else "\n")
        self.stream.flush()


class Lines:
    """A line every few seconds, for logs."""

    def __init__(self, stream):
        self.stream = stream
        self.last = time.monotonic()

    def __call__(self, move):
        if move.phase and time.monotonic() - self.last >= EVERY:
            self.last = time.monotonic()
            self.stream.write(said(move))
