"""A post's revisions as an editor looks through them: who did what and when, and in brief what it changed."""

from dataclasses import dataclass, field

from django.db.models import F, Func, JSONField, OuterRef, Subquery, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import MD5, Coalesce, Length

from posts import differences
from posts.differences.states import LABELS, plain
from posts.models import Revision

PAGE = 25
COUNTED = (
    3_000_000  # characters of text compared for one page; of what is longer only is said that it changed
)
BODY = Coalesce(KeyTextTransform("body", "state"), Value(""), output_field=TextField())


@dataclass
class Entry:
    """One revision in the list; `before` is the number of the one it is compared with. `added` is None when not counted."""

    revision: Revision
    before: int | None
    fields: list = field(default_factory=list)
    has_new_text: bool = False
    added: int | None = None
    removed: int | None = None


def page(post, *, before=None, is_named=False):
    """(entries, further) newest first, from the revision before number `before`; `further` goes on, None at the end.

    Three queries however many revisions there are, plus one that fetches texts, and those only up to a bound.
    """
    older = Revision.objects.filter(post=post, pk__lt=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    rows = post.revisions.defer("state").select_related("created_by").annotate(before=Subquery(older))
    if is_named:
        rows = rows.exclude(name="")
    if before:
        rows = rows.filter(pk__lt=before)
    rows = list(rows[: PAGE + 1])
    entries = [Entry(row, row.before) for row in rows[:PAGE]]
    told_in_brief(entries)
    return entries, rows[PAGE - 1].pk if len(rows) > PAGE else None


def told_in_brief(entries):
    """Fills in which fields each revision changed and how many words of the text."""
    wanted = {pk for entry in entries for pk in (entry.revision.pk, entry.before) if pk}
    lean = Func(F("state"), template="%(expressions)s - 'body'", output_field=JSONField())
    rows = Revision.objects.filter(pk__in=wanted).annotate(
        lean=lean, body_hash=MD5(BODY), length=Length(BODY)
    )
    states = {pk: rest for pk, *rest in rows.values_list("pk", "lean", "body_hash", "length").order_by()}
    counted, room = [], COUNTED
    for entry in entries:
        if entry.before is None:
            continue
        (old, old_hash, old_length), (new, new_hash, length) = states[entry.before], states[entry.revision.pk]
        entry.fields = [
            LABELS[name]
            for name in LABELS
            if name in old and name in new and plain(name, old) != plain(name, new)
        ]
        entry.has_new_text = old_hash != new_hash
        if entry.has_new_text and old_length + length <= room:
            room -= old_length + length
            counted.append(entry)
    count_words(counted)


def count_words(entries):
    wanted = {pk for entry in entries for pk in (entry.revision.pk, entry.before)}
    if not wanted:
        return
    bodies = dict(Revision.objects.filter(pk__in=wanted).values_list("pk", BODY).order_by())
    for entry in entries:
        found = differences.of_texts(bodies[entry.before], bodies[entry.revision.pk])
        entry.added, entry.removed = differences.measure(found)


def deeds(post, count):
    """The last deeds by which the post moved through its life, newest first, without plain saves."""
    return post.revisions.exclude(deed=Revision.Deed.SAVE).defer("state").select_related("created_by")[:count]
