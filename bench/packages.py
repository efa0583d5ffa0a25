"""`make audit`: whether any package we pin, at the version we pin, is known to have a hole.

    python -m bench packages [ADVISORIES]

pip-audit is asked, from a .venv of its own in var/audit, about every file of requirements/. It asks the package index for
advisories. Where that knows none or cannot be reached, nothing has been checked: that is said, and the exit code is 2. Then name a
file or folder of advisories in the form of the Open Source Vulnerability database (a record, a list of records, a zip or a
folder of them), which is read without any network. Exit code 1: something is known; 0: nothing.
"""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

from packaging.version import InvalidVersion, Version

from informed_comment.processes import ROOT

REQUIREMENTS = ROOT / "requirements"
VENV = ROOT / "var" / "audit"
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.M)
FOUND, NOT_ASKED = 1, 2
CURE = (
    "{count} of {all} packages could not be asked about: {why}\nNothing is known of them, neither good nor bad. Run this where "
    "the package index gives out advisories, or bring a file of them: make audit ADVISORIES=all.zip"
)


def main(advisories=None):
    files = sorted(REQUIREMENTS.glob("*.txt"))
    if advisories:
        try:
            return told(offline(pins_of(files), records_in(Path(advisories))), {}, pins_of(files))
        except (OSError, ValueError, KeyError, AttributeError) as error:
            print(f"{advisories} holds no advisories that can be read: {error}", file=sys.stderr)
            return NOT_ASKED
    make_venv()
    holes, unasked = {}, {}
    for file in files:
        found, skipped = asked(file)
        holes, unasked = holes | found, unasked | skipped
    return told(holes, unasked, pins_of(files))


def told(holes, unasked, pins):
    """Prints what is known, and says it as an exit code."""
    for (name, version), ids in sorted(holes.items()):
        print(f"{name} {version}: {', '.join(sorted(ids))}")
    if unasked:
        why = "; ".join(sorted(set(unasked.values()))[:3])
        print(CURE.format(count=len(unasked), all=len(pins), why=why), file=sys.stderr)
    if not holes and not unasked:
        print(f"Nothing is known against any of {len(pins)} packages.")
    return FOUND if holes else NOT_ASKED if unasked else 0


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def pins_of(files):
    return {(normal(name), version) for file in files for name, version in PIN.findall(file.read_text())}


# By pip-audit


def make_venv():
    """The tools of requirements/audit.txt, apart from ours; anew when that file has changed."""
    stamp, wanted = VENV / "requirements-installed", (REQUIREMENTS / "audit.txt").read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    uv = [sys.executable, "bootstrap.py", "uv"]
    sync = ["pip", "sync", "-q", "--require-hashes", "--python", str(VENV / "bin" / "python")]
    for command in (
        ["venv", "-q", "--clear", "--python", sys.executable, str(VENV)],
        [*sync, str(REQUIREMENTS / "audit.txt")],
    ):
        if subprocess.run([*uv, *command], cwd=ROOT).returncode:
            print(
                "The tools of requirements/audit.txt could not be installed; is the network there?",
                file=sys.stderr,
            )
            sys.exit(NOT_ASKED)
    stamp.write_text(wanted)


def asked(file):
    """({pin: ids of holes}, {pin: why it could not be asked about}) for one file of requirements."""
    tool = [VENV / "bin" / "pip-audit", "--requirement", file, "--require-hashes", "--disable-pip"]
    done = subprocess.run([*tool, "--format=json", "--progress-spinner=off"], capture_output=True, text=True)
    try:
        said = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        lines = done.stderr.strip().splitlines() or ["pip-audit said nothing."]
        return {}, dict.fromkeys(pins_of([file]), lines[-1][:300])
    holes, known = {}, set()
    for one in said:
        pin = (normal(one["name"]), one.get("version", ""))
        if "skip_reason" not in one:
            known.add(pin)
            if one["vulns"]:
                holes[pin] = {hole["id"] for hole in one["vulns"]}
    why = "the source of advisories does not know them."
    return holes, dict.fromkeys(pins_of([file]) - known, why)


# From a file


def records_in(path):
    """The advisories of a file, zip or folder."""
    if path.is_dir():
        texts = (file.read_text() for file in path.rglob("*.json"))
    elif zipfile.is_zipfile(path):
        bundle = zipfile.ZipFile(path)
        texts = (bundle.read(name) for name in bundle.namelist() if name.endswith(".json"))
    else:
        texts = [path.read_text()]
    for text in texts:
        said = json.loads(text)
        yield from said if isinstance(said, list) else [said]


def offline(pins, records):
    """{pin: ids of holes} for the pins that a record names."""
    versions = {}
    for name, version in pins:
        versions.setdefault(name, []).append(version)
    holes = {}
    for record in records:
        if record.get("withdrawn"):
            continue
        for affected in record.get("affected", []):
            package = affected.get("package", {})
            if package.get("ecosystem") != "PyPI":
                continue
            name = normal(package["name"])
            for version in versions.get(name, []):
                if concerns(affected, version):
                    holes.setdefault((name, version), set()).add(record["id"])
    return holes


def concerns(affected, version):
    """Whether the version is one of those named, or lies within a range of them."""
    if version in affected.get("versions", []):
        return True
    return any(
        lies_in(one["events"], version)
        for one in affected.get("ranges", [])
        if one.get("type") == "ECOSYSTEM"
    )


def lies_in(events, version):
    version, is_in = Version(version), False
    for event in sorted(events, key=lambda one: place_of(next(iter(one.values())))):
        kind, at = next(iter(event.items()))
        at = place_of(at)
        if kind == "introduced" and version >= at:
            is_in = True
        elif (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
            is_in = False
    return is_in


def place_of(text):
    try:
        return Version(text)
    except InvalidVersion:
        return Version("0")
