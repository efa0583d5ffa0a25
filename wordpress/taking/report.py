"""What an import did: what came in, what did not and why, with the place in the file.

In memory are figures and the first lines of each list; all lines wait in `pending` for whoever keeps the report.
"""

from collections import Counter

from wordpress.reading.records import Problem

MOST_TOLD = 200
MOST_NOTES_TOLD = 20
MOST_KINDS = 2_000
OTHER_KINDS = "of other kinds"
DEEDS = ("new", "changed", "unchanged", "kept", "skipped", "failed")
WORDS = {
    "new": "came in",
    "changed": "changed",
    "unchanged": "unchanged",
    "kept": "left as edited here",
    "skipped": "skipped",
    "failed": "failed",
}


class Kinds(Counter):
    """Counts by kind. A file that makes up kinds without end does not fill the memory."""

    def __setitem__(self, kind, count):
        if kind not in self and len(self) >= MOST_KINDS:
            kind, count = OTHER_KINDS, self[OTHER_KINDS] + count
        super().__setitem__(kind, count)

    def update(self, counts=None):
        for kind, count in (counts or {}).items():
            self[kind] += count


class Report:
    def __init__(self, *, is_dry_run=False):
        self.is_dry_run = is_dry_run
        self.items = Counter()  # (type/status, deed)
        self.things = {}  # (authors, categories or tags; its key): whether it is new
        self.reasons = Counter()
        self.notes = Kinds()
        self.texts = Kinds()  # how the texts compare with their sources (bodies/kept.py)
        self.comments = Counter()  # (kind, deed)
        self.not_taken = Kinds()
        self.problems = []
        self.problem_count = 0
        self.missing_files = {}
        self.missing_count = 0
        self.undeclared = {}
        self.undeclared_count = 0
        self.is_whole = True
        self.pending = []

    def item(self, item, deed, reason=""):
        self.items[f"{item.type}/{item.status}", deed] += 1
        if reason:
            self.reasons[deed, reason] += 1

    def thing(self, kind, key, *, is_new):
        self.things.setdefault((kind, key), is_new)

    def count(self, kind, *, is_new):
        return sum(1 for (one, _key), new in self.things.items() if one == kind and new == is_new)

    def problem(self, problem: Problem):
        """Whatever is broken or failed makes the import not whole; repairs and oddities do not."""
        self.problem_count += 1
        if problem.kind == "broken":
            self.is_whole = False
        if len(self.problems) < MOST_TOLD:
            self.problems.append(problem)
        self.pending.append(problem)

    def odd(self, message, item=None, file=""):
        own = getattr(item, "file", "")
        self.problem(Problem("odd", message, own or file, item.line if item else 0))

    def missing_file(self, address):
        self.missing_count += self._listed_once("missing", address, self.missing_files)

    def author_made(self, name):
        """An author nothing is said of but the login."""
        self.undeclared_count += self._listed_once("undeclared", name, self.undeclared)

    def _listed_once(self, kind, what, told):
        """How many it adds to the list as far as memory goes; whoever keeps the whole list knows better."""
        if what in told:
            return 0
        if len(told) < MOST_TOLD:
            told[what] = True
        self.pending.append(Problem(kind, what))
        return 1

    def mark(self):
        """Where the report stands, for `back_to` when what was done since is undone and done otherwise."""
        counts = self.problem_count, self.is_whole, self.missing_count, self.undeclared_count
        return len(self.problems), len(self.pending), counts, self.notes.copy(), self.not_taken.copy()

    def back_to(self, mark):
        told, pending, counts, self.notes, self.not_taken = mark
        self.problem_count, self.is_whole, self.missing_count, self.undeclared_count = counts
        del self.problems[told:], self.pending[pending:]

    def by_type_status(self):
        """How many items of each type and status the files held."""
        found = Counter()
        for (name, _deed), count in self.items.items():
            found[name] += count
        return dict(found)

    def did(self, deed):
        return sum(count for (_name, done), count in self.items.items() if done == deed)

    # As JSON: figures here, the lines are kept elsewhere

    def as_json(self):
        return {
            "is_dry_run": self.is_dry_run,
            "is_whole": self.is_whole,
            "items": _rows(self.items),
            "reasons": _rows(self.reasons),
            "notes": _safe(self.notes),
            "texts": _safe(self.texts),
            "comments": _rows(self.comments),
            "not_taken": _safe(self.not_taken),
            "things": _rows(Counter((kind, is_new) for (kind, _key), is_new in self.things.items())),
            "problems": self.problem_count,
            "missing": self.missing_count,
            "undeclared": self.undeclared_count,
        }

    @classmethod
    def from_json(cls, told, *, lines=(), things=()):
        """`lines` are the first of each list; `things` are (kind, key, whether new), else only their number is known."""
        report = cls(is_dry_run=told.get("is_dry_run", False))
        report.is_whole = told.get("is_whole", True)
        report.items.update({(name, deed): count for name, deed, count in told.get("items", ())})
        report.reasons.update({(deed, why): count for deed, why, count in told.get("reasons", ())})
        report.notes.update(told.get("notes", {}))
        report.texts.update(told.get("texts", {}))
        report.comments.update({(kind, deed): count for kind, deed, count in told.get("comments", ())})
        report.not_taken.update(told.get("not_taken", {}))
        if things:
            report.things = {(kind, key): is_new for kind, key, is_new in things}
        else:
            for kind, is_new, count in told.get("things", ()):
                report.things |= {(kind, f"{is_new} {number}"): is_new for number in range(count)}
        report.problem_count = told.get("problems", 0)
        report.missing_count = told.get("missing", 0)
        report.undeclared_count = told.get("undeclared", 0)
        for line in lines:
            report._told_again(line)
        return report

    def _told_again(self, line):
        if line.kind == "missing":
            self.missing_files[line.message] = True
        elif line.kind == "undeclared":
            self.undeclared[line.message] = True
        else:
            self.problems.append(line)

    # As text

    def lines(self):
        """The report as text, the figures first."""
        yield "What would happen (nothing was written):" if self.is_dry_run else "What the files held:"
        yield from self._items()
        yield from self._things()
        yield from self._comments()
        yield from self._counted("Why:", self._whys())
        yield from self._counted("Not taken:", self.not_taken.most_common())
        yield from self._counted("In the bodies:", self.notes.most_common())
        yield from self._counted(
            "The texts, letter by letter against their sources:", self.texts.most_common()
        )
        yield from self._listed("Uploads without a file", list(self.missing_files), self.missing_count)
        yield from self._listed(
            "Authors made from their login, as nothing else is said of them",
            list(self.undeclared),
            self.undeclared_count,
        )
        yield from self._listed("Worth a look", self.problems, self.problem_count)

    def _items(self):
        names = sorted({name for name, _deed in self.items})
        width = max((len(name) for name in names), default=0)
        for name in names:
            done = [f"{self.items[name, deed]} {WORDS[deed]}" for deed in DEEDS if self.items[name, deed]]
            yield f"  {name:<{width}}  {', '.join(done)}"
        if not names:
            yield "  no posts, pages or uploads"

    def _things(self):
        for kind in sorted({kind for kind, _ in self.things}):
            new, known = self.count(kind, is_new=True), self.count(kind, is_new=False)
            yield f"  {kind}: {new} new, {known} known" if known else f"  {kind}: {new} new"

    def _comments(self):
        for kind in sorted({kind for kind, _ in self.comments}):
            done = [
                f"{self.comments[kind, deed]} {WORDS[deed]}" for deed in DEEDS if self.comments[kind, deed]
            ]
            yield f"  {kind}s under posts: {', '.join(done)}"

    def _whys(self):
        return [(f"{WORDS[deed]}: {reason}", count) for (deed, reason), count in self.reasons.most_common()]

    def _counted(self, heading, rows):
        if rows:
            yield heading
            yield from (f"  {count:>6}  {words}" for words, count in rows[:MOST_NOTES_TOLD])
            rest = sum(count for _words, count in rows[MOST_NOTES_TOLD:])
            if rest:
                yield f"  {rest:>6}  of {len(rows) - MOST_NOTES_TOLD} other kinds"

    def _listed(self, heading, entries, count):
        if count:
            yield f"{heading} ({count}):"
            yield from (f"  {entry}" for entry in entries[:MOST_TOLD])
            if count > MOST_TOLD:
                yield f"  … and {count - MOST_TOLD} more"


def _rows(counts):
    return [[*key, count] for key, count in _safe(counts).items()]


def _safe(counts):
    """PostgreSQL keeps no NUL, and no file has one that means anything."""
    return {_without_nul(key): count for key, count in counts.items() if count}


def _without_nul(key):
    if isinstance(key, tuple):
        return tuple(map(_without_nul, key))
    return key.replace("\x00", "") if isinstance(key, str) else key
