"""The background deeds that `python -m bench killed` kills: what each needs, what it does, and what has to be there afterwards."""

from collections import Counter
from datetime import timedelta
from email import message_from_bytes

from bench.killed import Kind, hours_ago


def kinds(mail):
    return {
        "announcing a post": Kind(published, announce, is_announced),
        "a deed on many posts": Kind(many, do_many, all_done),
        "filing posts again": Kind(filed, refile, is_refiled),
        "sizes of a picture": Kind(picture, renditions_of, has_renditions),
        "a question to confirm": Kind(signed_up, ask_to_confirm, lambda event: is_asked(mail, event)),
        "notices to a writer": Kind(noticed, send_notices, lambda user: is_told(mail, user)),
        "a digest at its hour": Kind(digest_due, make_digest, is_one_digest),
        "a pending change at its time": Kind(pending_due, apply_pending, is_applied),
        "forgetting who never confirmed": Kind(never_confirmed, expire, are_forgotten),
        "what is related to a post": Kind(related, relate, is_related),
        "merging tags": Kind(tags, merge, is_merged),
    }


def published():
    from posts import publishing
    from posts.models import Announcement
    from tests.factories import make_post, make_user

    writer = make_user(group="Author", email="writer@example.org")
    post = make_post(status="draft", published_at=None, created_by=writer)
    publishing.publish(post, by=make_user(group="Editor"))
    Announcement.objects.filter(post=post).update(due_at=hours_ago(1))
    return post


def announce(post):
    from posts import announcing

    announcing.make_due()


def is_announced(post):
    from posts.models import Announcement, Notice

    made = Announcement.objects.get(post=post).made_at is not None
    return made and Notice.objects.filter(post=post, kind="published").count() == 1


def many():
    from posts import bulk
    from posts.models import BulkDeed, Post
    from tests.factories import make_post, make_user

    by = make_user(group="Editor")
    posts = [make_post(status="draft", published_at=None) for _ in range(3)]
    made = bulk.propose(Post.objects.filter(pk__in=[post.pk for post in posts]), BulkDeed.Deed.PUBLISH, by=by)
    bulk.judge(made, by=by)
    bulk.begin(made, by=by)
    return made


def do_many(made):
    from posts import bulk

    bulk.run(made.pk)


def all_done(made):
    from posts.models import Revision

    rows = list(made.rows.select_related("post"))
    made.refresh_from_db()
    once = Counter(
        Revision.objects.filter(post__in=[row.post_id for row in rows], deed="publish").values_list(
            "post", flat=True
        )
    )
    return made.done_at and all(
        row.outcome == "done" and row.post.is_public and once[row.post_id] == 1 for row in rows
    )


def filed():
    from posts import filing
    from tests.factories import make_category, make_post

    top, leaf = make_category("Top"), make_category("Leaf")
    post = make_post(categories=[leaf])
    type(leaf).objects.filter(pk=leaf.pk).update(parent=top)
    return SimpleState(filing=filing, top=top, leaf=leaf, post=post)


class SimpleState:
    def __init__(self, **given):
        vars(self).update(given)


def refile(state):
    state.filing.refile_all([state.leaf.pk], after=0)


def is_refiled(state):
    found = list(state.post.filings.values_list("category", flat=True))
    return len(found) == len(set(found)) and state.leaf.pk in found


def picture():
    from images.models import Image
    from tests.factories import make_image

    return Image.objects.get(pk=make_image(width=900, height=600).pk)


def renditions_of(image):
    from images import renditions
    from images.models import Image

    renditions.make(Image(pk=image.pk))


def has_renditions(image):
    from django.core.files.storage import default_storage

    image.refresh_from_db()
    names = [entry["name"] if isinstance(entry, dict) else entry for entry in image.renditions]
    return bool(names) and all(default_storage.exists(name) for name in names if isinstance(name, str))


def signed_up():
    from newsletter import addresses, subscribing
    from newsletter.consent import Evidence
    from newsletter.models import ConsentEvent

    address = addresses.parse(f"reader@place{next(NUMBERS)}.example.org")
    subscribing.sign_up(address, frequency="daily", source="page", evidence=Evidence("bench"))
    return ConsentEvent.objects.latest("pk")


def ask_to_confirm(event):
    from newsletter import confirming

    confirming.send_confirmation(event.pk)


def is_asked(mail, event):
    event.subscriber.refresh_from_db()
    return event.subscriber.mailed_at is not None and 1 <= mails_to(mail, event.subscriber.email) <= 2


def mails_to(mail, address):
    """How many; those of one Message-ID count as often as they went out."""
    files = mail.glob("*") if mail.exists() else []
    found = [message_from_bytes(one) for path in files for one in path.read_bytes().split(b"-" * 79 + b"\n")]
    ids = {message["Message-ID"] for message in found if message["To"] == address}
    return sum(message["To"] == address for message in found) if len(ids) == 1 else 0


def noticed():
    from posts import telling
    from tests.factories import make_post, make_user

    user = make_user(group="Author", email=f"{next(NUMBERS)}@example.org")
    telling.published(make_post(created_by=user), by=make_user(group="Editor"))
    return user


def send_notices(user):
    from posts import telling

    telling.send_to(user.pk)


def is_told(mail, user):
    from posts.models import Notice

    waiting = Notice.objects.filter(user=user, sent_at=None).exists()
    return not waiting and 1 <= mails_to(mail, user.email) <= 2


def digest_due():
    from django.utils import timezone

    from newsletter.models import Delivery, DigestPlan, Mailing, Subscriber
    from tests.factories import make_post, make_subscriber
    from tests.newsletter.test_digests import plan

    Delivery.objects.all().delete()
    Mailing.objects.all().delete()
    DigestPlan.objects.all().delete()
    Subscriber.objects.all().delete()
    plan("daily", on_since=timezone.now() - timedelta(hours=3))
    make_post(published_at=hours_ago(1))
    return [make_subscriber(frequency="daily") for _ in range(3)]


def make_digest(readers):
    from newsletter import composing, digests

    digests.make_due()
    composing.queue_due()


def is_one_digest(readers):
    from newsletter.models import Delivery, Mailing

    mailing = Mailing.objects.get(kind="daily")
    found = sorted(Delivery.objects.filter(mailing=mailing).values_list("subscriber", flat=True))
    return (
        mailing.state == "sending"
        and mailing.audience == 3
        and found == sorted(reader.pk for reader in readers)
    )


def pending_due():
    from posts import pending, states
    from posts.models import PendingChange
    from tests.factories import make_post, make_user

    post = make_post(title="Before")
    pending.keep(
        post, states.state_of(post) | {"title": "After"}, by=make_user(group="Editor"), apply_at=hours_ago(-1)
    )
    PendingChange.objects.filter(post=post).update(apply_at=hours_ago(1))
    return post


def apply_pending(post):
    from posts import pending

    pending.apply_due()


def is_applied(post):
    from posts.models import PendingChange, Revision

    post.refresh_from_db()
    is_once = Revision.objects.filter(post=post, state__title="After").count() == 1
    return post.title == "After" and is_once and not PendingChange.objects.filter(post=post).exists()


def never_confirmed():
    from newsletter.models import Subscriber
    from tests.factories import make_subscriber

    Subscriber.objects.filter(state="pending").delete()
    old = make_subscriber(state="pending", confirmed_at=None)
    Subscriber.objects.filter(pk=old.pk).update(asked_at=hours_ago(24 * 40), created_at=hours_ago(24 * 40))
    return old


def expire(old):
    from newsletter import expiring

    expiring.expire()


def are_forgotten(old):
    return not type(old).objects.filter(pk=old.pk).exists()


def related():
    from tests.factories import make_post

    posts = [make_post(title=f"Rivers {n}", tags=["water"], published_at=hours_ago(n + 1)) for n in range(3)]
    return posts[0]


def relate(post):
    from posts import relating

    relating.refresh(post.pk)


def is_related(post):
    from posts.models import RelatedPosts

    return RelatedPosts.objects.filter(post=post).count() == 1


def tags():
    from posts import mergers
    from posts.models import Tag
    from tests.factories import make_post

    name = next(NUMBERS)
    posts = [make_post(tags=[f"old {name}", f"new {name}"][: 1 + n % 2]) for n in range(3)]
    source, target = Tag.objects.get(name=f"old {name}"), Tag.objects.get_or_create(name=f"new {name}")[0]
    return SimpleState(merger=mergers.merge(source, target), posts=posts, target=target)


def merge(state):
    from posts import mergers

    mergers.go_on(state.merger.pk)


def is_merged(state):
    return all([tag.pk for tag in post.tags.all()] == [state.target.pk] for post in state.posts)


NUMBERS = iter(range(1, 10**9))
