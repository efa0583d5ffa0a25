"""Bringing an import by the screens of the newsroom, and letting the worker do it."""

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.wordpress.parts import HEAD, item
from wordpress import tasks
from wordpress.models import Move

MOVES = "/admin/wordpress/move/"
FOOT = "</channel></rss>"
LONG = f"<!--{'word ' * 1_200_000}-->"


def export(*parts):
    return (HEAD + "".join(parts or [item(1, body="Hello")]) + FOOT).encode()


def bring(client, content, name="old.xml", **data):
    files = {"files": SimpleUploadedFile(name, content)} if content is not None else {}
    return client.post(f"{MOVES}add/", files | data, follow=True)


def page_of(move, rest="change/"):
    return f"{MOVES}{move.pk}/{rest}"


def looked(client, *parts, **data):
    bring(client, export(*parts), **data)
    return worked(Move.objects.first())


def worked(move):
    tasks.move(move.pk)
    move.refresh_from_db()
    return move


def begun(client, move):
    return client.post(page_of(move, "start/"), follow=True)
