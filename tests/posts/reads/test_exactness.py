"""Every count is exactly right, whatever number of processes counts at once."""

import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter

import pytest
from django.conf import settings as site
from django.db import connection, connections
from django.db.models import F, Sum

from posts.models import NetworkOfDay, ReadDay, ReadersOfDay, ReadHour, ReadMinute, ReadTotal, Referral
from posts.reads import admitting, waiting
from posts.reads.waiting import Buffer
from tests.factories import make_post
from tests.posts.reads import crowd


def totals():
    return dict(ReadTotal.objects.values_list("post", "reads"))


def assert_all_tables_agree():
    """Hours, days, minutes and rooms have the same reads, and no more of any source than of all."""
    for model in (ReadHour, ReadDay, ReadMinute):
        assert (
            dict(model.objects.values("post").annotate(n=Sum("reads")).values_list("post", "n")) == totals()
        )
    assert sum(NetworkOfDay.objects.values_list("reads", flat=True)) == sum(totals().values())
    named = F("search") + F("social") + F("newsletter") + F("sites") + F("ours")
    assert not ReadDay.objects.filter(reads__lt=named).exists()


def begin(process, posts, **environ):
    """A process that reads its share of what the crowd sends."""
    command = [sys.executable, "-m", "tests.posts.reads.crowd", "7", str(process), "2", *map(str, posts)]
    environ = {"DATABASE_URL": crowd.database_url(), "DEBUG": "1", "SECRET_KEY": "x" * 50} | environ
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen(command, cwd=site.BASE_DIR, env=environ, **pipes)


@pytest.mark.django_db(transaction=True)
def test_two_processes_count_a_crowd_exactly_however_they_end():
    """The one is killed with -9 within two seconds of the last beacon; the other writes everything as it ends."""
    posts = [make_post().pk for _ in range(9)]
    killed, ended = begin(0, posts), begin(1, posts, READS_WRITTEN_EVERY="3600")
    for process in (killed, ended):
        assert process.stdout.readline() == b"sent\n"
    end = time.monotonic() + 2
    with ended:
        ended.communicate(b"\n")
    given = crowd.beacons(7, posts)
    while totals() != crowd.expected(given) and time.monotonic() < end:
        time.sleep(0.1)
    with killed:
        killed.send_signal(signal.SIGKILL)
    assert len(given) > 6000
    assert totals() == crowd.expected(given)
    assert_all_tables_agree()
    readers = {(one.address, one.agent, one.post, one.said) for one in given if one.post in posts[:6]}
    by_said = Counter(said for *_, said in readers)
    referrals = Referral.objects.values("host__name").annotate(n=Sum("reads")).values_list("host__name", "n")
    assert dict(referrals) == {
        "google.com": by_said["google.de"],
        "x.com": by_said["t.co"],
        "news.example.org": by_said["news.example.org"],
        "blog.example.net": by_said["blog.example.net"],
    }
    assert ReadDay.objects.aggregate(n=Sum("newsletter"))["n"] == by_said["newsletter"]


@pytest.mark.django_db(transaction=True)
def test_threads_that_write_into_the_same_rooms_at_once_count_each_reader_once():
    posts, chance = [make_post().pk for _ in range(3)], random.Random(3)
    readers = [(bytes([10, 0, n // 40, n % 40]), f"Firefox {n % 7}") for n in range(240)]
    go, failed = threading.Barrier(3), []

    def read(seed):
        buffer, mine = Buffer(every=0), random.Random(seed)
        try:
            for _ in range(12):
                for _ in range(60):
                    buffer.add(*mine.choice(readers), mine.choice(posts))
                go.wait()
                failed.append(1) if not buffer.write() else None
            for home, agent in readers:
                buffer.add(home, agent, mine.choice(posts[:1]))
            failed.append(1) if not buffer.write() else None
        finally:
            connections.close_all()

    threads = [threading.Thread(target=read, args=[chance.random()]) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert totals()[posts[0]] == len(readers)
    assert_all_tables_agree()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(cardinality(readers)) FROM posts_readersofday")
        assert cursor.fetchone() == (sum(totals().values()),)
        cursor.execute(
            "SELECT FROM posts_readersofday, unnest(readers) AS r GROUP BY day, room, r HAVING count(*) > 1"
        )
        assert not cursor.fetchall()


@pytest.mark.django_db
def test_the_bounds_are_those_of_a_plain_model_whatever_the_order(monkeypatch, settings):
    for module in (admitting, waiting):
        monkeypatch.setattr(module, "A_CROWD", 3)
    monkeypatch.setattr(admitting, "A_NEIGHBOURHOOD", 7)
    settings.READS_PER_NETWORK = 16
    posts = [make_post().pk for _ in range(3)]
    for seed in range(40):
        ReadTotal.objects.all().delete()
        ReadersOfDay.objects.all().delete()
        NetworkOfDay.objects.all().delete()
        chance = random.Random(seed)
        buffers = [Buffer(every=0), Buffer(every=0)]
        rooms = {}
        for _ in range(chance.randint(1, 120)):
            home, agent, post = (
                bytes([10, 0, chance.randint(1, 2), chance.randint(1, 4)]),
                f"{chance.randint(1, 5)}",
                chance.choice(posts),
            )
            rooms.setdefault((home[:3], post), {}).setdefault(home, set()).add(agent)
            chance.choice(buffers).add(home, agent, post)
            if chance.random() < 0.05:
                chance.choice(buffers).write()
        assert all(buffer.write() for buffer in buffers)
        modelled = {
            room: min(7, sum(min(3, len(agents)) for agents in homes.values()))
            for room, homes in rooms.items()
        }
        networks = Counter()
        for (network, _), reads in modelled.items():
            networks[network] += reads
        assert sum(totals().values()) == sum(min(16, reads) for reads in networks.values()), seed
        if max(networks.values()) <= 16:
            by_post = Counter()
            for (_, post), reads in modelled.items():
                by_post[post] += reads
            assert totals() == by_post, seed
