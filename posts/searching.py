"""Finding posts by their words, inside PostgreSQL."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F
from django.http import Http404
from django.urls import reverse

from posts.models import Post
from posts.paging import PAGE_LENGTH

LONGEST_QUERY = 200
DEEPEST_PAGE = 100
CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass
class Results:
    """One page of what was found for a query."""

    posts: list
    query: str
    number: int
    has_next: bool

    def address_of(self, number):
        asked = {"q": self.query} | ({"page": number} if number > 1 else {})
        return f"{reverse('posts:search')}?{urlencode(asked)}"

    @property
    def next_address(self):
        return self.address_of(self.number + 1) if self.has_next and self.number < DEEPEST_PAGE else ""

    @property
    def previous_address(self):
        return self.address_of(self.number - 1) if self.number > 1 else ""


def asked(text):
    """The query as searched: one line, no control characters, of a sensible length."""
    return " ".join(CONTROLS.sub(" ", text).split())[:LONGEST_QUERY]


def page_number(text):
    """A page of results from 1; Http404 for anything else."""
    if not re.fullmatch(r"[1-9]\d{0,3}", text) or int(text) > DEEPEST_PAGE:
        raise Http404("There is no such page of results.")
    return int(text)


def find(query, number):
    """A page of the posts that match a query in web-search syntax, best first."""
    wanted = SearchQuery(query, config="english", search_type="websearch")
    start = (number - 1) * PAGE_LENGTH
    matches = Post.objects.published().filter(search=wanted)
    ranked = matches.annotate(rank=SearchRank(F("search"), wanted)).order_by("-rank", "-published_at", "-id")
    found = list(ranked.for_cards()[start : start + PAGE_LENGTH + 1])
    return Results(found[:PAGE_LENGTH], query, number, len(found) > PAGE_LENGTH)
