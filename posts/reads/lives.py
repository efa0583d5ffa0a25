"""Where a post's readers have come from since it came out."""

from django.db.models import Sum

from posts.models import ReadDay, Referral, ReferringHost, Source
from posts.reads.overviews import FromSource
from posts.reads.ranking import Ranked
from posts.reads.scopes import COLUMNS


def sources(post):
    """Those with reads, most first. Reads from before sources were asked for count as direct; one query."""
    sums = ReadDay.objects.filter(post=post).aggregate(**{name: Sum(name, default=0) for name in COLUMNS})
    total = sums.pop("reads")
    reads = {Source.DIRECT: total - sum(sums.values())} | {Source(name): n for name, n in sums.items()}
    shown = sorted(reads.items(), key=lambda item: -item[1])
    return [FromSource(source, n, 100 * n / total, None, None) for source, n in shown if n]


def hosts(post, *, most=10):
    """The sites that have sent readers; two queries."""
    rows = Referral.objects.filter(post=post).values("host_id").annotate(sum=Sum("reads"))
    found = dict(rows.order_by("-sum", "host_id").values_list("host_id", "sum")[:most])
    named = ReferringHost.objects.in_bulk(list(found))
    return [Ranked(named[pk], reads, None) for pk, reads in found.items()]
