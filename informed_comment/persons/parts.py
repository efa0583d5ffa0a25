"""What a room says of the personal data it keeps, and how it is asked for somebody's."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.utils.module_loading import import_string

AROUND = " \t\n\u00a0\u200b\u200c\u200d\u2060\ufeff"  # what comes along when something is pasted


@dataclass(frozen=True)
class Person:
    """Somebody by e-mail address or by name. `until`: what has come since then is left alone, as after a restored backup."""

    address: str = ""
    name: str = ""
    until: datetime | None = None

    @cached_property
    def keys(self):
        """{kind: the form in which spellings of one address, or one name, are equal}."""
        found = {"address": key_of_address(self.address), "name": key_of_name(self.name)}
        return {kind: key for kind, key in found.items() if key}

    @cached_property
    def is_nobody(self):
        return not self.keys

    def is_before(self, moment):
        """Whether something of this moment is meant."""
        return self.until is None or moment is None or moment <= self.until

    def __str__(self):
        return self.address or self.name


def key_of_address(text):
    """Lower case, the domain in ASCII: the same for every spelling of one mailbox. What is no address has none."""
    local, at, domain = text.strip(AROUND).rpartition("@")
    if not at or not local:
        return ""
    if not domain.isascii():  # such as cannot be written in ASCII may be asked for, too
        with suppress(UnicodeError):
            domain = domain.encode("idna").decode("ascii")
    return f"{local}@{domain}".lower()


def key_of_name(text):
    return " ".join(text.strip(AROUND).split()).casefold()


def person_of(text, *, until=None):
    """Whoever is meant by one line: an address where it holds an @ between words without blanks, else a name."""
    text = text.strip(AROUND)
    is_address = bool(key_of_address(text)) and len(text.split()) == 1 and not text.startswith("@")
    return Person(**{"address" if is_address else "name": text}, until=until)


@dataclass(frozen=True)
class Found:
    """Something kept of a person: what it is, the values for export, and what erasing does with it, in a sentence."""

    what: str
    said: str
    data: object = None
    erasing: str = ""
    is_kept: bool = False  # erasing leaves it; `erasing` says why
    url: str = ""


@dataclass(frozen=True)
class Kept:
    """Why a field may hold something of a person, until when it is kept, and who may see it."""

    why: str
    until: str
    seen_by: str = "administrators"
    enforced_by: str = (
        ""  # the function that takes it away, by its dotted name; empty where only a deed of people does
    )


@dataclass(frozen=True)
class Choice:
    """Something an erasure may do beyond what it always does."""

    name: str
    label: str
    help_text: str = ""


@dataclass(frozen=True)
class Part:
    """A room's part. `register` names each field that may hold personal data, as app.Model.field, and says Kept;
    `impersonal` names models or fields of text that hold none, and says why.

    `find(person)` gives Found; `erase(person, choices=…, by=…)` erases within the caller's transaction and gives a
    sentence for each kind of thing that went; `known()` goes through all (kind, text) by which people can be known here.
    """

    name: str
    register: dict[str, Kept]
    impersonal: dict[str, str]
    find: Callable[[Person], Iterable[Found]]
    erase: Callable[..., Iterable[str]]
    known: Callable[[], Iterator[tuple[str, str]]]
    choices: tuple[Choice, ...] = field(default=())


def parts():
    return [import_string(name) for name in settings.PERSONAL_DATA]


def register():
    """{app.Model.field: Kept} of all rooms."""
    return {label: kept for part in parts() for label, kept in part.register.items()}


def choices():
    return [choice for part in parts() for choice in part.choices]


def found_of(person):
    """[(name of the part, [Found…])] of everything kept of the person; parts that know nothing are left out."""
    told = [(part.name, list(part.find(person))) for part in parts()]
    return [(name, found) for name, found in told if found]
