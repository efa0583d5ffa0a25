"""Looking whether links to other sites still lead anywhere: asked for when a text is saved, done by the worker.

One site is asked one thing at a time. What is asked is in posts/visiting.py, which goes to public addresses only.
"""

import time

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from informed_comment import jobs
from posts import visiting
from posts.bodies import is_elsewhere
from posts.models import OutgoingLink
from posts.models.outgoing import LONGEST, digest_of, host_of

MOST = 300  # links of one text
AT_ONCE = 20  # links of one site in one job
PAUSE = 1  # seconds between two questions to one site


def plain(address):
    """An address without the place within the page: many links to one page are one question."""
    return address.partition("#")[0]


def addresses_in(html):
    """The addresses on other sites that a text links to, each once."""
    if "<a " not in html:
        return []
    links = LexborHTMLParser(html, is_fragment=True).css("a[href]")
    found = dict.fromkeys(plain(link.attributes["href"] or "") for link in links)
    return [
        url
        for url in found
        if url.lower().startswith(("http://", "https://"))
        and is_elsewhere(url)
        and host_of(url)
        and len(url) <= LONGEST
    ][:MOST]


@transaction.atomic
def ask(html):
    """Has the worker look at the links in a text that nobody has looked at lately; how many there are of them."""
    urls = addresses_in(html) if settings.CHECK_OUTGOING_LINKS else []
    if not urls:
        return 0
    OutgoingLink.objects.bulk_create(
        [OutgoingLink(url=url, digest=digest_of(url), host=host_of(url)) for url in urls],
        ignore_conflicts=True,
    )
    hosts = list(OutgoingLink.objects.of(urls).due().values_list("host", flat=True))
    for host in sorted(set(hosts)):
        ask_about(host)
    return len(hosts)


def ask_about(host):
    jobs.defer("posts.tasks.look_at_links", queueing_lock=f"links {host}", lock=f"links {host}", host=host)


def look_at(host, *, visit=visiting.visit, pause=PAUSE):
    """Looks at the links to one site that are due, those nobody ever looked at first; the rest in a job of its own."""
    due = OutgoingLink.objects.filter(host=host).due().order_by(F("checked_at").asc(nulls_first=True), "pk")
    links = list(due[:AT_ONCE])
    for at, link in enumerate(links):
        if at:
            time.sleep(pause)
        note(link, visit(link.url))
    if len(links) == AT_ONCE and due.exists():
        ask_about(host)


def note(link, answer):
    """Writes down what was found; a link that fails remembers since when."""
    failed = answer.status is None or answer.status >= 500
    first = (link.first_failed_at or timezone.now()) if failed else None
    OutgoingLink.objects.filter(pk=link.pk).update(
        status=answer.status,
        trouble=answer.trouble[:200],
        is_never=answer.is_never,
        checked_at=Now(),
        first_failed_at=first,
    )
