"""What stands in all tables and files, and which mails went out, so that two runs can be compared.

Numbers of rows come by their rank, since what was taken back leaves gaps in them; of moments only whether there is one.
"""

import hashlib
from collections import Counter
from email import message_from_bytes

COLUMNS = """
SELECT table_name, column_name, data_type FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND is_generated = 'NEVER' ORDER BY table_name, ordinal_position
"""
REFERENCES = """
SELECT conrelid::regclass::text, a.attname, confrelid::regclass::text FROM pg_constraint
JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[1] WHERE contype = 'f' AND cardinality(conkey) = 1
"""
LEFT_OUT = {
    "procrastinate_events",
    "procrastinate_workers",
    "procrastinate_periodic_defers",
    "posts_readerskey",
}
OLD = "gone"  # the name of jobs that were done long ago
WAITS = "SELECT task_name, status::text, count(*) FROM procrastinate_jobs GROUP BY 1, 2 ORDER BY 1, 2"


def everything(media, mail):
    from django.db import connection

    with connection.cursor() as cursor:
        tables = tables_of(cursor)
        cursor.execute(WAITS)
        jobs = [row for row in cursor.fetchall() if row[1] != "succeeded" or row[0] == OLD]
    files = {
        str(path.relative_to(media)): hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in media.rglob("*")
        if path.is_file()
    }
    return {"tables": tables, "jobs": jobs, "files": files, "mails": mails_in(mail)}


def tables_of(cursor):
    """table → column → its values in the order of the rows."""
    cursor.execute(REFERENCES)
    leads = {(table, column): other for table, column, other in cursor.fetchall()}
    cursor.execute(COLUMNS)
    columns = {}
    for table, column, kind in cursor.fetchall():
        if table not in LEFT_OUT and table != "procrastinate_jobs":
            columns.setdefault(table, {})[column] = kind
    ranks = {table: rank_of(cursor, table) for table, known in columns.items() if "id" in known}
    found = {}
    for table, known in columns.items():
        names = [name for name, kind in known.items() if name != "id" and kind != "uuid"]
        shown = [
            f'"{name}" IS NOT NULL'
            if known[name].startswith("timestamp")
            else f'"{name}"::text'
            if (table, name) not in leads
            else f'"{name}"'
            for name in names
        ]
        cursor.execute(
            f"SELECT {', '.join(shown)} FROM {table} ORDER BY {'id' if 'id' in known else ', '.join(map(str, range(1, len(names) + 1)))}"
        )
        rows = cursor.fetchall()
        found[table] = {"": len(rows)} | {
            name: [ranks.get(leads.get((table, name)), {}).get(row[place], row[place]) for row in rows]
            for place, name in enumerate(names)
        }
    return found


def rank_of(cursor, table):
    cursor.execute(f"SELECT id FROM {table} ORDER BY id")
    return {row[0]: rank for rank, row in enumerate(cursor.fetchall())}


def mails_in(folder):
    """(to, subject, Message-ID) → how often it went out."""
    found = Counter()
    for path in folder.glob("*") if folder.exists() else ():
        for one in path.read_bytes().split(b"-" * 79 + b"\n"):
            message = message_from_bytes(one)
            if message["To"]:
                found[message["To"], message["Subject"], message["Message-ID"]] += 1
    return found


def differing(calm, other_calm, found, *, passes_over=()):
    """Where what was found is not what the undisturbed left, in words."""
    wrong = []
    for table, columns in calm["tables"].items():
        if table in passes_over:
            continue
        for name, values in columns.items():
            is_steady = values == other_calm["tables"][table][name]
            there = found["tables"][table][name]
            if (
                is_steady
                and there != values
                and sorted(map(str, there if name else [there]))
                != sorted(map(str, values if name else [values]))
            ):
                wrong.append(f"{table}.{name}: {short(values, there)}")
    if calm["files"].keys() == other_calm["files"].keys() and found["files"].keys() != calm["files"].keys():
        wrong.append(f"files: {sorted(found['files'].keys() ^ calm['files'].keys())[:4]}")
    steady = {name for name, digest in calm["files"].items() if other_calm["files"].get(name) == digest}
    wrong += [f"{name} is another" for name in steady if found["files"].get(name) != calm["files"][name]]
    if calm["jobs"] == other_calm["jobs"] != found["jobs"]:
        wrong.append(f"jobs: {calm['jobs']} → {found['jobs']}")
    if addressed(calm["mails"]) != addressed(found["mails"]):
        wrong.append(f"mails: {addressed(calm['mails'])} → {addressed(found['mails'])}")
    return wrong


def addressed(mails):
    """How many different mails each person got on each subject."""
    return Counter((to, subject) for to, subject, _ in mails)


def short(one, other):
    if not isinstance(one, list) or len(one) != len(other):
        return f"{str(one)[:80]} → {str(other)[:80]}"
    return [(a, b) for a, b in zip(one, other, strict=True) if a != b][:2]
