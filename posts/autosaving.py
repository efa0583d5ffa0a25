"""Keeping what is typed into a post's form and not saved: one row a post and user, outside the post and its history."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from posts.models import Autosave

UPSERT = """
INSERT INTO posts_autosave AS kept (user_id, post_id, key, text, base_version, number, typed_at, saved_at)
VALUES (%(user)s, %(post)s, %(key)s, %(text)s, %(base_version)s, 1, %(typed_at)s, %(now)s)
ON CONFLICT {target} DO UPDATE SET text = EXCLUDED.text, base_version = EXCLUDED.base_version,
    number = kept.number + 1, typed_at = EXCLUDED.typed_at, saved_at = EXCLUDED.saved_at
WHERE kept.id = %(row)s AND kept.number = %(number)s
RETURNING id, number, saved_at, encode(sha256(convert_to(text, 'UTF8')), 'hex')
"""
OF_A_POST = "(user_id, post_id) WHERE post_id IS NOT NULL"
OF_A_NEW_FORM = "(user_id, key) WHERE post_id IS NULL"


@dataclass(frozen=True)
class Kept:
    """What the database holds now; `sha` is its own hash of the text it stored."""

    row: int
    number: int
    saved_at: datetime
    sha: str


class NewerElsewhere(Exception):
    """Another window of the same user has kept a text in the row since this window last saw it; `autosave` is it."""

    def __init__(self, autosave):
        self.autosave = autosave
        super().__init__(f"Autosave {autosave.pk} is at number {autosave.number}.")


def keep(text, *, by, key, typed_at, post=None, base_version=None, seen=(None, None)):
    """Keeps the text of a form, to the letter, in one statement.

    `seen` is (row, number) of what this window last kept or was opened with, (None, None) when it knows of none. What
    is stored beside that is another window's text: it stays, and NewerElsewhere says so.
    """
    row, number = seen
    values = {
        "user": by.pk,
        "post": post.pk if post else None,
        "key": key,
        "text": text,
        "base_version": base_version,
        "typed_at": min(typed_at, timezone.now()),
        "now": timezone.now(),
        "row": row,
        "number": number,
    }
    with connection.cursor() as cursor:
        cursor.execute(UPSERT.format(target=OF_A_POST if post else OF_A_NEW_FORM), values)
        kept = cursor.fetchone()
    if kept is None:
        theirs = of(by, post, key=key).defer("text").first()
        if theirs is None:  # saved or thrown away between the two statements
            return keep(text, by=by, key=key, typed_at=typed_at, post=post, base_version=base_version)
        raise NewerElsewhere(theirs)
    return Kept(*kept)


def of(user, post, *, key=None):
    """What the user has kept of the post; of posts never saved, or of the one with that key, when there is none."""
    own = Autosave.objects.filter(user=user, post=post if post and post.pk else None)
    return own.filter(key=key) if key and not (post and post.pk) else own


@transaction.atomic
def forget(*, by, row, number):
    """The text was saved into its post, or thrown away. What another window has written since stays."""
    Autosave.objects.filter(user=by, pk=row, number=number).delete()


def belongs_to(post, *, by, key):
    """The post that went by the key has its row now; what was still kept under the key is kept of the post."""
    Autosave.objects.filter(user=by, post=None, key=key).update(post=post)


def hash_of(autosave):
    """SHA-256 of the stored text in hexadecimal, by the database itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(sha256(convert_to(text, 'UTF8')), 'hex') FROM posts_autosave WHERE id = %s",
            [autosave.pk],
        )
        (sha,) = cursor.fetchone() or ("",)
    return sha
