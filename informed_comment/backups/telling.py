"""What commands say of a backup, and how far they have come."""

import time

EVERY = 0.2  # seconds


class Progress:
    """A line that changes on a terminal; nothing in a pipe."""

    def __init__(self, stream):
        self.stream, self.is_shown, self.said_at = stream, stream.isatty(), 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.is_shown and self.said_at:
            self.stream.write("\r\x1b[K", ending="")

    def __call__(self, what):
        if self.is_shown and time.monotonic() - self.said_at > EVERY:
            self.said_at = time.monotonic()
            self.stream.write(f"\r\x1b[K{what} …", ending="")


def size_of(size):
    for unit, step in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= step:
            return f"{size / step:.1f} {unit}"
    return f"{size} bytes"


def summary(made):
    """What a backup holds, as sentences."""
    said = f"{size_of(made.size)} with {made.rows:,} rows and {made.files:,} files ({size_of(made.file_bytes)}), of {made.moment}."
    if made.missing:
        some = ", ".join(made.missing[:3])
        said += f" {len(made.missing):,} files that rows name are not there, such as {some}."
    if made.others:
        said += f" Left out, for no migration of the site makes them: the tables {', '.join(made.others)}."
    if made.skipped:
        said += f" {made.skipped:,} files with names no upload gives were left out."
    return said
