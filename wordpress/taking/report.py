"""What an import did: what came in, what did not and why, with the place in the file."""

from collections import Counter

from wordpress.reading.records import Problem

MOST_PROBLEMS_TOLD = 200
MOST_NOTES_TOLD = 20
DEEDS = ("new", "changed", "unchanged", "kept", "skipped", "failed")
WORDS = {
    "new": "came in",
    "changed": "changed",
    "unchanged": "unchanged",
    "kept": "left as edited here",
    "skipped": "skipped",
    "failed": "failed",
}


class Report:
    def __init__(self, *, is_dry_run=False):
        self.is_dry_run = is_dry_run
        self.items = Counter()  # (type/status, deed)
        self.things = {}  # (authors, categories or tags; its key): whether it is new
        self.reasons = Counter()
        self.notes = Counter()
        self.not_taken = Counter()
        self.problems = []
        self.problem_count = 0
        self.missing_files = {}
        self.undeclared = {}
        self.is_whole = True

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
        if len(self.problems) < MOST_PROBLEMS_TOLD:
            self.problems.append(problem)

    def odd(self, message, item=None, file=""):
        self.problem(Problem("odd", message, file, item.line if item else 0))

    def missing_file(self, address):
        self.missing_files[address] = True

    def by_type_status(self):
        """How many items of each type and status the files held."""
        found = Counter()
        for (name, _deed), count in self.items.items():
            found[name] += count
        return dict(found)

    def did(self, deed):
        return sum(count for (_name, done), count in self.items.items() if done == deed)

    def lines(self):
        """The report as text, the figures first."""
        yield "What would happen (nothing was written):" if self.is_dry_run else "What the files held:"
        yield from self._items()
        yield from self._things()
        yield from self._counted("Why:", self._whys())
        yield from self._counted("Not taken:", self.not_taken.most_common())
        yield from self._counted("In the bodies:", self.notes.most_common())
        yield from self._listed("Uploads without a file", list(self.missing_files))
        yield from self._listed(
            "Authors made from their login, as nothing else is said of them", list(self.undeclared)
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

    def _whys(self):
        return [(f"{WORDS[deed]}: {reason}", count) for (deed, reason), count in self.reasons.most_common()]

    def _counted(self, heading, rows):
        if rows:
            yield heading
            yield from (f"  {count:>6}  {words}" for words, count in rows[:MOST_NOTES_TOLD])
            rest = sum(count for _words, count in rows[MOST_NOTES_TOLD:])
            if rest:
                yield f"  {rest:>6}  of {len(rows) - MOST_NOTES_TOLD} other kinds"

    def _listed(self, heading, entries, count=None):
        count = count or len(entries)
        if count:
            yield f"{heading} ({count}):"
            yield from (f"  {entry}" for entry in entries[:MOST_PROBLEMS_TOLD])
            if count > MOST_PROBLEMS_TOLD:
                yield f"  … and {count - MOST_PROBLEMS_TOLD} more"
