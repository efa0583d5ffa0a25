"""Who would get a mailing if it were queued now, and who would not and why: exact, in one pass over the subscribers."""

from dataclasses import dataclass, field

from django.db.models import BooleanField, Case, Count, Value, When
from django.utils import timezone

from newsletter.models import Subscriber, Suppression
from newsletter.queueing import frequencies_of

LOOKED_THROUGH = 20_000  # addresses that are compared with the suppressed ones before sending; of more it is done in sending
AT_ONCE = 2000


@dataclass
class Audience:
    """`by_frequency` are (label, readers) of those who get it. `suppressed` is None where nobody has counted them yet."""

    readers: int = 0
    by_frequency: list = field(default_factory=list)
    with_sections: int = 0
    texts: int = 0
    paused: int = 0
    without_posts: int = 0
    failing: int = 0
    suppressed: int | None = None


def foretold(mailing, made):
    """The audience of a draft, given what was composed for each choice of categories: {choice: Text}."""
    found, by_frequency, chosen = Audience(), {}, set()
    for frequency, categories, is_paused, number in counted(mailing):
        text = made.get(tuple(categories))
        if is_paused:
            found.paused += number
        elif text is None:
            found.without_posts += number
        else:
            found.readers += number
            found.failing += number if text.problem else 0
            found.with_sections += number if categories else 0
            by_frequency[frequency] = by_frequency.get(frequency, 0) + number
            chosen.add(tuple(categories))
    found.texts = len(chosen)
    found.by_frequency = [
        (label, by_frequency[value]) for value, label in Subscriber.Frequency.choices if value in by_frequency
    ]
    if found.readers <= LOOKED_THROUGH:
        found.suppressed = suppressed(mailing, chosen)
    return found


def counted(mailing):
    """(frequency, categories, whether paused, how many) of the active ones it is for."""
    paused = Case(
        When(paused_until__gt=timezone.now(), then=Value(True)), default=False, output_field=BooleanField()
    )
    groups = wanted(mailing, Subscriber.objects.active()).annotate(is_paused=paused)
    return groups.values_list("frequency", "categories", "is_paused").annotate(number=Count("pk")).order_by()


def wanted(mailing, readers):
    frequencies = frequencies_of(mailing)
    return readers.filter(frequency__in=frequencies) if frequencies else readers


def suppressed(mailing, choices):
    """How many of those who would get it have an address that must not be mailed."""
    readers = wanted(mailing, Subscriber.objects.mailable()).filter(
        categories__in=[list(choice) for choice in choices]
    )
    keys, found = list(readers.values_list("key", flat=True)), 0
    for start in range(0, len(keys), AT_ONCE):
        found += len(Suppression.objects.reasons(keys[start : start + AT_ONCE]))
    return found
