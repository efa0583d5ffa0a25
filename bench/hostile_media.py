"""Whether any file that may come to lie among the library's can run a script: each is opened in Chromium in every way.

    python -m bench hostile_media

Given out by nginx and Caddy with the files of deploy/ and by development's own server: opened as a page, in a frame, as an object,
and as the script of a page that has no content policy at all. Exit code 1 when one ran.
"""

import functools
import gzip
import os
import shutil
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.test import override_settings
from playwright.sync_api import sync_playwright

from bench import proxied
from bench.served import free_port
from informed_comment.processes import answers
from tests.browser.conftest import chromium_of
from tests.site_behind import page as answer_of
from tests.site_behind import site_behind

RAN = "/it-ran?"
SCRIPT = f"new Image().src='{RAN}'+encodeURIComponent(location.href);"
HTML = f'<!doctype html><script>{SCRIPT}</script><body onload="{SCRIPT}"><img src=x onerror="{SCRIPT}">'
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{SCRIPT}"><script>{SCRIPT}</script><foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><iframe srcdoc="&lt;script&gt;{SCRIPT}&lt;/script&gt;"/></body></foreignObject></svg>'
XHTML = f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>{SCRIPT}</script></html>'
XSL = f'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="style.xsl"?><a><h:script xmlns:h="http://www.w3.org/1999/xhtml">{SCRIPT}</h:script></a>'
PDF = f"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert(1);this.submitForm('{RAN}'))>>>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
MHTML = f'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n{HTML}\r\n--b--\r\n'
POLYGLOT = b"GIF89a=0;" + SCRIPT.encode() + b"//\x3b"
JPEG = b"\xff\xd8\xff\xe0/*JFIF*/=0;" + SCRIPT.encode() + HTML.encode()
FILES = {
    "page.html": HTML,
    "page.htm": HTML,
    "page.HTML": HTML,
    "page.xhtml": XHTML,
    "page.xht": XHTML,
    "page.shtml": HTML,
    "page.jpg.html": HTML,
    "page.html.jpg": HTML,
    "page.html.": HTML,
    "page": HTML,
    "page.xml": XHTML,
    "page.xsl": XSL,
    "page.xslt": XSL,
    "page.rss": XHTML,
    "page.rdf": XHTML,
    "page.svg": SVG,
    "page.SVG": SVG,
    "page.svgz": gzip.compress(SVG.encode()),
    "page.svg.png": SVG,
    "page.mhtml": MHTML,
    "page.mht": MHTML,
    "page.pdf": PDF,
    "page-in.pdf": HTML,
    "page.swf": b"FWS\x08" + HTML.encode(),
    "page.js": SCRIPT,
    "page.mjs": SCRIPT,
    "page.css": f"/*{HTML}*/",
    "page.json": HTML,
    "page.txt": HTML,
    "page.csv": HTML,
    "page.gif": POLYGLOT,
    "page-html.gif": b"GIF89a" + HTML.encode(),
    "page.jpg": JPEG,
    "page.png": b"\x89PNG\r\n\x1a\n" + HTML.encode(),
    "page.webp": b"RIFF\x00\x00\x00\x00WEBP" + HTML.encode(),
    "page.mp3": HTML,
    "page.mp4": HTML,
    "page.epub": HTML,
    "page.zip": HTML,
    "page.hta": HTML,
    "page.php": HTML,
    "page.wasm": SCRIPT,
    "page.webmanifest": HTML,
    "page.appcache": HTML,
}
OPENED = "<!doctype html><title>x</title>{parts}"
FRAMED = '<iframe src="{at}"></iframe><object data="{at}"></object><embed src="{at}"><img src="{at}"><link rel="stylesheet" href="{at}">'
LOADED = '<script src="{at}"></script><script type="module" src="{at}"></script>'


def main():
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs beside development's server
    ran = {}
    with (
        tempfile.TemporaryDirectory(prefix="informed-comment-media-") as folder,
        sync_playwright() as playwright,
    ):
        media = Path(folder, "media")
        media.mkdir()
        Path(folder, "static").mkdir()
        for name, content in FILES.items():
            (media / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        browser = playwright.chromium.launch(executable_path=chromium_of(playwright), args=["--no-sandbox"])
        with override_settings(MEDIA_ROOT=media):
            for server in (unguarded, by_nginx, by_caddy, by_development):
                with server(Path(folder)) as site:
                    if site:
                        ran[server.__name__] = opened(browser, site)
        browser.close()
    for server, names in ran.items():
        print(f"{server}: {len(FILES)} files, each opened in 8 ways; {len(names)} ran {sorted(names) or ''}")
    assert len(ran.pop("unguarded")) > 10, "what is tried would run nowhere, so nothing is shown"
    return 1 if any(ran.values()) else 0


def opened(browser, site):
    """Names of the files of which a script ran."""
    ran = set()
    for loads, keeps_policy in ((FRAMED, True), (LOADED, False)):
        context = browser.new_context(bypass_csp=not keeps_policy, accept_downloads=False)
        page = context.new_page()
        now = {}
        context.on("request", lambda request, now=now: ran.add(now["name"]) if RAN in request.url else None)
        context.on("dialog", lambda dialog: dialog.dismiss())
        for now["name"] in FILES:
            at = f"{site}/media/{now['name']}"
            body = OPENED.format(parts=loads.format(at=at))
            page.route(
                "**/around/", lambda route, _, body=body: route.fulfill(body=body, content_type="text/html")
            )
            page.goto(f"{site}/around/")
            page.wait_for_timeout(150)
            if keeps_policy:
                open_as_page(page, at)
            page.unroute("**/around/")
        context.close()
    return ran


def open_as_page(page, address):
    try:
        page.goto(address)
    except Exception as error:
        if "download" not in str(error).lower() and "ERR_ABORTED" not in str(error):
            raise
    page.wait_for_timeout(100)


@contextmanager
def unguarded(folder):
    """A server that says nothing to browsers: here many of them run, or the trial is none."""
    handler = functools.partial(Plain, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Plain(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        """What is asked is no matter here."""


@contextmanager
def by_nginx(folder):
    if not proxied.is_installed():
        yield None
        return
    with site_behind() as site:
        site.answer = lambda method, path, headers: answer_of("", status=404)
        with proxied.proxy(
            folder / "nginx", servers=[site.address], port=free_port(), files=folder
        ) as address:
            yield address


@contextmanager
def by_caddy(folder):
    if not shutil.which("caddy"):
        yield None
        return
    port = free_port()
    shipped = (proxied.ROOT / "deploy" / "Caddyfile").read_text().replace("{\n", "{\n\tadmin off\n", 1)
    (folder / "Caddyfile").write_text(shipped)
    places = {"STATIC_ROOT": folder / "static", "MEDIA_ROOT": folder / "media", "WEB_SERVERS": "127.0.0.1:9"}
    homes = {"HOME": folder, "XDG_DATA_HOME": folder, "XDG_CONFIG_HOME": folder}
    named = {"SITE_NAMES": f"http://127.0.0.1:{port}"} | places | homes
    environment = os.environ | {name: str(value) for name, value in named.items()}
    command = ["caddy", "run", "--config", folder / "Caddyfile", "--adapter", "caddyfile"]
    caddy = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        while not answers("127.0.0.1", port):
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        caddy.terminate()
        caddy.wait(20)


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        """What is asked is no matter here."""


@contextmanager
def by_development(folder):
    settings.DEBUG = True
    with make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
