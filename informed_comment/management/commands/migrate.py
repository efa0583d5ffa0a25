"""`manage.py migrate`: Django's own, which waits for no table longer than readers can (migrating.py)."""

from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, connections

from informed_comment.migrating import Blocked, WholeMigrations, patiently

migrate.MigrationExecutor = WholeMigrations  # there is no other way to name it


class Command(migrate.Command):
    under_way = None

    def handle(self, *args, **options):
        if options["database"] != DEFAULT_DB_ALIAS or options["plan"] or options["check_unapplied"]:
            return super().handle(*args, **options)
        try:
            patiently(
                connections[DEFAULT_DB_ALIAS],
                lambda: super(Command, self).handle(*args, **options),
                doing=lambda: self.under_way or "The first migration",
                say=self.stderr.write,
            )
        except Blocked as blocked:
            raise CommandError(str(blocked)) from blocked
        return None

    def migration_progress_callback(self, action, migration=None, fake=False):
        if migration is not None:
            self.under_way = str(migration)
        super().migration_progress_callback(action, migration, fake)
