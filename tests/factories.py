"""Rows for tests, by functions that fill in whatever a test does not name."""

import io
import itertools
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.db.models import F
from django.utils import timezone
from PIL import Image as Picture

from authors.models import Author
from images.models import Image
from newsletter import addresses
from newsletter.models import Mailing, Subscriber
from pages.models import Page
from posts import filing, permalinks
from posts.models import (
    Byline,
    Category,
    Correction,
    DayToAdd,
    FrontSlot,
    Post,
    PreviewLink,
    ReadDay,
    ReaderComment,
    ReadHour,
    ReadTotal,
)
from wordpress.models import Imported, Leftover, Move, MoveLine

number = itertools.count(1)


def make_user(*, group=None, **fields):
    """A member of staff; `group` names Editor, Author or Administrator."""
    n = next(number)
    user = get_user_model().objects.create_user(
        **{"username": f"user{n}", "password": "a long enough password", "is_staff": True} | fields
    )
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def make_author(**fields):
    n = next(number)
    return Author.objects.create(**{"name": f"Ada Author {n}", "slug": f"ada-author-{n}"} | fields)


def make_category(name="Middle East", *, parent=None, **fields):
    n = next(number)
    return Category.objects.create(**{"name": name, "slug": f"section-{n}", "parent": parent} | fields)


def make_picture(width=1200, height=800, kind="JPEG"):
    """The bytes of a small plain picture."""
    out = io.BytesIO()
    Picture.new("RGB", (width, height), (23, 74, 124)).save(out, kind)
    return out.getvalue()


def make_image(*, width=1200, height=800, **fields):
    n = next(number)
    image = Image(**{"title": f"Image {n}", "alt": "A river at dusk", "credit": "Staff"} | fields)
    image.file.save(
        f"picture-{n}.jpg", ContentFile(make_picture(width, height), name=f"picture-{n}.jpg"), save=True
    )
    return image


def make_page(**fields):
    n = next(number)
    return Page.objects.create(
        **{"title": f"Page {n}", "slug": f"page-{n}", "body": "<p>Text.</p>", "is_published": True} | fields
    )


def make_post(*, authors=1, categories=(), tags=(), **fields):
    """A post, published an hour ago unless `status` and `published_at` say otherwise.

    `authors` is a number or a list of authors; `categories` is a list, the first of which labels the post.
    """
    n = next(number)
    defaults = {
        "title": f"Post {n}",
        "slug": f"post-{n}",
        "standfirst": "What it says in a sentence.",
        "body": "<p>The text of the post.</p>",
        "status": Post.Status.PUBLISHED,
        "published_at": timezone.now() - timedelta(hours=1),
    }
    post = Post(**defaults | fields)
    if post.published_at and post.slug:
        permalinks.give(post)
    post.save()
    if isinstance(authors, int):
        authors = [make_author() for _ in range(authors)]
    Byline.objects.bulk_create(
        Byline(post=post, author=author, position=place) for place, author in enumerate(authors)
    )
    if categories:
        filing.file_under(post, categories)
    if tags:
        post.tags.add(*tags)
    return post


def make_slot(post, place="lead", *, starts_in=-1, ends_in=None):
    """The post on the front page from `starts_in` hours to `ends_in` hours from now; without an end when None."""
    now = timezone.now()
    return FrontSlot.objects.create(
        post=post,
        place=place,
        starts_at=now + timedelta(hours=starts_in),
        ends_at=None if ends_in is None else now + timedelta(hours=ends_in),
    )


def make_link(post, **fields):
    """A preview link that is good for a week."""
    defaults = {"label": "A reader", "expires_at": timezone.now() + timedelta(days=7)}
    return PreviewLink.objects.create(**{"post": post} | defaults | fields)


def make_correction(post, **fields):
    return Correction.objects.create(**{"post": post, "text": "<p>Nine, not ten.</p>"} | fields)


def make_comment(post, **fields):
    """What a reader said on the old site; `reader_comments.put_in_order` gives it its place among others."""
    n = next(number)
    defaults = {
        "name": f"Reader {n}",
        "text": "<p>Well said.</p>",
        "anchor": f"comment-{n}",
        "published_at": timezone.now() - timedelta(days=1000) + timedelta(minutes=n),
        "page": 1,
        "position": 0,
    }
    return ReaderComment.objects.create(**{"post": post} | defaults | fields)


def make_subscriber(**fields):
    """An active subscriber; `state` makes another, with the dates that go with it."""
    n = next(number)
    now = timezone.now()
    defaults = {
        "email": f"reader{n}@example.org",
        "state": Subscriber.State.ACTIVE,
        "created_at": now - timedelta(days=2),
        "asked_at": now - timedelta(days=2),
    }
    fields = defaults | fields
    if "key" not in fields:
        fields["key"] = addresses.parse(fields["email"]).key
    if fields["state"] != Subscriber.State.PENDING:
        fields.setdefault("confirmed_at", fields["created_at"] + timedelta(hours=1))
    if fields["state"] == Subscriber.State.UNSUBSCRIBED:
        fields.setdefault("unsubscribed_at", now - timedelta(days=1))
    return Subscriber.objects.create(**fields)


def make_mailing(**fields):
    """A letter in draft; `kind` makes another, with the key that goes with it."""
    n = next(number)
    defaults = {"kind": Mailing.Kind.LETTER, "subject": f"Letter {n}", "body": "<p>Dear reader.</p>"}
    fields = defaults | fields
    if fields["kind"] != Mailing.Kind.LETTER:
        fields.setdefault("key", f"{fields['kind']} {n}")
    return Mailing.objects.create(**fields)


def make_move(**fields):
    """An import of an old site that was looked at, with something to say; and a post that came in by an earlier one."""
    told = {
        "files": [{"path": "", "name": "old.xml", "size": 2048, "digest": "x"}],
        "state": Move.State.LOOKED,
    }
    move = Move.objects.create(**told | fields)
    MoveLine.objects.create(
        move=move, is_foretold=True, kind="odd", file="old.xml", line=7, message="a slug used twice"
    )
    MoveLine.objects.create(move=move, is_foretold=True, kind="broken", file="old.xml", message="no end")
    row = Imported.objects.create(source="old.example", kind="post", key="1", post=Post.objects.first())
    Leftover.objects.create(
        imported=row, kind="shortcode", name="poll", markup='[poll id="4"]', after="Vote:"
    )
    return move


def make_reads(post, reads, *, at=None, **sources):
    """Reads of a post at a time, as they are kept when they have been counted: `search=3` names where some came from."""
    at = timezone.localtime(at or timezone.now())
    hour, day = at.replace(minute=0, second=0, microsecond=0), at.date()
    for model, key in ((ReadHour, {"hour": hour}), (ReadDay, {"day": day}), (ReadTotal, {})):
        row, _ = model.objects.get_or_create(post=post, **key)
        named = sources if model is ReadDay else {}
        added = {name: F(name) + more for name, more in {"reads": reads, **named}.items()}
        model.objects.filter(pk=row.pk).update(**added)
    DayToAdd.objects.update_or_create(day=day, defaults={"is_begun": False})
