"""Finding posts by their words, inside PostgreSQL."""

import re
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F
from django.http import Http404

from posts.models import Post
from posts.paging import PAGE_LENGTH

LONGEST_QUERY = 200
DEEPEST_PAGE = 100
CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass
class Results:
    posts: list
    number: int
    has_next: bool


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
    return Results(found[:PAGE_LENGTH], number, len(found) > PAGE_LENGTH)
