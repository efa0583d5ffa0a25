"""A seeded crowd of readers, those who come back, bots and floods, and what of it has to count.

`python -m tests.posts.reads.crowd SEED PROCESS PROCESSES POST…` sends this process's share of the beacons to `/read/`
and then waits for a line, to end or to be killed.
"""

import os
import random
import sys
from collections import Counter, defaultdict
from typing import NamedTuple

from django.db import connection

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:{}.0) Gecko/20100101 Firefox/{}.0"
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
SAID = ("", "newsletter", "ours", "google.de", "t.co", "news.example.org", "blog.example.net")


class Beacon(NamedTuple):
    address: str
    agent: str
    post: int
    said: str = ""


def database_url():
    """Of the tests' database, for a process of its own."""
    database, address = connection.settings_dict, connection.get_connection_params()
    place = f"host={address.get('host', '')}&port={address.get('port', '')}"
    return f"postgresql://{address['user']}:{address.get('password') or ''}@/{database['NAME']}?{place}"


def beacons(seed, posts):
    """`posts` are nine: six that are read, one that a town and one that a household floods, and one for bots."""
    chance = random.Random(seed)
    found = []
    for n in range(1500):
        address = f"198.{n // 200}.{n % 7}.{n % 200}" if n % 5 else f"2001:db8:{n % 40}:{n % 3}::{n}"
        agent = FIREFOX.format(n % 40, n % 40)
        for post in chance.sample(posts[:6], chance.randint(1, 3)):
            said = SAID[n % len(SAID)] if n % 5 else ""
            found += [Beacon(address, agent, post, said)] * chance.choice([1, 1, 2, 5])
    for n in range(800):  # one town, one household, many names
        found.append(Beacon(f"203.0.113.{n % 40}", f"{FIREFOX} {n}", posts[6]))
        found.append(Beacon(f"2001:db8:ffff:1::{n:x}", f"{FIREFOX} {n}", posts[7]))
    for n in range(300):
        found.append(Beacon(f"192.0.2.{n % 30}", BOT, posts[8]))
        found.append(Beacon(f"192.0.2.{n % 30}", FIREFOX, 10**9 + n))
    chance.shuffle(found)
    return found


def expected(given):
    """{post: reads} by the rules, in plain Python: of a room 200, of an address 50 in it, whatever the order."""
    rooms = defaultdict(lambda: defaultdict(set))
    for beacon in given:
        if beacon.agent != BOT and beacon.post < 10**9:
            is_old = ":" not in beacon.address
            around = beacon.address.split("." if is_old else ":")[:3]
            home = beacon.address if is_old else tuple(beacon.address.split(":")[:4])
            rooms[beacon.post, tuple(around)][home].add(beacon.agent)
    counts = Counter()
    for (post, _), homes in rooms.items():
        counts[post] += min(200, sum(min(50, len(agents)) for agents in homes.values()))
    return dict(counts)


def send(seed, process, processes, posts):
    from django.test import RequestFactory

    from posts.reads import beacon

    requests = RequestFactory()
    chance = random.Random(seed + 1)
    mine = [one for one in beacons(seed, posts) if chance.randrange(processes) == process]
    for one in mine:
        request = requests.post(
            "/read/",
            f"post={one.post}&from={one.said}",
            content_type="text/plain",
            headers={"user-agent": one.agent, "sec-fetch-site": "same-origin"},
            REMOTE_ADDR=one.address,
        )
        assert beacon.read(request).status_code == 204


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "informed_comment.settings"
    import django

    django.setup()
    seed, process, processes, *posts = map(int, sys.argv[1:])
    send(seed, process, processes, posts)
    print("sent", flush=True)
    sys.stdin.readline()
