"""The old site's uploads folder."""

from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from wordpress.bodies.media import candidates
from wordpress.taking.addresses import split


class Folder:
    """The old site's uploads folder, as copied by the operator. Nothing outside it is ever opened."""

    def __init__(self, path):
        self.root = Path(path).resolve()

    def find(self, address, attached=""):
        """The file for an address, whichever part of its path the folder begins at."""
        names = [attached] if attached else []
        for one in candidates(address):
            path = unquote(split(one).path)
            _, mark, tail = path.rpartition("/uploads/")
            parts = PurePosixPath(path).parts
            names += [tail] if mark else []
            names.append(path)
            names += ["/".join(parts[-many:]) for many in (4, 3, 1)]
        for name in names:
            found = self._inside(name)
            if found:
                return found
        return None

    def _inside(self, name):
        for base in (self.root, self.root / "uploads", self.root / "wp-content" / "uploads"):
            try:
                path = (base / name.lstrip("/")).resolve()
                if path.is_relative_to(self.root) and path.is_file():
                    return path
            except (OSError, ValueError):
                continue
        return None
