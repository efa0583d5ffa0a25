"""`python -m bench beacons [BEACONS] [SEED]`: reads counted by two web processes behind the proxy of deploy/, 200,000 unless told otherwise.

A simulation of readers, machines, repeats and floods (bench/readership.py) is sent from thousands of addresses; while it runs, the
database is stopped and started again. Then every count is compared with the answer the simulation knows. A second run kills a
process in the middle; a third compares the beacon with an empty view (bench/beacon_speed.py).
"""

import os
import tempfile
import threading
import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.database import Database
from bench.proxied import proxy
from bench.sending import send
from bench.served import free_port, served_site, web_processes

PUBLISHED, HIDDEN = 80, 20
AWAY = 4  # seconds without a database
READS_OF_KILLED = 20_000
SETTLED = 4  # seconds in which nothing is added
LONGEST_WAIT = 120
ZONES = [
    "Etc/GMT",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "America/Los_Angeles",
    "Australia/Adelaide",
    "Pacific/Auckland",
]
COUNTING = "posts_(read|referr|networkofday|namesofday|daytoadd)"
OUR_OWN = "^SELECT sum\\(reads\\) FROM posts_readtotal"
COUNTS = {
    "total": "SELECT post_id, reads FROM posts_readtotal",
    "hours": "SELECT post_id, sum(reads)::int FROM posts_readhour GROUP BY 1",
    "days": "SELECT post_id, sum(reads)::int FROM posts_readday GROUP BY 1",
    "months, added up": "SELECT post_id, reads FROM posts_posttally WHERE unit = 'month'",
    "minutes": "SELECT post_id, sum(reads)::int FROM posts_readminute GROUP BY 1",
}
SPREAD = """(VALUES ('search', c.search), ('social', c.social), ('newsletter', c.newsletter), ('sites', c.sites), ('ours', c.ours),
    ('direct', c.reads - c.search - c.social - c.newsletter - c.sites - c.ours)) AS v (source, reads)"""
BY_SOURCE = {
    "sources": f"SELECT post_id, v.source, sum(v.reads)::int FROM posts_readday c CROSS JOIN LATERAL {SPREAD} GROUP BY 1, 2",
    "sources by minute": "SELECT post_id, source, sum(reads)::int FROM posts_readminute GROUP BY 1, 2",
}
BY_HOST = "SELECT post_id, name, sum(reads)::int FROM posts_referral r JOIN posts_referringhost h ON h.id = host_id GROUP BY 1, 2"
THE_DAY = f"SELECT v.source, v.reads FROM posts_sitetally c CROSS JOIN LATERAL {SPREAD} WHERE unit = 'day'"
HOSTS = (
    "SELECT name, reads FROM posts_hosttally JOIN posts_referringhost h ON h.id = host_id WHERE unit = 'year'"
)


def main(beacons=200_000, seed=7):
    database = Database()
    os.environ["TIME_ZONE"] = quiet_zone()
    pages, hidden = made_posts()
    print(
        f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, seed {seed}, zone {os.environ['TIME_ZONE']}"
    )
    with tempfile.TemporaryDirectory(prefix="beacons-", ignore_cleanup_errors=True) as folder:
        is_exact = exactness(database, Path(folder), pages, hidden, beacons, seed)
        is_kept = killing(database, Path(folder), pages, hidden, seed)
        from bench import beacon_speed

        is_quick = beacon_speed.main(database, Path(folder), list(pages), standing)
    return 0 if is_exact and is_kept and is_quick else 1


def quiet_zone():
    """A zone in which neither an hour nor the day ends soon, so that each beacon's hour is known."""

    def left(name):
        now = datetime.now(ZoneInfo(name))
        return (3 < now.hour < 20, 60 - now.minute)

    return max(ZONES, key=left)


def made_posts():
    """({id: path} of posts that readers may see, ids of others): drafts, withdrawn ones, and some still to come."""
    from bench.__main__ import set_up

    set_up()
    from django.core.management import call_command
    from django.db import connection

    from bench.content import make
    from posts.models import Post

    call_command("migrate", interactive=False, verbosity=0)
    make(PUBLISHED + HIDDEN)
    ids = list(Post.objects.published().order_by("pk").values_list("pk", flat=True))
    hidden = ids[:: (PUBLISHED + HIDDEN) // HIDDEN]
    Post.objects.filter(pk__in=hidden[::3]).update(status="draft", published_at=None, permalink=None)
    Post.objects.filter(pk__in=hidden[1::3]).update(status="withdrawn")
    Post.objects.filter(pk__in=hidden[2::3]).update(published_at=datetime.now(UTC) + timedelta(days=9))
    pages = dict(Post.objects.published().order_by("pk").values_list("pk", "permalink"))
    assert len(pages) == PUBLISHED
    connection.close()
    return pages, [pk for pk in ids if pk not in pages]


@contextmanager
def standing(folder):
    """(port of the proxy, addresses of the two web processes behind it)."""
    port = free_port()
    told = {"SITE_URL": f"http://127.0.0.1:{port}", "TRUSTED_PROXIES": "1", "log": folder / "site.log"}
    first = served_site(folder, prepared_by=[("collectstatic", "--noinput", "-v0")], **told)
    with first as one, served_site(folder, **told) as two:
        servers = [address.partition("//")[2] for address in (one, two)]
        with proxy(folder / "nginx", servers=servers, port=port, files=folder):
            yield port, [one, two]


# Every count


def exactness(database, folder, pages, hidden, beacons, seed):
    from bench.readership import Readership, Visit

    with standing(folder) as (port, servers):
        readership = Readership(pages=pages, hidden=hidden, site=f"http://127.0.0.1:{port}", seed=seed)
        phases = [readership.first_phase(int(beacons * 0.85)), readership.second_phase(int(beacons * 0.15))]
        half = sum(len(visit.requests) for visit in phases[0]) // 3
        interruption = Interruption(database, at=half)
        send(
            [Visit("127.0.0.2", [readership.page(post)]) for post in pages], port
        )  # so the proxy has them all
        database.forget_statements()
        told = send(phases[0], port, tick=interruption.look)
        interruption.wait()
        settle(database)
        begun = time.monotonic()
        told += send(phases[1], port)
        quick = sum(len(visit.requests) for visit in phases[1]) / (time.monotonic() - begun)
        settle(database)
        statements = database.statements(COUNTING) - database.statements(OUR_OWN)
        memory = [sum(process.memory_info().rss for process in web_processes(address)) for address in servers]
    added_up(database)
    is_exact = compared(database, readership.answer)
    print(
        f"{readership.beacons:,} beacons, {sum(readership.answer.reads.values()):,} reads; the last {quick:,.0f} a second"
    )
    print(
        f"the database was away for {interruption.seconds:.1f} s, with {interruption.answered:,} answers meanwhile"
    )
    print(
        f"statements per 1,000 beacons, those of pages left out: {statements * 1000 / readership.beacons:.2f}"
    )
    print("memory of the web processes: " + ", ".join(f"{size / 1e6:.0f} MB" for size in memory))
    return is_exact & answered_well(told)


class Interruption:
    """Stops the database once so many answers have come, and starts it again."""

    def __init__(self, database, *, at):
        self.database, self.at, self.thread = database, at, None
        self.last = self.answered = self.seconds = 0

    def look(self, answered):
        self.last = answered
        if answered >= self.at and self.thread is None:
            self.thread = threading.Thread(target=self.interrupt)
            self.thread.start()

    def interrupt(self):
        begun, before = time.monotonic(), self.last
        self.database.stop()
        time.sleep(AWAY)
        self.answered = self.last - before
        self.database.start()
        self.seconds = time.monotonic() - begun

    def wait(self):
        if self.thread:
            self.thread.join()


def settle(database):
    """Waits until nothing is added any more."""
    begun = last = time.monotonic()
    before = None
    while time.monotonic() - last < SETTLED and time.monotonic() - begun < LONGEST_WAIT:
        now = database.query("SELECT sum(reads) FROM posts_readtotal")
        if now != before:
            before, last = now, time.monotonic()
        time.sleep(0.25)


def compared(database, answer):
    """Prints every difference, or that there is none."""
    by_source, by_host = Counter(), Counter()
    for (_, source), reads in answer.sources.items():
        by_source[source] += reads
    for (_, host), reads in answer.hosts.items():
        by_host[host] += reads
    wanted = {name: (sql, answer.reads) for name, sql in COUNTS.items()}
    wanted |= {name: (sql, answer.sources) for name, sql in BY_SOURCE.items()}
    wanted |= {
        "sites": (BY_HOST, answer.hosts),
        "the day, added up": (THE_DAY, by_source),
        "sites, added up": (HOSTS, by_host),
    }
    is_right = True
    for name, (sql, counts) in wanted.items():
        found = {
            row[0] if len(row) == 2 else tuple(row[:-1]): row[-1] for row in database.query(sql) if row[-1]
        }
        wrong = {
            key: (counts.get(key, 0), found.get(key, 0))
            for key in {*counts, *found}
            if counts.get(key, 0) != found.get(key, 0)
        }
        print(
            f"{name:<18} {len(counts):>6,} counts {sum(counts.values()):>9,} reads: {'all equal' if not wrong else f'{len(wrong):,} WRONG'}"
        )
        for key, (ought, is_) in sorted(wrong.items(), key=str)[:10]:
            print(f"    {key}: {is_:,} and not {ought:,}")
        is_right &= not wrong
    days, hours = (
        database.query(f"SELECT count(DISTINCT {what}) FROM posts_read{what}")[0][0]
        for what in ("day", "hour")
    )
    print(
        f"{days} day, {hours} hour(s); to be added up: {database.query('SELECT count(*) FROM posts_daytoadd')[0][0]}"
    )
    return is_right


def answered_well(told):
    """Every beacon has 204, every page the post it is of."""
    for kind in sorted({kind for kind, *_ in told}):
        statuses = Counter()
        for (of, status, is_right), count in told.items():
            if of == kind:
                statuses[status if is_right else f"{status} with another body"] += count
        print(
            f"{kind:<18} "
            + ", ".join(f"{status or 'no answer'}: {count:,}" for status, count in statuses.items())
        )
    wanted = {kind: 200 if kind == "page" else 204 for kind, *_ in told}
    return all(status == wanted[kind] and is_right for kind, status, is_right in told)


def added_up(database):
    """As the worker does it."""
    from django.db import connection

    from posts.reads import tallies

    tallies.add_up()
    connection.close()


# A process killed


def killing(database, folder, pages, hidden, seed):
    """Half through, one of the two processes ends without a word. What came in its last two seconds may be lost."""
    from bench.readership import Readership, Visit
    from bench.right_answer import PLACES

    database.query("TRUNCATE posts_readtotal")
    with standing(folder) as (port, servers):
        readership = Readership(pages=pages, hidden=hidden, site=f"http://127.0.0.1:{port}", seed=seed + 1)
        visits = []
        for _ in range(READS_OF_KILLED):
            address, post = readership.address(), readership.chance.choice(readership.posts)
            visits.append(
                Visit(address, [readership.read("reader", address, readership.agent(), post, PLACES[0])])
            )
        times, killed = [], []

        def look(answered):
            times.append((time.monotonic(), answered))
            if answered > READS_OF_KILLED // 2 and not killed:
                killed.append(time.monotonic())
                for process in web_processes(servers[1]):
                    process.kill()

        told = send(visits, port, tick=look)
        settle(database)
    late = [answered for at, answered in times if killed[0] - 2 <= at <= killed[0]]
    counted = database.query("SELECT sum(reads)::int FROM posts_readtotal")[0][0]
    lost = sum(readership.answer.reads.values()) - counted
    allowed = late[-1] - late[0]
    print(
        f"kill -9 of one of two: {lost:,} of {READS_OF_KILLED:,} reads lost; {allowed:,} had come to both within 2 s"
    )
    print("answers: " + ", ".join(f"{status or 'none'}: {count:,}" for (_, status, _), count in told.items()))
    return 0 <= lost <= allowed
