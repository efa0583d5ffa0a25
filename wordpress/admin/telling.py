"""The report of an import for the newsroom: tables and sentences made of its figures."""

from dataclasses import dataclass

from django.db.models import Count
from django.utils.text import capfirst

from wordpress.models import Move, MoveLine
from wordpress.taking.report import DEEDS

Kind = MoveLine.Kind
FIRST = 5  # of each list, on the page of the import
MOST_WHYS = 12
TYPES = {"post": "Posts", "page": "Pages", "attachment": "Uploads"}
OTHERS = {
    "nav_menu_item": "Menu entries",
    "wp_block": "Blocks for reuse",
    "wp_template": "Templates",
    "wp_template_part": "Parts of templates",
    "wp_global_styles": "Styles",
    "wp_navigation": "Menus of blocks",
    "custom_css": "Style sheets",
    "feedback": "Answers to forms",
    "guest-author": "Guest authors",
}
STATUSES = {
    "publish": "published",
    "future": "scheduled",
    "pending": "waiting for review",
    "inherit": "",
    "trash": "in the trash",
}
DONE = {
    "new": "Came in",
    "changed": "Changed",
    "unchanged": "As before",
    "kept": "Edited here, left",
    "skipped": "Not taken",
    "failed": "Failed",
}
FORETOLD = DONE | {"new": "Will come in", "changed": "Will change", "failed": "Cannot be read"}
THINGS = {"authors": "Authors", "categories": "Categories", "tags": "Tags"}
# What a WordPress keeps for itself among its contents: nobody wants it as posts.
INTERNAL = ("nav_menu_item", "revision", "custom_css", "customize_changeset", "oembed_cache", "user_request")
INTERNAL_BEGINNINGS = ("wp_", "guest-author", "feedback", "acf-", "attachment")
LISTS = {
    Kind.BROKEN: (
        "Could not be read or taken in",
        "Mend these in the old system and export again, or write them anew here.",
    ),
    Kind.MISSING: (
        "Uploads without a file",
        "Posts that show them have a gap until the files are brought: put the uploads folder on the server and import again.",
    ),
    Kind.UNDECLARED: (
        "Authors known by their login only",
        "The export says nothing else of them. Give them their names under Authors.",
    ),
    Kind.ODD: ("Worth a look", "All of it came in; these are the places where something had to be decided."),
    Kind.REPAIR: ("Mended in the files", "Nothing to do: told so that you know."),
    Kind.SKIPPED: ("Files passed over", "They hold no texts of the old site."),
}


@dataclass(frozen=True)
class Row:
    """A line of the table: a type and status of the old site, and how many of them met which fate."""

    type: str
    status: str
    counts: list
    total: int


@dataclass(frozen=True)
class Lines:
    """One list of the report: how many lines it has, and the first of them."""

    kind: str
    label: str
    cure: str
    count: int
    first: list

    @property
    def is_longer(self):
        return self.count > len(self.first)


class Told:
    """A report. `is_foretold`: that of the dry run."""

    def __init__(self, move: Move, *, is_foretold):
        self.move, self.is_foretold = move, is_foretold
        self.told = move.foretold if is_foretold else move.report
        self.items = [
            (*name.partition("/")[::2], deed, count) for name, deed, count in self.told.get("items", [])
        ]
        self.lists = self._lists()

    @property
    def is_empty(self):
        return not self.items

    @property
    def is_whole(self):
        return self.told.get("is_whole", True)

    @staticmethod
    def figures_of(told):
        """Such as “56 posts, 21 pages”: what came in, or would."""
        counts = {}
        for name, deed, count in told.get("items", []):
            kind = name.partition("/")[0]
            if deed in ("new", "changed", "unchanged", "kept"):
                kind = kind if kind in ("page", "attachment") else "post"
                counts[kind] = counts.get(kind, 0) + count
        if "attachment" in counts:  # without a file it is only known
            counts["attachment"] = max(0, counts["attachment"] - told.get("missing", 0))
        words = {"post": "post", "page": "page", "attachment": "upload"}
        return ", ".join(
            f"{counts[kind]:,} {word}{'s' * (counts[kind] != 1)}"
            for kind, word in words.items()
            if counts.get(kind)
        )

    @property
    def figures(self):
        return self.figures_of(self.told)

    @property
    def public(self):
        """How many new or changed texts are published ones."""
        return self._sum(
            lambda kind, status, deed: (
                status == "publish" and deed in ("new", "changed") and kind != "attachment"
            )
        )

    @property
    def left(self):
        return self._sum(lambda kind, status, deed: deed in ("skipped", "failed"))

    def _sum(self, is_meant):
        return sum(count for kind, status, deed, count in self.items if is_meant(kind, status, deed))

    @property
    def deeds(self):
        """(name, heading) of the columns that hold anything."""
        there = {deed for _t, _s, deed, _c in self.items}
        labels = FORETOLD if self.is_foretold else DONE
        return [(deed, labels[deed]) for deed in DEEDS if deed in there]

    @property
    def rows(self):
        """Posts, pages and uploads first; of each type what is most of it."""
        found = {}
        for kind, status, deed, count in self.items:
            found.setdefault((kind, status), {})[deed] = count
        order = {name: place for place, name in enumerate(TYPES)}
        rows = [
            Row(
                (TYPES | OTHERS).get(kind, kind or "without a type"),
                self._status(kind, status),
                [counts.get(deed, 0) for deed, _label in self.deeds],
                sum(counts.values()),
            )
            for (kind, status), counts in sorted(
                found.items(), key=lambda one: (order.get(one[0][0], 9), one[0][0], -sum(one[1].values()))
            )
        ]
        return rows

    def _status(self, kind, status):
        if kind == "attachment" and self.missing:
            return f"{self.missing:,} files are missing"
        return STATUSES.get(status, status)

    @property
    def things(self):
        """(what, how many new, how many known) of authors and terms."""
        counted = {}
        for kind, is_new, count in self.told.get("things", []):
            counted.setdefault(kind, [0, 0])[not is_new] += count
        return [(THINGS.get(kind, capfirst(kind)), *numbers) for kind, numbers in sorted(counted.items())]

    @property
    def whys(self):
        """(how many, why) of what was not simply taken."""
        reasons = sorted(self.told.get("reasons", []), key=lambda one: -one[2])
        return [(count, why) for _deed, why, count in reasons[:MOST_WHYS]]

    @property
    def whys_sum(self):
        return sum(count for _deed, _why, count in self.told.get("reasons", []))

    @property
    def not_taken_sum(self):
        return sum(self.told.get("not_taken", {}).values())

    @property
    def notes_sum(self):
        return sum(self.told.get("notes", {}).values())

    @property
    def texts_sum(self):
        return sum(self.told.get("texts", {}).values())

    @property
    def has_more(self):
        return bool(self.lists or self.whys or self.not_taken or self.notes or self.texts)

    @property
    def missing(self):
        """How many uploads have no file."""
        return self.told.get("missing", 0)

    @property
    def not_taken(self):
        return _most(self.told.get("not_taken", {}))

    @property
    def texts(self):
        """(how many, how they compare with their sources)."""
        return _most(self.told.get("texts", {}))

    @property
    def notes(self):
        return _most(self.told.get("notes", {}))

    @property
    def plugin_types(self):
        """(type, how many) of what plugins of the old site added, whether it is taken or not."""
        counted = {}
        for kind, _status, _deed, count in self.items:
            if (
                kind
                and kind not in TYPES
                and not kind.startswith(INTERNAL_BEGINNINGS)
                and kind not in INTERNAL
            ):
                counted[kind] = counted.get(kind, 0) + count
        return sorted(counted.items(), key=lambda one: -one[1])[:40]

    def _lists(self):
        lines = MoveLine.objects.filter(move=self.move, is_foretold=self.is_foretold)
        counts = dict(lines.order_by().values_list("kind").annotate(Count("pk")))
        return [
            Lines(kind, *LISTS[kind], counts[kind], list(lines.filter(kind=kind).order_by("pk")[:FIRST]))
            for kind in LISTS
            if kind in counts
        ]


def _most(counts):
    """(how many, what), what is most of it first."""
    return sorted(((count, what) for what, count in counts.items()), reverse=True)
