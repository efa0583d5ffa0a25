"""The metrics, in the words of Prometheus: what all processes of this machine have counted, and what the database tells.

Rooms name theirs in the setting METRICS: functions without arguments that return `Gauge`s.
"""

import fcntl
import json
import shutil
from collections import defaultdict
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connection, connections
from django.utils import timezone
from django.utils.module_loading import import_string
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

from informed_comment import caching, replica
from informed_comment.models import BackupRun, Edition, WatchedLight
from informed_comment.watching import certificate, counting, queue
from informed_comment.watching.lights import State
from informed_comment.watching.ready import Asked

GONE = "gone"  # the file with the counts of processes that have ended
ADDED = ("door", "answers", "jobs")


@dataclass(frozen=True)
class Gauge:
    """`values`: the values of the labels → a number; `{(): 7}` without labels."""

    name: str
    told: str
    values: dict
    labels: tuple = field(default=())


# What was counted


def is_alive(stem):
    number, _, begun = stem.partition("-")
    try:
        return abs(psutil.Process(int(number)).create_time() - float(begun)) < 1
    except (psutil.Error, ValueError):
        return False


@contextmanager
def only_one(where):
    where.mkdir(parents=True, exist_ok=True)
    with open(where / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def counted():
    """(the counts of all processes there are or were, those that are told as they are now by the living ones)."""
    counting.of_process.write()
    try:
        return of_all(counting.folder())
    except OSError:  # there is nowhere to write: this process is all that is known
        own = json.loads(json.dumps(counting.of_process.told()))
        return added([own]), [own]


def of_all(where):
    with only_one(where):
        gone, living, dead = read(where / f"{GONE}.json"), [], []
        for file in where.glob("*-*.json"):
            if is_alive(file.stem):
                living.append(read(file))
            else:
                dead.append(file)
        if dead:
            gone = added([gone, *map(read, dead)])
            draft = where / f"{GONE}.new"
            draft.write_text(json.dumps(gone))
            draft.replace(where / f"{GONE}.json")
            for file in dead:
                file.unlink(missing_ok=True)
    return added([gone, *living]), living


def read(file):
    with suppress(OSError, ValueError):
        return json.loads(Path(file).read_text())
    return {}


def added(tellings):
    """The sum of what several processes tell, in the same form."""
    total = {name: defaultdict(int) for name in ADDED}
    seconds = {}
    for told in tellings:
        for name in ADDED:
            for *of, number in told.get(name, []):
                total[name][tuple(of)] += number
        for kind, buckets in told.get("seconds", []):
            known = seconds.setdefault(kind, [0] * len(buckets))
            seconds[kind] = [one + other for one, other in zip(known, buckets, strict=True)]
    found = {name: [[*of, number] for of, number in sorted(total[name].items())] for name in ADDED}
    return found | {"seconds": sorted(seconds.items())}


def families_of(total, living):
    door = CounterMetricFamily(
        "door_answers", "Finished pages and 304s given out before Django", labels=["status"]
    )
    for status, number in total["door"]:
        door.add_metric([str(status)], number)
    answers = CounterMetricFamily("answers", "Answers of Django", labels=["kind", "status"])
    for kind, status, number in total["answers"]:
        answers.add_metric([kind, str(status)], number)
    jobs = CounterMetricFamily("jobs", "Jobs done by workers of this machine", labels=["task", "outcome"])
    for task, outcome, number in total["jobs"]:
        jobs.add_metric([task, outcome], number)
    seconds = HistogramMetricFamily("answer_seconds", "How long Django took to answer", labels=["kind"])
    for kind, (*buckets, whole) in total["seconds"]:
        up_to, running = [], 0
        for bound, number in zip([*counting.BOUNDS, "+Inf"], buckets, strict=True):
            running += number
            up_to.append((str(bound), running))
        seconds.add_metric([kind], up_to, whole)
    now = defaultdict(int)
    for told in living:
        for name, number in told.get("now", {}).items():
            now[name] += number
    measures = [
        Gauge(name, f"Of all processes: {name.replace('_', ' ')}", {(): number})
        for name, number in now.items()
    ]
    measures.append(Gauge("processes", "Processes of this machine that count", {(): len(living)}))
    return [door, answers, jobs, seconds, *map(family_of, measures)]


# What each process tells of itself


def pool():
    """Of the pool of connections: how many there are, how many are free, who waits for one; nothing without a pool."""
    found = getattr(connections[DEFAULT_DB_ALIAS], "_connection_pools", {}).get(DEFAULT_DB_ALIAS)
    return found.get_stats() if found else {}


counting.of_process.measures |= {
    "page_cache_bytes": lambda: caching.shelf.bytes,
    "page_cache_pages": lambda: len(caching.shelf.pages),
    "pool_connections": lambda: pool().get("pool_size", 0),
    "pool_free": lambda: pool().get("pool_available", 0),
    "pool_waiting": lambda: pool().get("requests_waiting", 0),
}


# What the database tells


def of_the_frame():
    tasks = queue.by_task()
    yield Gauge(
        "jobs_waiting", "Jobs that should have begun", {(one.task,): one.due for one in tasks}, ("task",)
    )
    yield Gauge(
        "jobs_oldest_seconds",
        "How long the oldest of them waits",
        {(one.task,): one.age for one in tasks},
        ("task",),
    )
    yield Gauge(
        "jobs_failed", "Jobs that were given up", {(one.task,): one.failed for one in tasks}, ("task",)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers"
        )
        number, age = cursor.fetchone()
    yield Gauge("workers", "Workers that have reported", {(): number})
    if age is not None:
        yield Gauge("worker_heartbeat_seconds", "Since the newest heartbeat", {(): float(age)})
    edition = Edition.objects.values_list("number", flat=True).first()
    if edition is not None:  # as while a restore is not at its end
        yield Gauge("edition", "The number of the edition", {(): edition})
    lights = WatchedLight.objects.values_list("name", "state")
    worth = {State.GOOD: 0, State.WATCH: 1, State.BAD: 2}
    yield Gauge(
        "light",
        "0: well, 1: will need somebody, 2: needs somebody",
        {(name,): worth[state] for name, state in lights},
        ("name",),
    )
    backup = BackupRun.objects.filter(verified_at__isnull=False).values_list("started_at", flat=True).first()
    if backup:
        yield Gauge(
            "backup_age_seconds",
            "Since the last good one began",
            {(): (timezone.now() - backup).total_seconds()},
        )
    said = replica.says()
    if said:
        yield Gauge("replica_up", "Whether the replica answers and is up to date", {(): int(said == "ok")})


def told_by_the_database():
    """All gauges; None when it does not answer."""
    try:
        return [*of_the_frame(), *(gauge for name in settings.METRICS for gauge in import_string(name)())]
    except (DatabaseError, InterfaceError):
        connection.close()
        return None


asked = Asked(told_by_the_database)


def of_the_machine():
    yield Gauge("release", "What runs", {(caching.release(),): 1}, ("release",))
    with suppress(OSError):
        yield Gauge(
            "disk_free_bytes", "On the disk of VAR_DIR", {(): shutil.disk_usage(settings.VAR_DIR).free}
        )

    if remaining := certificate.left():
        days = remaining.total_seconds() / 86_400
        yield Gauge("certificate_days", "Until the certificate of SITE_URL ends", {(): days})


def family_of(gauge):
    family = GaugeMetricFamily(gauge.name, gauge.told, labels=gauge.labels)
    for values, number in gauge.values.items():
        family.add_metric(list(map(str, values)), number)
    return family


class Site:
    """Everything, as prometheus_client collects it."""

    def collect(self):
        told = asked.answer()
        up = Gauge("database_up", "Whether the database answers", {(): int(told is not None)})
        for family in [*families_of(*counted()), *map(family_of, [up, *of_the_machine(), *(told or [])])]:
            family.name = f"informed_comment_{family.name}"
            family.samples = [one._replace(name=f"informed_comment_{one.name}") for one in family.samples]
            yield family


def text():
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Site())
    return generate_latest(registry)
