"""Where backups lie: a folder, a bucket, or both."""

from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

from informed_comment.backups.trouble import Trouble


class Folder:
    def __init__(self, path):
        self.path, self.name = Path(path), str(path)

    def names(self):
        return [entry.name for entry in self.path.iterdir() if entry.is_file()]

    def take_away(self, name):
        (self.path / name).unlink(missing_ok=True)


def first_folder():
    """Where a backup is written: BACKUP_DIR, or a folder it leaves for the bucket."""
    path = Path(settings.BACKUP_DIR or settings.VAR_DIR / "backups-on-their-way")
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Trouble(
            f"The folder {path} cannot be made: {error.strerror}. Make it, for the account of the worker."
        ) from error
    return path


def bucket():
    """The bucket of BACKUP_S3_BUCKET, or None."""
    if not settings.BACKUP_S3["bucket"]:
        return None
    return import_string("informed_comment.backups.bucket.Bucket")(**settings.BACKUP_S3)
