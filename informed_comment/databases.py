"""The entries of DATABASES, by the addresses an operator gives.

Web processes and everything else differ. The web takes connections from a pool, may go through a pooler such as
PgBouncer, and has readers' questions answered by a replica. The worker and the commands hold locks and listen for as
long as a session lasts, so they speak with PostgreSQL itself.
"""

import select
import time

import environ
from django.core.exceptions import ImproperlyConfigured
from psycopg_pool import ConnectionPool

EXAMPLE = "postgresql://user:password@host/database"
REPLICA = "replica"
QUIET = 5  # seconds after which a connection is asked whether it is still there
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


def of_web(url, replica_url, *, is_pooled_elsewhere, least, most, seconds, longest=0):
    """What web processes use. `least`, `most` and `seconds` are those of the process's own pool; `most` 0 is none.

    No question of theirs takes more than `longest` seconds, so that whatever is asked of a page, the connection comes back.
    Behind a pooler, which shares connections with others, the role has to say so: ALTER ROLE … SET statement_timeout.
    """
    options = (
        LOST if is_pooled_elsewhere or not longest else LOST | {"options": f"-c statement_timeout={longest}s"}
    )
    entries = {"default": with_options(database(url), options)}
    if replica_url:
        entries[REPLICA] = with_options(database(replica_url, "DATABASE_REPLICA_URL"), options)
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
    pool |= {"num_workers": 1, "check": look_at}
    return with_options(entry, {"pool": pool}) | {"CONN_MAX_AGE": 0}


def look_at(connection):
    """Raises where the connection is gone. The server is asked only when there is reason to.

    A server that ends a connection says so, which stands at the socket; one that vanished with its machine does not. To ask
    each time would be a second question for every page.
    """
    said = select.poll()
    said.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    now = time.monotonic()
    if said.poll(0) or now - getattr(connection, "asked_at", 0) > QUIET:
        ConnectionPool.check_connection(connection)
        connection.asked_at = now


def with_options(entry, options):
    return entry | {"OPTIONS": options | entry.get("OPTIONS", {})}
