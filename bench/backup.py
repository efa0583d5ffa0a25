"""`python -m bench backup [POSTS] [SUBSCRIBERS] [FILES]`: the whole site into one file and back; 100,000 posts, 1,000,000
subscribers and 2,000 pictures of 300 kB unless told.

Times, sizes and the peak memory of each process: a backup, one encrypted, reading one again, a restore. One backup and one restore are
killed with SIGKILL in the middle: nothing of them may be taken for a whole one, and the next must go through. A backup of an
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
    told("backup", run(folder, MADE, "backup", plain), plain)
    told("backup, encrypted", run(folder, MADE, "backup", sealed, "--recipient", key.to_public()), sealed)
    told("verify_backup, encrypted", run(folder, MADE, "verify_backup", sealed, "--key", folder / "key"))
    killed = run(folder, MADE, "backup", folder / "killed", kill_after=5)
    if (folder / "killed").exists():
        sys.exit("A backup that was killed has the name of a whole one.")
    told("backup killed after, then again", run(folder, MADE, "backup", folder / "killed"), before=killed)
    (folder / "killed").unlink()
    copy(site, BACK)
    killed = run(folder, BACK, "restore", sealed, "--key", folder / "key", kill_after=25, media="back")
    told(
        "restore killed after, then again",
        run(folder, BACK, "restore", sealed, "--key", folder / "key", media="back"),
        before=killed,
    )
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
    told("restore of an earlier state", run(folder, BACK, "restore", plain, media="back"))
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


def run(folder, database, *words, kill_after=None, media="media"):
    """(seconds, peak memory in MB, seconds of processor time less PostgreSQL's) of a command of manage.py."""
    from bench.sites import url_of

    place = {"DATABASE_URL": url_of(database), "VAR_DIR": str(folder), "MEDIA_ROOT": str(folder / media)}
    place |= {"DEBUG": "0", "SECRET_KEY": KEY, "NEWSLETTER_KEY": KEY, "SITE_URL": "http://127.0.0.1"}
    begun, peak, before = time.monotonic(), 0, resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(
        [sys.executable, "manage.py", *map(str, words)], env=os.environ | place, stdout=subprocess.DEVNULL
    )
    while process.poll() is None:
        peak = max(peak, memory_of(process.pid))
        time.sleep(0.1)
        if kill_after and time.monotonic() - begun > kill_after:
            process.kill()
    if process.returncode and not kill_after:
        sys.exit(f"{words[0]} ended with exit code {process.returncode}.")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - begun, peak, spent


def told(what, done, file=None, before=None):
    killed = f", {before[0]:.0f} s before" if before else ""
    size = f"{file.stat().st_size / 1e6:>8,.0f} MB" if file else ""
    print(
        f"{what:<36}{done[0]:>7.1f} s ({done[2]:.1f} of processor) {done[1]:>6.0f} MB of memory {size}{killed}",
        flush=True,
    )
