"""The Caddyfile that is shipped, asked where there is a Caddy."""

import gzip
import http.client
import os
import re
import shutil
import socket
import subprocess
import time
from types import SimpleNamespace

import pytest

from bench.proxied import ROOT
from bench.served import free_port
from informed_comment import media
from informed_comment.processes import answers
from tests.site_behind import failure, page, site_behind

SHIPPED = ROOT / "deploy" / "Caddyfile"
STYLES = "a{color:red}" * 200
pytestmark = pytest.mark.skipif(not shutil.which("caddy"), reason="Caddy is not installed")


@pytest.fixture(scope="module")
def caddy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("caddy")
    for name in ("static", "media"):
        (folder / name).mkdir()
    (folder / "static" / "site.0123456789ab.css").write_text(STYLES)
    (folder / "static" / "site.0123456789ab.css.gz").write_bytes(gzip.compress(STYLES.encode()))
    (folder / "static" / "plain.css").write_text(STYLES)
    (folder / "media" / "picture.jpg").write_bytes(bytes(range(256)))
    (folder / "media" / "page.html").write_text("<script>alert(1)</script>")
    (folder / "Caddyfile").write_text(SHIPPED.read_text().replace("{\n", "{\n\tadmin off\n", 1))
    port = free_port()
    with site_behind() as site:
        places = {
            "STATIC_ROOT": folder / "static",
            "MEDIA_ROOT": folder / "media",
            "WEB_SERVERS": site.address,
        }
        homes = {"HOME": folder, "XDG_DATA_HOME": folder, "XDG_CONFIG_HOME": folder}
        filled = {"SITE_NAMES": f"http://127.0.0.1:{port}"} | places | homes
        command = ["caddy", "run", "--config", folder / "Caddyfile", "--adapter", "caddyfile"]
        with open(folder / "said", "w") as said:
            running = subprocess.Popen(
                command, env=os.environ | {name: str(value) for name, value in filled.items()}, stderr=said
            )
        try:
            until = time.monotonic() + 10
            while not answers("127.0.0.1", port):
                assert running.poll() is None, (folder / "said").read_text()
                assert time.monotonic() < until
                time.sleep(0.05)
            yield SimpleNamespace(site=site, port=port, get=asking(port), folder=folder)
        finally:
            running.terminate()
            running.wait(20)


def asking(port):
    def get(path, method="GET", body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request(
            method,
            path,
            body=body,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )
        response = connection.getresponse()
        text = response.read()
        connection.close()
        return SimpleNamespace(status=response.status, headers=response.headers, body=text)

    return get


@pytest.fixture(autouse=True)
def anew(caddy):
    caddy.site.start_again()


def test_the_words_to_fill_it_in_name_every_name_in_it():
    told = (ROOT / "deploy" / "README.md").read_text()
    assert set(re.findall(r"\{\$([A-Z_]+)\}", SHIPPED.read_text())) <= set(re.findall(r"\b([A-Z_]+)=", told))


def test_a_page_is_the_sites_and_nothing_is_said_of_how_it_is_kept(caddy):
    caddy.site.answer = lambda method, path, headers: page(
        f"{path} {headers['Accept-Encoding']}", Server="granian"
    )
    shown = caddy.get("/a/?p=12", Accept_Encoding="br;q=0.5, gzip")
    assert shown.body == b"/a/?p=12 br;q=0.5, gzip"
    assert shown.headers["ETag"]
    assert not [name for name in shown.headers if name.lower().startswith("x-accel")]
    assert "granian" not in str(shown.headers)
    assert (
        caddy.get("/a/?p=12", Accept_Encoding="br;q=0.5, gzip", If_None_Match=shown.headers["ETag"]).status
        == 304
    )


def test_the_site_hears_the_address_that_caddy_sees(caddy):
    caddy.get(
        "/", X_Forwarded_For="203.0.113.9", Forwarded="for=203.0.113.9", X_Forwarded_Host="evil.example"
    )
    (_, _, headers, _) = caddy.site.asked[-1]
    assert headers["X-Forwarded-For"] == "127.0.0.1"
    assert headers["X-Forwarded-Proto"] == "http"
    assert "203.0.113.9" not in str(headers)
    assert "evil.example" not in str(headers)


@pytest.mark.parametrize(
    "name", ["X_Forwarded_For", "x_forwarded-for", "X-Forwarded_For", "X-FORWARDED_PROTO", "X-Request_Id"]
)
def test_nobody_says_who_they_are_by_a_header_with_low_lines(caddy, name):
    """The web server would take it for the same header with hyphens, and the last one said counts."""
    with socket.create_connection(("127.0.0.1", caddy.port)) as client:
        said = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{caddy.port}\r\n{name}: 203.0.113.9\r\nConnection: close\r\n\r\n"
        client.sendall(said.encode())
        assert b" 200 " in client.recv(1000)
    (_, _, headers, _) = caddy.site.asked[-1]
    assert "203.0.113.9" not in str(headers)


def test_files_come_packed_from_disk_and_say_how_long_they_last(caddy):
    hashed = caddy.get("/static/site.0123456789ab.css", Accept_Encoding="gzip")
    assert gzip.decompress(hashed.body).decode() == STYLES
    assert hashed.headers["Content-Type"].startswith("text/css")
    assert "immutable" in hashed.headers["Cache-Control"]
    assert "immutable" not in caddy.get("/static/plain.css").headers["Cache-Control"]
    assert caddy.get("/static/.secret").status == 404
    assert not caddy.site.asked


def test_the_librarys_files_are_no_pages(caddy):
    picture = caddy.get("/media/picture.jpg", Range="bytes=10-19")
    assert (picture.status, picture.body) == (206, bytes(range(10, 20)))
    assert picture.headers["Content-Security-Policy"] == media.POLICY_OF_SHOWN
    for ending in [*media.BY_ENDING, ".html", ".jpg.html", ".svgz", ".js", ".xml", ".HTML", ""]:
        name = f"file{ending}"
        (caddy.folder / "media" / name).write_text("<script>alert(1)</script>")
        shown, kind = caddy.get(f"/media/{name}"), media.type_of(name)
        is_kept = not media.is_shown(kind)
        assert shown.headers["Content-Security-Policy"] == (
            media.POLICY if is_kept else media.POLICY_OF_SHOWN
        ), name
        assert (shown.headers["Content-Disposition"] == "attachment") is is_kept, name
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert shown.headers.get_content_type() not in ("text/html", "text/xml", "text/javascript"), name


def test_what_the_site_tells_browsers_reaches_them_once_and_caddys_own_answers_tell_them_too(caddy):
    said = {"X_Frame_Options": "SAMEORIGIN", "Content_Security_Policy": "default-src 'self'"}
    caddy.site.answer = lambda method, path, headers: page("text", **said)
    shown = caddy.get("/")
    assert shown.headers.get_all("X-Frame-Options") == ["SAMEORIGIN"]
    assert shown.headers.get_all("Content-Security-Policy") == ["default-src 'self'"]
    caddy.site.answer = lambda method, path, headers: None
    for path, status in (("/", 502), ("/static/none.css", 404), ("/static/plain.css", 200)):
        shown = caddy.get(path)
        assert shown.status == status
        assert shown.headers.get_all("X-Content-Type-Options") == ["nosniff"], path
        assert "default-src 'none'" in shown.headers["Content-Security-Policy"], path


def test_what_is_too_large_is_refused_and_no_form_is_sent_twice(caddy):
    caddy.site.answer = lambda method, path, headers: None
    assert caddy.get("/newsletter/", "POST", body=b"a=b").status == 502
    assert len(caddy.site.asked) == 1
    assert caddy.get("/", X_Long="a" * 60_000).status == 431


def test_the_sites_own_words_about_a_fault_reach_the_reader(caddy):
    caddy.site.answer = lambda method, path, headers: failure("a page about the fault", 500)
    assert (caddy.get("/").status, caddy.get("/").body) == (500, b"a page about the fault")
