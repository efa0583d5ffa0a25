"""`python -m bench leaving [POSTS] [0]`: how fast a publication goes out, and comes in again, and in how much memory.

Each way is held against a plain COPY of the same rows, which is about what reading them costs at the least. Memory is what
the process grew by, sampled while it worked: in the first tenth, and at most. With 0 nothing comes in again.
"""

import os
import shutil
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

TABLES = [
    "posts_post",
    "posts_byline",
    "posts_filing",
    "posts_taggedpost",
    "authors_author",
    "posts_category",
    "posts_tag",
]


@dataclass
class Measured:
    name: str
    seconds: float
    bytes: int
    early: int
    most: int


class Memory:
    """What this process grew by, looked at twenty times a second."""

    def __enter__(self):
        self.begun, self.process, self.seen, self.over = (
            time.monotonic(),
            psutil.Process(),
            [],
            threading.Event(),
        )
        self.before = self.process.memory_info().rss
        self.thread = threading.Thread(target=self.look, daemon=True)
        self.thread.start()
        return self

    def look(self):
        while not self.over.wait(0.05):
            self.seen.append(self.process.memory_info().rss - self.before)

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        self.seconds = time.monotonic() - self.begun

    def measured(self, name, size):
        tenth = self.seen[: max(1, len(self.seen) // 10)] or [0]
        return Measured(name, self.seconds, size, max(tenth), max(self.seen or [0]))


def main(posts=10_000, comes_back=1):
    from django.db import connection

    connection.creation.create_test_db(verbosity=0)
    folder = Path(tempfile.mkdtemp(prefix="leaving-"))
    try:
        fill_elsewhere(posts)
        report(posts, list(measure(folder, comes_back)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def fill_elsewhere(posts):
    """In another process, so that this one has nothing in memory yet."""
    from django.db import connections

    from bench.content import make

    connections.close_all()
    child = os.fork()
    if not child:
        code = 1
        try:
            make(posts)
            code = 0
        finally:
            os._exit(code)
    if os.waitpid(child, 0)[1]:
        raise SystemExit("The posts could not be made.")


def measure(folder, comes_back):
    from django.db import connection

    from wordpress import exporter
    from wordpress.leaving.site import coming, going
    from wordpress.leaving.site.kinds import exported_models

    with Memory() as memory:
        size = copy_out(folder / "copied")
    yield memory.measured("COPY", size)
    with Memory() as memory:
        exporter.write(folder / "site.xml")
    yield memory.measured("export_wordpress", (folder / "site.xml").stat().st_size)
    with Memory() as memory:
        going.export_site(folder / "site")
    yield memory.measured("export_site", size_of(folder / "site"))
    if not comes_back:
        return
    with connection.cursor() as cursor:
        tables = sorted(model._meta.db_table for model in exported_models())
        cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
    with Memory() as memory:
        coming.import_site(folder / "site")
    yield memory.measured("import_site", size_of(folder / "site"))


def copy_out(path):
    from django.db import connection

    with path.open("wb") as file, connection.cursor() as cursor:
        for table in TABLES:
            with cursor.copy(f"COPY {table} TO STDOUT") as rows:
                for data in rows:
                    file.write(data)
    return path.stat().st_size


def size_of(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def report(posts, measured):
    least = measured[0].seconds
    print(f"{posts:,} posts")
    print(
        f"{'':<18} {'seconds':>8} {'posts/s':>9} {'÷ COPY':>7} {'MB':>7} {'grew by, MB':>12} {'at most':>8}"
    )
    for one in measured:
        print(
            f"{one.name:<18} {one.seconds:>8.1f} {posts / one.seconds:>9,.0f} {one.seconds / least:>7.1f}"
            f" {one.bytes / 1e6:>7.0f} {one.early / 1e6:>12.0f} {one.most / 1e6:>8.0f}"
        )
