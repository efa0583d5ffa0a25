"""Codes of an app (RFC 6238): six digits that change every thirty seconds. Each is taken once."""

import base64
import os
import time
from io import BytesIO

import qrcode
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.utils.crypto import constant_time_compare
from qrcode.image.svg import SvgPathImage

from informed_comment.models import SecondStep
from informed_comment.signing_in.sealing import Unreadable, opened, sealed

STEP = 30
LATE = 1  # steps that a clock may be behind or ahead
DIGITS = 6


def new_secret():
    return base64.b32encode(os.urandom(20)).decode()


def totp(secret):
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP)  # noqa: S303 (what apps know)


def step_of(secret, code, *, now=None):
    """Which thirty seconds the code belongs to, about now; None when it is wrong."""
    code = "".join(code.split())
    if not (code.isascii() and code.isdecimal() and len(code) == DIGITS):
        return None
    this = int(now if now is not None else time.time()) // STEP
    made, found = totp(secret), None
    for number in range(this - LATE, this + LATE + 1):
        if constant_time_compare(made.generate(number * STEP).decode(), code):
            found = number
    return found


def take(user, code):
    """The second step whose code this is, once: a code that was taken, or an older one, is taken no more. Else None."""
    for step in SecondStep.objects.filter(user=user, kind=SecondStep.Kind.APP):
        try:
            secret = opened(step.secret)
        except Unreadable:
            continue
        number = step_of(secret, code)
        if number is None:
            continue
        fresh = SecondStep.objects.filter(pk=step.pk, counter__lt=number)
        if fresh.update(counter=number, secret=sealed(secret)):
            return step
    return None


def address(secret, username, issuer):
    """What the QR code says."""
    return totp(secret).get_provisioning_uri(username, issuer)


def picture(text):
    """A QR code as the address of an image; the page's policy lets no other drawing in."""
    out = BytesIO()
    qrcode.make(text, image_factory=SvgPathImage, box_size=12, border=2).save(out)
    return f"data:image/svg+xml;base64,{base64.b64encode(out.getvalue()).decode()}"
