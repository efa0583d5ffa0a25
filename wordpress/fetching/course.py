"""Fetching in slices by the worker, so that mail need not wait for a hundred thousand pictures."""

import time

from informed_comment import jobs
from wordpress.fetching.courier import Courier, Limits
from wordpress.fetching.deed import fetch

LOCK = "fetch media"
LONGEST = 60  # seconds for one file: so long other work may have to wait


def ask(hosts, *, after=0):
    """Has the worker fetch what is lacking from these hosts; one at a time, whoever asks."""
    return jobs.defer(
        "wordpress.fetch_media", lock=LOCK, queueing_lock=LOCK, hosts=sorted(set(hosts)), after=after
    )


def work(hosts, *, after=0, seconds, courier=None):
    """A slice; asks for the next one where there is more. Returns what it did."""
    end = time.monotonic() + seconds
    courier = courier or Courier(hosts, limits=Limits(file_seconds=LONGEST))
    done = fetch(hosts, after=after, until=lambda: time.monotonic() > end, courier=courier)
    if not done.is_done and not done.stopped_by:
        ask(hosts, after=done.last)
    return done
