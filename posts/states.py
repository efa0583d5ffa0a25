"""A post as plain JSON: what a revision keeps, what pending changes are, and how either becomes the post again."""

from contextlib import contextmanager

from django.db import transaction

from authors.models import Author
from images.models import Image
from posts import bylines, filing
from posts.models import Category, Correction, Revision

TEXT = (
    "title",
    "standfirst",
    "body",
    "lead_image_id",
    "lead_caption",
    "video_url",
    "video_title",
    "seo_title",
    "seo_description",
    "language",
    "original_url",
    "original_name",
    "licence",
)
FIELDS_KEPT = (*TEXT, "slug", "status", "permalink")
GONE = {
    "lead_image_id": "The lead image is no longer in the library.",
    "authors": "An author who signed is no longer listed.",
    "categories": "A category is no longer there.",
}


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


def keep_revision(post, deed, *, by=None, guest="", name=""):
    """One revision of the post as it stands; a save that changed nothing adds none."""
    state = state_of(post)
    if deed == Revision.Deed.SAVE:
        last = post.revisions.values_list("state", flat=True).first()
        if last == state:
            return None
    return Revision.objects.create(
        post=post, deed=deed, state=state, created_by=by, guest=guest, name=name, version=post.version
    )


def put(post, state, *, and_slug=False):
    """Makes the post say what the state says, without saving its own row; what could not be had again, in sentences.

    Text, lead image, byline, categories and tags; the slug only if asked for. Status, date and address are the deeds'
    business. Corrections are added and never taken away: readers have been told of them.
    """
    known = state.keys() & {*TEXT, *({"slug"} if and_slug else ())}
    for name in known - {"lead_image_id"}:
        setattr(post, name, state[name])
    gone = []
    if "lead_image_id" in known:
        wanted = state["lead_image_id"]
        post.lead_image = Image.objects.filter(pk=wanted).first() if wanted else None
        if wanted and post.lead_image is None:
            gone.append(GONE["lead_image_id"])
    if "authors" in state:
        there = Author.objects.in_bulk([pk for pk, _ in state["authors"]])
        bylines.sign(post, [(there[pk], role) for pk, role in state["authors"] if pk in there])
        gone += [GONE["authors"]] * any(pk not in there for pk, _ in state["authors"])
    if "categories" in state:
        there = Category.objects.in_bulk(state["categories"])
        filing.file_under(post, [there[pk] for pk in state["categories"] if pk in there])
        gone += [GONE["categories"]] * any(pk not in there for pk in state["categories"])
    if "tags" in state:
        post.tags.set(state["tags"])
    add_corrections(post, state.get("corrections", ()))
    return gone


def add_corrections(post, corrections):
    have = {(made.kind, made.text, made.made_at.isoformat()) for made in post.corrections.all()}
    Correction.objects.bulk_create(
        Correction(post=post, kind=kind, text=text, made_at=made_at)
        for kind, text, made_at in corrections
        if (kind, text, made_at) not in have
    )


class _Over(Exception):
    """Ends a rehearsal."""


@contextmanager
def rehearsal():
    """What is written inside is undone at the end, jobs and redirects too; for seeing what a deed would lead to."""
    try:
        with transaction.atomic():
            yield
            raise _Over
    except _Over:
        pass
