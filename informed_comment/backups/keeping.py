"""Which backups stay: the newest of each of so many days, weeks and months, and the newest of all in any case.

Only files of the very name that the worker gives them are ours to take away.
"""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

STAMP = "%Y%m%dT%H%M%SZ"
STRETCHES = {"days": "%Y-%m-%d", "weeks": "%G-%V", "months": "%Y-%m"}


def host():
    """What tells the backups of this site from those of another in the same place."""
    return re.sub(r"[^a-z0-9.-]", "-", urlsplit(settings.SITE_URL).netloc.lower()) or "site"


def name_at(moment, *, is_encrypted):
    return f"{host()}-{moment.astimezone(UTC):{STAMP}}.tar.zst{'.age' if is_encrypted else ''}"


def moment_of(name):
    """When the backup of this name was made; None of a file that is none of ours."""
    found = re.fullmatch(re.escape(host()) + r"-(\d{8}T\d{6}Z)\.tar\.zst(?:\.age)?", name)
    try:
        return found and datetime.strptime(found[1], STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def to_go(names, keep):
    """Those that have served their time. `keep` has how many days, weeks and months."""
    ours = sorted(((moment, name) for name in names if (moment := moment_of(name))), reverse=True)
    staying = {name for _, name in ours[:1]}
    for stretch, written in STRETCHES.items():
        newest = {}
        for moment, name in ours:
            newest.setdefault(timezone.localtime(moment).strftime(written), name)
        staying |= set(list(newest.values())[: keep[stretch]])
    return [name for _, name in ours if name not in staying]
