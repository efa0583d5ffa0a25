"""`make bench`: what a page costs, as ratios within one run.

    python -m bench [SMALL LARGE]
    python -m bench search [POSTS]
    python -m bench newsroom [SMALL LARGE]
    python -m bench writing [FOLDER]
    python -m bench mailing [SUBSCRIBERS]
    python -m bench figures [SUBSCRIBERS]
    python -m bench subscribers [ROWS]
    python -m bench moving [POSTS] [KILLS]
    python -m bench bodies FILE…
    python -m bench leaving [POSTS] [0]
    python -m bench reading [POSTS]
    python -m bench statistics [POSTS] [READS]
    python -m bench beacons [BEACONS] [SEED]

Two sites are made in a database that is forgotten, one with SMALL posts (1,000 by default), one with LARGE (20,000).
For each kind of page it prints the processor time uncached, its ratio between the two sites, the queries, and how much
less a finished page and a 304 cost; last, how long the database takes to choose the related posts of one post.
"""

import os
import sys
import time

from informed_comment import postgres

PAGES = {
    "home": "/",
    "page 50": "/page/50/",
    "post": None,
    "category": "/category/section-0/",
    "author": "/author/author-0/",
    "tag": "/tag/tag-0/",
    "month": "/2026/06/",
    "search": "/search/?q=water",
    "feed": "/feed/",
    "archives": "/archives/",
    "this day": "/on-this-day/06-15/",
    "deep list": "/category/section-0/page/10/",
}
ROUNDS = 15
RELATING = "related posts of one post"


def set_up():
    if not os.environ.get("DATABASE_URL"):
        postgres.ensure_running_for_tests()
    os.environ["DEBUG"] = "1"
    os.environ["EDITION_LOOK_SECONDS"] = "0"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "informed_comment.settings")

    import django

    django.setup()
    from django.conf import settings

    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["*"]


def main(small, large):
    set_up()
    from django.db import connection

    connection.creation.create_test_db(verbosity=0)
    try:
        measured = [measure_site(posts) for posts in (small, large)]
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    report(small, large, *measured)


def measure_site(posts):
    from bench.content import fill

    print(f"Making {posts:,} posts …", file=sys.stderr)
    newest = fill(posts)
    return {name: measure_page(path or newest) for name, path in PAGES.items()} | {
        RELATING: measure_relating()
    }


def measure_relating():
    """ms by the clock, the median of posts from all over the site."""
    from django.db import connection

    from posts import relating
    from posts.models import Post

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    ids = list(Post.objects.order_by("pk").values_list("pk", flat=True))
    chosen = ids[:: max(1, len(ids) // 50)]
    for pk in chosen:
        relating.rank(pk)
    taken = []
    for pk in chosen:
        begun = time.perf_counter()
        relating.rank(pk)
        taken.append((time.perf_counter() - begun) * 1000)
    return median(taken)


def measure_page(path):
    """(ms of processor time uncached, queries, ms of a finished page, ms of a 304): medians."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from informed_comment import caching

    client = Client()
    answer = client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    caching.shelf.empty(None)
    with CaptureQueriesContext(connection) as context:
        client.get(path)
        queries = len(context)
    uncached = []
    for _ in range(ROUNDS):
        caching.shelf.empty(None)
        uncached.append(timed(lambda: client.get(path)))
    finished = [timed(lambda: client.get(path)) for _ in range(ROUNDS)]
    label = {"If-None-Match": answer["ETag"]}
    revalidated = [timed(lambda: client.get(path, headers=label)) for _ in range(ROUNDS)]
    return median(uncached), queries, median(finished), median(revalidated)


def timed(deed):
    begun = time.process_time()
    deed()
    return (time.process_time() - begun) * 1000


def median(values):
    return sorted(values)[len(values) // 2]


def report(small, large, few, many):
    print(f"{'page':<10} {'ms':>6} {f'{large:,} ÷ {small:,}':>16} {'queries':>8} {'finished':>9} {'304':>6}")
    for name in PAGES:
        (before, queries_before, _, _), (now, queries, finished, revalidated) = few[name], many[name]
        count = f"{queries}" if queries == queries_before else f"{queries_before}→{queries}"
        print(
            f"{name:<10} {now:>6.1f} {now / before:>16.2f} {count:>8} {finished / now:>9.2f} {revalidated / now:>6.2f}"
        )
    print(
        f"{RELATING}: {many[RELATING]:.1f} ms by the clock, {many[RELATING] / few[RELATING]:.2f} times the small site's"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["search"]:
        set_up()
        from bench import search

        search.main(*map(int, sys.argv[2:3]))
    elif sys.argv[1:2] == ["newsroom"]:
        set_up()
        from bench import newsroom

        newsroom.main(*map(int, sys.argv[2:4]))
    elif sys.argv[1:2] == ["writing"]:
        set_up()
        from bench import writing

        writing.main(*sys.argv[2:3])
    elif sys.argv[1:2] == ["mailing"]:
        set_up()
        from bench import mailing

        mailing.main(*map(int, sys.argv[2:3]))
    elif sys.argv[1:2] == ["figures"]:
        set_up()
        from bench import figures

        figures.main(*map(int, sys.argv[2:3]))
    elif sys.argv[1:2] == ["subscribers"]:
        set_up()
        from bench import subscribers

        subscribers.main(*map(int, sys.argv[2:3]))
    elif sys.argv[1:2] == ["bodies"]:
        set_up()
        from bench import bodies

        bodies.main(*sys.argv[2:])
    elif sys.argv[1:2] == ["moving"]:
        set_up()
        from bench import moving

        moving.main(*map(int, sys.argv[2:4]))
    elif sys.argv[1:2] == ["leaving"]:
        set_up()
        from bench import leaving

        leaving.main(*map(int, sys.argv[2:4]))
    elif sys.argv[1:2] == ["reading"]:
        from bench import reading

        sys.exit(reading.main(*map(int, sys.argv[2:3])))
    elif sys.argv[1:2] == ["beacons"]:
        from bench import beacons

        sys.exit(beacons.main(*map(int, sys.argv[2:4])))
    elif sys.argv[1:2] == ["statistics"]:
        set_up()
        from bench import statistics

        statistics.main(*map(int, sys.argv[2:4]))
    elif len(sys.argv) > 2:
        main(*map(int, sys.argv[1:3]))
    else:
        main(1_000, 20_000)
