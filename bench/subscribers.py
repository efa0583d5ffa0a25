"""`python -m bench subscribers [ROWS]`: subscribers out and in, 1,000,000 unless told otherwise, in a database that is forgotten.

- Export as a ratio to a bare `COPY … TO STDOUT (FORMAT csv)` of the same columns, read and thrown away (0.5 asked); seconds to
  the first rows, and peak memory of the process (150 MB allowed).
- Import of a file of ROWS: seconds, peak memory; the command is killed with SIGKILL in the middle and called again.
- A page readers ask for, not finished beforehand, from the site as in production: milliseconds alone, and during an export from
  its own web process, an import, and the queueing of a mailing to all (twice the usual time allowed).
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROUNDS = 5
NAME = "bench_subscribers"
COLUMNS = "email, state, frequency, source, created_at, confirmed_at, unsubscribed_at, consent_version"
COPY = f"COPY (SELECT {COLUMNS} FROM newsletter_subscriber ORDER BY id) TO STDOUT (FORMAT csv)"
HEAD = "Email Address,First Name,Last Name,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LAST_CHANGED,LEID,EUID,NOTES,TAGS\n"


def main(rows=1_000_000):
    from django.db import connection

    from bench.content import make
    from bench.mailing import fill
    from bench.readers import measure_pages

    connection.settings_dict["TEST"]["NAME"] = NAME
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    address = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{NAME}"))
    try:
        with tempfile.TemporaryDirectory() as folder:
            make(500)
            fill(rows)
            measure_export()
            file = Path(folder, "subscribed.csv")
            write_file(file, rows)
            measure_import(file, rows, address, folder)
            measure_pages(file, rows, address, folder)
    finally:
        connection.close()
        connection.creation.destroy_test_db(NAME, verbosity=0)


def say(what, number, rest=""):
    print(f"{what:<60} {number:>9}   {rest}", flush=True)


def middle(values):
    return sorted(values)[len(values) // 2]


# Out


def measure_export():
    ratios, seconds, firsts, peaks = [], [], [], []
    for _ in range(ROUNDS):
        bare = in_a_process(bare_copy)[0]
        ours, first, peak = in_a_process(export)
        ratios.append(bare / ours)
        seconds.append(ours)
        firsts.append(first)
        peaks.append(peak)
    say("export, s", f"{middle(seconds):.2f}")
    say(
        "ratio to a bare COPY (0.5 asked)", f"{middle(ratios):.2f}", f"{min(ratios):.2f} to {max(ratios):.2f}"
    )
    say("first rows after, s (1 allowed)", f"{max(firsts):.3f}")
    say("peak memory, MB (150 allowed)", f"{max(peaks):.0f}")
    wide, _, peak = in_a_process(export_all_columns)
    say("export of every column, s", f"{wide:.2f}", f"{peak:.0f} MB")


def bare_copy():
    """Seconds of nothing but the COPY, each row thrown away as it comes."""
    from django.db import connection

    begun = time.perf_counter()
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for _ in copy:
            pass
    return time.perf_counter() - begun, 0


def export(columns=None):
    from newsletter.models import Subscriber
    from newsletter.spreadsheet import Export

    begun, first = time.perf_counter(), None
    for number, _ in enumerate(Export(Subscriber.objects.all(), columns=columns)):
        if number == 1:
            first = time.perf_counter() - begun
    return time.perf_counter() - begun, first


def export_all_columns():
    from newsletter.spreadsheet_columns import SUBSCRIBER_COLUMNS

    return export(tuple(SUBSCRIBER_COLUMNS))


def in_a_process(deed):
    """What a deed gives, and the most memory its process held, in MB."""
    import multiprocessing

    from django.db import connections

    connections.close_all()
    answer = multiprocessing.get_context("fork").SimpleQueue()
    child = multiprocessing.get_context("fork").Process(target=done, args=(deed, answer))
    child.start()
    result = answer.get()
    child.join()
    return result


def done(deed, answer):
    from resource import RUSAGE_SELF, getrusage

    result = deed()
    answer.put((*result, getrusage(RUSAGE_SELF).ru_maxrss / 1024))


# In


def write_file(path, rows):
    """A file as Mailchimp's; nine of ten addresses are new, and one of ten is here."""
    with path.open("w") as file:
        file.write(HEAD)
        for n in range(1, rows + 1):
            name = f"reader{n}" if n % 10 == 0 else f"new.reader{n}"
            file.write(
                f"{name}@example.org,Ada,Reader,2018-02-12 10:54:27,198.51.{n % 250}.7,2018-02-12 10:55:27,,"
                f'2023-01-01 00:00:00,{n},abc{n},,"""News"""\n'
            )


def command(address, folder, *arguments):
    place = {"DATABASE_URL": address, "VAR_DIR": str(folder), "DEBUG": "0", "SECRET_KEY": "k" * 50}
    return subprocess.Popen(
        [sys.executable, "manage.py", *map(str, arguments)],
        env=os.environ | place,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def memory_of(pid):
    """MB of a process at the most so far; wait4() would count those of the process that started it."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0


def measure_import(file, rows, address, folder):
    from newsletter.models import ImportBatch, Subscriber

    begun, before = time.perf_counter(), Subscriber.objects.count()
    killed = command(address, folder, "import_subscribers", file, "--confirmed-there")
    while not ImportBatch.objects.filter(done_through__gt=rows // 2).exists():
        time.sleep(0.2)
        if killed.poll() is not None:
            sys.exit("The import ended by itself.")
    killed.kill()
    killed.wait()
    killed.stdout.close()
    again = command(address, folder, "import_subscribers", file, "--confirmed-there")
    peak = 0
    while again.poll() is None:
        peak = max(peak, memory_of(again.pid))
        time.sleep(0.5)
    told = again.stdout.read()
    again.stdout.close()
    say(f"import of {rows:,}, killed in the middle, s", f"{time.perf_counter() - begun:.0f}")
    say("peak memory, MB (150 allowed)", f"{peak:.0f}")
    made = Subscriber.objects.count() - before
    events = Subscriber.objects.filter(consent_events__what="imported").count()
    say("new subscribers, and events of theirs", f"{made:,}", f"{events:,}")
    if not made == events == rows - rows // 10:
        sys.exit(f"The import lost rows or made some twice.\n{told}")
