"""Who sends beacons, and what of it counts: a seeded simulation that knows the right answer.

Nothing in the answer depends on the order in which beacons arrive: where a limit cuts, all that is cut is alike, and
what could be first only once waits for its phase.
"""

import random
from collections import defaultdict
from typing import NamedTuple

from bench.right_answer import A_NEIGHBOURHOOD, PLACES, WEIGHTS, Answer

BROKEN = [
    b"",
    b"post=",
    b"post=0",
    b"post=-5",
    b"post=1e3",
    b"post=nan",
    b"post=%31",
    b"post = 1",
    b"POST=1",
    b"post[]=1",
    b"post=99999999999999999999999999",
    b"post=9223372036854775808",
    b"post=1;--",
    b"post=\xff\xfe",
    b"\x00" * 50,
    b"null",
    b"[]",
    b"[1]",
    b'"1"',
    b"{}",
    b'{"post": null}',
    b'{"post": true}',
    b'{"post": [1]}',
    b'{"post": -1}',
    b'{"post": 1.5}',
    b'{"post":',
    b'{"post": {"post": 1}}',
    b"{" * 150,
    b"from=example.org",
    b"<post>1</post>",
]
KINDS = [
    "application/xml",
    "multipart/form-data; boundary=x",
    "image/png",
    "",
    "application/json; charset=utf-7",
]
MACHINES = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "facebookexternalhit/1.1",
    "python-requests/2.32",
    "curl/8.9.1",
    "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0 Safari/537.36",
    "",
]


class Request(NamedTuple):
    """What is sent, of what kind it is, and what has to be in the answer's body."""

    kind: str
    data: bytes
    marker: bytes = b""


class Visit(NamedTuple):
    """Requests of one address over one connection."""

    address: str
    requests: list


class Readership:
    """Makes the visits of a run, and the answer while it makes them."""

    def __init__(self, *, pages, hidden, site, seed):
        self.pages, self.hidden, self.site = (
            pages,
            hidden,
            site,
        )  # {post: path}; ids nobody may read; "http://…"
        self.posts = list(pages)
        self.popularity = [1 / (place + 3) for place in range(len(self.posts))]
        self.chance = random.Random(seed)
        self.answer = Answer()
        self.used = set()
        self.beacons = 0
        self.kept = []  # of readers who come again

    # What is sent

    def beacon(
        self,
        kind,
        body,
        agent,
        *,
        origin=None,
        method="POST",
        more=(),
        type="application/x-www-form-urlencoded",
    ):
        """One request; a browser of today says both whence it comes and to whom it belongs."""
        self.beacons += 1
        head = [f"{method} /read/ HTTP/1.1", f"Host: {self.site.partition('//')[2]}"]
        head += [f"User-Agent: {agent}"] if agent else []
        head += [f"Content-Type: {type}"] if type else []
        ours = [f"Origin: {self.site}", "Sec-Fetch-Site: same-origin"]
        head += [f"Content-Length: {len(body)}", *(ours if origin is None else origin), *more, "", ""]
        return Request(kind, "\r\n".join(head).encode("latin-1") + body)

    def read(self, kind, address, agent, post, place, **said):
        """A beacon that counts if it is the first of its reader."""
        what, source, host = place
        self.answer.hear(address, agent, post, source, host)
        form = self.chance.random()
        if form < 0.05:
            parts = f'"post": {post}' + (f', "from": "{what}"' if what else "")
            return self.beacon(kind, f"{{{parts}}}".encode(), agent, type="application/json", **said)
        body = f"post={post}" + (f"&from={what}" if what else "")
        if form < 0.15:
            said.setdefault(
                "origin", [self.chance.choice([f"Origin: {self.site}", "Sec-Fetch-Site: same-origin"])]
            )
        return self.beacon(kind, body.encode(), agent, **said)

    def page(self, post):
        head = f"GET {self.pages[post]} HTTP/1.1\r\nHost: {self.site.partition('//')[2]}\r\nUser-Agent: Mozilla/5.0\r\n\r\n"
        return Request("page", head.encode(), f'<meta name="post" content="{post}">'.encode())

    # Who sends it

    def address(self):
        """An address nobody has had."""
        while True:
            drawn = f"127.{self.chance.randrange(16, 200)}.{self.chance.randrange(256)}.{self.chance.randrange(1, 255)}"
            if drawn not in self.used:
                self.used.add(drawn)
                return drawn

    def agent(self):
        release, build = self.chance.randrange(90, 140), self.chance.randrange(1000, 9999)
        system = self.chance.choice(
            ["Windows NT 10.0; Win64; x64", "X11; Linux x86_64", "Macintosh; Intel Mac OS X 10_15_7"]
        )
        return f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{release}.0.{build}.0 Safari/537.36"

    def drawn(self, most):
        """Different posts, the popular ones more often."""
        many = min(most, 1 + int(self.chance.expovariate(1 / 3)))
        return list(dict.fromkeys(self.chance.choices(self.posts, self.popularity, k=many)))

    def household(self):
        """Readers behind one address, each with several posts; some open the pages, some send again the very bytes."""
        address, requests = self.address(), []
        for _ in range(1 if self.chance.random() < 0.8 else self.chance.randrange(2, 6)):
            agent, sent = self.agent(), []
            for post in self.drawn(12):
                place = self.chance.choices(PLACES, WEIGHTS)[0]
                if self.chance.random() < 0.15:
                    requests.append(self.page(post))
                sent.append(self.read("reader", address, agent, post, place))
                self.kept.append((address, agent, post))
            again = [request for request in sent if self.chance.random() < 0.15]
            self.beacons += len(again)
            requests += sent + [request._replace(kind="again") for request in again]
        return Visit(address, requests)

    def stranger(self):
        """What must not count: machines, staff, those who ask to be left alone, other sites, forged and broken beacons."""
        address, agent, chance = self.address(), self.agent(), self.chance
        good = f"post={chance.choice(self.posts)}".encode()
        key = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=32))
        elsewhere = chance.choice(
            [
                ["Origin: https://elsewhere.example"],
                ["Origin: null"],
                [],
                ["Sec-Fetch-Site: cross-site", f"Origin: {self.site}"],
                ["Sec-Fetch-Site: none"],
                ["Sec-Fetch-Site: same-site"],
                ["Origin: http://[::1"],
            ]
        )
        strange = chance.choice([*self.hidden, 0, 10**9, 2**63 - 1, 2**63, 10**17])
        long = b"post=1&from=" + b"a" * chance.choice([500, 900])
        kinds = {
            "machine": lambda: self.beacon("machine", good, chance.choice(MACHINES)),
            "prefetch": lambda: self.beacon(
                "prefetch",
                good,
                agent,
                more=[chance.choice(["Sec-Purpose: prefetch;prerender", "Purpose: prefetch"])],
            ),
            "staff": lambda: self.beacon("staff", good, agent, more=[f"Cookie: sessionid={key}"]),
            "left alone": lambda: self.beacon("left alone", good, agent, more=["Sec-GPC: 1"]),
            "elsewhere": lambda: self.beacon("elsewhere", good, agent, origin=elsewhere),
            "forged": lambda: self.beacon("forged", f"post={strange}".encode(), agent),
            "broken": lambda: self.beacon("broken", chance.choice(BROKEN), agent, type=chance.choice(KINDS)),
            "long": lambda: self.beacon("long", long, agent),
            "method": lambda: self.beacon(
                "method",
                good,
                agent,
                method=chance.choice(["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"]),
            ),
        }
        weights = [6, 2, 2, 2, 2, 3, 3, 1, 1]
        return Visit(address, [kinds[kind]() for kind in chance.choices(list(kinds), weights, k=4)])

    def huge(self):
        """A body that no proxy should read to its end; the connection ends with it."""
        body = b"post=1" * self.chance.choice([300, 20_000])
        return Visit(self.address(), [self.beacon("huge", body, self.agent())])

    # Floods

    def one_address(self, browsers):
        """One address with ever new browsers: a crowd at most."""
        address, post = self.address(), self.chance.choice(self.posts)
        sent = [self.read("flood", address, self.agent() + f" {n}", post, PLACES[0]) for n in range(browsers)]
        return [Visit(address, sent[start : start + 25]) for start in range(0, browsers, 25)]

    def one_network(self, number, readers):
        """A /24 in which each address has a browser or two: a neighbourhood at most."""
        post = self.chance.choice(self.posts)
        visits = []
        for n in range(readers):
            address = f"127.201.{number}.{n % 250 + 1}"
            visits.append(
                Visit(address, [self.read("flood", address, f"Mozilla/5.0 Firefox/{n}", post, PLACES[0])])
            )
        return visits

    def library(self, posts, first=0):
        """One reader a post at each of two hundred addresses of a /24: 25 posts are all that may count in a day."""
        visits = defaultdict(list)
        for post in posts:
            for n in range(first, first + A_NEIGHBOURHOOD):
                address = f"127.202.0.{n % 250 + 1}"
                visits[address].append(
                    self.read("flood", address, f"Mozilla/5.0 Firefox/{n}", post, PLACES[0])
                )
        return [Visit(address, requests) for address, requests in visits.items()]

    def replay(self, times):
        """The very bytes of a reader who counted, as fast as they go."""
        address, agent, post = self.chance.choice(self.kept)
        request = self.read("flood", address, agent, post, PLACES[0])
        self.beacons += times - 1
        return [Visit(address, [request] * min(500, times))] * max(1, times // 500)

    # The run

    def first_phase(self, beacons):
        """The most of it, in any order."""
        visits = [visit for n in range(4) for visit in self.one_address(400)]
        visits += [visit for n in range(4) for visit in self.one_network(n, 400)]
        visits += self.library(self.posts[:25])
        while self.beacons < beacons:
            visits.append(self.household() if self.chance.random() < 0.64 else self.stranger())
            if self.chance.random() < 0.002:
                visits.append(self.huge())
        self.chance.shuffle(visits)
        return visits

    def second_phase(self, beacons):
        """Once all of the first is counted: the same readers from other places, floods again, a library that is full."""
        target = self.beacons + beacons
        visits = self.library(self.posts[25:30], first=40)
        visits += [visit for _ in range(3) for visit in self.replay(max(500, beacons // 12))]
        while self.beacons < target:
            address, agent, post = self.chance.choice(self.kept)
            place = self.chance.choices(PLACES, WEIGHTS)[0]
            visits.append(Visit(address, [self.read("again", address, agent, post, place)]))
        self.chance.shuffle(visits)
        return visits
