"""`python -m bench figures [SUBSCRIBERS]`: the newsletter's figures and screens, in a database that is forgotten.

With 1,000,000 subscribers, the history of a year, and a mailing to all of them: seconds the worker takes for a day's figures, for
making up a whole year and for the results of the mailing; milliseconds of the screens, of a preferences page and of a sign-up,
and their ratio to the same with 10,000 subscribers.
"""

import sys
import time

CONTROL = "a screen that knows no subscribers"
FILL = """
INSERT INTO newsletter_subscriber (email, key, state, frequency, source, round, created_at, asked_at, confirmed_at, unsubscribed_at)
SELECT format('reader%%s@host%%s.example', n, n %% 500), format('reader%%s@host%%s.example', n, n %% 500),
    CASE WHEN n %% 10 = 0 THEN 'unsubscribed' ELSE 'active' END, (ARRAY['daily', 'weekly', 'every_post'])[1 + n %% 3],
    (ARRAY['page', 'sidebar', 'footer', 'post'])[1 + n %% 4], 0, at, at, at, CASE WHEN n %% 10 = 0 THEN at + '9 days' END
FROM generate_series(1::bigint, %(number)s) AS n, LATERAL (SELECT now() - make_interval(mins => (n * 525600 / %(number)s)::int) AS at) AS moment
"""
HISTORY = """
INSERT INTO newsletter_consentevent (subscriber_id, address_hash, what, at, how, text, detail, network, sender_hash, by)
SELECT id, md5(key) || md5(key), 'confirmed', confirmed_at, 'bench', 'Yes.', '', '', '', '' FROM newsletter_subscriber
UNION ALL
SELECT id, md5(key) || md5(key), 'unsubscribed', least(unsubscribed_at, now()), 'bench', '', '', '', '', ''
FROM newsletter_subscriber WHERE state = 'unsubscribed'
"""
DELIVERIES = """
INSERT INTO newsletter_delivery (mailing_id, variant_id, subscriber_id, state, changed_at)
SELECT %(mailing)s, %(variant)s, id, 'sent', now() - interval '1 day' FROM newsletter_subscriber
"""


def main(subscribers=1_000_000):
    from django.db import connection

    connection.settings_dict["TEST"]["NAME"] = "bench_figures"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    found = []
    try:
        for number in (10_000, subscribers):
            print(f"Making {number:,} subscribers …", file=sys.stderr)
            fill(number)
            measure_worker()
            found.append(measure_screens())
    finally:
        connection.creation.destroy_test_db("bench_figures", verbosity=0)
    few, many = found
    noise = many[CONTROL] / few[CONTROL]  # how much busier the machine was the second time
    for name in many:
        print(f"{name + ', ratio of the two':<52} {many[name] / few[name] / noise:>9.2f}")


def fill(subscribers):
    from datetime import timedelta

    from django.db import connection
    from django.utils import timezone

    from newsletter.models import Mailing, MailingVariant

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE newsletter_subscriber, newsletter_mailing, newsletter_dailyfigure CASCADE")
    day_ago = timezone.now() - timedelta(days=1)
    mailing = Mailing.objects.create(
        kind="letter", subject="To all", state="sent", queued_at=day_ago, started_at=day_ago, ended_at=day_ago
    )
    variant = MailingVariant.objects.create(mailing=mailing, subject="To all", html="x", text="x")
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"number": subscribers})
        cursor.execute(HISTORY)
        cursor.execute(DELIVERIES, {"mailing": mailing.pk, "variant": variant.pk})
        cursor.execute("VACUUM ANALYZE")


def timed(label, deed, *, rounds=1, unit="s"):
    """Prints the quickest of some rounds, which others on the machine disturb least; what the deed gave, and how long it took."""
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        result = deed()
        found.append(time.perf_counter() - began)
    taken = min(found) * (1000 if unit == "ms" else 1)
    print(f"{label:<52} {taken:>9.2f} {unit}")
    return result, taken


def measure_worker():
    from newsletter import results, sections, snapshots
    from newsletter.models import DailyFigure

    days, _ = timed("figures of a whole year made up", snapshots.keep_up)
    print(f"{'  days written':<52} {days:>9}")
    DailyFigure.objects.filter(on=max(DailyFigure.objects.values_list("on", flat=True))).delete()
    timed("figures of one day", snapshots.keep_up)
    timed("results of a mailing to all", results.count_open)
    timed("chosen sections looked at", sections.settle)


def measure_screens():
    from django.contrib.auth import get_user_model
    from django.test import Client

    from newsletter.models import Subscriber

    client = Client()
    chief, _ = get_user_model().objects.get_or_create(username="chief", is_staff=True, is_superuser=True)
    client.force_login(chief)
    reader = Subscriber.objects.filter(state="active").order_by("-pk").first()
    screens = {
        CONTROL: "/admin/password_change/",
        "figures, 90 days": "/admin/newsletter/dailyfigure/",
        "figures, all time": "/admin/newsletter/dailyfigure/?length=all",
        "dashboard": "/admin/",
        "sign-ups on hold": "/admin/newsletter/heldsignup/",
        "preferences": reader.preferences_url,
        "all my data": f"{reader.preferences_url}data/",
    }
    taken = {}
    for name, address in screens.items():
        client.get(address)
        answer, taken[name] = timed(name, lambda address=address: client.get(address), rounds=15, unit="ms")
        assert answer.status_code == 200, (name, answer.status_code)
    numbers = iter(range(100))
    name = "a sign-up, its waiting left out"
    _, taken[name] = timed(name, lambda: sign_up(next(numbers)), rounds=15, unit="ms")
    return taken


def sign_up(number):
    from django.conf import settings
    from django.test import Client

    settings.SIGN_UP_ANSWERS_AFTER = 0
    answer = Client().post("/newsletter/", {"email": f"new{number}@new{number}.example"})
    assert answer.status_code == 303
