"""What is read right now: a panel that a script shows anew every few seconds."""

from dataclasses import dataclass

from posts.admin import graphs
from posts.admin.statistics import tables, words
from posts.reads import now

POSTS = 5


@dataclass(frozen=True)
class Live:
    found: now.Now
    graph: graphs.Graph | None
    posts: tables.Table
    sources: str
    usual: str

    @property
    def total(self):
        return self.found.total

    @property
    def noun(self):
        return "read" if self.total == 1 else "reads"


def panel(scope, *, opens):
    """Three queries."""
    found = now.right_now(scope, most=POSTS)
    return Live(
        found,
        graphs.drawn("now", "Minute by minute", found.series, is_running=True) if found.total else None,
        tables.of_ranked("posts", found.posts, found.total, None, opens=opens),
        ", ".join(
            f"{source.label[0].lower()}{source.label[1:]} {reads:,}" for source, reads in found.sources
        ),
        usual(found.yesterday),
    )


def usual(yesterday):
    """What there was at this time the day before, for a measure."""
    if yesterday is None:
        return ""
    return (
        f"About {words.counted(yesterday)} in the same half hour yesterday."
        if yesterday
        else "None in the same half hour yesterday."
    )
