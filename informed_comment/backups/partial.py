"""A file that has its name only when it is whole and on the disk."""

import fcntl
import os
from contextlib import contextmanager, suppress

from informed_comment.backups.trouble import Trouble

SUFFIX = ".part"


@contextmanager
def file(path):
    """The new file, to be written and read, for its owner only. It gets its name when all went well, and else is gone.

    Who writes holds a lock on it, so that what a killed process left can be told from what is being written.
    """
    if path.exists():
        raise Trouble(f"{path} is there already. Name another file, or take that one away.")
    part = path.with_name(path.name + SUFFIX)
    clear(part)
    try:
        handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Trouble(
            f"{part} cannot be written: {error.strerror}. Mend that, or name another folder."
        ) from error
    try:
        with os.fdopen(handle, "w+b") as new:
            fcntl.flock(new, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield new
        os.rename(part, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


def clear(part):
    """Takes away what a killed process left; whether there was such a thing."""
    try:
        with part.open("rb") as left:
            fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part.unlink()
    except FileNotFoundError:
        return False
    except BlockingIOError as error:
        raise Trouble(f"{part} is being written by another process. Wait for it.") from error
    return True
