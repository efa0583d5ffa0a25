"""`python -m bench pages [SMALL LARGE] [BLOCK…]`: what pages cost uncached at two sizes, 10,000 and 1,000,000 posts unless told.

For each size the real web command runs with one process and keeps nothing (PAGE_CACHE_BYTES=0); the two take turns, each
round with other addresses. Printed are milliseconds a request: of the web process, of the database's processes, by the
clock; and the ratio of the large site to the small. Blocks: `first`, `deep`, `feeds`, `search`, `missing`, `related`; all of them
unless some are named. A line that misses its mark ends it with exit code 1.
"""

import json
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median

ROUNDS, A_ROUND = 7, 20
MOST, MOST_GROWTH, MOST_OF_ANY = 5, 1.2, 100  # ms, times, ms
DEEP, LAST = 2, 5  # times page 1
KEEPS_NOTHING = {"PAGE_CACHE_BYTES": "0", "EDITION_LOOK_SECONDS": "0.25"}


def main(small=10_000, large=1_000_000, *blocks):
    from bench.sites import Site

    sites = [Site(int(posts)) for posts in dict.fromkeys((small, large))]
    report = Report()
    with visitors(sites) as asked:
        for name, block in BLOCKS.items():
            if not blocks or name in blocks:
                block(report, sites, asked)
    report.end()


@contextmanager
def visitors(sites, **settings):
    """[a visitor of each site]; each site is served by a process of its own."""
    from bench.costs import Visitor
    from bench.served import served_site

    if not sites:
        yield []
        return
    with tempfile.TemporaryDirectory() as folder, visitors(sites[1:], **settings) as others:
        told = KEEPS_NOTHING | settings | {"DATABASE_URL": sites[0].url}
        ready = [("collectstatic", "--noinput", "-v0")]
        with served_site(folder, prepared_by=ready, log=Path(folder, "log"), **told) as address:
            yield [Visitor(address, sites[0].name), *others]


class Report:
    """Prints lines and remembers what misses its mark."""

    def __init__(self):
        self.found, self.missed = {}, []

    def head(self, text):
        print(f"\n{text}", flush=True)

    def line(self, name, cells, marks):
        """`marks` are {what: (value, the most it may be)}."""
        over = [f"{what} {value:.2f} > {most}" for what, (value, most) in marks.items() if value > most]
        print(
            f"{name:<34}{cells}  {'FAIL ' + ', '.join(over) if over else 'ok' if marks else ''}", flush=True
        )
        self.found[name] = {what: round(value, 3) for what, (value, _) in marks.items()}
        self.missed += [name] if over else []

    def end(self):
        text = json.dumps(self.found, indent=1)
        Path("var").mkdir(exist_ok=True)
        Path("var/bench.json").write_text(f"{text}\n")
        if self.missed:
            sys.exit(f"Missed their marks: {', '.join(self.missed)}")


def rounds(addresses, count=ROUNDS, length=A_ROUND):
    """`count` lists of addresses, of which none stands twice while there are others."""
    addresses = list(addresses)
    many = (addresses * (1 + count * length // len(addresses)))[: count * length]
    return [many[start : start + length] for start in range(0, len(many), length)]


def first(report, sites, visitors):
    """The first pages of every kind: what they cost, and how that grows."""
    from bench import addresses
    from bench.costs import middle

    report.head(f"{'uncached, ms':<34}{'web':>7}{'of small':>9}{'÷':>6}{'database':>10}{'÷':>6}{'clock':>7}")
    asked = []
    for site in sites:
        with site.connected():
            asked.append(addresses.first_pages(ROUNDS * A_ROUND))
    for name in asked[0]:
        turns = [rounds(pages[name]) for pages in asked]
        for visitor, turn in zip(visitors, turns, strict=True):
            visitor.cost(turn[0][:5])  # what is looked up once a process is there
        costs = [
            [visitor.cost(turn[number]) for visitor, turn in zip(visitors, turns, strict=True)]
            for number in range(ROUNDS)
        ]
        few, many = middle([cost[0] for cost in costs]), middle([cost[-1] for cost in costs])
        growth = many.web / few.web
        cells = f"{many.web:>7.2f}{few.web:>9.2f}{growth:>6.2f}{many.database:>10.2f}{many.database / few.database:>6.2f}{many.clock:>7.1f}"
        report.line(name, cells, {"ms": (many.web, MOST), "growth": (growth, MOST_GROWTH)})


def deep(report, sites, visitors):
    """Page 50 and the last page of long lists, against their first."""
    from bench import addresses
    from bench.costs import middle

    visitor = visitors[-1]
    report.head(
        f"{'deep, ms of web and database':<34}{'page 1':>12}{'page 50':>12}{'÷':>6}{'last':>12}{'÷':>6}{'clock':>8}"
    )
    with sites[-1].connected():
        lists = addresses.deep_pages()
    for name, paths in lists.items():
        for path in paths:
            visitor.cost([path] * 2)
        costs = [[visitor.cost([path] * 5) for path in paths] for _ in range(ROUNDS)]
        one, fiftieth, last = (middle(column) for column in zip(*costs, strict=True))
        cells = "".join(
            f"{cost.web:>6.1f}+{cost.database:>5.1f}{f'{cost.processor / one.processor:>6.2f}' if cost is not one else ''}"
            for cost in (one, fiftieth, last)
        )
        marks = {
            "page 50": (fiftieth.processor / one.processor, DEEP),
            "last": (last.processor / one.processor, LAST),
        }
        report.line(name, f"{cells}{last.clock:>8.1f}", marks)


def measured(report, sites, visitors, title, kinds, status=200):
    """Kinds of addresses, each at most MOST_OF_ANY by the clock in the middle, and of processor time."""
    from bench.costs import middle

    visitor = visitors[-1]
    report.head(f"{title:<34}{'web':>8}{'database':>10}{'clock':>8}{'slowest':>9}")
    for name, paths in kinds.items():
        if not paths:
            continue  # so small a site has none
        visitor.cost(paths[:1], status=status)
        costs = [visitor.cost([path], status=status) for path in (paths * 5)[: max(5, len(paths))]]
        cost, slowest = middle(costs), max(one.clock for one in costs)
        cells = f"{cost.web:>8.1f}{cost.database:>10.1f}{cost.clock:>8.1f}{slowest:>9.1f}"
        marks = {"processor": (cost.processor, MOST_OF_ANY), "clock": (cost.clock, MOST_OF_ANY)}
        report.line(name, cells, marks)


def feeds(report, sites, visitors):
    from bench import addresses

    with sites[-1].connected():
        kinds = addresses.feeds(20) | addresses.sitemaps() | addresses.other_lists()
    measured(report, sites, visitors, "feeds, sitemaps, lists, ms", kinds)


def search(report, sites, visitors):
    from bench import addresses

    with sites[-1].connected():
        kinds = addresses.searches(20)
    measured(report, sites, visitors, "search, ms", kinds)


def missing(report, sites, visitors):
    from bench import addresses

    kinds = addresses.missing(20)
    known, *unknown = kinds
    measured(report, sites, visitors, "what is gone, ms", {known: kinds[known]}, status=301)
    measured(report, sites, visitors, "", {name: kinds[name] for name in unknown}, status=404)


def related(report, sites, visitors):
    """How long the worker takes to choose the related posts of one, of posts from all over the site."""
    from posts import relating

    report.head(f"{'related posts of one post, ms':<34}{'clock':>8}{'÷':>6}")
    taken = []
    for site in (sites[0], sites[-1]):
        with site.connected():
            numbers = [1 + site.posts * n // 50 for n in range(50)]
            relating.rank(numbers[0])
            taken.append(median(timed(relating.rank, number) for number in numbers))
    report.line("related", f"{taken[1]:>8.1f}{taken[1] / taken[0]:>6.2f}", {})


def timed(deed, *values):
    begun = time.perf_counter()
    deed(*values)
    return (time.perf_counter() - begun) * 1000


BLOCKS = {
    "first": first,
    "deep": deep,
    "feeds": feeds,
    "search": search,
    "missing": missing,
    "related": related,
}
