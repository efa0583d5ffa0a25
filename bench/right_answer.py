"""What a simulation of readers must come to: a plain model of the rules, which shares nothing with the site's code."""

from collections import Counter
from dataclasses import dataclass, field

A_CROWD, A_NEIGHBOURHOOD, A_DAY_OF_ONE = 50, 200, 5000

# What browsers say of where they come from: (what is sent, source, name of the site)

PLACES = [
    ("", "direct", ""),
    ("newsletter", "newsletter", ""),
    ("ours", "ours", ""),
    ("www.google.com", "search", "google.com"),
    ("www.google.co.uk", "search", "google.com"),
    ("duckduckgo.com", "search", "duckduckgo.com"),
    ("www.bing.com", "search", "bing.com"),
    ("l.facebook.com", "social", "facebook.com"),
    ("www.facebook.com", "social", "facebook.com"),
    ("t.co", "social", "x.com"),
    ("www.reddit.com", "social", "reddit.com"),
    *((f"site-{n}.example.org", "sites", f"site-{n}.example.org") for n in range(200)),
]
WEIGHTS = [60, 12, 10, 14, 4, 4, 4, 8, 4, 6, 4, *(max(0.05, 8 / (n + 1)) for n in range(200))]


@dataclass
class Answer:
    """What is counted, by the rules: a reader, a post and a day are one read; a crowd counts up to its limit."""

    reads: Counter = field(default_factory=Counter)  # of post
    sources: Counter = field(default_factory=Counter)  # of (post, source)
    hosts: Counter = field(default_factory=Counter)  # of (post, name of the site)
    seen: set = field(default_factory=set)
    crowds: Counter = field(default_factory=Counter)

    def hear(self, address, agent, post, source, host):
        neighbourhood = address.rpartition(".")[0]
        limits = {
            (address, post): A_CROWD,
            (neighbourhood, post): A_NEIGHBOURHOOD,
            neighbourhood: A_DAY_OF_ONE,
        }
        if (address, agent, post) in self.seen or any(
            self.crowds[who] >= most for who, most in limits.items()
        ):
            return
        self.seen.add((address, agent, post))
        self.crowds.update(limits.keys())
        self.reads[post] += 1
        self.sources[post, source] += 1
        if host:
            self.hosts[post, host] += 1
