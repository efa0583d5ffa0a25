"""Erasing a person from every room, in one transaction: what the law asks for, and no more than that."""

from django.db import transaction
from django.utils import timezone

from informed_comment import audit, erasures
from informed_comment.fingerprints import fingerprint
from informed_comment.persons.parts import parts


@transaction.atomic
def erase(person, *, choices=frozenset(), by=None, request=None):
    """Erases the person, and gives [(part, [sentence of what went…])]; a second time there is nothing left to tell.

    The log keeps a keyed hash, by which the same request is known again, and neither the address nor the name.
    """
    now, name = timezone.now(), by.get_username() if by else ""
    told = [(part.name, list(part.erase(person, choices=frozenset(choices), by=name))) for part in parts()]
    told = [(part, gone) for part, gone in told if gone]
    erasures.note(person, choices=choices, at=now)
    audit.record(
        "person_erased",
        "The data of a person were erased."
        if told
        else "A person was to be erased of whom nothing was kept.",
        by=by,
        request=request,
        about=mark_of(person),
        choices=sorted(choices),
        parts={part: len(gone) for part, gone in told},
    )
    return told


def mark_of(person):
    """Names the person in the log for whoever knows the address or name already, and for nobody else."""
    return " ".join(fingerprint(f"erased {of}", key)[:16] for of, key in person.keys.items())
