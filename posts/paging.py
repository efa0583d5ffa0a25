"""Lists in pages of ten, each for the same few queries and never a COUNT."""

from dataclasses import dataclass

from django.db.models import FETCH_RAISE
from django.http import Http404

from posts import teasers
from posts.models import Correction, Post

PAGE_LENGTH = 10
LAST_PAGE = 1_000_000


@dataclass
class NumberedPage:
    """A page of something long. `address` is that of the first page; the others are `address` + `page/N/`."""

    number: int
    has_next: bool
    address: str

    def address_of(self, number):
        return self.address if number == 1 else f"{self.address}page/{number}/"

    @property
    def next_address(self):
        return self.address_of(self.number + 1) if self.has_next else ""

    @property
    def previous_address(self):
        return self.address_of(self.number - 1) if self.number > 1 else ""


@dataclass
class ListPage(NumberedPage):
    """One page of a list of posts, as teasers."""

    posts: list


def list_page(posts, number, address, *, pinned=None):
    """Page `number` (from 1) of `posts`, newest first; Http404 when there is none.

    The ids come from the index alone, so a deep page reads no more rows than the first. `pinned` names posts that
    stand on the first page and nowhere else: place there (from 0, fewer than PAGE_LENGTH of them) → id.
    """
    check_number(number)
    pinned = pinned or {}
    before = len(pinned)
    start, end = max(0, (number - 1) * PAGE_LENGTH - before), number * PAGE_LENGTH - before
    ids = posts.exclude(pk__in=pinned.values()).newest_first().values("pk")[start : end + 1]
    if pinned and number == 1:
        ids = ids.union(posts.filter(pk__in=pinned.values()).order_by().values("pk"), all=True)
    found = put_in_place(teasers.of(Post.objects.filter(pk__in=ids).newest_first()), pinned)
    if number > 1 and not found:
        raise Http404("The list is not that long.")
    return ListPage(number, len(found) > PAGE_LENGTH, address, found[:PAGE_LENGTH])


def put_in_place(posts, pinned):
    """The posts with the pinned ones at their places; in a list that is shorter, at its end."""
    place_of = {pk: place for place, pk in pinned.items()}
    found = [post for post in posts if post.pk not in place_of]
    for post in sorted((post for post in posts if post.pk in place_of), key=lambda post: place_of[post.pk]):
        found.insert(place_of[post.pk], post)
    return found


def page_of_ids(ids, number, address):
    """Page `number` (from 1) of the posts whose ids a row tied to them lists, newest first: `DatedQuerySet.post_ids()`.

    However deep the page, the ids are read from one index in its own order, and only ten posts are looked at.
    """
    check_number(number)
    start, end = (number - 1) * PAGE_LENGTH, number * PAGE_LENGTH
    wanted = Post.objects.published().filter(pk__in=ids[start : end + 1])
    found = teasers.of(wanted.newest_first())
    if number > 1 and not found:
        raise Http404("The list is not that long.")
    return ListPage(number, len(found) > PAGE_LENGTH, address, found[:PAGE_LENGTH])


def corrections_page(number, address):
    """Page `number` (from 1) of what has been corrected in published posts, newest first."""
    check_number(number)
    start = (number - 1) * PAGE_LENGTH
    made = Correction.objects.made().of_published_posts().select_related("post")
    shown = made.only("kind", "text", "made_at", "post__title", "post__permalink", "post__language")
    found = list(shown.fetch_mode(FETCH_RAISE)[start : start + PAGE_LENGTH + 1])
    if number > 1 and not found:
        raise Http404("The list is not that long.")
    return ListPage(number, len(found) > PAGE_LENGTH, address, found[:PAGE_LENGTH])


def check_number(number):
    if not 1 <= number <= LAST_PAGE:
        raise Http404("There is no such page.")
