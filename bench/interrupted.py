"""`python -m bench interrupted [KILLS] [SEED]`: `manage.py migrate` killed with SIGKILL again and again, until it has come to its end.

Twenty kills unless told. Then the tables, indexes, constraints, functions and triggers have to be those of a database whose migrations nobody
disturbed, and no index may be half made. Ends with exit code 1 where they are not.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from informed_comment.processes import ROOT

LEAST = 1.5  # seconds in which a command has hardly begun
OURS = "n.nspname = 'public'"
SCHEMA = [
    "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns "
    "WHERE table_schema = 'public' ORDER BY 1, 2",
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(c.oid), convalidated FROM pg_constraint c "
    f"JOIN pg_namespace n ON n.oid = connamespace WHERE {OURS} ORDER BY 1, 2",
    f"SELECT proname, md5(prosrc) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE {OURS} ORDER BY 1, 2",
    "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2",
    "SELECT app, name FROM django_migrations ORDER BY 1, 2",
    "SELECT g.name, p.codename FROM auth_group g JOIN auth_group_permissions gp ON gp.group_id = g.id "
    "JOIN auth_permission p ON p.id = gp.permission_id ORDER BY 1, 2",
]
HALF_MADE = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"


def main(kills=20, seed=5):
    from bench.fault_site import PostgreSQL

    with tempfile.TemporaryDirectory(prefix="interrupted-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        home = Path(folder, "postgresql")
        home.mkdir()
        server = PostgreSQL(home)
        try:
            return compared(server, folder, kills, random.Random(seed))
        finally:
            server.part.end()


def compared(server, folder, kills, chance):
    calm, troubled = database(server, "calm"), database(server, "troubled")
    begun = time.monotonic()
    migrate(calm, folder).wait()
    whole = time.monotonic() - begun
    killed = 0
    while True:
        process = migrate(troubled, folder)
        wait = chance.uniform(LEAST, LEAST + 3 * whole / kills) if killed < kills else None
        try:
            code = process.wait(wait)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            killed += 1
            continue
        if code == 0:
            break
        print(f"after {killed} kills migrate ended with {code}: {Path(folder, 'log').read_text()[-2000:]}")
        return 1
    differing = [statement for statement in SCHEMA if asked(calm, statement) != asked(troubled, statement)]
    half = asked(troubled, HALF_MADE)
    print(
        f"{killed} kills, whole migration {whole:.1f} s; {len(differing)} differences, {len(half)} half-made indexes"
    )
    for statement in differing:
        one, other = set(asked(calm, statement)), set(asked(troubled, statement))
        print(sorted(one ^ other, key=str)[:10])
    return 1 if differing or half else 0


def database(server, name):
    with psycopg.connect(
        server.url.replace("/informed_comment?", "/postgres?"), autocommit=True
    ) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.url.replace("/informed_comment?", f"/{name}?")


def migrate(url, folder):
    given = os.environ | {"DATABASE_URL": url, "DEBUG": "1", "VAR_DIR": folder}
    with Path(folder, "log").open("a") as log:
        return subprocess.Popen(
            [sys.executable, "manage.py", "migrate", "-v0", "--noinput"],
            cwd=ROOT,
            env=given,
            stdout=log,
            stderr=log,
        )


def asked(url, statement):
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchall()
