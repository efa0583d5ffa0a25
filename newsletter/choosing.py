"""What an active subscriber decides: how often, of which sections, and a pause."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from newsletter.consent import note
from newsletter.models import ConsentEvent, Subscriber
from posts.models import Category

LONGEST_PAUSE = timedelta(days=366)
What = ConsentEvent.What
State = Subscriber.State


def locked(subscriber):
    return Subscriber.objects.select_for_update().get(pk=subscriber.pk)


@transaction.atomic
def change_frequency(subscriber, frequency, *, evidence):
    """An active subscriber wants mail more or less often."""
    subscriber = locked(subscriber)
    if subscriber.state != State.ACTIVE or subscriber.frequency == frequency:
        return subscriber
    detail = f"{subscriber.get_frequency_display()} → {Subscriber.Frequency(frequency).label}"
    note(subscriber, What.FREQUENCY, evidence, at=timezone.now(), detail=detail)
    subscriber.frequency = frequency
    subscriber.save(update_fields=["frequency"])
    return subscriber


# Sections


def sections_for(subscriber):
    """The sections there are to choose from: the tops of the tree, and what was chosen and lies lower by now."""
    tops = Category.objects.filter(parent=None)
    chosen = Category.objects.filter(pk__in=subscriber.categories)
    return list((tops | chosen).order_by("position", "name"))


def names_of(categories):
    """Such as “Iran, Middle East”, for the history."""
    if not categories:
        return "all sections"
    found = Category.objects.filter(pk__in=categories).order_by("position", "name")
    return ", ".join(found.values_list("name", flat=True)) or "none that is still there"


@transaction.atomic
def choose_categories(subscriber, categories, *, evidence):
    """Mail is to tell of these sections only, given by their ids; of all when there are none."""
    subscriber = locked(subscriber)
    chosen = sorted(set(categories))
    if subscriber.state != State.ACTIVE or subscriber.categories == chosen:
        return subscriber
    note(subscriber, What.CATEGORIES, evidence, at=timezone.now(), detail=names_of(chosen)[:200])
    subscriber.categories = chosen
    subscriber.save(update_fields=["categories"])
    return subscriber


# Pauses


def may_pause_until(day):
    return timezone.localdate() < day <= timezone.localdate() + LONGEST_PAUSE


@transaction.atomic
def pause(subscriber, day, *, evidence):
    """No mailing until this day begins, in the site's zone. A pause lowers nothing: its end was agreed to with it."""
    subscriber = locked(subscriber)
    until = timezone.make_aware(datetime.combine(day, time.min))
    if subscriber.state != State.ACTIVE or subscriber.paused_until == until:
        return subscriber
    note(subscriber, What.PAUSED, evidence, at=timezone.now(), detail=f"until {day}")
    subscriber.paused_until = until
    subscriber.save(update_fields=["paused_until"])
    return subscriber


@transaction.atomic
def end_pause(subscriber, *, evidence):
    subscriber = locked(subscriber)
    if not subscriber.is_paused:
        return subscriber
    note(subscriber, What.RESUMED, evidence, at=timezone.now())
    subscriber.paused_until = None
    subscriber.save(update_fields=["paused_until"])
    return subscriber
