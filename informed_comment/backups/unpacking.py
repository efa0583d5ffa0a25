"""The file of a backup, read: front to back, holding nothing but the piece at hand, and believing nothing.

Of tar it understands plain files and the heads that give one a long name. A link, a device, a name that leads out of its
folder, or anything else is no backup of ours.
"""

import os
import tarfile
import threading
from contextlib import contextmanager, suppress

import pyrage
import zstandard

from informed_comment.backups.trouble import Trouble

BLOCK = tarfile.BLOCKSIZE
PIECE = 1 << 20
BITE = 4096
LONGEST_HEAD = 64 * 1024
LONGEST_NAME = 1024
AGE, ZSTD = b"age-encryption.org/v1", b"\x28\xb5\x2f\xfd"
SWELLS = 1000  # times its size that a file may come to; what is more was made to fill a disk
DAMAGED = "The file is damaged or was cut off: {why}. Take another backup."
NO_KEY = "The file is encrypted. Name the file that has the secret key of age: --key FILE."
WRONG_KEY = "None of the keys opens this file. Name the file that has the secret key it was encrypted for."
FOREIGN = "This is no backup that `manage.py backup` made."


def damaged(why):
    return Trouble(DAMAGED.format(why=why))


def keys_in(path, *, passphrase=None):
    """The secret keys of a file as `age-keygen` makes it, or as `age --passphrase` encrypts that."""
    try:
        content = path.read_bytes()[:LONGEST_HEAD]
        if content.startswith(AGE):
            content = pyrage.passphrase.decrypt(content, passphrase() if passphrase else "")
        lines = content.decode().splitlines()
        return [
            pyrage.x25519.Identity.from_str(line.strip())
            for line in lines
            if line.startswith("AGE-SECRET-KEY-")
        ]
    except OSError as error:
        raise Trouble(f"The file of keys cannot be read: {error.strerror} ({path}).") from error
    except (pyrage.DecryptError, pyrage.IdentityError, UnicodeDecodeError) as error:
        raise Trouble(f"{path} holds no secret key that can be read: {error}.") from error


@contextmanager
def unpacked(file, keys=()):
    """Yields an Unpack of an opened file."""
    begin = file.read(len(AGE))
    file.seek(0)
    is_encrypted = begin == AGE
    if not is_encrypted and not begin.startswith(ZSTD):
        raise Trouble(FOREIGN if begin else damaged("it is empty").args[0])
    if is_encrypted and not keys:
        raise Trouble(NO_KEY)
    counted = Counted(file)
    with decrypted(counted, keys) if is_encrypted else plain(counted) as (source, check):
        yield Unpack(Unzipped(source), counted, check)


class Unzipped:
    """Reads through zstd, and knows whether its end has come. A block of a few bytes may hold 128 kB, so it is fed in bites."""

    def __init__(self, source):
        self.source, self.zstd = source, zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
        self.ready, self.at = b"", 0

    def read(self, size):
        while self.at == len(self.ready) and not self.zstd.eof:
            bite = self.source.read(BITE)
            if not bite:
                return b""
            self.ready, self.at = self.zstd.decompress(bite), 0
        data = self.ready[self.at : self.at + size]
        self.at += len(data)
        return data

    def is_over(self):
        """Whether all of it was read, and nothing stands behind it."""
        return self.read(1) == b"" and self.zstd.eof and not self.zstd.unused_data and not self.source.read(1)


class Counted:
    def __init__(self, file):
        self.file, self.count = file, 0

    def read(self, size=-1):
        data = self.file.read(size)
        self.count += len(data)
        return data


@contextmanager
def plain(source):
    yield source, lambda: None


@contextmanager
def decrypted(source, keys):
    """(a stream of what is inside, a function that raises what another thread met on its way)."""
    reading, writing = os.pipe()
    inside, through = os.fdopen(reading, "rb", buffering=1 << 17), os.fdopen(writing, "wb", buffering=1 << 16)
    problem = []

    def decrypt():
        try:
            pyrage.decrypt_io(source, through, list(keys))
        except (OSError, pyrage.DecryptError) as error:
            problem.append(error)
        finally:
            with suppress(OSError):
                through.close()

    def check():
        if problem and not isinstance(problem[0], BrokenPipeError):
            if "matching keys" in str(problem[0]).lower():
                raise Trouble(WRONG_KEY) from problem[0]
            raise damaged(str(problem[0])) from problem[0]

    thread = threading.Thread(target=decrypt, name="age", daemon=True)
    thread.start()
    try:
        yield inside, check
    finally:
        inside.close()
        thread.join()


class Unpack:
    """Yields (name, size, pieces) of each member; whoever takes the next has passed by what was not read of this one."""

    def __init__(self, source, counted, check):
        self.source, self.counted, self.check = source, counted, check
        self.given, self.left = 0, 0

    def read(self, size):
        """So many bytes; fewer are an error."""
        parts, missing = [], size
        while missing:
            try:
                data = self.source.read(min(missing, PIECE))
            except zstandard.ZstdError as error:
                self.check()
                raise damaged(f"it does not unpack ({error})") from error
            if not data:
                self.check()
                raise damaged("it ends too early")
            parts.append(data)
            missing -= len(data)
        self.given += size
        if self.given > 64 * PIECE + SWELLS * self.counted.count:
            raise Trouble(
                "The file swells to more than a thousand times its size, which no backup does. Do not trust it."
            )
        return b"".join(parts)

    def __iter__(self):
        long_name, long_size = "", None
        while (header := self.read(BLOCK)) != bytes(BLOCK):
            entry = self.entry(header)
            if entry.size < 0:
                raise damaged("a size in it is no number")
            if entry.type == tarfile.XHDTYPE:
                if entry.size > LONGEST_HEAD:
                    raise damaged("a name in it is too long")
                said = extended(self.read(entry.size + -entry.size % BLOCK)[: entry.size])
                long_name, long_size = said.get("path", ""), said.get("size")
                continue
            if entry.type != tarfile.REGTYPE:
                raise Trouble(f"{FOREIGN} It holds something else than plain files: {entry.name[:100]!r}.")
            name = safe(long_name or entry.name)
            size = whole(long_size) if long_size is not None else entry.size
            long_name, long_size = "", None
            self.left = size
            yield name, size, self.pieces()
            for _ in self.pieces():
                pass
            self.read(-size % BLOCK)
        if self.read(BLOCK) != bytes(BLOCK):
            raise damaged("its end is not right")
        self.drain()

    def entry(self, header):
        try:
            return tarfile.TarInfo.frombuf(header, "utf-8", "surrogateescape")
        except tarfile.HeaderError as error:
            raise damaged(f"a head in it cannot be read ({error})") from error

    def pieces(self):
        while self.left:
            size = min(self.left, PIECE)
            self.left -= size
            yield self.read(size)

    def drain(self):
        """What age and zstd check stands at their end, so the end has to be read."""
        try:
            is_over = self.source.is_over()
        except zstandard.ZstdError as error:
            self.check()
            raise damaged(f"it does not unpack ({error})") from error
        self.check()
        if not is_over:
            raise damaged("its end is not right")


def whole(said):
    if not said.isdecimal() or len(said) > 18:
        raise damaged("a size in it is no number")
    return int(said)


def extended(content):
    """The records of a pax head, “LENGTH key=value\\n”; of those that mean something else than a name or size, none is taken."""
    found = {}
    while content:
        length, _, _ = content.partition(b" ")
        if (
            not length.isdigit()
            or not 0 < len(length) < 7
            or not len(length) + 2 < int(length) <= len(content)
        ):
            raise damaged("a head in it cannot be read")
        record, content = content[: int(length)], content[int(length) :]
        key, has_value, value = record[len(length) + 1 : -1].partition(b"=")
        if not has_value or key not in (b"path", b"size"):
            raise Trouble(f"{FOREIGN} A head in it says {key[:30]!r}.")
        found[key.decode()] = value.decode("utf-8", "surrogateescape")
    return found


def safe(name):
    """The name, if it stays in its folder and hides nowhere."""
    parts = name.split("/")
    if (
        len(os.fsencode(name)) > LONGEST_NAME
        or "\0" in name
        or "\\" in name
        or any(not part or part.startswith(".") for part in parts)
    ):
        raise Trouble(f"{FOREIGN} A name in it leads elsewhere: {name[:100]!r}.")
    return name
