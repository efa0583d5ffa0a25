"""Keeping what is typed, as the script of the form does it; for the tests of keeping and of bringing back."""

import hashlib
import json
import re
from uuid import uuid4

from tests.posts.test_admin_post import form

KEEP = "/admin/posts/post/autosave/"


def typed(post=None, **fields):
    """The form as the script of the page sends it."""
    return json.dumps({name: [str(value)] for name, value in form(post, **fields).items()})


def keep(client, post=None, text=None, *, key=None, **query):
    said = {"post": post.pk if post else "", "key": key or uuid4(), "typed_at": 1_700_000_000_000} | query
    address = f"{KEEP}?" + "&".join(f"{name}={value}" for name, value in said.items())
    return client.post(address, text if text is not None else typed(post), content_type="application/json")


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def seen(page):
    """The words of a page, as somebody hears them."""
    return re.sub(r"\s+(?=\])|(?<=:) \s+", "", " ".join(re.sub(r"<[^>]+>", "", page).split()))
