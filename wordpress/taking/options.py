from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """What the operator chose for an import."""

    folder: Path | None = None  # the old site's uploads, copied here
    is_dry_run: bool = False
    types: Mapping[str, str] = field(default_factory=dict)  # a plugin's own type → "post" or "page"
