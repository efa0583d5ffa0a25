"""`python -m bench backup [POSTS] [SUBSCRIBERS] [FILES]`: the whole site into one file and back; 100,000 posts, 1,000,000
subscribers and 2,000 pictures of 300 kB unless told.

Times, sizes and the peak memory of each process: a backup, one encrypted, reading one again, a restore. Backups and restores are
killed with SIGKILL at moments all over them (backups_killed.py). A backup of an
earlier state of the tables is restored and brought to today's. Every table and every file has to come back equal, or it ends with exit code 1.
"""

import hashlib
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyrage

from bench.backups_killed import killed_backups, killed_nights, killed_restores
from bench.sites import url_of
from bench.subscribers import memory_of

MADE, BACK = "bench_backup", "bench_restored"
PICTURE = 300_000
KEY = "k" * 50
OTHER_THAN_BEFORE = {"informed_comment_edition", "informed_comment_auditentry", "newsletter_digestplan"}


def main(posts=100_000, subscribers=1_000_000, files=2_000):
    from django.db import connection

    from bench.sites import Site

    site = Site(posts)
    connection.close()
    with tempfile.TemporaryDirectory(prefix="informed-comment-") as folder:
        folder = Path(folder)
        copy(site, MADE, template=site.name)
        with site.connected(MADE):
            from bench.mailing import fill

            fill(subscribers)
            connection.close()
        pictures(folder / "media", files)
        there = size_of(site, MADE)
        print(
            f"{posts:,} posts, {subscribers:,} subscribers: a database of {there / 1e6:,.0f} MB; {files:,} files of {PICTURE:,} bytes"
        )
        course(site, folder)
        for name in (MADE, BACK):
            copy(site, name, only_drop=True)


def course(site, folder):
    plain, sealed, key = folder / "plain", folder / "sealed", pyrage.x25519.Identity.generate()
    (folder / "key").write_text(f"{key}\n")
    made = run(folder, MADE, "backup", plain)
    told("backup", made, plain)
    night = lambda: command(folder, MADE, "backup", "--nightly")  # noqa: E731
    print("nightly:", killed_nights(night, url_of(MADE), folder / "nightly", made[0]), flush=True)
    told("backup, encrypted", run(folder, MADE, "backup", sealed, "--recipient", key.to_public()), sealed)
    told("verify_backup, encrypted", run(folder, MADE, "verify_backup", sealed, "--key", folder / "key"))
    ways = [lambda path, name=name: command(folder, MADE, name, path) for name in ("backup", "verify_backup")]
    print("backups:", killed_backups(*ways, folder / "killed", made[0]), flush=True)
    (folder / "killed").unlink()
    words = ("restore", sealed, "--key", folder / "key")
    copy(site, BACK)
    restored = run(folder, BACK, *words, media="back")
    told("restore, encrypted", restored)
    compare(site, folder)
    shutil.rmtree(folder / "back")
    copy(site, BACK)
    given = lambda: command(folder, BACK, *words, media="back")  # noqa: E731
    print("restores:", killed_restores(given, url_of(BACK), restored[0]), flush=True)
    compare(site, folder)
    sealed.unlink()
    earlier(site, folder, plain)


def earlier(site, folder, plain):
    """A backup made before the newest migration of the frame."""
    names = sorted(path.stem for path in Path("informed_comment/migrations").glob("0*.py"))
    plain.unlink()
    run(folder, MADE, "migrate", "informed_comment", names[-2], "-v0")
    told("backup of an earlier state", run(folder, MADE, "backup", plain), plain)
    copy(site, BACK)
    shutil.rmtree(folder / "back")
    given = lambda: command(folder, BACK, "restore", plain, media="back")  # noqa: E731
    said = killed_restores(given, url_of(BACK), 60, wait_for_rows=True)
    print("restores of an earlier state, after their rows were there:", said, flush=True)
    run(folder, MADE, "migrate", "-v0")
    compare(site, folder, but={"django_migrations", "auth_permission", "django_content_type"})


def compare(site, folder, but=frozenset()):
    first, second = (tallies(site, name) for name in (MADE, BACK))
    unequal = [name for name in first.keys() | second.keys() if first.get(name) != second.get(name)]
    unequal = set(unequal) - OTHER_THAN_BEFORE - but
    files = [
        {path.name: digest(path) for path in (folder / place).rglob("*.jpg")} for place in ("media", "back")
    ]
    rows = sum(said["rows"] for said in second.values())
    print(
        f"{len(first)} tables with {rows:,} rows and {len(files[1]):,} files compared; unequal: {sorted(unequal) or 'none'}"
    )
    if unequal or files[0] != files[1]:
        sys.exit("What came back is not what was there.")


def tallies(site, name):
    from django.db import connection

    from informed_comment.backups.snapshot import snapshot, tally

    with site.connected(name):
        with snapshot() as state:
            found = {table.name: tally(state.cursor, table) for table in state.tables}
        connection.close()
    return found


def digest(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pictures(folder, number):
    chance = random.Random(3)
    for n in range(number):
        place = folder / f"{n % 12:02}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{n}.jpg").write_bytes(chance.randbytes(PICTURE))


def copy(site, name, template=None, *, only_drop=False):
    from django.db import connection

    with site.connected(site.main), connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        if not only_drop:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template or 'template0'}")


def size_of(site, name):
    from django.db import connection

    with site.connected(site.main), connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(%s)", [name])
        return cursor.fetchone()[0]


def command(folder, database, *words, media="media"):
    """A command of manage.py, and its environment."""
    place = {"DATABASE_URL": url_of(database), "VAR_DIR": str(folder), "MEDIA_ROOT": str(folder / media)}
    place |= {"DEBUG": "0", "SECRET_KEY": KEY, "NEWSLETTER_KEY": KEY, "SITE_URL": "http://127.0.0.1"}
    place |= {"BACKUP_DIR": str(folder / "nightly")}
    return [sys.executable, "manage.py", *map(str, words)], os.environ | place


def run(folder, database, *words, media="media"):
    """(seconds, peak memory in MB, seconds of processor time less PostgreSQL's) of a command of manage.py."""
    begun, peak, before = time.monotonic(), 0, resource.getrusage(resource.RUSAGE_CHILDREN)
    given, environment = command(folder, database, *words, media=media)
    process = subprocess.Popen(given, env=environment, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        peak = max(peak, memory_of(process.pid))
        time.sleep(0.1)
    if process.returncode:
        sys.exit(f"{words[0]} ended with exit code {process.returncode}.")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - begun, peak, spent


def told(what, done, file=None):
    size = f"{file.stat().st_size / 1e6:>8,.0f} MB" if file else ""
    print(
        f"{what:<36}{done[0]:>7.1f} s ({done[2]:.1f} of processor) {done[1]:>6.0f} MB of memory {size}",
        flush=True,
    )
