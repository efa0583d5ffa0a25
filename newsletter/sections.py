"""What becomes of chosen sections when categories merge or go.

Chosen are ids. A category that was merged lives on in the one it went into; one that was deleted falls out of the
choice. A choice of which nothing is left does not turn into “all”: it means nothing of any, and the subscriber is told.
"""

from django.db import transaction
from django.utils import timezone

from informed_comment import jobs
from newsletter.choosing import names_of
from newsletter.consent import Evidence, note_many
from newsletter.models import NO_SECTION, ConsentEvent, Subscriber
from posts.models import Category, Merger

BATCH = 1000
TOLD_PER_MINUTE = 60
BY_US = Evidence("section gone or merged")


def settle():
    """Brings every choice up to date with the categories there are; how many subscribers that concerned."""
    with_a_choice = Subscriber.objects.exclude(categories=[])
    choices = list(with_a_choice.order_by("categories").values_list("categories", flat=True).distinct())
    there = set(Category.objects.values_list("pk", flat=True)) | {NO_SECTION}
    gone = {pk for choice in choices for pk in choice} - there
    if not gone:
        return 0
    heirs = {pk: heir_of(pk, there) for pk in gone}
    changed = 0
    for choice in choices:
        if gone.intersection(choice):
            settled = sorted({heirs.get(pk, pk) for pk in choice} - {None}) or [NO_SECTION]
            while moved := move_some(choice, settled, already=changed):
                changed += moved
    return changed


def heir_of(pk, there):
    """The category that the one which is gone was merged into, in however many steps; None when it was deleted."""
    seen = set()
    mergers = Merger.objects.filter(kind=Merger.Kind.CATEGORY, state=Merger.State.DONE)
    while pk not in there and pk not in seen:
        seen.add(pk)
        pk = mergers.filter(source_id=pk).order_by("-pk").values_list("target_id", flat=True).first()
        if pk is None:
            return None
    return pk if pk in there else None


@transaction.atomic
def move_some(choice, settled, *, already):
    """Some of those with a choice get the new one, with a note in their history; how many."""
    readers = list(Subscriber.objects.filter(categories=choice).select_for_update().order_by("pk")[:BATCH])
    is_empty = settled == [NO_SECTION]
    detail = "nothing is left of what was chosen" if is_empty else names_of(settled)
    note_many(readers, ConsentEvent.What.CATEGORIES, BY_US, at=timezone.now(), detail=detail[:200])
    Subscriber.objects.filter(pk__in=[reader.pk for reader in readers]).update(categories=settled)
    for place, reader in enumerate(readers if is_empty else ()):
        if reader.state == Subscriber.State.ACTIVE:
            wait = (already + place) * 60 / TOLD_PER_MINUTE
            jobs.defer("newsletter.tell_sections_gone", subscriber_id=reader.pk, in_seconds=int(wait))
    return len(readers)
