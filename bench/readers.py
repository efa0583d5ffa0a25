"""What readers notice while subscribers go out and in: a part of `python -m bench subscribers`."""

import http.client
import re
import threading
import time
from urllib.parse import urlencode

from bench.served import served_site
from bench.subscribers import COLUMNS, command, say

EXPORT = "/admin/newsletter/subscriber/export/"
PAGES = ("/", "/category/section-0/", "/search/?q=water")
PREPARED = [("collectstatic", "--noinput", "-v0")]
BETWEEN = 0.05  # seconds between two pages asked for, as readers come


def measure_pages(file, rows, address, folder):
    from django.conf import settings
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE newsletter_importbatch CASCADE")
        cursor.execute("VACUUM ANALYZE")
    given = {"DATABASE_URL": address, "PAGE_CACHE_BYTES": "0", "SECRET_KEY": settings.SECRET_KEY}
    with served_site(folder, prepared_by=PREPARED, **given) as site:
        host = site.removeprefix("http://")
        ask_pages(host, 3)
        usual = ask_pages(host, 15)
        say("a page, usually: p50 and p95, ms", f"{usual[0]:.1f}", f"{usual[1]:.1f}")
        for what, deed in (
            ("an export from the same process", lambda: export_by_web(host)),
            ("an import", lambda: import_again(file, address, folder)),
            (f"queueing to {rows:,}", queue),
        ):
            found = while_doing(deed, host)
            say(
                f"during {what}",
                f"{found[0]:.1f}",
                f"{found[1]:.1f}; {found[0] / usual[0]:.2f} and {found[1] / usual[1]:.2f} times; {found[2]} pages",
            )


def ask_pages(host, seconds, until=None):
    """(p50, p95, how many) milliseconds of pages asked for one after the other."""
    taken, end, number = [], time.monotonic() + seconds, 0
    connection = http.client.HTTPConnection(host, timeout=60)
    while time.monotonic() < end and not (until and until.is_set()):
        begun = time.perf_counter()
        connection.request("GET", PAGES[number % len(PAGES)])
        answer = connection.getresponse()
        answer.read()
        taken.append((time.perf_counter() - begun) * 1000)
        assert answer.status == 200, answer.status
        number += 1
        time.sleep(BETWEEN)
    connection.close()
    taken.sort()
    return taken[len(taken) // 2], taken[int(len(taken) * 0.95)], len(taken)


def while_doing(deed, host):
    from django.db import connections

    over = threading.Event()

    def do():
        try:
            deed()
        finally:
            connections.close_all()  # those of this thread
            over.set()

    worker = threading.Thread(target=do)
    worker.start()
    found = ask_pages(host, 600, over)
    worker.join()
    return found


def export_by_web(host):
    """Three exports one after the other, as a browser downloads them."""
    cookies = signed_in()
    connection = http.client.HTTPConnection(host, timeout=120)
    connection.request("GET", EXPORT, headers={"Cookie": cookies})
    form = connection.getresponse()
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', form.read().decode())[1]
    cookies += "; " + form.headers["Set-Cookie"].split(";")[0]
    body = urlencode({"csrfmiddlewaretoken": token, "columns": COLUMNS.split(", ")}, doseq=True)
    headers = {
        "Cookie": cookies,
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": f"http://{host}",
    }
    for _ in range(3):
        connection.request("POST", EXPORT, body, headers)
        answer = connection.getresponse()
        size = 0
        while piece := answer.read(1 << 16):
            size += len(piece)
        assert answer.status == 200, answer.status
        assert size > 1000, size
    connection.close()


def signed_in():
    """The cookie of an administrator's session."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    from informed_comment.models import StaffSession

    user, _ = get_user_model().objects.get_or_create(
        username="bench", defaults={"is_staff": True, "is_superuser": True}
    )
    client = Client()
    client.force_login(user)
    assert StaffSession.objects.exists()
    return f"sessionid={client.cookies['sessionid'].value}"


def import_again(file, address, folder):
    """A minute of an import."""
    process = command(address, folder, "import_subscribers", file, "--confirmed-there")
    time.sleep(60)
    process.kill()
    process.wait()
    process.stdout.close()


def queue():
    from bench.mailing import queued

    queued("pages")
