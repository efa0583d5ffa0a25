"""Keyed hashes: enough to recognise an address, a name or a sender again, never to read it.

The key must outlive SECRET_KEY: suppressed addresses and what was erased are known by nothing else. A former key stays in
NEWSLETTER_KEY_FALLBACKS, and what was hashed under it is still recognised.
"""

import hmac

from django.conf import settings


def keys():
    return [settings.NEWSLETTER_KEY, *settings.NEWSLETTER_KEY_FALLBACKS]


def digest(key, kind, value):
    return hmac.digest(key.encode(), f"{kind}:{value}".encode(), "sha256").hex()


def fingerprint(kind, value):
    """The keyed hash to store, 64 hexadecimal digits; `kind` keeps addresses and networks apart."""
    return digest(settings.NEWSLETTER_KEY, kind, value)


def fingerprints(kind, value):
    """Every form in which the value may have been stored: under today's key and former ones."""
    return [digest(key, kind, value) for key in keys()]


def key_name(key=None):
    """Names a key without giving it away, so that rows hashed under a lost one can be counted."""
    return digest(key or settings.NEWSLETTER_KEY, "key", "name")[:8]
