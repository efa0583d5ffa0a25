"""Accounts as operators name them."""

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError


def named(name):
    """The account of this user name; a sentence where there is none."""
    user = get_user_model().objects.filter(username=name).first()
    if user is None:
        raise CommandError(
            f"There is no account called {name}. User names tell capital letters from small ones."
        )
    return user
