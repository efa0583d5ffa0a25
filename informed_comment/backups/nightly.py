"""The backup of each night, as the settings say: where, for whom, how many stay.

It is a process of its own beside the worker, so that mail does not wait for it, and holds a lock as long as it lives. So one that
was killed is noticed, and tried again with the worker's next look.
"""

import logging
import subprocess
import sys
from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.mail import mail_admins
from django.db import connection, transaction
from django.utils import timezone

from informed_comment import audit
from informed_comment.backups import keeping, lights, making, partial, places
from informed_comment.backups.packing import recipients_of
from informed_comment.backups.snapshot import own_connection
from informed_comment.backups.trouble import Trouble
from informed_comment.models import BackupRun

log = logging.getLogger(__name__)

LOCK = "hashtext('informed_comment nightly backup')"
PAUSE = timedelta(hours=1)  # after one that failed
BUSY = "Another process is making the backup. Nothing was done."
KILLED = "It was ended before it was done. It is tried again."
at_work = []  # the process this worker has begun


def last_hour(now):
    """The newest moment, already past, at which a backup was to begin."""
    try:
        hour = time.fromisoformat(settings.BACKUP_AT)
    except ValueError as error:
        raise Trouble(f"BACKUP_AT is “{settings.BACKUP_AT}”. Write it as 03:10.") from error
    local = timezone.localtime(now)
    today = timezone.make_aware(datetime.combine(local.date(), hour))
    return (
        today
        if today <= now
        else timezone.make_aware(datetime.combine(local.date() - timedelta(days=1), hour))
    )


def is_due(now=None):
    """Whether tonight's is still to be made, and nobody makes it. One that failed is tried again after a pause."""
    now = now or timezone.now()
    if not lights.is_wanted():
        return False
    since = BackupRun.objects.filter(started_at__gte=last_hour(now))
    if since.filter(verified_at__isnull=False).exists():
        return False
    if since.filter(ended_at__gt=now - PAUSE).exclude(problem="").exclude(problem=KILLED).exists():
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_xact_lock({LOCK})")
        return cursor.fetchone()[0]


def begin_when_due():
    """Begins it beside the worker; whether it did."""
    at_work[:] = [process for process in at_work if process.poll() is None]
    if at_work or not is_due():
        return False
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "backup", "--nightly"]
    at_work.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL))
    return True


def run(*, say=lambda what: None):
    """Makes it now; the BackupRun, or None while another process is at it. Raises Trouble when nothing came of it."""
    with own_connection("nightly backup") as session:
        if not session.execute(f"SELECT pg_try_advisory_lock({LOCK})").fetchone()[0]:
            return None
        BackupRun.objects.filter(ended_at=None).update(ended_at=timezone.now(), problem=KILLED)
        done = BackupRun.objects.create(started_at=timezone.now())
        connection.close()  # nothing holds it open for as long as this takes
        try:
            kept(done, say)
        except Trouble as trouble:
            failed(done, str(trouble))
            raise
        except Exception as error:
            failed(done, f"{type(error).__name__}: {error}")
            raise
    return done


def kept(done, say):
    """Written, read again, sent away, noted; then those that have served their time go."""
    recipients = recipients_of(settings.BACKUP_AGE_RECIPIENTS)
    folder, bucket = places.first_folder(), places.bucket()
    done.name = keeping.name_at(done.started_at, is_encrypted=bool(recipients))
    tidy(folder)
    path = folder / done.name
    made = making.make(path, recipients=recipients, say=say)
    try:
        if bucket:
            say("sending it to the bucket")
            bucket.put(path)
    finally:
        if not settings.BACKUP_DIR:
            path.unlink(missing_ok=True)
    homes = ([places.Folder(folder)] if settings.BACKUP_DIR else []) + ([bucket] if bucket else [])
    done.where, done.size = " and ".join(home.name for home in homes)[:500], made.size
    done.ended_at = done.verified_at = timezone.now()
    done.save()
    audit.record(
        "backup_made", f"The backup {done.name} was made.", about=done.name, size=made.size, rows=made.rows
    )
    for home in homes:
        for name in keeping.to_go(home.names(), settings.BACKUP_KEEP):
            home.take_away(name)


def tidy(folder):
    """What killed processes left of backups of ours."""
    for entry in folder.iterdir():
        name = entry.name.removesuffix(partial.SUFFIX)
        if keeping.moment_of(name) and (name != entry.name or not settings.BACKUP_DIR):
            entry.unlink() if name == entry.name else partial.clear(entry)


def failed(done, problem):
    log.error("The backup came to nothing: %s", problem)
    done.ended_at, done.problem = timezone.now(), problem[:500]
    done.size = done.verified_at = None
    done.save()
    try:
        mail_admins("The backup came to nothing", f"{problem}\n\nIt is tried again in an hour. {lights.LOOK}")
    except OSError as error:
        log.error("The administrators could not be told by mail: %s", error)
