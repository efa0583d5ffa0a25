"""The same export as a zip that is sent while it is made: nothing is written to disk, and memory stays small."""

import hashlib
import zipfile

from django.core.files.storage import default_storage

from wordpress.leaving.site import manifest
from wordpress.leaving.site.going import Going
from wordpress.leaving.site.kinds import kinds
from wordpress.leaving.site.readme import README_TEXT
from wordpress.leaving.site.rows import as_line, is_inside
from wordpress.leaving.snapshot import snapshot

AT_ONCE = 256 * 1024  # bytes handed on


class Waiting:
    """What the zip has written and nobody has taken yet. It cannot be gone back in, so sizes stand behind each file."""

    def __init__(self):
        self.parts, self.size = [], 0

    def write(self, data):
        self.parts.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self):
        pass

    def taken(self):
        data = b"".join(self.parts)
        self.parts, self.size = [], 0
        return data


class Streamed(Going):
    """`folder` is what the files lie in within the zip. Iterating gives its bytes; `gone` says afterwards what is in it."""

    def __init__(self, folder, *, with_subscribers=False):
        super().__init__(folder, with_subscribers, lambda kind, done: None)
        self.waiting, self.names = Waiting(), {}

    def __iter__(self):
        with zipfile.ZipFile(self.waiting, "w") as self.archive:
            yield from self._pieces()
        yield self.waiting.taken()

    def _pieces(self):
        yield from self._entry(manifest.README, [README_TEXT.encode()])
        yield self.waiting.taken()  # at once, before the database has found the first row
        with snapshot():
            for kind in kinds(with_subscribers=self.with_subscribers):
                yield from self._entry(kind.file, self._lines(kind))
                self.gone.rows[kind.name] = self.files[kind.file]["lines"]
        described = []
        for name in self.names:
            yield from self._media(name, described)
        yield from self._entry(manifest.FILES, described)
        yield from self._entry(manifest.MANIFEST, [self._told().encode()])

    def _file(self, name):
        """Files come behind the rows, each once."""
        if name and is_inside(name):
            self.names[name] = True

    def _entry(self, name, lines):
        digest, size, count = hashlib.sha256(), 0, 0
        with self._opened(name, zipfile.ZIP_DEFLATED) as file:
            for line in lines:
                file.write(line)
                digest.update(line)
                size += len(line)
                count += line.count(b"\n")
                if self.waiting.size > AT_ONCE:
                    yield self.waiting.taken()
        if name != manifest.MANIFEST:
            self.files[name] = {"lines": count, "bytes": size, "sha256": digest.hexdigest()}

    def _media(self, name, described):
        """A file of the library as it is; pictures cannot be packed smaller."""
        try:
            source = default_storage.open(name, "rb")
        except FileNotFoundError:
            self.gone.missing.append(name)
            return
        digest, size = hashlib.sha256(), 0
        with source, self._opened(f"{manifest.MEDIA}/{name}", zipfile.ZIP_STORED) as file:
            while data := source.read(AT_ONCE):
                file.write(data)
                digest.update(data)
                size += len(data)
                yield self.waiting.taken()
        described.append(as_line({"name": name, "bytes": size, "sha256": digest.hexdigest()}))
        self.gone.files += 1

    def _opened(self, name, method):
        info = zipfile.ZipInfo(f"{self.folder}/{name}")
        info.compress_type = method
        info.external_attr = 0o644 << 16
        return self.archive.open(info, "w", force_zip64=True)
