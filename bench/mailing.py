"""`python -m bench mailing [SUBSCRIBERS]`: what the newsletter costs, in a database that is forgotten.

- Deliveries a second with one sender, as a ratio to a bare smtplib loop that hands the same finished messages to the same sink,
  which is a process of its own. Rounds alternate; a ratio of 0.5 or more is asked for.
- Queueing a mailing to SUBSCRIBERS (1,000,000): seconds of the one transaction, and when the first mail is out after it.
- The ledger of that mailing: milliseconds to count it, and for the first and the last page of its list.
- Memory of the sender with 10,000 and with SUBSCRIBERS in the audience.
- 20,000 deliveries while 200 senders are killed with SIGKILL.
"""

import multiprocessing
import resource
import smtplib
import sys
import time

from bench.served import free_port

ROUNDS, MESSAGES = 5, 1000
KILLED, KILLS = 20_000, 200
HTML = (
    "<p>" + "A paragraph of the day's digest, with <a href='https://example.org/'>a link</a>. " * 400 + "</p>"
)
PARAGRAPH = "A line of the digest as plain text that is about as long as lines are.\n" * 200


def main(subscribers=1_000_000):
    from django.db import connection

    connection.settings_dict["TEST"]["NAME"] = "bench_mailing"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    port, sink = start_sink()
    try:
        configure(port)
        fill(10_000)
        measure_speed()
        small = memory_of_a_sender("10,000")
        fill(subscribers)
        measure_queueing()
        measure_ledger()
        large = memory_of_a_sender(f"{subscribers:,}")
        print(f"{'memory, ratio of the two':<44} {large / small:>8.2f}")
        measure_kills()
    finally:
        sink.terminate()
        sink.join()
        connection.creation.destroy_test_db("bench_mailing", verbosity=0)


def start_sink():
    """A mail server that takes everything and keeps nothing, in a process of its own."""
    port = free_port()
    process = multiprocessing.get_context("spawn").Process(target=serve_sink, args=(port,), daemon=True)
    process.start()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            smtplib.SMTP("127.0.0.1", port, timeout=1).quit()
            return port, process
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the sink did not start")


def serve_sink(port):
    from aiosmtpd.controller import Controller

    class Sink:
        async def handle_DATA(self, server, session, envelope):
            return "250 OK"

    controller = Controller(Sink(), hostname="127.0.0.1", port=port)
    controller.start()
    while True:
        time.sleep(3600)


def configure(port):
    from django.conf import settings

    smtp = "django.core.mail.backends.smtp.EmailBackend"
    settings.MAILERS = {
        "default": {"BACKEND": smtp, "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 30}}
    }
    settings.NEWSLETTER_PROVIDERS = [{"name": "sink", "mailer": "default"}]


def fill(subscribers):
    """So many active subscribers, by one statement."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO newsletter_subscriber (email, key, state, frequency, source, round, created_at, asked_at, confirmed_at) "
            "SELECT format('reader%%s@example.org', n), format('reader%%s@example.org', n), 'active', 'daily', 'page', 0, "
            "now(), now(), now() FROM generate_series(1, %s) AS n ON CONFLICT DO NOTHING",
            [subscribers],
        )
        cursor.execute("VACUUM ANALYZE newsletter_subscriber")


def queued(key):
    from newsletter import queueing
    from newsletter.messages import LINK_KEY
    from newsletter.models import Mailing

    link = f"https://example.org/newsletter/unsubscribe/{LINK_KEY}/"
    mailing = Mailing.objects.create(kind="daily", key=key, subject="The day's digest")
    text = queueing.Text(
        "The day's digest", f"{HTML}<a href='{link}'>Leave</a>", f"{PARAGRAPH}\nLeave: {link}\n"
    )
    return queueing.queue(mailing, {(): text}, grace=0)


def measure_speed():
    from newsletter.messages import Letterhead
    from newsletter.models import Delivery
    from newsletter.sender import Sender

    mailing = queued("speed")
    letterhead = Letterhead(mailing, mailing.variants.get())
    rows = Delivery.objects.filter(mailing=mailing).values_list(
        "pk", "subscriber__email", "subscriber__link_key"
    )
    finished = [letterhead.finished(pk, email, str(key)) for pk, email, key in rows[:MESSAGES]]
    ratios, rates = [], []
    for _ in range(ROUNDS):
        bare = bare_loop(finished)
        with Sender(mailing) as sender:
            begun = time.perf_counter()
            for row in take(sender, MESSAGES):
                sender.deliver(row)
            sender.write()
            ours = MESSAGES / (time.perf_counter() - begun)
        ratios.append(ours / bare)
        rates.append(ours)
    middle = sorted(ratios)[ROUNDS // 2]
    print(f"{'deliveries a second, one sender':<44} {sorted(rates)[ROUNDS // 2]:>8.0f}")
    print(
        f"{'ratio to a bare smtplib loop (0.5 asked)':<44} {middle:>8.2f}   {' '.join(f'{r:.2f}' for r in ratios)}"
    )


def take(sender, number):
    while number > 0:
        for row in sender.claim()[:number]:
            number -= 1
            yield row


def bare_loop(finished):
    """Messages a second by nothing but smtplib."""
    from django.conf import settings

    options = settings.MAILERS["default"]["OPTIONS"]
    begun = time.perf_counter()
    with smtplib.SMTP(options["host"], options["port"]) as server:
        for message in finished:
            server.sendmail(message.envelope_from, [message.to], message.content)
    return len(finished) / (time.perf_counter() - begun)


def measure_queueing():
    from newsletter.models import Mailing
    from newsletter.sender import Sender

    begun = time.perf_counter()
    mailing = queued("queueing")
    taken = time.perf_counter() - begun
    print(f"{f'queueing for {mailing.audience:,}, s (30 allowed)':<44} {taken:>8.1f}")
    begun = time.perf_counter()
    with Sender(mailing) as sender:
        rows = sender.claim()
        sender.deliver(rows[0])
        sender.write()
    print(f"{'first mail out after it, s':<44} {time.perf_counter() - begun:>8.2f}")
    Mailing.objects.filter(pk=mailing.pk).update(state="paused")


def measure_ledger():
    from informed_comment import keyset
    from newsletter import ledger
    from newsletter.models import Mailing

    mailing = Mailing.objects.order_by("-audience").first()
    pending = mailing.deliveries.filter(state="pending")
    for said, deed in (
        ("counting the ledger", lambda: ledger.balance(mailing)),
        ("the first page of its list", lambda: keyset.page(pending, ["id"], "", 50)),
        ("the last page of its list", lambda: keyset.page(pending, ["id"], "last", 50)),
    ):
        print(f"{f'{said}, ms':<44} {1000 * fastest(deed):>8.1f}")


def fastest(deed, rounds=5):
    """Seconds of the fastest of some rounds."""
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        deed()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def memory_of_a_sender(name):
    """MB of resident memory at the most, of a process that sends for ten seconds."""
    from django.db import connections

    from newsletter.models import Mailing

    mailing = Mailing.objects.filter(state__in=["paused", "sending"]).order_by("-audience").first()
    Mailing.objects.filter(pk=mailing.pk).update(state="sending")
    connections.close_all()
    answer = multiprocessing.get_context("fork").SimpleQueue()
    child = multiprocessing.get_context("fork").Process(target=send_for_a_while, args=(mailing.pk, answer))
    child.start()
    peak, sent = answer.get()
    child.join()
    Mailing.objects.filter(pk=mailing.pk).update(state="paused")
    print(f"{f'MB of a sender, {name} in the audience':<44} {peak:>8.0f}   {sent:,} sent")
    return peak


def send_for_a_while(mailing_id, answer):
    from newsletter.models import Mailing
    from newsletter.sender import Sender

    with Sender(Mailing.objects.get(pk=mailing_id)) as sender:
        sender.run(10)
    answer.put((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, sender.counts["sent"]))


def measure_kills():
    from django.db import connection

    from newsletter.models import Mailing
    from tests.newsletter.killing import ledger, send_and_kill
    from tests.newsletter.sink import Moody, open_sink
    from tests.newsletter.test_kill import MOOD

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE newsletter_delivery CASCADE")
        cursor.execute(
            "UPDATE newsletter_subscriber SET state = 'bounced' WHERE id NOT IN (SELECT id FROM newsletter_subscriber ORDER BY id LIMIT %s)",
            [KILLED],
        )
    Mailing.objects.filter(state="paused").update(state="cancelled")
    sink = Moody(seed=3, **MOOD)
    controller = open_sink(sink)
    mailing = queued("kills")
    try:
        told = send_and_kill(mailing, controller.port, kills=KILLS, patience=1800)
    finally:
        controller.stop()
    states = ledger(mailing)
    twice = [address for address, copies in sink.taken.items() if copies > 1]
    lost = mailing.audience - sum(states.values())
    print(f"{KILLED:,} deliveries, {told.kills} kills in {told.seconds:.0f} s: {states}")
    print(
        f"two copies: {len(twice)}; lost: {lost}; samples that did not add up: {len(told.wrong)} of {told.samples}"
    )
    allowed = told.kills + sum(sink.unanswered.values())
    print(
        f"unknown: {states.get('unknown', 0)}, of which the sink hung up on {sum(sink.unanswered.values())}; allowed {allowed}"
    )
    if twice or lost or told.wrong or states.get("unknown", 0) > allowed:
        sys.exit("The ledger does not hold.")
