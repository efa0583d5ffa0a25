"""Members of staff with second steps, and the ways they come in."""

import json
import time

from django.test import Client
from django.urls import reverse

from informed_comment.signing_in import recovery, steps, totp
from tests.factories import make_user

PASSWORD = "a long enough password"
HOME, OFFICE, ELSEWHERE = "198.51.100.7", "203.0.113.9", "192.0.2.44"


def make_secured(**fields):
    """Somebody with an app; (user, secret, recovery codes)."""
    user = make_user(**{"group": "Editor"} | fields)
    secret = totp.new_secret()
    steps.add_app(user, name="My phone", secret=secret, counter=0)
    return user, secret, recovery.make(user)


def code_of(secret, *, steps_on=0):
    return totp.totp(secret).generate(int(time.time()) + 30 * steps_on).decode()


def browser(address=HOME, **fields):
    """A browser somewhere, which keeps its cookies."""
    return Client(REMOTE_ADDR=address, HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux) Firefox/140.0", **fields)


def give_password(client, user, password=PASSWORD, **more):
    name = user if isinstance(user, str) else user.get_username()
    return client.post(reverse("admin:login"), {"username": name, "password": password} | more)


def give_code(client, code):
    return client.post(reverse("admin:second_step"), {"code": code})


def come_in(client, user, secret, *, steps_on=0):
    give_password(client, user)
    return give_code(client, code_of(secret, steps_on=steps_on))


def is_in(client):
    return json.loads(client.get(reverse("admin:session")).content)["signed_in"]
