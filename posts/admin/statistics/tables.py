"""The tables of a screen: where the readers came from, and what they read most."""

from dataclasses import dataclass, replace

from django.urls import reverse

from authors.models import Author
from posts.admin.statistics import words
from posts.models import Category, Post, ReferringHost, Tag
from posts.reads import ranking

SCREENS = {
    Category: "admin:posts_category_statistics",
    Author: "admin:authors_author_statistics",
    Tag: "admin:posts_tag_statistics",
    ReferringHost: "admin:posts_referringhost_statistics",
    Post: "admin:posts_post_statistics",
}
TITLES = {
    "posts": ("Posts", "Post"),
    "hosts": ("Referring sites", "Site"),
    "categories": ("Categories", "Category"),
    "authors": ("Authors", "Author"),
    "tags": ("Tags", "Tag"),
    "sources": ("Where readers came from", "Source"),
}
KINDS = {"hosts": "host", "categories": "category", "authors": "author", "tags": "tag"}
ROWS = 10
BAR = 1000  # its whole width


@dataclass(frozen=True)
class Row:
    """`bar` is the width of its bar in thousandths of the longest."""

    label: str
    url: str
    reads: int
    share: str
    change: str
    bar: float


@dataclass(frozen=True)
class Table:
    """`name` is that of its CSV, `note` a sentence above it, `has_changes` whether the column is worth its room."""

    name: str
    title: str
    what: str
    rows: list
    note: str = ""

    @property
    def has_changes(self):
        return any(row.change for row in self.rows)


def without_changes(table):
    """For the first time that anything was counted, when all of it would be new."""
    return replace(table, rows=[replace(row, change="") for row in table.rows])


def address(thing, period=None):
    """The screen of a post, category, author, tag or referring site, for the same period."""
    url = reverse(SCREENS[type(thing)], args=[thing.pk])
    return f"{url}?{period.query}" if period else url


def made(name, rows, *, note=""):
    title, what = TITLES[name]
    most = max((reads for _, _, reads, _, _ in rows), default=0)
    shown = [
        Row(label, url, reads, share, change, round(BAR * reads / most, 1))
        for label, url, reads, share, change in rows
    ]
    return Table(name, title, what, shown, note)


def of_sources(found, *, is_whole_life=False):
    """The sources with any reads, and a sentence that says it in words."""
    rows = [
        (one.label, "", one.reads, words.share(one.share), "" if is_whole_life else words.short(one.change))
        for one in found
        if one.reads
    ]
    parts = [f"{label[0].lower()}{label[1:]} {share}" for label, _, _, share, _ in rows[:3]]
    return made("sources", rows, note=f"Most of them: {', '.join(parts)}." if len(rows) > 1 else "")


def of_ranked(name, ranked, total, period, *, opens=lambda thing: True):
    """What was most read; `opens` says whether the user may open the screen of a row."""
    rows = [
        (
            str(one.thing),
            address(one.thing, period) if opens(one.thing) else "",
            one.reads,
            words.share(100 * one.reads / total) if total else "",
            words.short(one.change),
        )
        for one in ranked
    ]
    return made(name, rows)


def of_scope(scope, period, total, *, opens):
    """The tables below the sources: of the site all of them, of a post its referring sites, of the others their posts."""
    if scope.kind == "post":
        return [of_ranked("hosts", ranking.top("host", period, scope=scope), total, period, opens=opens)]
    found = {"posts": ranking.top_posts(scope, period, most=ROWS)}
    if scope.kind == "site":
        tops = ranking.tops(ranking.KINDS, period, most=ROWS)
        found |= {name: tops[kind] for name, kind in KINDS.items()}
    return [of_ranked(name, ranked, total, period, opens=opens) for name, ranked in found.items()]
