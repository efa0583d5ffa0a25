"""The file of a backup, written: a tar, compressed with zstd, and encrypted with age where keys are given.

So it opens without us: `age --decrypt -i KEY FILE | zstd -d | tar -x`. It is one stream, written once from front to back, and
nothing of it is held but the piece at hand.
"""

import hashlib
import os
import tarfile
import threading
from contextlib import contextmanager, suppress

import pyrage
import zstandard

from informed_comment.backups.trouble import Trouble

LEVEL = 3
BLOCK = tarfile.BLOCKSIZE


def recipients_of(words, *, setting="BACKUP_AGE_RECIPIENTS"):
    """Whom a file is encrypted for: public keys of age (age1…) or of SSH."""
    return [recipient(word, setting) for word in words]


def recipient(word, setting):
    try:
        if word.startswith("ssh-"):
            return pyrage.ssh.Recipient.from_str(word)
        return pyrage.x25519.Recipient.from_str(word)
    except pyrage.RecipientError as error:
        raise Trouble(
            f"{setting}: “{word[:24]}…” is no public key of age. `age-keygen` shows it as “Public key: age1…”."
        ) from error


class Sink:
    """The end of the line: writes, counts, and remembers what went wrong, for whoever waits in another thread."""

    def __init__(self, file):
        self.file, self.size, self.digest, self.error = file, 0, hashlib.sha256(), None

    def write(self, data):
        try:
            self.file.write(data)
        except OSError as error:
            self.error = error
            raise
        self.size += len(data)
        self.digest.update(data)
        return len(data)

    def flush(self):
        self.file.flush()


@contextmanager
def packed(file, recipients=()):
    """Yields a Pack; what it is given lies in `file` when this ends. Its `sink` knows size and checksum of the file."""
    sink = Sink(file)
    with encrypted(sink, recipients) as through:
        writer = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).stream_writer(
            through, closefd=False
        )
        pack = Pack(writer, sink)
        yield pack
        writer.write(bytes(2 * BLOCK))
        writer.close()
    sink.flush()


@contextmanager
def encrypted(sink, recipients):
    """Something to write to, which comes to the sink encrypted by another thread: age takes a stream and gives none."""
    if not recipients:
        yield sink
        return
    reading, writing = os.pipe()
    source, through = os.fdopen(reading, "rb"), os.fdopen(writing, "wb", buffering=1 << 16)
    problem = []

    def encrypt():
        try:
            with source:
                pyrage.encrypt_io(source, sink, list(recipients))
        except (OSError, pyrage.EncryptError) as error:
            problem.append(error)

    thread = threading.Thread(target=encrypt, name="age", daemon=True)
    thread.start()
    try:
        yield through
        through.close()
    except BrokenPipeError:
        thread.join()
        raise (sink.error or problem[0]) from None
    finally:
        with suppress(OSError):
            through.close()
        thread.join()
    if problem:
        raise sink.error or problem[0]


class Pack:
    def __init__(self, out, sink):
        self.out, self.sink = out, sink

    def put(self, name, data):
        self.put_stream(name, len(data), [data])

    def put_stream(self, name, size, pieces):
        """A member of that size out of pieces of bytes; its SHA-256."""
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o600
        self.out.write(entry.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape"))
        digest, written = hashlib.sha256(), 0
        for piece in pieces:
            written += len(piece)
            if written > size:
                break
            digest.update(piece)
            self.out.write(piece)
        if written != size:
            raise Trouble(
                f"{name} changed while it was read, which no file here may. Have the backup made again."
            )
        self.out.write(bytes(-size % BLOCK))
        return digest.hexdigest()
