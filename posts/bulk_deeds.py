"""What each bulk deed does to one post: why it leaves it as it is, what it leads to, doing it, and undoing exactly that."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from authors.models import Author
from posts import announcing, bylines, cards, filing, publishing, relating, states
from posts.checking import ALWAYS, BLOCK, USUAL, blocking, level_of
from posts.models import BulkDeed, Byline, Category, Post, Revision

Deed = BulkDeed.Deed
WRITING = (Post.Status.DRAFT, Post.Status.IN_REVIEW)
LIFE = {Deed.PUBLISH, Deed.WITHDRAW, Deed.TRASH, Deed.UNTRASH}
EDITORS_ONLY = {Deed.PUBLISH, Deed.WITHDRAW}
GIVEN = {
    Deed.ADD_CATEGORY: "category",
    Deed.REMOVE_CATEGORY: "category",
    Deed.ADD_TAGS: "tags",
    Deed.REMOVE_TAGS: "tags",
    Deed.ADD_AUTHOR: "author",
}
GONE = "It is deleted."
CHANGED = "Somebody changed it after you looked. Look at it and do it again."
CHANGED_SINCE = "It was changed since, and that change is kept."
NOT_YOURS = "You may not change it: it is out, or in somebody else's hands."
IN_TRASH = "It is in the trash. Take it out first."


class Left(Exception):
    """The post is left as it is, for the reason given."""


# Why not


def why_not(bulk, post, by):
    """Why the deed leaves the post as it is, in a sentence; empty when it will be done."""
    stands = post.trashed_from if post.status == Post.Status.TRASHED else post.status
    if not by.has_perm("posts.change_any_post") and stands not in WRITING:
        return NOT_YOURS
    if bulk.deed in LIFE:
        return of_life(bulk.deed, post)
    if post.status == Post.Status.TRASHED:
        return IN_TRASH
    return of_labels(bulk, post)


def of_life(deed, post):
    if deed == Deed.UNTRASH:
        return "" if post.status == Post.Status.TRASHED else "It is not in the trash."
    if post.status == Post.Status.TRASHED:
        return "It is in the trash already." if deed == Deed.TRASH else IN_TRASH
    if deed == Deed.WITHDRAW:
        return "" if post.status == Post.Status.PUBLISHED else "It is not on the site."
    if deed == Deed.PUBLISH and post.status == Post.Status.PUBLISHED:
        return "It is scheduled already." if post.is_scheduled else "It is published already."
    return " ".join(bars(post).values()) if deed == Deed.PUBLISH else ""


def bars(post):
    """What keeps the post from readers. What it lacks always tells; the rest is looked at only if a setting bars it."""
    others = any(level_of(code) == BLOCK for code in USUAL if code not in ALWAYS)
    return blocking(post) if others and settings.PUBLISH_CHECKS else publishing.missing(post)


def of_labels(bulk, post):
    if bulk.deed in (Deed.ADD_CATEGORY, Deed.REMOVE_CATEGORY):
        is_there = bulk.given in [category.pk for category in post.filed_under]
        if bulk.deed == Deed.ADD_CATEGORY:
            return "It is filed there already." if is_there else ""
        return "" if is_there else "It is not filed there."
    if bulk.deed == Deed.ADD_AUTHOR:
        return (
            "They sign it already." if bulk.given in [line.author_id for line in post.bylines.all()] else ""
        )
    have = {name.lower() for name in tags_of(post)}
    wanted = {name.lower() for name in bulk.given}
    if bulk.deed == Deed.ADD_TAGS:
        return "It has them already." if wanted <= have else ""
    return "" if wanted & have else "It has none of them."


def tags_of(post):
    return [tagging.tag.name for tagging in post.taggings.all()]


# What for


def effect(bulk, post):
    """What the deed leads to, in a few words."""
    if bulk.deed == Deed.PUBLISH:
        if post.published_at and post.published_at > timezone.now():
            return (
                f"{post.status_word} → comes out on {timezone.localtime(post.published_at):%d %B %Y, %H:%M}"
            )
        return f"{post.status_word} → Published"
    if bulk.deed == Deed.WITHDRAW:
        return f"{post.status_word} → Withdrawn"
    if bulk.deed == Deed.TRASH:
        return "Readers see it now → In the trash" if post.is_public else f"{post.status_word} → In the trash"
    if bulk.deed == Deed.UNTRASH:
        was = Post(status=post.trashed_from, published_at=post.published_at)
        return f"In the trash → {was.status_word}{', before readers again' if was.is_public else ''}"
    if bulk.deed == Deed.ADD_AUTHOR:
        names = [line.author.name for line in post.bylines.all()]
        return f"{', '.join(names) or 'Unsigned'} → {', '.join([*names, bulk.given_name])}"
    if bulk.deed in (Deed.ADD_CATEGORY, Deed.REMOVE_CATEGORY):
        names, change = [category.name for category in post.filed_under], [bulk.given_name]
    else:
        names, change = tags_of(post), bulk.given
    after = changed(names, change, adds=bulk.deed in (Deed.ADD_CATEGORY, Deed.ADD_TAGS))
    return f"{', '.join(names) or 'None'} → {', '.join(after) or 'none'}"


def changed(names, change, *, adds):
    known = {name.lower() for name in names if adds} | {name.lower() for name in change if not adds}
    if adds:
        return [*names, *(name for name in change if name.lower() not in known)]
    return [name for name in names if name.lower() not in known]


# Doing it


def before(bulk, post):
    """What the deed will change, as it is now."""
    if bulk.deed in LIFE:
        return {
            "status": post.status,
            "published_at": moment(post.published_at),
            "trashed_from": post.trashed_from,
            "trashed_at": moment(post.trashed_at),
        }
    if GIVEN[bulk.deed] == "category":
        return {"categories": [category.pk for category in post.filed_under]}
    if GIVEN[bulk.deed] == "tags":
        return {"tags": tags_of(post)}
    return {"authors": [[line.author_id, line.role] for line in post.bylines.all()]}


def moment(value):
    return value.isoformat() if value else None


def do(bulk, post, *, by):
    """Does the deed to one post, in the transaction that is open."""
    if bulk.deed in LIFE:
        deeds = {
            Deed.PUBLISH: publishing.publish,
            Deed.WITHDRAW: publishing.withdraw,
            Deed.TRASH: publishing.trash,
            Deed.UNTRASH: publishing.take_from_trash,
        }
        return deeds[bulk.deed](post, by=by)
    publishing.claim(post)
    if GIVEN[bulk.deed] == "category":
        others = [category for category in post.filed_under if category.pk != bulk.given]
        added = [Category.objects.get(pk=bulk.given)] if bulk.deed == Deed.ADD_CATEGORY else []
        filing.file_under(post, [*others, *added])
    elif bulk.deed == Deed.ADD_TAGS:
        post.tags.add(*bulk.given)
    elif bulk.deed == Deed.REMOVE_TAGS:
        wanted = {name.lower() for name in bulk.given}
        post.tags.remove(*(name for name in tags_of(post) if name.lower() in wanted))
    else:
        lines = [(line.author, line.role) for line in post.bylines.all()]
        bylines.sign(post, [*lines, (Author.objects.get(pk=bulk.given), Byline.Role.BY)])
    return keep(post, Revision.Deed.SAVE, by=by)


def keep(post, deed, *, by, fields=()):
    """Saves what is not the text, and what follows from it."""
    post._prefetched_objects_cache = {}
    post.updated_at = timezone.now()
    post.save(update_fields=["updated_at", *fields])
    states.keep_revision(post, deed, by=by)
    if post.status == Post.Status.PUBLISHED:
        cards.request(post)
    if post.is_public or fields:
        relating.ask(post.pk)


# Undoing it


def undo(bulk, post, was, *, by):
    """Puts back what the deed changed, and the address readers may have seen stays the post's."""
    publishing.claim(post)
    if bulk.deed in LIFE:
        for name in ("status", "trashed_from"):
            setattr(post, name, was[name])
        for name in ("published_at", "trashed_at"):
            setattr(post, name, datetime.fromisoformat(was[name]) if was[name] else None)
        keep(post, Revision.Deed.UNDO, by=by, fields=["status", "published_at", "trashed_from", "trashed_at"])
        if post.status == Post.Status.PUBLISHED:
            announcing.hold(post, by=by)
        return
    if "categories" in was:
        there = Category.objects.in_bulk(was["categories"])
        filing.file_under(post, [there[pk] for pk in was["categories"] if pk in there])
    elif "tags" in was:
        post.tags.set(was["tags"])
    else:
        there = Author.objects.in_bulk([pk for pk, _ in was["authors"]])
        bylines.sign(post, [(there[pk], role) for pk, role in was["authors"] if pk in there])
    keep(post, Revision.Deed.UNDO, by=by)
