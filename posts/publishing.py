"""The deeds that move a post through its life. Each is one transaction and keeps a revision."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from posts import cards, permalinks, relating
from posts.models import Post, Revision

FIELDS_KEPT = (
    "title",
    "slug",
    "standfirst",
    "body",
    "lead_image_id",
    "lead_caption",
    "video_url",
    "video_title",
    "status",
    "permalink",
    "seo_title",
    "seo_description",
    "language",
    "original_url",
    "original_name",
    "licence",
)


class CannotPublish(ValueError):
    """The post lacks something readers need; `problems` maps a field to a sentence."""

    def __init__(self, problems):
        self.problems = problems
        super().__init__(" ".join(problems.values()))


class ChangedMeanwhile(Exception):
    """Somebody saved the post after this text was opened; saving it would have lost their work."""


def claim(post):
    """Counts the version up in the database, if it still is the one that was opened; else ChangedMeanwhile.

    From here to the end of the transaction the row is ours.
    """
    if post.pk is None:
        return
    opened = Post.objects.filter(pk=post.pk, version=post.version)
    if not opened.update(version=F("version") + 1):
        raise ChangedMeanwhile(f"Post {post.pk} is no longer at version {post.version}.")
    post.version += 1


def state_of(post):
    """The whole post with its relations as plain JSON."""
    return {
        **{name: getattr(post, name) for name in FIELDS_KEPT},
        "published_at": post.published_at.isoformat() if post.published_at else None,
        "authors": [[line.author_id, line.role] for line in post.bylines.all()],
        "categories": [filing.category_id for filing in post.filings.filter(is_direct=True)],
        "tags": sorted(tagging.tag.name for tagging in post.taggings.select_related("tag")),
        "corrections": [[made.kind, made.text, made.made_at.isoformat()] for made in post.corrections.all()],
    }


def keep_revision(post, deed, *, by=None, name=""):
    """One revision of the post as it stands; a save that changed nothing adds none."""
    state = state_of(post)
    if deed == Revision.Deed.SAVE:
        last = post.revisions.values_list("state", flat=True).first()
        if last == state:
            return None
    return Revision.objects.create(post=post, deed=deed, state=state, created_by=by, name=name)


def missing(post):
    """What still keeps the post from readers: field → sentence with the cure."""
    problems = {}
    if not post.title.strip():
        problems["title"] = "Give the post a title before publishing it."
    if not post.body.strip():
        problems["body"] = "Write the post before publishing it: the body is empty."
    return problems


@transaction.atomic
def submit(post, *, by=None):
    """Hands a draft to the editors."""
    claim(post)
    post.status = Post.Status.IN_REVIEW
    post.save()
    keep_revision(post, Revision.Deed.SUBMIT, by=by)


@transaction.atomic
def publish(post, *, by=None, at=None):
    """Puts the post before readers: now, or at `at` (or its own date) if that is still to come.

    Raises CannotPublish when title or body is missing. Publishing again keeps the first date.
    """
    problems = missing(post)
    if problems:
        raise CannotPublish(problems)
    claim(post)
    post.published_at = at or post.published_at or timezone.now()
    post.status = Post.Status.PUBLISHED
    permalinks.give(post)
    post.save()
    cards.request(post)
    keep_revision(post, Revision.Deed.PUBLISH, by=by)
    if post.is_public:
        relating.ask(post.pk)


@transaction.atomic
def withdraw(post, *, by=None):
    """Takes the post off the site; its address is kept for its return."""
    claim(post)
    post.status = Post.Status.WITHDRAWN
    post.save()
    keep_revision(post, Revision.Deed.WITHDRAW, by=by)
    relating.ask(post.pk)


@transaction.atomic
def save(post, *, by=None):
    """Keeps an edited post; what is already before readers keeps its address true to its slug and date."""
    claim(post)
    if post.status == Post.Status.PUBLISHED:
        post.published_at = post.published_at or timezone.now()
        permalinks.give(post)
        cards.request(post)
    post.save()
    keep_revision(post, Revision.Deed.SAVE, by=by)
    if post.is_public:
        relating.ask(post.pk)
