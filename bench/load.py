"""`python -m bench load [POSTS]`: finished pages under load beside a file nginx serves, at 100,000 posts unless told.

The web command of the Procfile runs with as many processes as there are cores, before it nginx with the file of deploy/, and
beside it an nginx that serves the very bytes of the page from disk. wrk asks them in turn, in rounds; printed are requests a
second, the median of the rounds, and their ratio to the file. Needs nginx and wrk.
"""

import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

ROUNDS, SECONDS, CONNECTIONS = 5, 2, 16
THROUGH_PROXY, OURS, REVALIDATED = 0.9, 0.15, 0.15  # times the file
FILE_SERVER = """
daemon off; worker_processes auto; worker_rlimit_nofile 16384; pid {folder}/pid; error_log {folder}/log crit;
{user}
events {{ worker_connections 8000; }}
http {{
    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    log_format without_addresses '$time_iso8601 $request_method $uri $status $body_bytes_sent $request_time';
    access_log {folder}/access.log without_addresses; server_tokens off;
    sendfile on; tcp_nopush on; keepalive_timeout 65s; types {{ text/html html; }}
    server {{ listen 127.0.0.1:{port}; root {folder}/files; gzip_static on; add_header Cache-Control "public, max-age=0"; }}
}}
"""


def main(posts=100_000):
    from bench.pages import Report
    from bench.sites import Site

    for program in ("nginx", "wrk"):
        if not shutil.which(program):
            sys.exit(f"This needs {program}; install it and start again.")
    report = Report()
    measure(report, Site(posts))
    report.end()


def measure(report, site):
    from bench import addresses

    with site.connected():
        pages = {"home": "/", "post": addresses.posts(9)[4]}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        os.chmod(folder, 0o755)
        own, proxied = standing(stack, Path(folder), site)
        for name, path in pages.items():
            for packed in (True, False):
                sources = stack.enter_context(beside(Path(folder), own, proxied, path, packed))
                told = f"{name}, {'gzip' if packed else 'plain'}"
                compare(report, told, sources)


def standing(stack, folder, site):
    """(address of the site itself, address of the proxy in front of it)."""
    from bench.proxied import proxy
    from bench.served import free_port, served_site

    cores = str(len(os.sched_getaffinity(0)))
    told = {"DATABASE_URL": site.url, "WEB_CONCURRENCY": cores, "EDITION_LOOK_SECONDS": "0.25"}
    ready = [("collectstatic", "--noinput", "-v0")]
    port = free_port()
    told |= {"SITE_URL": f"http://127.0.0.1:{port}", "TRUSTED_PROXIES": "1"}
    own = stack.enter_context(served_site(folder, prepared_by=ready, log=folder / "site.log", **told))
    servers = [own.partition("//")[2]]
    return own, stack.enter_context(proxy(folder / "nginx", servers=servers, port=port, files=folder))


@contextmanager
def beside(folder, own, proxied, path, packed):
    """{name: (address, headers)} of the page from everywhere, the file first."""
    encoding = "gzip" if packed else "identity"
    said = {"Accept-Encoding": encoding}
    bytes_of_page, etag = fetched(f"{proxied}{path}", said)
    plain = gzip.decompress(bytes_of_page) if packed else bytes_of_page
    with file_server(
        folder / f"file-{abs(hash((path, packed)))}", plain, bytes_of_page if packed else None
    ) as file:
        _, tag = fetched(f"{file}/page.html", said)
        known = {"If-None-Match": tag}, {"If-None-Match": etag}
        yield {
            "file": (f"{file}/page.html", said),
            "through the proxy": (f"{proxied}{path}", said),
            "our own server": (f"{own}{path}", said),
            "file, 304": (f"{file}/page.html", said | known[0]),
            "through the proxy, 304": (f"{proxied}{path}", said | known[1]),
            "our own server, 304": (f"{own}{path}", said | known[1]),
        }


def fetched(address, headers):
    """(body as it came, ETag)"""
    for _ in range(3):
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
            body, etag = answer.read(), answer.headers["ETag"]
        time.sleep(0.1)
    return body, etag


@contextmanager
def file_server(folder, plain, packed):
    """The address of an nginx that serves the page as a file, and its gzip beside it."""
    from bench.served import free_port
    from informed_comment.processes import answers

    (folder / "files").mkdir(parents=True, exist_ok=True)
    (folder / "files" / "page.html").write_bytes(plain)
    (folder / "files" / "livez").write_text("ok")
    if packed:
        (folder / "files" / "page.html.gz").write_bytes(packed)
    port = free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(FILE_SERVER.format(folder=folder, port=port, user=user))
    nginx = subprocess.Popen(["nginx", "-c", folder / "nginx.conf", "-e", folder / "log"])
    try:
        while not answers("127.0.0.1", port):
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        nginx.terminate()
        nginx.wait(30)


def compare(report, name, sources):
    rates = {source: [] for source in sources}
    for source in sources:
        asked(*sources[source], seconds=1)  # what is made once is made
    for _ in range(ROUNDS):
        for source, where in sources.items():
            rates[source].append(asked(*where, seconds=SECONDS))
    report.head(f"{name:<34}{'a second':>10}{'÷ file':>8}")
    middle = {source: median(found) for source, found in rates.items()}
    for source, rate in middle.items():
        is_known = source.endswith("304")
        file = middle["file, 304" if is_known else "file"]
        least = REVALIDATED if is_known else THROUGH_PROXY if "proxy" in source else OURS
        marks = {} if source.startswith("file") else {"below": (least * file / rate, 1)}
        report.line(f"{name}: {source}", f"{rate:>10,.0f}{rate / file:>8.2f}", marks)


def asked(address, headers, *, seconds):
    """Requests a second by wrk; an answer that is none is an error."""
    said = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    told = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *said, address],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    if "Non-2xx" in told or "Socket errors" in told:
        raise AssertionError(f"{address}: {told}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])
