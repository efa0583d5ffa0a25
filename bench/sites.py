"""Databases of made publications that are kept under a name, bench_pages_POSTS, and made once.

The comment on a database says by what it was made. One made otherwise is made anew; one that only lacks migrations since is
migrated, as a site would be.
"""

import hashlib
import json
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

MAKERS = ("vocabulary.py", "rows.py", "content.py")
STAMP = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"


class Site:
    """A database with so many posts; `url` is its DATABASE_URL."""

    def __init__(self, posts):
        from django.conf import settings

        self.posts, self.name = posts, f"bench_pages_{posts}"
        self.main = settings.DATABASES["default"]["NAME"]
        self.url = url_of(self.name)
        self.have()

    def have(self):
        from django.core.management import call_command
        from django.db import connection

        from bench import content

        if self.stamp() != self.wanted() or not self.knows_its_migrations():
            print(f"Making {self.posts:,} posts in {self.name} …", file=sys.stderr)
            with self.connected(self.main), connection.cursor() as cursor:
                cursor.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
                cursor.execute(f"CREATE DATABASE {self.name}")
            with self.connected():
                call_command("migrate", interactive=False, verbosity=0)
                content.make(self.posts)
                content.reads_of_a_month()
                with connection.cursor() as cursor:
                    cursor.execute(f"COMMENT ON DATABASE {self.name} IS '{self.wanted()}'")
        with self.connected():
            call_command("migrate", interactive=False, verbosity=0)

    def wanted(self):
        digest = hashlib.sha256()
        for name in MAKERS:
            digest.update(Path(__file__).with_name(name).read_bytes())
        return json.dumps({"posts": self.posts, "maker": digest.hexdigest()[:12]})

    def stamp(self):
        from django.db import connection

        with self.connected(self.main), connection.cursor() as cursor:
            cursor.execute(STAMP, [self.name])
            found = cursor.fetchone()
            return found and found[0]

    def knows_its_migrations(self):
        """Whether everything the database has been through is still among our migrations."""
        from django.db import connection
        from django.db.migrations.loader import MigrationLoader

        with self.connected():
            loader = MigrationLoader(connection)
            return all(
                key in loader.disk_migrations
                for key in loader.applied_migrations
                if key[0] in loader.migrated_apps
            )

    @contextmanager
    def connected(self, name=None):
        """With Django's connection to this database, or to that of the name, from then on."""
        from django.db import connection

        name = name or self.name
        if connection.settings_dict["NAME"] != name:
            connection.close()
            connection.settings_dict["NAME"] = name
        yield self


def url_of(name):
    import os

    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
