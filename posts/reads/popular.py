"""Which posts are most read within a window: computed by the worker, shown from one row.

Two lists stand in the row: what was computed last, and what readers are shown. The first changes each minute on a busy
site; the second, which raises the edition and so has every page made anew, only when it is due. See decision 0041.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import CharField, F, Func, IntegerField, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from informed_comment.editions import raised_once
from informed_comment.prepared import Slot
from posts import teasers
from posts.models import PopularList, PopularSidebar, Post
from posts.models.popular import LONGEST_IN_SIDEBAR
from posts.reads import windows

KEPT = 50  # more than a page shows, so that it stays full when some are withdrawn or kept off
ON_A_PAGE = 25
SHOWN_AGAIN_AFTER = timedelta(minutes=10)  # a change that only /popular/ shows


Window = PopularList.Window
SENTENCES = {
    Window.DAY: "What has been read most in the last 24 hours.",
    Window.WEEK: "What has been read most in the last seven days.",
    Window.MONTH: "What has been read most in the last 30 days.",
    Window.ALL: "What has been read most of everything published here.",
    Window.RISING: "What readers are turning to now, new posts and old: the latest of two days’ reads count most.",
}


class Unnest(Func):
    """The elements of an array as rows."""

    function = "unnest"
    set_returning = True


def listable():
    """Posts that may stand in a list: readers may see them, and no editor keeps them off."""
    return Post.objects.published().filter(kept_off_popular=None)


def rank(window, *, at):
    """(post id, reads) pairs of a window, most read first, filled up with the newest posts on a quiet site."""
    ranked = windows.counted(window, KEPT, at=at)
    if len(ranked) < KEPT:
        seen = [pk for pk, _ in ranked]
        newest = listable().exclude(pk__in=seen).newest_first()
        ranked += [(pk, 0) for pk in newest.values_list("pk", flat=True)[: KEPT - len(ranked)]]
    return ranked


def refresh(*, at=None):
    """Computes every window's list again, and shows readers the new ones if that is due."""
    at = at or windows.moment()
    with transaction.atomic():
        windows.with_memory()
        ranked = {window: rank(window, at=at) for window in Window}
        PopularList.objects.bulk_create(
            [
                PopularList(
                    window=window, post_ids=[pk for pk, _ in pairs], reads=[reads for _, reads in pairs]
                )
                for window, pairs in ranked.items()
            ],
            update_conflicts=True,
            unique_fields=["window"],
            update_fields=["post_ids", "reads", "computed_at"],
        )
        if is_due(at):
            show(at)


def show(at=None):
    """Has readers see the lists as they were computed last. The edition goes up once, whatever changes."""
    with transaction.atomic(), raised_once():
        PopularList.objects.update(shown_ids=F("post_ids"), shown_at=at or windows.moment())


def is_due(at):
    """What stands on every page, in the sidebar, is shown at once; what stands on /popular/ at most every ten minutes.

    Lists are compared as readers see them: a post that was withdrawn raised the edition then.
    """
    lists = {row.window: row for row in PopularList.objects.all()}
    shown = {pk for row in lists.values() for pk in row.shown_ids}
    shown = set(listable().filter(pk__in=shown).values_list("pk", flat=True))
    seen = {window: [pk for pk in row.shown_ids if pk in shown][:ON_A_PAGE] for window, row in lists.items()}
    sidebar = PopularSidebar.objects.first() or PopularSidebar()
    beside = slice(sidebar.length)
    if seen[sidebar.window][beside] != lists[sidebar.window].post_ids[beside]:
        return True
    moments = [row.shown_at for row in lists.values() if row.shown_at]
    is_long_ago = not moments or abs(at - max(moments)) >= SHOWN_AGAIN_AFTER
    return is_long_ago and any(seen[window] != row.post_ids[:ON_A_PAGE] for window, row in lists.items())


def most_read(window):
    """Posts of a window's list that readers may see, most read first, each with its `rank`. Slice it."""
    return in_order_of(PopularList.objects.filter(window=window))


def in_order_of(lists):
    """The posts of the one list in `lists`; one that is withdrawn or kept off since has gone from it at once."""
    place = Func(Subquery(lists.values("shown_ids")), F("pk"), function="array_position")
    place.output_field = IntegerField()
    return (
        listable()
        .filter(pk__in=lists.values(listed=Unnest("shown_ids")))
        .annotate(rank=place)
        .order_by("rank")
    )


read_most = teasers.of(lambda: most_read(Slot("window"))[:ON_A_PAGE])
newest = teasers.of(lambda: listable().newest_first()[:ON_A_PAGE])


def for_page(window):
    """The teasers of `/popular/`; before the first list is computed, those of the newest."""
    return read_most(window=window) or newest()


@dataclass(frozen=True)
class Computed:
    """A window's list as it was computed last, which readers may not be shown yet; each post has its `reads`."""

    at: datetime | None
    posts: list


def computed(window):
    row = PopularList.objects.filter(window=window).first() or PopularList()
    found = listable().only("title").in_bulk(row.post_ids)
    posts = []
    for pk, reads in zip(row.post_ids, row.reads, strict=True):
        if post := found.get(pk):
            post.reads = reads
            posts.append(post)
    return Computed(row.computed_at, posts)


@dataclass(frozen=True)
class Tab:
    window: Window
    address: str


def tabs():
    return [Tab(window, address_of(window)) for window in Window]


def window_named(value):
    """The window of that value, or None."""
    return Window(value) if value in Window.values else None


@dataclass(frozen=True)
class Beside:
    """What the sidebar shows: posts with title and address, most read first within the window."""

    window: Window
    posts: list

    @property
    def label(self):
        """As it stands behind “Popular · ”."""
        return self.window.label.lower()

    @property
    def address(self):
        return address_of(self.window)


def address_of(window):
    """Where the whole list stands; the week's is the one without a question."""
    address = reverse("posts:popular")
    return address if window == Window.WEEK else f"{address}?window={window}"


def for_sidebar():
    """The window and as many posts as editors chose, in one query; what its list lacks is made up with the newest."""
    chosen = PopularSidebar.objects.all()
    window = Coalesce(Subquery(chosen.values("window")), Value(Window.WEEK), output_field=CharField())
    length = Coalesce(Subquery(chosen.values("length")), Value(PopularSidebar().length))
    read = in_order_of(PopularList.objects.filter(window=window)).only("title", "permalink")
    newest = listable().newest_first().only("title", "permalink")
    newest = newest.annotate(rank=Value(None, output_field=IntegerField()))
    read, newest = (
        posts.annotate(window=window, length=length)[:LONGEST_IN_SIDEBAR] for posts in (read, newest)
    )
    found = {}
    for post in read.union(newest, all=True).order_by("rank"):
        found.setdefault(post.pk, post)
    posts = list(found.values())
    if not posts:
        return Beside(Window.WEEK, [])
    return Beside(Window(posts[0].window), posts[: posts[0].length])
