"""Imports go one way: each package may use those to its right, none to its left."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ["demo", "wordpress", "newsletter", "pages", "posts", "authors", "images", "informed_comment"]


def imported(tree):
    """(line, package) of every import of a module, wherever in it the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.lineno, node.module.split(".")[0]


@pytest.mark.parametrize("package", LAYERS)
def test_a_package_imports_nothing_from_its_left(package):
    left = set(LAYERS[: LAYERS.index(package)])
    backwards = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in (ROOT / package).rglob("*.py")
        for line, name in imported(ast.parse(path.read_text()))
        if name in left
    ]
    assert not backwards, "\n".join(backwards)


@pytest.mark.parametrize("package", LAYERS)
def test_models_import_no_deed(package):
    """Inside a package models know neither deeds nor views: those know them."""
    deeds = {"views", "admin", "publishing", "filing", "urls", "feeds", "tasks", "importer", "subscribing"}
    found = []
    paths = [*(ROOT / package).glob("models.py"), *(ROOT / package).glob("models/*.py")]
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = {node.module.split(".")[-1], *(alias.name for alias in node.names)}
                if node.module.split(".")[0] == package and names & deeds:
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not found
