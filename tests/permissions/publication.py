"""A publication with a row of everything, some of it everybody's own: what the walk goes through."""

import functools
import json
from datetime import timedelta
from uuid import uuid4

from django.apps import apps
from django.db import connection
from django.utils import timezone

from images.models import Document
from informed_comment import audit
from informed_comment.models import Gone, RedirectPattern
from newsletter import confirming, consent
from newsletter.consent import Evidence
from newsletter.models import (
    BlockedDomain,
    ConsentEvent,
    HeldSignUp,
    ProofAddress,
    SignUpHold,
    Subscriber,
    Suppression,
)
from posts import commenting, previewing, reader_comments, states
from posts.models import Autosave, BulkDeed, BulkRow, Revision
from tests.browser.test_admin_access import fill, more
from tests.factories import (
    make_author,
    make_comment,
    make_image,
    make_link,
    make_mailing,
    make_page,
    make_post,
    make_subscriber,
    make_user,
)

STATES = ("draft", "published", "trashed")
MINE, OTHERS = "own", "another's"
OF_A_ROW = ("pk", "object_id", "id", "image_id")
NOT_THERE = 2_000_000_000
NEXT_NUMBERS = """
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass,
              coalesce(last_value, start_value) + 7 * row_number() OVER (ORDER BY sequencename))
FROM pg_sequences WHERE schemaname = current_schema()
"""


def make_publication(everybody):
    """Values that are the same for all; each of everybody gets rows of their own, and those of a colleague."""
    first_of.cache_clear()  # of another publication
    apart()
    colleague = make_user(username="colleague", group="Editor", first_name="Cora")
    chief = make_user(username="chief", is_superuser=True)
    post = fill(colleague)
    _queries, values = more(post)
    values |= of_readers(post) | {
        "content_type_id": 1,
        "app_label": "posts",
        "url": "no-such-thing/",
        "permalink": post.permalink.strip("/"),
        "part": 1,
        "mark": "said-1",
        "month": f"{timezone.localtime(post.published_at):%m}",
        "day": f"{timezone.localtime(post.published_at):%d}",
        "year": f"{timezone.localtime(post.published_at):%Y}",
        "provider": "postmark",
        "slug": post.bylines.first().author.slug,
        "path": make_page().slug,
    }
    sent = make_mailing(state="sent", queued_at=timezone.now(), started_at=timezone.now())
    values["by_beginning"] = {
        "category/": {"path": post.filed_under[0].path},
        "tag/": {"slug": post.taggings.first().tag.slug},
        "newsletter/archive/": {"pk": sent.pk},
    }
    values["other_rows"] = more_rows(post)
    theirs = rows_of(colleague)
    for one in everybody:
        own = rows_of(one.user) if one.user.is_authenticated else {}
        one.rows = {
            kind: {f"{OTHERS}{whose}": row for whose, row in rows.items()}
            | {f"{MINE}{whose}": row for whose, row in own.get(kind, {}).items()}
            for kind, rows in theirs.items()
        }
        one.rows["newsletter.Mailing"] = {"a draft": {"pk": make_mailing().pk}, "a sent one": {"pk": sent.pk}}
        one.rows["auth.User"] = {"a colleague's": {"id": colleague.pk}, "a superuser's": {"id": chief.pk}}
        if one.user.is_authenticated:
            one.rows["auth.User"]["own"] = {"id": one.user.pk}
    return values


def apart():
    """No two tables number their rows alike, so that an address asked with the row of another table finds nothing, every time."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBERS)


def rows_of(user):
    """{what: {whose and in which state: values}} of what somebody may have of their own."""
    author = make_author(user=user)
    posts = {state: post_of(user, author, state) for state in STATES}
    bulk = BulkDeed.objects.create(deed="add_tags", given=["Oil"], given_name="Oil", created_by=user)
    now = timezone.now()
    BulkRow.objects.create(bulk=bulk, post_id=posts["draft"].pk, title="A post", version=1)
    autosave = Autosave.objects.create(user=user, text=json.dumps({"title": ["Kept"]}), typed_at=now)
    return {
        "posts.Post": {
            f" {state}": {
                "pk": post.pk,
                "number": post.revisions.first().pk,
                "link": post.preview_links.get().pk,
            }
            for state, post in posts.items()
        },
        "posts.BulkDeed": {"": {"pk": bulk.pk}},
        "posts.Autosave": {"": {"pk": autosave.pk, "key": autosave.key}},
        "authors.Author": {"": {"pk": author.pk, "author": author.pk}},
        "images.Image": {"": {"pk": make_image(created_by=user).pk}},
        "images.Document": {"": {"pk": make_document(user).pk}},
    }


def post_of(user, author, state):
    """A post the user began and signs, with what hangs on it."""
    fields = {"status": state, "published_at": timezone.now() - timedelta(hours=3)}
    if state != "published":
        fields["published_at"] = None
    if state == "trashed":
        fields |= {"trashed_from": "draft", "trashed_at": timezone.now()}
    post = make_post(authors=[author], created_by=user, **fields)
    link = make_link(post)
    commenting.say(post, "Is this so?", link=link)
    Revision.objects.create(post=post, deed="save", state=states.state_of(post), version=post.version)
    return post


def make_document(user):
    document = Document(title="A list", created_by=user, mime_type="application/pdf", size=9)
    document.file.name = f"documents/{uuid4()}.pdf"
    document.save()
    return document


def of_readers(post):
    """Links as subscribers and guests have them."""
    reader = make_subscriber()
    waiting = make_subscriber(state=Subscriber.State.PENDING)
    evidence = Evidence("newsletter page")
    asked = consent.note(waiting, ConsentEvent.What.ASKED, evidence, at=timezone.now(), detail="daily")
    draft = make_post(status="draft", published_at=None)
    return {
        "reader": reader.link_key,
        "confirmation": confirming.token_for(asked),
        "guest": previewing.token_of(make_link(draft, may_write=True)),
    }


def more_rows(post):
    """What the newsroom's own screens have that readers' pages do not need; which addresses are about rows of another room."""
    make_comment(post)
    reader_comments.put_in_order([post.pk])
    Gone.objects.create(path="/gone/")
    RedirectPattern.objects.create(pattern="^/old/(.+)$", target="/new/$1")
    BlockedDomain.objects.create(domain="spam.example")
    Suppression.objects.suppress("left@example.org", "unsubscribed")
    hold = SignUpHold.objects.create(seen=9, limit=3)
    event = ConsentEvent.objects.filter(what="asked").first()
    HeldSignUp.objects.create(
        subscriber=event.subscriber, event=event, hold=hold, domain="example.org", is_new=True
    )
    ProofAddress.objects.create(email="proof@example.org")
    audit.record("signed_in", "Somebody signed in.")
    return {"admin/newsletter/heldsignup/end/": hold.pk, "admin/posts/popularsidebar/<pk>/": post.pk}


TOKENS = {"newsletter/confirm/": "confirmation", "newsletter/": "reader", "preview/": "guest"}


def choices_for(address, somebody, values):
    """(whose, values) of every row with which the address is asked."""
    values = dict.fromkeys(OF_A_ROW, NOT_THERE) | values
    if "admin/" not in address.written:
        values["number"] = 1
    for beginning, named in values["by_beginning"].items():
        values = values | (named if address.written.startswith(beginning) else {})
    values = values | {
        "token": next(
            (values[name] for before, name in TOKENS.items() if address.written.startswith(before)), ""
        )
    }
    for kind, rows in somebody.rows.items():
        if asks_for(address, kind):
            for whose, row in rows.items():
                number = row.get("pk", row.get("id"))
                yield whose, values | dict.fromkeys(OF_A_ROW, number) | row
            return
    others = (row for beginning, row in values["other_rows"].items() if address.written.startswith(beginning))
    first = next(others, None) or first_of(address.room)
    yield "", values | (dict.fromkeys(OF_A_ROW, first) if address.room else {})


def asks_for(address, kind):
    """Whether one of these is what the address is about."""
    special = {
        "posts.BulkDeed": "/bulk/<pk>/",
        "posts.Autosave": ("/autosave/<pk>/", "<key>"),
        "authors.Author": "/<author>/",
    }
    parts = special.get(kind)
    if parts:
        return any(part in address.written for part in ([parts] if isinstance(parts, str) else parts))
    is_other = any(
        part in address.written
        for parts in special.values()
        for part in ([parts] if isinstance(parts, str) else parts)
    )
    return kind == address.room and not is_other and bool(set(OF_A_ROW) & set(address.parts))


@functools.cache
def first_of(room):
    """The number of a row, whichever; where there is none, of one that is not there."""
    model = apps.get_model(room) if room else None
    row = model._default_manager.order_by("pk").first() if model and model._meta.managed else None
    return row.pk if row is not None else NOT_THERE
