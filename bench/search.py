"""`python -m bench search [POSTS]`: what a search costs in the database, at 200,000 posts unless told otherwise.

For each kind of words it prints how many posts have them, the time the server says its statements took (planning and
execution, the sum of a request) at the median and the 95th percentile, the slowest, and the queries of a request beside
the edition's.
"""

import itertools
import random
import sys

ROUNDS = 40  # different words of each kind, each asked once cold and once more
LIMIT = 60  # ms at the 95th percentile


def main(posts=200_000):
    from bench import vocabulary
    from bench.sites import Site

    with Site(posts).connected():
        measure_all(vocabulary)


def measure_all(vocabulary):
    print(f"{'words':<34} {'posts':>9} {'p50 ms':>7} {'p95 ms':>7} {'most':>7} {'queries':>8}")
    late = [name for name, questions in kinds(vocabulary).items() if not measure(name, questions)]
    if late:
        sys.exit(f"Over {LIMIT} ms: {', '.join(late)}")


def kinds(vocabulary):
    """{kind: [parameters of a search]}; the rank of a word says how common it is."""
    from posts.searching.asked import DEPTH

    chance = random.Random(5)

    def ranks(low, high, count=1):
        return [
            " ".join(vocabulary.word(chance.randint(low, high)) for _ in range(count)) for _ in range(ROUNDS)
        ]

    def asked(queries, **parameters):
        return [{"q": query} | parameters for query in queries]

    return {
        "rare": asked(ranks(20_000, 100_000)),
        "seldom": asked(ranks(1_000, 5_000)),
        "frequent": asked(ranks(100, 600)),
        "common": asked(ranks(1, 60)),
        "common, newest first": asked(ranks(1, 60), sort="date"),
        "common, last page": asked(ranks(1, 60), page=str(DEPTH)),
        "common, in one year": asked(ranks(1, 60), year="2011"),
        "common, in one category": asked(ranks(1, 60), category="section-1/section-13"),
        "common, by one author": asked(ranks(1, 60), author="author-20"),
        "two common": asked(ranks(1, 60, 2)),
        "three common, any of them": asked(query.replace(" ", " or ") for query in ranks(1, 60, 3)),
        "common with rare": asked(map(" ".join, zip(ranks(1, 60), ranks(5_000, 50_000), strict=True))),
        "common without another": asked(map(" -".join, zip(ranks(1, 60), ranks(1, 60), strict=True))),
        "phrase of common words": asked(f'"{query}"' for query in ranks(1, 60, 2)),
        "unknown": asked(f"{word}x{n}q" for n, word in enumerate(ranks(100, 9_000))),
        "misspelt": asked(word[:2] + word[3:] for word in ranks(2_000, 9_000)),
    }


def measure(name, questions):
    """Prints the line of a kind; whether its 95th percentile is within the limit."""
    taken, queries, found = [], [], []
    for question in itertools.chain.from_iterable((question, question) for question in questions):
        statements, total = asked_of_the_database(question)
        taken.append(sum(server_time(statement) for statement in statements))
        queries.append(len(statements))
        found.append(total)
    taken.sort()
    late = taken[int(len(taken) * 0.95)]
    print(
        f"{name:<34} {sorted(found)[len(found) // 2]:>9,} {taken[len(taken) // 2]:>7.1f} {late:>7.1f} {taken[-1]:>7.1f}"
        f" {max(queries):>8}",
        flush=True,
    )
    return late <= LIMIT and max(queries) <= 4


def asked_of_the_database(question):
    """(the statements of a search as they were sent, how many posts were found)."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from posts import searching

    with CaptureQueriesContext(connection) as context:
        answer = searching.answer(searching.read(question))
    return [query["sql"] for query in context], answer.found.total


def server_time(statement):
    """Milliseconds of planning and execution, by the server's own clock."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, BUFFERS OFF, FORMAT JSON) {statement}")
        (plan,) = cursor.fetchone()[0]
    return plan["Planning Time"] + plan["Execution Time"]
