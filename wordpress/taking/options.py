from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from wordpress.reading.records import Hints


@dataclass(frozen=True, slots=True)
class Options:
    """What the operator chose for an import. Each goes to JSON and back: paths as text, all else as it is."""

    folder: Path | None = None  # the old site's uploads, copied here
    is_dry_run: bool = False
    signs_from_text: bool = False  # a first line “By Ann Bee |” becomes the byline
    types: Mapping[str, str] = field(default_factory=dict)  # a plugin's own type → "post" or "page"
    system: str = ""  # which one the files must be of: formats.NAMES; empty: whatever they are of
    address: str = ""  # where the old site stood, if its export does not say
    pattern: str = ""  # of its permalinks, likewise
    has_sections: bool = False  # the first tag of a post is its section

    @property
    def hints(self):
        return Hints(self.address.rstrip("/"), self.pattern, self.has_sections)

    def as_json(self):
        """What an import is known by; whether it is a dry run is not part of it."""
        told = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "is_dry_run"}
        return {name: _plain(value) for name, value in sorted(told.items())}

    @classmethod
    def from_json(cls, told, *, is_dry_run=False):
        """Options that an older version knew and this one does not are left away."""
        known = {one.name for one in fields(cls)}
        told = {name: value for name, value in told.items() if name in known}
        if told.get("folder"):
            told["folder"] = Path(told["folder"])
        return cls(**told, is_dry_run=is_dry_run)


def _plain(value):
    if isinstance(value, Path):
        return str(value.resolve())
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple | set | frozenset) else value
