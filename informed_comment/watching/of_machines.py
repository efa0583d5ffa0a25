"""Lights of the machines: room on the disks, clocks, the database and its copies, the versions of what we are made of."""

import shutil
import sys
from contextlib import suppress
from datetime import date, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import django
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from informed_comment import caching, replica
from informed_comment.watching import migrations
from informed_comment.watching.lights import Light, State

SCARCE, LOW = 0.1, 0.03  # of the disk, free
SCARCE_BYTES, LOW_BYTES = 5 * 1024**3, 1024**3
CLOCKS_APART = 0.5, 5.0  # seconds
ENDS_SOON = timedelta(days=120)
# When the last security release is due, by what their makers say
ENDS = {
    "Python 3.13": date(2029, 10, 31),
    "Python 3.14": date(2030, 10, 31),
    "Django 6.1": date(2027, 12, 31),
    "PostgreSQL 15": date(2027, 11, 11),
    "PostgreSQL 16": date(2028, 11, 9),
    "PostgreSQL 17": date(2029, 11, 8),
    "PostgreSQL 18": date(2030, 11, 14),
}
LIBRARIES = (
    "granian",
    "psycopg",
    "procrastinate",
    "pillow",
    "nh3",
    "fido2",
    "cryptography",
    "whitenoise",
)


def disks():
    """VAR_DIR and the folder of the pictures; one light where they are on one disk."""
    folders = {"VAR_DIR": Path(settings.VAR_DIR)}
    if not settings.MEDIA_S3_BUCKET:
        folders["MEDIA_ROOT"] = Path(settings.MEDIA_ROOT)
    by_disk = {}
    for name, folder in folders.items():
        there = next(one for one in (folder, *folder.parents) if one.exists())
        by_disk.setdefault(there.stat().st_dev, (there, []))[1].append(name)
    return [disk(names, shutil.disk_usage(there)) for there, names in by_disk.values()]


def disk(names, usage):
    share = usage.free / usage.total
    says = f"{filesizeformat(usage.free)} of {filesizeformat(usage.total)} are free ({share:.0%})."
    state = State.GOOD
    if share < SCARCE and usage.free < SCARCE_BYTES:
        state = State.BAD if share < LOW or usage.free < LOW_BYTES else State.WATCH
    cure = "Make room: old backups and logs first; then a larger disk, or pictures into a bucket (docs/operations.md)."
    return Light(f"Disk of {' and '.join(names)}", state, says, "" if state is State.GOOD else cure)


def clocks(apart):
    """Ours and the database's, so many seconds apart."""
    says = f"This machine's clock and the database's are {apart:.2f} seconds apart."
    near, far = CLOCKS_APART
    if apart < near:
        return Light("Clocks", State.GOOD, says)
    cure = (
        "Have both kept by NTP: timedatectl set-ntp true on each machine. Until then what has an hour goes by the clock that is late, "
        "and codes for signing in are refused where this machine's is wrong."
    )
    return Light("Clocks", State.BAD if apart > far else State.WATCH, says, cure)


def database():
    missing = migrations.missing()
    found = [Light("Migrations", State.GOOD, "All of them are applied.")]
    if missing:
        says = f"{len(missing)} are not applied, beginning with {'.'.join(missing[0])}."
        found = [Light("Migrations", State.BAD, says, "Run manage.py prepare, then restart web and worker.")]
    if said := replica.says():
        cure = "See what it says in PostgreSQL's own log there; readers are served by the primary meanwhile."
        is_well = said == "ok"
        state = State.GOOD if is_well else State.BAD if said.startswith("away") else State.WATCH
        found.append(Light("Replica", state, f"It is {said}.", "" if is_well else cure))
    return found


def versions():
    """(what, its version) of what the site runs on."""
    server = connections[DEFAULT_DB_ALIAS].pg_version
    found = {
        "Release": caching.release(),
        "Python": ".".join(map(str, sys.version_info[:3])),
        "Django": django.get_version(),
        "PostgreSQL": f"{server // 10000}.{server % 10000}",
    }
    for name in LIBRARIES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def support():
    """Whether somebody still mends what we stand on."""
    found = versions()
    majors = {
        "Python": ".".join(found["Python"].split(".")[:2]),
        "Django": ".".join(found["Django"].split(".")[:2]),
        "PostgreSQL": found["PostgreSQL"].split(".")[0],
    }
    ends = {name: ENDS.get(f"{name} {number}") for name, number in majors.items()}
    today = timezone.localdate()
    soon = [
        f"{name} {majors[name]} until {end:%B %Y}"
        for name, end in ends.items()
        if end and end - today < ENDS_SOON
    ]
    if not soon:
        said = ", ".join(f"{name} {found[name]}" for name in majors)
        return [Light("Versions", State.GOOD, f"{said}: all are still looked after.")]
    is_over = any(end and end < today for end in ends.values())
    cure = "Plan the move to a newer one: docs/operations.md, Restart and upgrade."
    return [
        Light(
            "Versions", State.BAD if is_over else State.WATCH, f"Looked after only: {', '.join(soon)}.", cure
        )
    ]
