"""Lists in pages of ten, each for the same few queries and never a COUNT."""

from dataclasses import dataclass

from django.db.models import Q
from django.http import Http404

from posts.models import Post

PAGE_LENGTH = 10
LAST_PAGE = 1_000_000


@dataclass
class ListPage:
    """One page of a list. `address` is the list's first page; the others are `address` + `page/N/`."""

    posts: list
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


def list_page(posts, number, address, *, lead=None):
    """Page `number` (from 1) of `posts`, newest first; Http404 when there is none.

    The ids come from the index alone, so a deep page reads no more rows than the first. `lead` is the id of a post
    that stands before all others and nowhere else.
    """
    check_number(number)
    before = 1 if lead else 0
    start, end = max(0, (number - 1) * PAGE_LENGTH - before), number * PAGE_LENGTH - before
    ids = posts.exclude(pk=lead).newest_first().values("pk")[start : end + 1]
    wanted = Q(pk__in=ids) | Q(pk=lead) if lead and number == 1 else Q(pk__in=ids)
    found = list(Post.objects.filter(wanted).newest_first().for_cards())
    found.sort(key=lambda post: post.pk != lead)
    if number > 1 and not found:
        raise Http404("The list is not that long.")
    return ListPage(found[:PAGE_LENGTH], number, len(found) > PAGE_LENGTH, address)


def page_of_ids(ids, number, address):
    """Page `number` (from 1) of the posts whose ids a row tied to them lists, newest first: `DatedQuerySet.post_ids()`.

    However deep the page, the ids are read from one index in its own order, and only ten posts are looked at.
    """
    check_number(number)
    start, end = (number - 1) * PAGE_LENGTH, number * PAGE_LENGTH
    wanted = Post.objects.published().filter(pk__in=ids[start : end + 1])
    found = list(wanted.newest_first().for_cards())
    if number > 1 and not found:
        raise Http404("The list is not that long.")
    return ListPage(found[:PAGE_LENGTH], number, len(found) > PAGE_LENGTH, address)


def check_number(number):
    if not 1 <= number <= LAST_PAGE:
        raise Http404("There is no such page.")
