"""`python -m bench memory [MINUTES] [POSTS]`: what one web process holds while crawlers go through everything, for an hour
at 1,000,000 posts unless told.

Crawlers open posts, every page of every list however deep, feeds, sitemaps, searches, what is gone, and addresses with a
query nobody reads; a post is published every twenty seconds. The memory is read every ten seconds. It must stay under 250 MB
and be flat: in the last quarter of the time at most a twentieth more than in the second.
"""

import http.client
import random
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from statistics import median

MOST, MOST_GROWTH = 250, 1.05
CRAWLERS, EVERY, PUBLISHED_EVERY = 3, 10, 20  # threads, seconds, seconds
KNOWN = 30_000  # posts they open; far more than a process keeps
MEGABYTE = 1 << 20


class Crawler(threading.Thread):
    def __init__(self, address, seed, *, posts, known, stopped):
        super().__init__(daemon=True)
        self.host, self.stopped = address.partition("//")[2], stopped
        self.posts, self.known = posts, known
        self.chance, self.answers = random.Random(seed), Counter()

    def run(self):
        line = http.client.HTTPConnection(self.host, timeout=60)
        while not self.stopped.is_set():
            path = self.path()
            packed = self.chance.choice(["gzip", "br", "zstd", "identity"])
            try:
                line.request("GET", path, headers={"Accept-Encoding": packed})
                answer = line.getresponse()
                answer.read()
                self.answers[answer.status] += 1
            except (OSError, http.client.HTTPException):
                self.answers["failed"] += 1
                line.close()

    def path(self):
        """Half of what is asked are posts; a tenth of all has a query that means nothing."""
        chance = self.chance
        address = chance.choice(self.known) if chance.random() < 0.5 else chance.choice(self.others())
        if chance.random() < 0.1:
            address += f"{'&' if '?' in address else '?'}utm_source={chance.random()}"
        return address

    def others(self):
        from bench import vocabulary

        chance = self.chance
        section, author, tag = chance.randrange(1, 13), chance.randrange(1, 2000), chance.randrange(1, 5000)
        year, month = chance.randrange(2002, 2026), chance.randrange(1, 13)
        word = vocabulary.word(chance.randrange(1, 20_000))
        deep = chance.randrange(1, self.posts // 40)
        lists = [
            "/",
            f"/category/section-{section}/",
            f"/tag/tag-{tag}/",
            f"/author/author-{author}/",
            f"/{year}/{month:02}/",
            f"/{year}/",
            "/corrections/",
        ]
        return [
            *lists,
            f"{chance.choice(lists)}page/{chance.randrange(1, 50)}/",
            f"/page/{deep}/",
            f"/category/section-1/page/{deep}/",
            f"/tag/tag-{tag}/feed/",
            f"/category/section-{section}/feed/json/",
            f"/author/author-{author}/feed/atom/",
            "/sitemap.xml",
            f"/sitemap-{year}.xml",
            "/sitemap-tags.xml",
            f"/search/?q={word}",
            f"/search/?q={word}+{vocabulary.word(chance.randrange(1, 300))}&sort=date",
            f"/on-this-day/{month:02}-{chance.randrange(1, 29):02}/",
            "/archives/",
            "/authors/",
            "/popular/?window=month",
            f"/nowhere/{chance.random()}/",
            f"/old/post-{chance.randrange(1, self.posts)}/",
        ]


def main(minutes=60, posts=1_000_000):
    from bench import addresses
    from bench.pages import Report
    from bench.served import served_site, web_processes
    from bench.sites import Site

    site, report, stopped = Site(posts), Report(), threading.Event()
    with site.connected(), tempfile.TemporaryDirectory() as folder:
        known = addresses.posts(min(posts, KNOWN))
        told = {"DATABASE_URL": site.url, "EDITION_LOOK_SECONDS": "0.25"}
        ready = [("collectstatic", "--noinput", "-v0")]
        with served_site(folder, prepared_by=ready, log=Path(folder, "log"), **told) as address:
            crawlers = [
                Crawler(address, seed, posts=posts, known=known, stopped=stopped) for seed in range(CRAWLERS)
            ]
            for crawler in crawlers:
                crawler.start()
            held = watched(web_processes(address), minutes * 60)
            stopped.set()
            for crawler in crawlers:
                crawler.join(60)
    answers = sum((crawler.answers for crawler in crawlers), Counter())
    report.head(f"{'one web process':<34}{'MB':>8}   answers {dict(answers)}")
    quarter = max(1, len(held) // 4)
    before, after = median(held[quarter : 2 * quarter] or held), median(held[-quarter:])
    report.line("the most it held", f"{max(held):>8.0f}", {"MB": (max(held), MOST)})
    report.line("last quarter ÷ second", f"{after / before:>8.2f}", {"growth": (after / before, MOST_GROWTH)})
    wrong = sum(count for status, count in answers.items() if status == "failed" or status >= 500)
    report.line("failed", f"{wrong:>8}", {"failed": (wrong, 0)})
    report.end()


def watched(processes, seconds):
    """MB of the largest of the processes, every so often; posts are published meanwhile."""
    held, begun, published = [], time.monotonic(), 0
    while (passed := time.monotonic() - begun) < seconds:
        if passed >= published * PUBLISHED_EVERY:
            published += 1
            publish(published)
        held.append(max(process.memory_info().rss for process in processes) / MEGABYTE)
        if len(held) % 6 == 1:
            print(f"{passed / 60:>6.1f} min {held[-1]:>7.0f} MB", flush=True)
        time.sleep(EVERY)
    return held


def publish(number):
    """A post, gone again at once: two editions."""
    from posts import publishing
    from posts.models import Post

    post = Post.objects.create(title=f"Published while crawlers read, no {number}", body="<p>Just now.</p>")
    publishing.publish(post)
    Post.objects.filter(pk=post.pk).delete()
