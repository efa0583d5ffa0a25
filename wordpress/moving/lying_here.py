"""What lies in the folder of the server from which exports may be imported. Nothing outside it is ever offered."""

import os
from pathlib import Path

from django.conf import settings

MOST = 200
DEEPEST = 4
TEXTS = (".md", ".markdown")


def exports():
    """(name, size or None for a folder) of what lies in the folder; its names are all that a form may give back."""
    found = []
    for entry in _entries(_root()):
        is_folder = entry.is_dir()
        if _is_inside(entry.path) and (_holds_texts(entry.path) if is_folder else entry.is_file()):
            found.append((entry.name, None if is_folder else entry.stat().st_size))
    return found


def uploads_folders():
    """Folders of uploads: those that hold the years, as wp-content/uploads does; by their way from the folder."""
    root, found = _root(), []
    _look_for_years(root, found, DEEPEST)
    return [str(path.relative_to(root)) for path in found]


def path_of(name):
    """The path of something that was offered."""
    return _root() / name


def name_of(path):
    """How what lies at a path of the folder is offered; empty if it does not lie there."""
    path = Path(path)
    return str(path.relative_to(_root())) if path.is_relative_to(_root()) else ""


def _holds_texts(folder, depth=2):
    """Whether it is a folder of Markdown."""
    entries = _entries(folder)
    if any(entry.name.lower().endswith(TEXTS) for entry in entries):
        return True
    return depth > 0 and any(_holds_texts(entry.path, depth - 1) for entry in entries if entry.is_dir())


def _look_for_years(folder, found, depth):
    folders = [entry for entry in _entries(folder) if entry.is_dir() and _is_inside(entry.path)]
    if any(len(entry.name) == 4 and entry.name.isdecimal() for entry in folders):
        if folder != _root():
            found.append(folder)
    elif depth:
        for entry in folders:
            _look_for_years(Path(entry.path), found, depth - 1)


def _root():
    return Path(settings.IMPORTS_DIR).resolve()


def _is_inside(path):
    return Path(path).resolve().is_relative_to(_root())


def _entries(folder):
    """By name, no more than anybody reads; none of a folder that is not there or closed to us."""
    try:
        with os.scandir(folder) as entries:
            seen = [entry for entry in entries if not entry.name.startswith(".")]
    except OSError:
        return []
    return sorted(seen, key=lambda entry: entry.name)[:MOST]
