"""What a bulk deed would do, or did, in numbers, sentences and the first posts of each kind."""

from functools import cached_property
from itertools import groupby

from posts import bulk, bulk_deeds
from posts.models import Announcement, BulkDeed, BulkRow

PAGE = "admin/posts/post/bulk.html"
SHOWN = 100
Outcome, Deed = BulkRow.Outcome, BulkDeed.Deed
DONE = {
    Deed.PUBLISH: "published, or scheduled where their date is still to come",
    Deed.WITHDRAW: "taken off the site",
    Deed.TRASH: "in the trash",
    Deed.UNTRASH: "out of the trash",
    Deed.ADD_CATEGORY: "filed under {given}",
    Deed.REMOVE_CATEGORY: "no longer filed under {given}",
    Deed.ADD_TAGS: "tagged {given}",
    Deed.REMOVE_TAGS: "no longer tagged {given}",
    Deed.ADD_AUTHOR: "signed by {given} too",
}


def number(count, word="post"):
    return f"{count:,} {word if count == 1 else f'{word}s'}"


def are(count):
    return f"{number(count)} {'is' if count == 1 else 'are'}"


def left(count):
    return f"{count:,} {'was' if count == 1 else 'were'} left as {'it was' if count == 1 else 'they were'}"


def done_said(deed):
    """What was done, or undone, in a sentence or two."""
    if deed.undone_at:
        kept = (
            f" {number(deed.count_kept)} could not be undone; see which and why." if deed.count_kept else ""
        )
        return f"Undone: {are(deed.count_undone)} as before.{kept}"
    what = DONE[deed.deed].format(given=deed.given_name)
    return f"{are(deed.count_done)} {what}.{f' {left(deed.count_skipped)}.' if deed.count_skipped else ''}".strip()


class Report:
    """For the templates. `deed` comes with its counts (`bulk.with_counts`)."""

    def __init__(self, deed):
        self.deed = deed

    @property
    def said(self):
        return done_said(self.deed)

    @property
    def to_do(self):
        return number(self.deed.count_waiting)

    @property
    def will(self):
        """What the deed will do, for the button and the heading."""
        return f"{self.deed.get_deed_display()}: {self.to_do}"

    @property
    def shown(self):
        return SHOWN

    @property
    def total(self):
        return (
            self.deed.count_waiting + self.deed.count_done + self.deed.count_skipped + self.deed.count_undone
        )

    @property
    def ready(self):
        """How many of the rows that are to be done, or undone, are."""
        if self.deed.undo_begun_at:
            return self.deed.count_undone + self.deed.count_kept
        return self.total - self.deed.count_waiting

    @property
    def progress_total(self):
        return self.ready + self.deed.count_done if self.deed.undo_begun_at else self.total

    @cached_property
    def changing(self):
        """(row, its post, what becomes of it) of the first that will change."""
        rows = list(self.deed.rows.filter(outcome=Outcome.WAITING)[:SHOWN])
        posts = bulk.fetched(self.deed, rows)
        return [
            (row, posts[row.post_id], bulk_deeds.effect(self.deed, posts[row.post_id]))
            for row in rows
            if row.post_id in posts
        ]

    @cached_property
    def changed(self):
        return self.deed.rows.filter(outcome__in=[Outcome.DONE, Outcome.UNDONE])[:SHOWN]

    @cached_property
    def left(self):
        """(reason, rows) of those left as they were, the first of each reason."""
        rows = self.deed.rows.filter(outcome__in=[Outcome.SKIPPED, Outcome.KEPT]).order_by("why", "pk")[
            :SHOWN
        ]
        return [(why, list(group)) for why, group in groupby(rows, key=lambda row: row.why)]

    @cached_property
    def told(self):
        """How many of the posts have been announced, which undoing does not call back."""
        if self.deed.deed != Deed.PUBLISH or not self.deed.can_be_undone:
            return 0
        done = self.deed.rows.filter(outcome=Outcome.DONE).values("post")
        return Announcement.objects.filter(post__in=done, made_at__isnull=False).count()
