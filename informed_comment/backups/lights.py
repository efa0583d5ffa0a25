"""What the operator is shown of the backups."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.timesince import timesince

from informed_comment.models import BackupRun
from informed_comment.watching.lights import Light, State

NAME = "Last backup"
FRESH = timedelta(hours=26)
ALARMING = timedelta(hours=50)  # two nights without one
SET_UP = "Name BACKUP_DIR or BACKUP_S3_BUCKET in the environment (see Backup in docs/operations.md), then restart the worker."
LOOK = "See what the worker's log says of it, then have one made now: manage.py backup --nightly."


def is_wanted():
    return bool(settings.BACKUP_DIR or settings.BACKUP_S3["bucket"])


def last_backup():
    if not is_wanted():
        return [Light(NAME, State.WATCH, "No backups are made.", SET_UP)]
    ended, found_right = (
        BackupRun.objects.filter(**{f"{at}__isnull": False}) for at in ("ended_at", "verified_at")
    )
    runs = list(ended[:1].union(found_right[:1]).order_by("-started_at"))
    newest = next((run for run in runs if run.ended_at), None)
    good = next((run for run in runs if run.verified_at), None)
    trouble = f" The last try failed: {newest.problem}" if newest and newest.problem else ""
    if good is None:
        return [Light(NAME, State.BAD, f"There is no backup yet.{trouble}", LOOK)]
    age = timezone.now() - good.started_at
    says = f"{good.name} of {timesince(good.started_at, depth=1)} ago, read again and found right, in {good.where}.{trouble}"
    if age < FRESH:
        return [Light(NAME, State.WATCH, says, LOOK) if trouble else Light(NAME, State.GOOD, says)]
    return [Light(NAME, State.WATCH if age < ALARMING else State.BAD, says, LOOK)]
