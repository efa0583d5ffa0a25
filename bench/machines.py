"""`python -m bench machines [POSTS] [DEEDS]`: two web servers behind the shipped proxy, PgBouncer and a replica, beside one web
server with one database; at 10,000 posts and 20 deeds unless told.

First what a page that has to be made costs the web, the primary and the replica, in processor time, of which follows what a machine
more would bring. Then posts are published under load while the replica is paused, killed and brought back, one web server begins anew (SIGHUP) and the other ends: late
is who asked more than a second after the commit and was shown the page without the post. One late or failed request ends it with
exit code 1. The replica is a copy of the whole server that DATABASE_URL names, which has to lie on this machine.
"""

import http.client
import signal
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import psutil

PAGES = 120  # of each kind of page
READY = (["collectstatic", "--noinput", "-v0"],)


def main(posts=10_000, deeds=20):
    from bench.pages import Report
    from bench.replicas import Replica
    from bench.sites import Site

    report, site = Report(), Site(posts)
    report.head(f"{'made anew, ms of processor':<34}{'web':>8}{'primary':>9}{'replica':>9}")
    one, _ = cost(report, "one machine", site, {})
    with Replica(site.url) as replica:
        two, primary = cost(report, "with a replica", site, {"DATABASE_REPLICA_URL": replica.url}, replica)
        print(
            f"A core of the web makes {1000 / one:.0f} pages a second, of the primary {1000 / max(primary, 0.001):,.0f}; "
            f"beside a replica a page costs the web {two / one:.2f} times as much."
        )
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            Path(folder).chmod(0o755)
            trouble(report, stack, Path(folder), site, replica, deeds)
    report.end()


def cost(report, name, site, settings, replica=None):
    """(web, primary): processor time for a page, in milliseconds, of pages that are asked for one after the other."""
    from bench import addresses
    from bench.served import served_site, web_processes

    with site.connected():
        kinds = addresses.first_pages(PAGES)
    asked = [page for pages in kinds.values() for page in pages[:PAGES]]
    told = {"DATABASE_URL": site.url, "PAGE_CACHE_BYTES": "0", "WEB_CONCURRENCY": "1"} | settings
    told |= {"EDITION_LOOK_SECONDS": "0.25"}
    with tempfile.TemporaryDirectory() as folder, served_site(folder, prepared_by=READY, **told) as address:
        ask(address, asked[:: max(1, len(asked) // 100)])
        web = [process.pid for process in web_processes(address)]
        before = [spent(pids) for pids in (web, sessions(site.url), sessions(replica and replica.url))]
        ask(address, asked)
        after = [spent(pids) for pids in (web, sessions(site.url), sessions(replica and replica.url))]
    costs = [(late - early) * 1000 / len(asked) for early, late in zip(before, after, strict=True)]
    report.line(name, f"{costs[0]:>8.2f}{costs[1]:>9.2f}{costs[2]:>9.2f}", {})
    return costs[0], costs[1]


def ask(address, paths):
    line = http.client.HTTPConnection(address.partition("//")[2], timeout=30)
    for path in paths:
        line.request("GET", path)
        answer = line.getresponse()
        answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{path} is answered {answer.status}")


def sessions(url):
    """The processes of a PostgreSQL that answer the site; none where there is no such server."""
    import psycopg

    question = (
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND backend_type = 'client backend'"
    )
    if not url:
        return []
    with psycopg.connect(url) as connection:
        return [pid for (pid,) in connection.execute(question)]


def spent(pids):
    return sum(sum(psutil.Process(pid).cpu_times()[:2]) for pid in pids if psutil.pid_exists(pid))


def trouble(report, stack, folder, site, replica, deeds):
    from bench import pgbouncer, proxied
    from bench.publishing import PAUSE, Reader, publish, tell
    from bench.served import free_port, served_site, web_processes

    told = {"DATABASE_URL": site.url, "DATABASE_REPLICA_URL": replica.url, "WEB_CONCURRENCY": "1"}
    told |= {"EDITION_LOOK_SECONDS": "0.25"}
    if pgbouncer.is_installed():
        pooler = stack.enter_context(pgbouncer.PgBouncer(site.url))
        told |= {"DATABASE_URL": pooler.url, "DATABASE_DIRECT_URL": site.url}
    servers = [stack.enter_context(served_site(folder, prepared_by=READY, **told)) for _ in range(2)]
    names = [f"{server.partition('//')[2]} fail_timeout=1s" for server in servers]
    port = free_port()
    address = stack.enter_context(proxied.proxy(folder / "nginx", servers=names, port=port, files=folder))
    stopped = threading.Event()
    readers = [Reader(address, stopped) for _ in range(4)]
    events = [
        ("a web server begins anew", lambda: web_processes(servers[0])[0].send_signal(signal.SIGHUP)),
        ("the replica is paused", replica.pause),
        ("it goes on", replica.go_on),
        ("the replica is killed", replica.kill),
        ("it is back", replica.start),
        ("a web server ends", lambda: web_processes(servers[1])[0].terminate()),
    ]

    def happen():
        for what, deed in events:
            time.sleep(deeds * PAUSE / (len(events) + 1))
            print(f"  {what}", flush=True)
            deed()

    for thread in (*readers, troubles := threading.Thread(target=happen)):
        thread.start()
    with site.connected():
        committed = publish(deeds)
    stopped.set()
    troubles.join(60)
    for reader in readers:
        reader.join(30)
    report.head(f"{'two machines in trouble':<34}{'asked':>8}{'failed':>8}{'late':>6}{'the longest, s':>16}")
    tell(report, "the homepage", [one for reader in readers for one in reader.seen], committed)
