"""`python -m bench newsroom [SMALL LARGE]`: what the newsroom costs at two sizes, 10,000 and 1,000,000 posts unless told otherwise.

For each screen it prints the milliseconds on both sites, in which those
the server says its statements took, their ratio, and the queries. The time is our processor's and the server's own, the
least of some rounds in which the sites take turns: the machine's other work does not count. A ratio over 1.3, or 25
queries, ends it with exit code 1.
"""

import sys
import time
from contextlib import contextmanager

ROUNDS = 5
MOST_TIMES, MOST_QUERIES = 1.3, 24
LIST = "/admin/posts/post/"


def main(small=10_000, large=1_000_000):
    sites = [Newsroom(posts) for posts in (small, large)]
    print(f"{'screen':<34} {f'{small:,}':>14} {f'{large:,}':>14} {'ratio':>6} {'queries':>8}")
    late = [name for name in kinds(sites[0]) if not measure(name, sites)]
    if late:
        sys.exit(f"Over {MOST_TIMES} times, or {MOST_QUERIES} queries: {', '.join(late)}")


def kinds(site):
    """{name of a screen: its address on a site}."""
    from datetime import timedelta

    from django.utils import timezone

    from bench import rows, vocabulary

    common = vocabulary.word(1)
    return {
        "list": LIST,
        "list, in the middle": LIST + site.deep(),
        "list, last page": LIST + "?p=last",
        "list by date, in the middle": LIST + site.deep("-published_at", 5),
        "list by title, in the middle": LIST + site.deep("title", 1),
        **{f"list, {word}": f"{LIST}?status={word}" for word in ("draft", "scheduled", "published")},
        "list, mine": f"{LIST}?mine=yes",
        "list, a busy author": f"{LIST}?author={site.ids['busy']}",
        "list, a busy author, last page": f"{LIST}?author={site.ids['busy']}&p=last",
        "list, an author of few": f"{LIST}?author={site.ids['quiet']}",
        "list, a category": f"{LIST}?category={site.ids['section']}",
        "list, author and category": f"{LIST}?author={site.ids['busy']}&category={site.ids['section']}",
        "list, a tag": f"{LIST}?tag={site.ids['tag']}",
        "list, a year": f"{LIST}?date=2011",
        "search, rare": f"{LIST}?q={rows.RARE}",
        "search, common": f"{LIST}?q={common}",
        "search, common, one author": f"{LIST}?q={common}&author={site.ids['busy']}",
        "search, two common": f"{LIST}?q={common}+{vocabulary.word(3)}",
        "search, none": f"{LIST}?q=zqnothing",
        "search, a number": f"{LIST}?q={site.newest}",
        "edit page": f"{LIST}{site.newest}/change/",
        "calendar, a month": f"{LIST}calendar/?month={timezone.localdate() + timedelta(days=31):%Y-%m}",
        "find, a beginning": "/admin/find/hits/?q=zqr",
        "find, a common word": f"/admin/find/hits/?q={common}",
        "find, two words": f"/admin/find/hits/?q={vocabulary.word(3)}+{common[:3]}",
        "find, nothing": "/admin/find/hits/?q=zqnothing",
        "dashboard": "/admin/",
    }


def measure(name, sites):
    """Prints the line of a screen; whether it keeps to the marks."""
    for site in sites:
        with site.connected() as client:
            assert client.get(kinds(site)[name]).status_code == 200, (
                name
            )  # and what is looked up once a process is there
    rounds = [[cost(site, kinds(site)[name]) for site in sites] for _ in range(ROUNDS)]
    (ours, theirs, queries), (ours_now, theirs_now, queries_now) = (
        [min(part) for part in zip(*costs, strict=True)] for costs in zip(*rounds, strict=True)
    )
    few, many = ours + theirs, ours_now + theirs_now
    count = str(queries) if queries == queries_now else f"{queries}→{queries_now}"
    print(
        f"{name:<34} {few:>6.1f} {f'({theirs:.1f})':>7} {many:>6.1f} {f'({theirs_now:.1f})':>7} {many / few:>6.2f} {count:>8}",
        flush=True,
    )
    return many / few <= MOST_TIMES and queries_now <= MOST_QUERIES


def cost(site, address):
    """(ms of our processor, ms of the server, queries) of one request."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bench.search import server_time

    with site.connected() as client:
        connection.ensure_connection()
        begun = time.process_time()
        client.get(address)
        ours = (time.process_time() - begun) * 1000
        with CaptureQueriesContext(connection) as context:
            client.get(address)
        statements = [
            query["sql"] for query in context if query["sql"].lstrip("( \n").startswith(("SELECT", "WITH"))
        ]
        return ours, sum(server_time(statement) for statement in statements), len(context)


class Newsroom:
    """A made publication, and somebody signed in there who may see everything."""

    def __init__(self, posts):
        from bench.sites import Site

        self.site, self.cursors = Site(posts), {}
        with self.connected():
            self.prepare()

    def prepare(self):
        from django.contrib.auth import get_user_model
        from django.test import Client

        from authors.models import Author
        from bench import rows
        from posts.models import Post

        chief, is_new = get_user_model().objects.get_or_create(
            username="chief", is_staff=True, is_superuser=True
        )
        if is_new:
            Author.objects.filter(pk=2).update(user=chief)
        self.client = Client()
        self.client.force_login(chief)
        self.ids = {"busy": 1, "quiet": rows.AUTHORS, "section": 1, "tag": 1}
        self.newest = Post.objects.published().newest_first().values_list("pk", flat=True)[0]

    @contextmanager
    def connected(self):
        with self.site.connected():
            yield self.client if hasattr(self, "client") else None

    def deep(self, order="-updated_at", column=6):
        """The address of a page in the middle of the list."""
        from informed_comment import keyset
        from posts.models import Post

        if order not in self.cursors:
            name, with_id = order.removeprefix("-"), [order, "-pk" if order.startswith("-") else "pk"]
            with self.connected():
                rows = Post.objects.order_by(*with_id).values_list(name, "pk")
                self.cursors[order] = keyset.cursor_of("a", rows[Post.objects.count() // 2])
        sign = "-" if order.startswith("-") else ""
        return f"?o={sign}{column}&p={self.cursors[order]}"
