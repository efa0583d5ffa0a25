"""Where the public exports are, which are read where they stand and are no part of this repository."""

import json
from pathlib import Path

import pytest


def _folder():
    for parent in Path(__file__).resolve().parents:
        folder = parent / "shared" / "data" / "wxr"
        if (folder / "census.json").is_file():
            return folder
    return None


FOLDER = _folder()
CENSUS = json.loads((FOLDER / "census.json").read_text()) if FOLDER else []
needs_exports = pytest.mark.skipif(
    FOLDER is None, reason="the exports (shared/data/wxr) are not beside this checkout"
)
each_export = pytest.mark.parametrize("census", CENSUS, ids=[entry["file"] for entry in CENSUS])
