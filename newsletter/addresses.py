"""Which e-mail addresses are taken, and when two of them are the same mailbox."""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

LONGEST = 254  # RFC 5321 4.5.3.1.3: a path of 256 with its angle brackets
LONGEST_LOCAL_PART = 64  # RFC 5321 4.5.3.1.1
AROUND = " \t\u00a0\u200b\u200c\u200d\u2060\ufeff"  # what comes along when an address is pasted

is_address = EmailValidator(allowlist=[])


class NotAnAddress(ValueError):
    """The text is no address mail can be sent to."""


@dataclass(frozen=True)
class Address:
    """`email` as it was typed; `key`, equal for every spelling of one mailbox: lower case, domain in ASCII."""

    email: str
    key: str

    @property
    def domain(self):
        return self.key.rpartition("@")[2]


def parse(text):
    """The address in `text`; raises NotAnAddress.

    Django's rules, and some of our own. Refused as well: quoted local parts, which give one mailbox many
    spellings and are used by none; address literals and `localhost`, which lead into our own network; letters
    beyond ASCII before the @, for which the receiving server would need SMTPUTF8.
    """
    email = text.strip(AROUND)
    local, at, domain = email.rpartition("@")
    if not at or len(local) > LONGEST_LOCAL_PART or not local.isascii() or local.startswith('"'):
        raise NotAnAddress(text)
    if domain.startswith("["):
        raise NotAnAddress(text)
    key = f"{local}@{ascii_domain(domain)}".lower()
    try:
        is_address(email)
        is_address(key)  # in ASCII a domain may turn out to hold a second @
    except ValidationError as error:
        raise NotAnAddress(text) from error
    if len(email) > LONGEST or len(key) > LONGEST:
        raise NotAnAddress(text)
    return Address(email=email, key=key)


def ascii_domain(domain):
    """`bücher.example` → `xn--bcher-kva.example`, the way Django's mail does it."""
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise NotAnAddress(domain) from error


def without(text, *written):
    """The text with an address taken out, however it is written in it: for notes that are kept longer than the address."""
    for address in filter(None, written):
        text = re.sub(re.escape(address), "the address", text, flags=re.IGNORECASE)
    return text
