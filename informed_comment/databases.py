"""The entries of DATABASES, by the addresses an operator gives.

Web processes and everything else differ. The web takes connections from a pool, may go through a pooler such as
PgBouncer, and has readers' questions answered by a replica. The worker and the commands hold locks and listen for as
long as a session lasts, so they speak with PostgreSQL itself.
"""

import environ
from django.core.exceptions import ImproperlyConfigured

EXAMPLE = "postgresql://user:password@host/database"
REPLICA = "replica"
LOST = {  # a host that is gone, and not only its PostgreSQL, is noticed within seconds
    "connect_timeout": 2,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 2,
    "tcp_user_timeout": 5000,
}


def database(url, name="DATABASE_URL"):
    """The entry for an address; any other database than PostgreSQL is refused."""
    try:
        entry = environ.Env.db_url_config(url) if url.startswith(("postgres://", "postgresql://")) else {}
    except ValueError:
        entry = {}
    if not entry:
        raise ImproperlyConfigured(f"{name} must name a PostgreSQL: {EXAMPLE}.")
    return entry | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}


def of_commands(url, direct_url):
    """What the worker and the commands use: PostgreSQL itself, where that has an address beside the pooler's."""
    return {"default": database(direct_url, "DATABASE_DIRECT_URL") if direct_url else database(url)}


def of_web(url, replica_url, *, is_pooled_elsewhere, least, most, seconds):
    """What web processes use. `least`, `most` and `seconds` are those of the process's own pool; `most` 0 is none."""
    entries = {"default": with_options(database(url), LOST)}
    if replica_url:
        entries[REPLICA] = with_options(database(replica_url, "DATABASE_REPLICA_URL"), LOST)
    for entry in entries.values():
        if is_pooled_elsewhere:
            entry["ENGINE"] = "informed_comment.pooled"
    if most:
        waits = {"default": seconds, REPLICA: min(seconds, 1)}  # for the replica somebody else can step in
        return {name: pooled(entry, least, most, waits[name]) for name, entry in entries.items()}
    return entries


def pooled(entry, least, most, seconds):
    """Connections are the process's own and not each thread's, looked at before they are handed out.

    Whoever finds none free waits `seconds` at most. A database that is away is tried again by whoever comes next, and not by
    the pool, whose pauses grow: so it is found again within a second or two.
    """
    pool = {"min_size": min(least, most), "max_size": most, "timeout": seconds, "reconnect_timeout": 1}
    return with_options(entry, {"pool": pool | {"num_workers": 1}}) | {"CONN_MAX_AGE": 0}


def with_options(entry, options):
    return entry | {"OPTIONS": options | entry.get("OPTIONS", {})}
