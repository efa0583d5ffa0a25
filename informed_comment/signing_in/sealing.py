"""Secrets at rest: sealed or hashed with SECRET_KEY, so that a stolen copy of the database alone opens nothing.

SECRET_KEY_FALLBACKS hold former keys; what was sealed with one is sealed anew when it is next used.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

SALT = "informed_comment.signing_in"


class Unreadable(Exception):
    """It was sealed with a key that is no longer there."""


def keys():
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def box():
    derived = (salted_hmac(f"{SALT}.sealing", "", secret=key, algorithm="sha256").digest() for key in keys())
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


def sealed(text):
    return box().encrypt(text.encode()).decode()


def opened(text):
    try:
        return box().decrypt(text.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def fingerprint(kind, value):
    """The keyed hash to store or to count by, 64 hexadecimal digits."""
    return fingerprints(kind, value)[0]


def fingerprints(kind, value):
    """The same under each key, the newest first: to find what an older key has hashed."""
    return [
        salted_hmac(f"{SALT}.{kind}", str(value), secret=key, algorithm="sha256").hexdigest()
        for key in keys()
    ]
