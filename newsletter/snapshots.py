"""The newsletter's figures of each day, kept as rows: screens read these and never count subscribers.

What moved on a day is told by the history of consent, for any day. How many there were is counted once the day is over;
for days on which no worker ran, the active ones are reckoned back from today by what moved since, and nothing else is
claimed.
"""

from collections import Counter
from datetime import datetime, time, timedelta

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from newsletter import moves
from newsletter.models import ConsentEvent, DailyFigure, Mailing, Subscriber

Of = DailyFigure.Of
DAY = timedelta(days=1)
MOST_DAYS = 4000  # in one run
DELIVERED = """
SELECT delivery.state, count(*) FROM newsletter_delivery AS delivery
JOIN newsletter_mailing AS mailing ON mailing.id = delivery.mailing_id
WHERE mailing.started_at < %(until)s AND (mailing.ended_at IS NULL OR mailing.ended_at >= %(since)s)
    AND delivery.state = ANY (%(states)s) AND delivery.changed_at >= %(since)s AND delivery.changed_at < %(until)s
GROUP BY 1
"""


def bounds(day):
    """The beginning of a day in the site's zone, and of the one after."""
    return tuple(timezone.make_aware(datetime.combine(one, time.min)) for one in (day, day + DAY))


def keep_up():
    """Writes the figures of every day that is over and has none yet; how many days. Twice changes nothing."""
    yesterday = timezone.localdate() - DAY
    days = missing_days(yesterday)
    if not days:
        return 0
    moved = {day: moves.between(*bounds(day)) for day in days}
    active = Subscriber.objects.active().count()
    active -= moves.net(moves.between(bounds(yesterday)[1], timezone.now())[0])
    for day in reversed(days):
        with transaction.atomic():
            write(day, *moved[day], active=active, is_last=day == yesterday)
        active -= moves.net(moved[day][0])
    return len(days)


def missing_days(yesterday):
    """From the day after the newest figures, or from the first event there is, to yesterday."""
    newest = DailyFigure.objects.filter(of=Of.MOVE).order_by("-on").values_list("on", flat=True).first()
    first = newest + DAY if newest else first_day() or yesterday
    first = max(first, yesterday - DAY * MOST_DAYS)
    return [first + DAY * number for number in range((yesterday - first).days + 1)]


def first_day():
    at = ConsentEvent.objects.order_by("at", "id").values_list("at", flat=True).first()
    return at and timezone.localdate(at)


def write(day, moved, sources, *, active, is_last):
    """The rows of one day; those of an earlier run stand."""
    numbers = Counter({(Of.MOVE, what): moved[what] for what in (*moves.CAME, *moves.WENT)})
    numbers.update({(Of.CAME_FROM, source): number for source, number in sources.items()})
    numbers.update({(Of.MAIL, name): number for name, number in mail_of(*bounds(day)).items()})
    if is_last:
        numbers.update(counted())
    if active >= 0:  # less than nobody would prove that the history is not whole
        numbers[Of.STATE, Subscriber.State.ACTIVE] = active
    DailyFigure.objects.bulk_create(
        (
            DailyFigure(on=day, of=of, name=name, number=number, is_reckoned=of == Of.STATE and not is_last)
            for (of, name), number in numbers.items()
        ),
        ignore_conflicts=True,
    )


def counted():
    """The subscribers there are now, in one pass over the table."""
    rows = Subscriber.objects.order_by().values_list("state", "frequency", "source").annotate(Count("pk"))
    numbers = Counter({(Of.STATE, state): 0 for state in Subscriber.State.values})
    for state, frequency, source, number in rows:
        numbers[Of.STATE, state] += number
        if state == Subscriber.State.ACTIVE:
            numbers[Of.FREQUENCY, frequency] += number
            numbers[Of.SOURCE, source] += number
    return numbers


def mail_of(since, until):
    """Mailings begun and deliveries ended within the day."""
    states = ["sent", "failed", "skipped", "unknown"]
    with connection.cursor() as cursor:
        cursor.execute(DELIVERED, {"since": since, "until": until, "states": states})
        ended = Counter(dict(cursor.fetchall()))
    begun = Mailing.objects.filter(started_at__gte=since, started_at__lt=until).count()
    return {"mailings": begun} | {state: ended[state] for state in states}


# For the newsroom's first page


def this_week():
    """Who came and who went within seven days: six from their figures, and today's, looked at up to a thousand."""
    today = timezone.localdate()
    recent = DailyFigure.objects.filter(of=Of.MOVE, on__gt=today - 7 * DAY, on__lt=today)
    numbers = Counter()
    for name, number in recent.values_list("name", "number"):
        numbers[name] += number
    newest = ConsentEvent.objects.filter(at__gte=bounds(today)[0]).order_by("-at", "-id")
    numbers.update(newest.values_list("what", flat=True)[:1000])
    return sum(numbers[what] for what in moves.CAME), sum(numbers[what] for what in moves.WENT)
