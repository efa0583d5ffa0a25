"""Which people were erased, as keyed hashes: so that a backup from before can be brought up to date.

Kept twice: as rows, which go into every backup made later, and as lines of ERASURES_FILE beside the database, which a
restored database does not take along. After a restore `reapply()` erases again whoever stands in either.
"""

import json
import logging
import os

from django.conf import settings
from django.db import transaction
from django.utils.dateparse import parse_datetime

from informed_comment.fingerprints import fingerprint, fingerprints, key_name
from informed_comment.models import Erasure
from informed_comment.persons.parts import Person, key_of_address, key_of_name, parts

logger = logging.getLogger(__name__)
KEY_OF = {"address": key_of_address, "name": key_of_name}
ENTRY = ("of", "fingerprint", "key_name", "part", "choices", "at")


def note(person, *, part="", choices=(), at):
    """Rows for whoever is erased, in the transaction of the erasure; the lines of the file follow once it is committed.

    `part` names the one part that was erased, where it was not all of them: a reader who leaves the newsletter.
    """
    rows = [
        Erasure(
            of=of,
            fingerprint=fingerprint(f"erased {of}", key),
            key_name=key_name(),
            part=part,
            choices=sorted(choices),
            at=at,
        )
        for of, key in person.keys.items()
    ]
    Erasure.objects.bulk_create(rows, ignore_conflicts=True)
    transaction.on_commit(lambda: write([plain(row) for row in rows]), robust=True)


def plain(row):
    return {
        "of": row.of,
        "fingerprint": row.fingerprint,
        "key_name": row.key_name,
        "part": row.part,
        "choices": row.choices,
        "at": row.at.isoformat(),
    }


def write(entries):
    """Adds lines to the file. Where it cannot be written the rows still stand, and a line of the log says so."""
    lines = "".join(f"{json.dumps(entry)}\n" for entry in entries)
    try:
        settings.ERASURES_FILE.parent.mkdir(parents=True, exist_ok=True)
        with open(
            os.open(settings.ERASURES_FILE, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), "a"
        ) as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        logger.exception(
            "%s cannot be written, so a restored backup would not know of this erasure. Make room there, then run "
            "manage.py list_erasures --write.",
            settings.ERASURES_FILE,
        )


def kept(*more_files):
    """All erasures known here, oldest first: the rows', the file's and those of other files."""
    found = {key_of(plain(row)): plain(row) for row in Erasure.objects.order_by("at", "id")}
    for file in [settings.ERASURES_FILE, *more_files]:
        for entry in read(file):
            found.setdefault(key_of(entry), entry)
    return [found[key] for key in sorted(found, key=lambda key: (key[2], key))]


def key_of(entry):
    return entry["fingerprint"], entry["part"], parse_datetime(entry["at"])


def read(file):
    """The entries of a file; a line that was cut short is passed over."""
    if not os.path.exists(file):
        return
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            try:
                entry = {name: json.loads(line)[name] for name in ENTRY}
                is_whole = entry["of"] in KEY_OF and entry["fingerprint"] and parse_datetime(entry["at"])
            except (ValueError, KeyError, TypeError):
                is_whole = False
            if is_whole:
                yield entry
            elif line.strip():
                logger.warning("A line of %s cannot be read and is passed over.", file)


def remember(entries):
    """Rows for the entries that have none, and lines for those that stand in no line."""
    rows = [Erasure(**entry | {"at": parse_datetime(entry["at"])}) for entry in entries]
    Erasure.objects.bulk_create(rows, ignore_conflicts=True)
    stand = {key_of(entry) for entry in read(settings.ERASURES_FILE)}
    if missing := [entry for entry in entries if key_of(entry) not in stand]:
        transaction.on_commit(lambda: write(missing), robust=True)


@transaction.atomic
def reapply(*more_files):
    """Erases again, after a restore, whoever was erased since the backup was made; how many people were still there.

    What has come in since somebody was erased is left alone: they may have come back by their own will.
    """
    entries = kept(*more_files)
    remember(entries)
    wanted = {}
    for entry in entries:
        wanted.setdefault(entry["fingerprint"], []).append(entry)
    people = {(of, text) for part in parts() if wanted for of, text in part.known()}
    return sum(erase_again(of, text, wanted) for of, text in people)


def after_restore(moment):
    """What a restore does of itself (AFTER_RESTORE); nothing is said where nobody had to be erased again."""
    number = reapply()
    return [f"{number} people who were erased after the backup was made were erased again."] if number else []


def erase_again(of, text, wanted):
    """Whether anything was still there of whoever is known by `text`."""
    key, gone = KEY_OF[of](text), []
    for hashed in fingerprints(f"erased {of}", key) if key else ():
        for entry in wanted.get(hashed, ()):
            person = Person(**{of: text}, until=parse_datetime(entry["at"]))
            for part in parts():
                if entry["part"] in ("", part.name):
                    gone += part.erase(person, choices=frozenset(entry["choices"]), by="")
    return bool(gone)
