"""Who asks: one of each kind, and what is theirs."""

import time
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser
from django.test import Client

from tests.factories import make_user

COLUMNS = ("anonymous", "account", "no group", "Author", "Editor", "Administrator", "superuser")


@dataclass
class Somebody:
    """`rows` is {app.Model: {whose: pk}} of what they may be let at."""

    column: str
    user: object
    cookies: dict
    session: object = None
    rows: dict = field(default_factory=dict)


def one_of_each():
    """An account of each kind, signed in; the first is nobody."""
    return [Somebody(column, *signed_in(column)) for column in COLUMNS]


def still_signed_in(somebody):
    """What is kept in the database is taken back after each request; a session they have ended is not kept there."""
    session = somebody.session
    if session is not None and not session.exists(session.session_key):
        session.save(must_create=True)


def signed_in(column):
    if column == "anonymous":
        return AnonymousUser(), {}, None
    made = {
        "account": {"is_staff": False},
        "superuser": {"is_superuser": True},
    }.get(column, {"group": column if column != "no group" else None})
    user = make_user(username=column.replace(" ", "-").lower(), **made)
    user.get_all_permissions()  # once, and not for each request
    client = Client()
    client.force_login(user)
    session = client.session
    session["proved_at"] = int(time.time())  # as if they had just shown who they are
    session.save()
    return user, {name: morsel.value for name, morsel in client.cookies.items()}, session
