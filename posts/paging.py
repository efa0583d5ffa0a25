"""Lists in pages of ten, each for the same few queries and never a COUNT."""

from dataclasses import dataclass

from django.db.models import FETCH_RAISE
from django.http import Http404

from posts import depth, teasers
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


def site_page(number, address, *, pinned):
    """Page `number` (from 1) of all published posts, however deep; `pinned` as in `list_page()`."""
    check_number(number)
    start = max(0, (number - 1) * PAGE_LENGTH - len(pinned))
    bound, before = depth.of_site(start)
    posts = Post.objects.published()
    if bound:  # the pinned ones are not in the list, so those of them that stand before it do not count
        before -= posts.filter(pk__in=pinned.values(), published_at__gte=bound).count()
        posts = posts.filter(published_at__lt=bound)
    return list_page(posts, number, address, pinned=pinned, skipped=before)


def list_page(posts, number, address, *, pinned=None, skipped=0):
    """Page `number` (from 1) of `posts`, newest first; Http404 when there is none.

    The ids come from the index alone, so a deep page reads no more rows than the first. `pinned` names posts that
    stand on the first page and nowhere else: place there (from 0, fewer than PAGE_LENGTH of them) → id. Of the whole
    list, `posts` lacks the first that are `skipped`.
    """
    check_number(number)
    pinned = pinned or {}
    before = len(pinned) + skipped
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


def page_of_rows(rows, number, address):
    """Page `number` (from 1), newest first, of the posts that a category's filings, an author's bylines or a tag's taggings
    tie to it.

    The ids are read from one index in its own order, and only ten posts are looked at; depth.py says where to begin.
    """
    check_number(number)
    start = (number - 1) * PAGE_LENGTH
    bound, before = depth.of_rows(rows, start)
    ids = (rows.filter(published_at__lt=bound) if bound else rows).post_ids()
    wanted = Post.objects.published().filter(pk__in=ids[start - before : start - before + PAGE_LENGTH + 1])
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
