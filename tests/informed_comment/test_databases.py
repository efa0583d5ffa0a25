import pytest
from django.db import connection
from psycopg_pool import ConnectionPool

from informed_comment import databases

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pool():
    kept = connection.get_connection_params()
    address = {name: kept[name] for name in ("dbname", "user", "host")} | {"autocommit": True}
    with ConnectionPool(
        kwargs=address, min_size=1, max_size=1, timeout=5, check=databases.look_at, open=False
    ) as pool:
        yield pool


def session(pool):
    with pool.connection() as ours:
        return ours.execute("SELECT pg_backend_pid()").fetchone()[0]


def test_a_connection_that_the_server_ended_is_handed_to_nobody(pool):
    first = session(pool)
    assert session(pool) == first
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
    assert session(pool) != first


def test_the_server_is_asked_after_a_pause_and_not_each_time(pool, monkeypatch):
    asked = []

    def ask(connection):
        asked.append(connection)

    monkeypatch.setattr(databases.ConnectionPool, "check_connection", staticmethod(ask))
    for _ in range(3):
        session(pool)
    assert len(asked) == 1
    monkeypatch.setattr(databases, "QUIET", 0)
    session(pool)
    assert len(asked) == 2
