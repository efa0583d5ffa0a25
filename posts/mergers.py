"""Merging a tag or a category into another: posts, addresses and whatever else points at it follow; and undoing that.

Few posts are moved at once. Of more, the worker moves the rest, some at a time, and the thing goes when the last post
has left it: until then readers find each post in one of the two lists. How tags and categories differ stands in
`mergers_of_tags` and `mergers_of_categories`.
"""

from django.db import IntegrityError, transaction
from django.db.models import ManyToOneRel

from informed_comment import editions, jobs, redirects
from posts import mergers_of_categories, mergers_of_tags, relating
from posts.models import (
    Category,
    CategoryTally,
    CategoryYear,
    Filing,
    FormerName,
    MergedPost,
    Merger,
    Tag,
    TaggedPost,
    TagTally,
    TagYear,
)
from posts.reads import tallies

AT_ONCE = 500
BATCH = 250
RELATED_ANEW = 100  # of the posts moved at once; the lists of the others follow as they change
KINDS = {Tag: (Merger.Kind.TAG, mergers_of_tags), Category: (Merger.Kind.CATEGORY, mergers_of_categories)}
TALLIES = {Merger.Kind.TAG: (TagTally, "tag"), Merger.Kind.CATEGORY: (CategoryTally, "category")}
BY_KIND = {kind: (model, rules) for model, (kind, rules) in KINDS.items()}


class CannotMerge(ValueError):
    """What stands in the way, as sentences with the cure."""

    def __init__(self, problems):
        self.problems = problems
        super().__init__(" ".join(problems))


def obstacles(source, target):
    """Why one cannot be merged into the other, as sentences."""
    kind, rules = KINDS[type(source)]
    if source.pk == target.pk:
        return [f"“{source}” cannot be merged into itself. Choose another."]
    busy = Merger.objects.filter(kind=kind, state__in=["running", "undoing"])
    if busy.filter(source_id__in=[source.pk, target.pk]).exists():
        return [f"“{source}” or “{target}” is being merged already. Wait until that has ended."]
    return rules.obstacles(source, target)


@transaction.atomic
def merge(source, target, *, by=None):
    """Begins, and for few posts ends, merging one into the other; the Merger, for telling and undoing it.

    Raises CannotMerge.
    """
    kind, rules = KINDS[type(source)]
    source, target = (
        type(source).objects.select_for_update(of=("self",)).get(pk=one.pk) for one in (source, target)
    )
    if problems := obstacles(source, target):
        raise CannotMerge(problems)
    merger = Merger.objects.create(
        kind=kind,
        source_id=source.pk,
        source_name=source.name,
        target_id=target.pk,
        target_name=target.name,
        gone={field.attname: getattr(source, field.attname) for field in source._meta.concrete_fields},
        created_by=by,
    )
    merger.followed = rules.begin(source, target)
    merger.save(update_fields=["followed"])
    go_on(merger.pk, most=AT_ONCE)
    merger.refresh_from_db()
    if merger.state == Merger.State.RUNNING:
        jobs.defer("posts.tasks.merge", merger_id=merger.pk)
    return merger


def go_on(merger_id, *, most=None):
    """Moves up to `most` posts, or all, a transaction for every few; then ends the merger, or its undoing."""
    moved, deeds = 0, {Merger.State.RUNNING: step, Merger.State.UNDOING: step_back}
    while most is None or moved < most:
        with transaction.atomic():
            merger = Merger.objects.select_for_update(of=("self",)).filter(pk=merger_id).first()
            if merger is None or merger.state not in deeds:
                return
            with editions.raised_once():
                posts = deeds[merger.state](merger)
            for post in sorted(posts, reverse=True)[:RELATED_ANEW]:
                relating.ask(post, tells=False)
        moved += len(posts)


def step(merger):
    """Moves some posts; when there are none, the thing goes, and its address leads to the other's."""
    model, rules = BY_KIND[merger.kind]
    source = model.objects.select_for_update(of=("self",)).get(pk=merger.source_id)
    posts = rules.move(merger, BATCH)
    if posts:
        return posts
    target = model.objects.get(pk=merger.target_id)
    merger.followed |= repoint(source, target)
    add_up_again(merger, source.pk)
    source.delete()
    redirects.move({source.get_absolute_url(): target.get_absolute_url()})
    merger.state = Merger.State.DONE
    merger.save(update_fields=["followed", "state"])
    return []


def pointing(model):
    """What points at tags or categories besides posts, the tree, former names and counts: menu, front page, imports."""
    own = {Filing, TaggedPost, FormerName, Category, TagTally, CategoryTally, TagYear, CategoryYear}
    relations = model._meta.get_fields(include_hidden=True)
    return [one for one in relations if isinstance(one, ManyToOneRel) and one.related_model not in own]


def add_up_again(merger, pk):
    """The days on which it was read, for the other has those reads now; or had them, and gives them back."""
    model, name = TALLIES[merger.kind]
    tallies.mark_days_of(model.objects.filter(**{name: pk}))


def repoint(source, target):
    """Makes every other row that points at the source point at the target; one that may not stand twice goes."""
    moved, lost = [], []
    for relation in pointing(type(source)):
        name, rows = relation.field.name, relation.related_model._base_manager
        for row in rows.filter(**{name: source}):
            kept = [row._meta.label, name, row.pk]
            try:
                with transaction.atomic():
                    rows.filter(pk=row.pk).update(**{name: target})
                moved.append(kept)
            except IntegrityError:
                values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
                lost.append([row._meta.label, values])
                row.delete()
    return {"moved": moved, "lost": lost}


# Undoing


def obstacles_to_undoing(merger):
    """Why the merger cannot be undone now, as sentences."""
    model, rules = BY_KIND[merger.kind]
    if merger.state != Merger.State.DONE:
        return [f"This merger is {merger.get_state_display().lower()}."]
    if not model.objects.filter(pk=merger.target_id).exists():
        return [
            f"“{merger.target_name}” is not there any more. If it was merged too, undo that merger first."
        ]
    return rules.obstacles_to_undoing(merger, model(**merger.gone))


@transaction.atomic
def undo(merger):
    """Brings back what went, with the posts that still have the other; raises CannotMerge.

    A post from which an editor has taken the other since is left as it is.
    """
    model, rules = BY_KIND[merger.kind]
    merger = Merger.objects.select_for_update(of=("self",)).get(pk=merger.pk)
    if problems := obstacles_to_undoing(merger):
        raise CannotMerge(problems)
    source = model(**merger.gone)
    source.save(force_insert=True)
    redirects.stand(source.get_absolute_url())
    rules.bring_back(merger, source)
    for relation in pointing(model):
        name, label = relation.field.name, relation.related_model._meta.label
        rows, ids = relation.related_model._base_manager, kept_of(merger, label, name)
        rows.filter(pk__in=ids, **{name: merger.target_id}).update(**{name: source})
        for lost, values in merger.followed.get("lost", ()):
            if lost == label:
                relation.related_model(**values).save(force_insert=True)
    merger.state = Merger.State.UNDOING
    merger.save(update_fields=["state"])
    go_on(merger.pk, most=AT_ONCE)
    merger.refresh_from_db()
    if merger.state == Merger.State.UNDOING:
        jobs.defer("posts.tasks.merge", merger_id=merger.pk)
    return merger


def kept_of(merger, label, name):
    return [pk for kept, field, pk in merger.followed.get("moved", ()) if (kept, field) == (label, name)]


def step_back(merger):
    """Brings some posts back; when none is left to bring, the merger is undone."""
    rows = list(merger.posts.order_by("post")[:BATCH])
    if rows:
        BY_KIND[merger.kind][1].move_back(merger, rows)
        MergedPost.objects.filter(pk__in=[row.pk for row in rows]).delete()
        return [row.post_id for row in rows]
    add_up_again(merger, merger.target_id)
    merger.state = Merger.State.UNDONE
    merger.save(update_fields=["state"])
    return []
