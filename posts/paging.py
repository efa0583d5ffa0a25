"""Lists in pages of ten, each for the same few queries and never a COUNT."""

import functools
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import FETCH_RAISE, Q
from django.http import Http404

from informed_comment.prepared import SKIPPED, Slot, any_of
from posts import depth, teasers
from posts.models import Byline, Correction, Filing, Post, TaggedPost

PAGE_LENGTH = 10
LAST_PAGE = 1_000_000
ALWAYS = datetime.max.replace(tzinfo=UTC)
OWNER = {Filing: "category", Byline: "author", TaggedPost: "tag"}


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


def published(ids):
    """Asks for the posts of a page; `ids` builds the queryset of the ids in the list, newest first.

    The ids come from an index alone, so a deep page looks at no more posts than the first.
    """
    return teasers.of(lambda: Post.objects.published().filter(pk__in=ids()).newest_first())


def ids_of_site():
    """Of all published posts: the `pinned` are left out, and the `shown` are there wherever the page is."""
    posts = Post.objects.published()
    ids = posts.filter(~Q(any_of("pk", Slot("pinned"))), published_at__lt=Slot("until"))
    shown = posts.filter(any_of("pk", Slot("shown"))).order_by().values("pk")
    return ids.newest_first().values("pk")[SKIPPED : SKIPPED + PAGE_LENGTH + 1].union(shown, all=True)


def ids_of_span():
    posts = Post.objects.published().filter(published_at__gte=Slot("start"), published_at__lt=Slot("end"))
    return posts.newest_first().values("pk")[SKIPPED : SKIPPED + PAGE_LENGTH + 1]


posts_of_site = published(ids_of_site)
posts_of_span = published(ids_of_span)


@functools.cache
def posts_of_rows(model):
    """Those that the rows of a model tie to a category, an author or a tag, the `owner`."""
    rows = model.objects.filter(**{OWNER[model]: Slot("owner")}, published_at__lt=Slot("until"))
    return published(lambda: rows.post_ids()[SKIPPED : SKIPPED + PAGE_LENGTH + 1])


def site_page(number, address, *, pinned):
    """Page `number` (from 1) of all published posts, however deep; Http404 when there is none.

    `pinned` names posts that stand on the first page and nowhere else: place there (from 0, fewer than PAGE_LENGTH of
    them) → id.
    """
    check_number(number)
    start = max(0, (number - 1) * PAGE_LENGTH - len(pinned))
    placed = list(pinned.values())
    bound, before = depth.of_site(start, pinned=placed)
    found = posts_of_site(
        until=bound or ALWAYS,
        skipped=max(0, start - before),
        pinned=placed,
        shown=placed if number == 1 else [],
    )
    return list_page(put_in_place(found, pinned), number, address)


def page_of_span(start, end, number, address):
    """Page `number` (from 1) of the posts published from one moment to before another."""
    check_number(number)
    found = posts_of_span(start=start, end=end, skipped=(number - 1) * PAGE_LENGTH)
    return list_page(found, number, address)


def page_of_rows(rows, number, address):
    """Page `number` (from 1), newest first, of the posts that a category's filings, an author's bylines or a tag's taggings
    tie to it.

    The ids are read from one index in its own order, and only ten posts are looked at; depth.py says where to begin.
    """
    check_number(number)
    start = (number - 1) * PAGE_LENGTH
    bound, before = depth.of_rows(rows, start)
    posts = posts_of_rows(rows.model)
    found = posts(owner=rows.instance.pk, until=bound or ALWAYS, skipped=start - before)
    return list_page(found, number, address)


def list_page(found, number, address):
    """A page of the posts `found` there, of which one more than it shows tells that there is another; or Http404."""
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


def corrections_page(number, address):
    """Page `number` (from 1) of what has been corrected in published posts, newest first."""
    check_number(number)
    start = (number - 1) * PAGE_LENGTH
    made = Correction.objects.made().of_published_posts().select_related("post")
    shown = made.only("kind", "text", "made_at", "post__title", "post__permalink", "post__language")
    found = list(shown.fetch_mode(FETCH_RAISE)[start : start + PAGE_LENGTH + 1])
    return list_page(found, number, address)


def check_number(number):
    if not 1 <= number <= LAST_PAGE:
        raise Http404("There is no such page.")
