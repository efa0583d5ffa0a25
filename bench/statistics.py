"""`python -m bench statistics [POSTS] [READS]`: the popular lists, adding up and the statistics, at 1,000,000 posts and
100,000,000 reads of three years unless told otherwise, in a database that is forgotten with its server.

With a server named in DATABASE_URL the database bench_statistics_POSTS is kept for the next time. It takes about 10 GB.
For each thing the median of five, in milliseconds, and its mark; one over its mark ends it with exit code 1.
"""

import os
import resource
import sys
import time

ROUNDS = 5
PAGE, LISTS = 300, 2_000  # ms


def main(posts=1_000_000, reads=100_000_000):
    from django.db import connection

    from bench import history
    from posts.models import Post, ReadTotal

    name = connection.settings_dict["TEST"]["NAME"] = f"bench_statistics_{posts}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, keepdb=True)
    if not ReadTotal.objects.exists():
        if Post.objects.exists():
            sys.exit(f"{name} was not finished; drop it, and start again.")
        history.make(posts, reads)
    print(f"{name}, load {os.getloadavg()[0]:.1f}")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    late = [*measure_worker(), *measure_functions(), *measure_pages()]
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"{'memory of the process beyond what it had':<58} {used / 1024:>8.1f} MB")
    if late:
        sys.exit(f"Over their marks: {', '.join(late)}")


def timed(name, deed, mark):
    """Prints the median of some rounds and the queries; the name, in a list, if that is over the mark."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    deed()
    found = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        deed()
        found.append((time.perf_counter() - begun) * 1000)
    with CaptureQueriesContext(connection) as context:
        deed()
    taken = sorted(found)[ROUNDS // 2]
    print(f"{name:<58} {taken:>8.1f} ms of {mark:>5}  {len(context):>2} queries", flush=True)
    return [name] if taken > mark else []


def measure_worker():
    from posts.models import PopularList
    from posts.reads import periods, popular, tallies, windows

    at = windows.moment()
    for window in PopularList.Window.values:
        timed(f"popular, {window}", lambda window=window: popular.rank(window, at=at), LISTS)

    def day_of_readers():
        tallies.mark([periods.today()])
        assert tallies.add_up(seconds=0) == 1

    return [
        *timed("every popular list", popular.refresh, LISTS),
        *timed("a day added up", day_of_readers, LISTS),
    ]


def scopes_of_all_sizes():
    """{name: scope}: the most and the seldom read of each kind."""
    from posts.models import ReadTotal
    from posts.reads.scopes import SITE, Scope

    newest = ReadTotal.objects.order_by("-post")[0].post_id
    read_most = ReadTotal.objects.order_by("-reads")[0].post_id
    return {
        "site": SITE,
        "the newest post": Scope("post", newest),
        "the post read most": Scope("post", read_most),
        "category of 300,000 posts": Scope("category", 1),
        "a middling category": Scope("category", 10),
        "a small category": Scope("category", 59),
        "author of 200,000 posts": Scope("author", 1),
        "a small author": Scope("author", 1_999),
        "a busy tag": Scope("tag", 1),
        "a rare tag": Scope("tag", 19_999),
        "a busy referring site": Scope("host", 1),
        "a rare referring site": Scope("host", 4_999),
    }


def measure_functions():
    from datetime import timedelta

    from posts.models import Post
    from posts.reads import now, overviews, periods, ranking, statistics
    from posts.reads.periods import Period

    late, today = [], periods.today()
    for name, scope in scopes_of_all_sizes().items():
        for unit in periods.UNITS:
            for period in (Period(unit, today), Period(unit, today - timedelta(days=400))):
                when = f"{name}, {unit}" + ("" if period.is_running else " over a year ago")
                late += timed(f"{when}: overview", lambda s=scope, p=period: overviews.overview(s, p), PAGE)
                if scope.kind != "post":
                    late += timed(f"{when}: posts", lambda s=scope, p=period: ranking.top_posts(s, p), PAGE)
        if scope.kind != "host":
            late += timed(f"{name}: right now", lambda s=scope: now.right_now(s), PAGE)
    for kind in ranking.MODELS:
        for unit in periods.UNITS:
            late += timed(f"top {kind}, {unit}", lambda k=kind, u=unit: ranking.top(k, periods.this(u)), PAGE)
    post = Post.objects.get(pk=scopes_of_all_sizes()["the post read most"].pk)
    for deed in (statistics.figures, statistics.by_hour, statistics.by_day, statistics.first_hours):
        late += timed(f"a post: {deed.__name__}", lambda deed=deed: deed(post), PAGE)
    return late


def measure_pages():
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group
    from django.test import Client
    from django.urls import reverse

    editor, _ = get_user_model().objects.get_or_create(username="editor", is_staff=True)
    editor.groups.add(Group.objects.get(name="Editor"))
    client = Client()
    client.force_login(editor)
    post = scopes_of_all_sizes()["the post read most"].pk
    pages = {
        "dashboard": "/admin/",
        "popular": "/popular/?window=week",
        "a post's statistics": reverse("admin:posts_post_statistics", args=[post]),
    }
    late = []
    for name, address in pages.items():
        assert client.get(address).status_code == 200, address
        late += timed(f"page: {name}", lambda address=address: client.get(address), PAGE)
    return late
