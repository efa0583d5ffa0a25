"""Browsers that an account has been signed in with before: a signed cookie that only the newsroom is sent.

It opens nothing. It gives its bearer a budget of tries of their own, which nobody elsewhere can use up. Of networks the audit
log knows as much, for as long as it keeps addresses.
"""

import ipaddress
import secrets

from django.conf import settings
from django.core import signing

from informed_comment.models import AuditEntry
from informed_comment.origins import network_of
from informed_comment.signing_in.sealing import fingerprint

COOKIE = "known_device"
SALT = "informed_comment.known_device"
PATH = "/admin/"
KEPT = 180 * 24 * 3600  # seconds
ACCOUNTS = 5  # of one browser
NETWORKS = 10  # of one account, the last ones
SIGN_INS = 100  # looked at for them


def known(request):
    """{account: device} as the cookie says; a forged or old one says nothing."""
    try:
        said = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KEPT)
    except signing.BadSignature:
        return {}
    return said if isinstance(said, dict) else {}


def device_of(request, username):
    """The name of this browser if the account has been signed in with it; else nothing."""
    return known(request).get(account_key(username), "")


def account_key(username):
    return fingerprint("account", username.casefold())[:16]


def remember(response, request, user):
    """The account was signed in with this browser, whole."""
    devices = known(request)
    own = devices.pop(account_key(user.get_username()), "") or secrets.token_hex(8)
    devices = dict(list(devices.items())[1 - ACCOUNTS :]) | {account_key(user.get_username()): own}
    response.set_cookie(
        COOKIE,
        signing.dumps(devices, salt=SALT),
        max_age=KEPT,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def networks_of(user):
    """Those from which the account was signed in last, second step and all."""
    came = AuditEntry.objects.filter(
        by=user, deed="signed_in", address__isnull=False, details__has_key="second_step"
    )
    addresses = came.order_by("-id").values_list("address", flat=True)[:SIGN_INS]
    networks = dict.fromkeys(network_of(ipaddress.ip_address(address)) for address in addresses)
    return list(networks)[:NETWORKS]
