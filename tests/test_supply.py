"""What we are made of: pinned by hash, the same everywhere, under licences we know, and asked after."""

import json
import re
import tomllib

import pytest
from packaging.requirements import Requirement

from bench import licences, packages
from informed_comment.processes import ROOT

FILES = sorted(packages.REQUIREMENTS.glob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
OF_FILE = {
    "runtime": [],
    "esp": PROJECT["project"]["optional-dependencies"]["esp"],
    "many": PROJECT["project"]["optional-dependencies"]["many"],
    "sentry": PROJECT["project"]["optional-dependencies"]["sentry"],
    "dev": PROJECT["dependency-groups"]["dev"],
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_pin_has_hashes_and_no_file_names_an_address(file):
    text = file.read_text()
    entries = re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n?", "", text).strip())
    assert all(re.match(r"[a-z0-9-]+(\[[a-z0-9,-]+\])?==\S+", entry) for entry in entries)
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in entries)
    assert not re.search(r"://|--(?:extra-)?index|--find-links|--trusted", text)


def test_what_runs_in_production_has_the_version_that_was_tested():
    tested = dict(packages.pins_of([packages.REQUIREMENTS / "dev.txt"]))
    for file in licences.FILES:
        other = {
            name: version
            for name, version in packages.pins_of([file])
            if tested.get(name, version) != version
        }
        assert not other, f"{file.name}: run make pins"


@pytest.mark.parametrize("name", OF_FILE)
def test_the_pins_are_those_of_the_project(name):
    pinned = dict(packages.pins_of([packages.REQUIREMENTS / f"{name}.txt"]))
    for line in PROJECT["project"]["dependencies"] + OF_FILE[name]:
        wanted = Requirement(line)
        assert wanted.specifier.contains(pinned[packages.normal(wanted.name)]), line


def test_the_list_of_licences_names_every_package_and_file_and_none_we_do_not_know():
    told = licences.TABLE.read_text()
    assert told == licences.table(licences.packages_named()), "run make licences"
    for name, _, licence, _ in licences.packages_named():
        assert licences.is_allowed(licence), f"{name}: {licence}"
    assert {licence for _, _, licence in licences.WITHIN} <= licences.ALLOWED


def test_the_bill_of_materials_names_the_same():
    said = json.loads(licences.SBOM.read_text())
    assert said["bomFormat"] == "CycloneDX"
    parts = {(part["name"], part["version"]): part for part in said["components"]}
    wanted = {(name, version) for name, version, _, _ in licences.packages_named()}
    assert {pin for pin, part in parts.items() if part["type"] == "library"} == wanted, "run make licences"
    for path, _, version, digest in licences.faces():
        assert parts[path, version]["hashes"] == [{"alg": "SHA-256", "content": digest}]


@pytest.mark.parametrize(
    ("licence", "is_allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-only OR MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("AGPL-3.0-only", False),
        ("", False),
        ("Proprietary", False),
    ],
)
def test_a_licence_that_nobody_has_allowed_does_not_enter(licence, is_allowed):
    assert licences.is_allowed(licence) is is_allowed


# Advisories without a network


def advisory(name, events=(), versions=(), **more):
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}] if events else []
    affected = {"package": {"ecosystem": "PyPI", "name": name}, "ranges": ranges, "versions": list(versions)}
    return {"id": "HOLE-1", "affected": [affected], **more}


@pytest.mark.parametrize(
    ("record", "concerns"),
    [
        (advisory("Some_Package", [{"introduced": "0"}, {"fixed": "2.1"}]), False),
        (advisory("Some_Package", [{"introduced": "0"}, {"fixed": "2.1.1"}]), True),
        (advisory("some.package", [{"introduced": "2.0"}, {"last_affected": "2.1"}]), True),
        (advisory("some-package", [{"introduced": "2.2"}]), False),
        (advisory("some-package", [{"introduced": "0"}, {"fixed": "1"}, {"introduced": "2"}]), True),
        (advisory("some-package", versions=["2.1"]), True),
        (advisory("some-package", versions=["2.1"], withdrawn="2026-01-01T00:00:00Z"), False),
        (advisory("another", versions=["2.1"]), False),
    ],
)
def test_an_advisory_of_a_file_concerns_the_versions_it_names(record, concerns):
    found = packages.offline({("some-package", "2.1")}, [record])
    assert found == ({("some-package", "2.1"): {"HOLE-1"}} if concerns else {})


def test_a_file_of_advisories_is_enough_and_what_cannot_be_read_is_told(tmp_path, capsys):
    file = tmp_path / "advisories.json"
    file.write_text(json.dumps([advisory("no-package-of-ours", versions=["1"])]))
    assert packages.main(str(file)) == 0
    file.write_text(json.dumps(advisory("django", [{"introduced": "0"}])))
    assert packages.main(str(file)) == packages.FOUND
    assert "django 6" in capsys.readouterr().out
    file.write_text("no json")
    assert packages.main(str(file)) == packages.NOT_ASKED


def test_packages_nobody_could_be_asked_about_are_no_good_news(capsys):
    unasked = {("some-package", "2.1"): "the source of advisories does not know them."}
    assert packages.told({}, unasked, unasked.keys()) == packages.NOT_ASKED
    assert "make audit ADVISORIES=" in capsys.readouterr().err
