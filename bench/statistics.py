"""`python -m bench statistics [POSTS] [READS]`: the popular lists, adding up and the statistics, at 1,000,000 posts and
100,000,000 reads of three years unless told otherwise, in a database that is forgotten with its server.

With a server named in DATABASE_URL the database bench_statistics_POSTS is kept for the next time. It takes about 15 GB, and a quarter of an hour.
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


def median_of(deed):
    """(ms, queries) of a deed that has been done once before."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as context:
        deed()
        queries = len(context)  # the next request begins to count anew
    found = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        deed()
        found.append((time.perf_counter() - begun) * 1000)
    return sorted(found)[ROUNDS // 2], queries


def line(name, deeds, mark):
    """Prints what each of some deeds takes; the name, in a list, if one is over the mark."""
    found = [median_of(deed) for deed in deeds]
    cells = "".join(f"{taken:>9.1f}" for taken, _ in found)
    most = max(queries for _, queries in found)
    print(f"{name:<52}{cells}  of {mark} ms, {most} {'query' if most == 1 else 'queries'}", flush=True)
    return [name] if max(taken for taken, _ in found) > mark else []


def measure_worker():
    from functools import partial

    from django.db import transaction

    from posts.models import PopularList
    from posts.reads import periods, popular, tallies, windows

    @transaction.atomic
    def ranked(window):
        windows.with_memory()
        popular.rank(window, at=windows.moment())

    for window in PopularList.Window.values:
        line(f"popular, {window}", [partial(ranked, window)], LISTS)

    def day_of_readers():
        tallies.mark([periods.today()])
        assert tallies.add_up(seconds=0) == 1

    return [
        *line("every popular list", [popular.refresh], LISTS),
        *line("a day added up", [day_of_readers], LISTS),
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
    from functools import partial

    from posts.models import Post
    from posts.reads import now, overviews, periods, ranking, statistics
    from posts.reads.periods import Period

    late, today = [], periods.today()
    print(f"{'':<52}{'day':>9}{'week':>9}{'month':>9}{'year':>9}")
    for name, scope in scopes_of_all_sizes().items():
        for when, day in (("", today), (" over a year ago", today - timedelta(days=400))):
            asked = [Period(unit, day) for unit in periods.UNITS]
            late += line(f"{name}{when}", [partial(overviews.overview, scope, one) for one in asked], PAGE)
            if scope.kind != "post":
                deeds = [partial(ranking.top_posts, scope, one) for one in asked]
                late += line(f"  its posts read most{when}", deeds, PAGE)
            else:
                deeds = [partial(ranking.tops, ["host"], one, scope=scope) for one in asked]
                late += line(f"  who sent readers{when}", deeds, PAGE)
        if scope.kind != "host":
            late += line("  right now", [partial(now.right_now, scope)], PAGE)
    for kind in ranking.MODELS:
        deeds = [partial(ranking.tops, [kind], periods.this(unit)) for unit in periods.UNITS]
        late += line(f"each {kind}, read most", deeds, PAGE)
    post = Post.objects.get(pk=scopes_of_all_sizes()["the post read most"].pk)
    for deed in (statistics.figures, statistics.by_hour, statistics.by_day, statistics.first_hours):
        late += line(f"a post, {deed.__name__.replace('_', ' ')}", [partial(deed, post)], PAGE)
    return late


def measure_pages():
    """The screens as an Editor opens them."""
    from datetime import timedelta
    from functools import partial

    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group
    from django.test import Client
    from django.urls import reverse

    from posts.reads import periods
    from posts.reads.periods import Period

    editor, _ = get_user_model().objects.get_or_create(username="editor", is_staff=True)
    editor.groups.add(Group.objects.get(name="Editor"))
    client, late = Client(), []
    client.force_login(editor)

    def opened(address):
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        b"".join(answer)

    names = {
        "post": "posts_post",
        "category": "posts_category",
        "author": "authors_author",
        "tag": "posts_tag",
        "host": "posts_referringhost",
    }
    for name, scope in scopes_of_all_sizes().items():
        if scope.pk:
            address = reverse(f"admin:{names[scope.kind]}_statistics", args=[scope.pk])
        else:
            address = reverse("admin:posts_statistics_changelist")
        for when, day in (("", periods.today()), (" a year ago", periods.today() - timedelta(days=400))):
            asked = [f"{address}?{Period(unit, day).query}" for unit in periods.UNITS]
            late += line(f"page, {name}{when}", [partial(opened, one) for one in asked], PAGE)
    for name, address in {
        "right now": reverse("admin:posts_statistics_now"),
        "first page of the newsroom": "/admin/",
        "popular, a week": "/popular/?window=week",
    }.items():
        late += line(f"page, {name}", [partial(opened, address)], PAGE)
    return late
