"""What those who make a post say to one another about it. Readers never see it."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from posts import telling
from posts.models import DraftComment

LONGEST = 10_000
IN_AN_HOUR = 60  # through one preview link
SAYS_NOTHING = "The comment is empty. Write what you want to say."
TOO_LONG = f"The comment is longer than {LONGEST:,} characters. Shorten it, or say it in two."
TOO_MANY = "Too many comments have come through this link within an hour. Try again later."


class CannotSay(ValueError):
    """The comment is empty, too long, or one too many; the message says it in a sentence."""


@transaction.atomic
def say(post, text, *, user=None, link=None, name=""):
    """Adds a comment by a user, or under a name through a preview link, and has the others told. Raises CannotSay."""
    text = text.replace("\x00", "").strip()
    if not text:
        raise CannotSay(SAYS_NOTHING)
    if len(text) > LONGEST:
        raise CannotSay(TOO_LONG)
    if (
        link
        and link.comments.filter(created_at__gt=timezone.now() - timedelta(hours=1)).count() >= IN_AN_HOUR
    ):
        raise CannotSay(TOO_MANY)
    comment = keep(post, text, user=user, link=link, name=name)
    telling.commented(comment)
    return comment


def keep(post, text, *, user=None, link=None, name=""):
    """The row alone, of which nobody is told."""
    plain = " ".join(name.replace("\x00", "").split())
    called = plain or (telling.name_of(user) if user else link.label if link else "Somebody")
    return DraftComment.objects.create(post=post, user=user, link=link, name=called[:100], text=text)


def resolve(comment, *, by):
    """Settled; it stays to be read. Saying so twice changes nothing."""
    DraftComment.objects.filter(pk=comment.pk, resolved_at=None).update(
        resolved_at=timezone.now(), resolved_by=by
    )


def reopen(comment):
    DraftComment.objects.filter(pk=comment.pk).update(resolved_at=None, resolved_by=None)


def take_back(comment, *, by):
    """Deletes one's own comment; whether it was there and one's own."""
    return bool(DraftComment.objects.filter(pk=comment.pk, user=by).delete()[0])
