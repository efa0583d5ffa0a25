"""What an export holds, and by what to know that it is whole."""

import hashlib
import json
import os
import stat
from pathlib import Path

FORMAT = "Informed Comment site"
VERSION = 1
MANIFEST = "manifest.json"
README = "README.txt"
FILES = "media.jsonl"
MEDIA = "media"
CHUNK = 1024 * 1024


class DumpError(Exception):
    """The export cannot be restored, or not be written; the message names file, line and cure."""


def digest(path):
    """(size, SHA-256) of a file, read in pieces."""
    with open_plain(path) as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), found


def open_plain(path):
    """A file itself, never what a link in its place would lead to."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        raise DumpError(f"{path} cannot be read: {error.strerror}.") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise DumpError(f"{path} is not a file. Copy the export again.")
    return os.fdopen(handle, "rb")


def read(folder):
    """The manifest of an export. Raises DumpError."""
    path = Path(folder) / MANIFEST
    if not path.exists():
        raise DumpError(
            f"{folder} holds no {MANIFEST}, so it is no export, or one that was broken off. Name the folder that "
            "export_site wrote."
        )
    try:
        with open_plain(path) as file:
            found = json.load(file)
        _check(found)
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise DumpError(f"{MANIFEST} cannot be read ({error}). Copy the export again.") from error
    return found


def _check(found):
    if found["format"] != FORMAT:
        raise DumpError(
            f"{MANIFEST} is not that of an export of this kind: its format is {found['format']!r}."
        )
    if not isinstance(found["version"], int) or found["version"] > VERSION:
        raise DumpError(
            f"The export has version {found['version']} of its format, and this site reads up to {VERSION}. Update the "
            "site and restore again."
        )
    for name, file in found["files"].items():
        if "/" in name or not isinstance(file["sha256"], str) or not isinstance(file["bytes"], int):
            raise ValueError(f"{name!r} is not described")
    if not isinstance(found["with_subscribers"], bool):
        raise TypeError("with_subscribers is neither true nor false")
