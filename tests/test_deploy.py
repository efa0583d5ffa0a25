"""What is shipped for operators. nginx is asked where there is one."""

import http.client
import re
import shutil
import socket
import ssl
import subprocess
import time
from contextlib import suppress
from itertools import count
from types import SimpleNamespace

import pytest

from bench import proxied
from bench.secured import certificate, with_tls
from bench.served import free_port
from informed_comment import media, old_forms
from tests.site_behind import failure, page, site_behind

TOLD = (proxied.ROOT / "deploy" / "README.md").read_text()
PICTURE = bytes(range(256)) * 40
needs_nginx = pytest.mark.skipif(not proxied.is_installed(), reason="nginx is not installed")
addresses = count()


def is_taken(path, folder):
    asked = subprocess.run(["nginx", "-t", "-c", path, "-e", folder / "log"], capture_output=True, text=True)
    assert asked.returncode == 0, asked.stderr
    assert "warn" not in asked.stderr


@needs_nginx
def test_nginx_takes_the_file_as_it_is_filled_in(tmp_path):
    servers = ["127.0.0.1:1", "127.0.0.1:2"]
    is_taken(proxied.laid_out(tmp_path / "nginx", servers=servers, port=1, files=tmp_path), tmp_path)


def test_the_words_to_fill_it_in_name_every_name_in_it():
    names = set(re.findall(r"\$\{([A-Z_]+)\}", proxied.SHIPPED.read_text()))
    assert set(re.search(r"envsubst '(.+)'", TOLD)[1].split()) == {f"${name}" for name in names}
    assert names <= set(re.findall(r"\b([A-Z_]+)=", TOLD))


# A proxy in front of a site that says what a test wants


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    folder = tmp_path_factory.mktemp("deploy")
    (folder / "media").mkdir()
    (folder / "media" / "picture.jpg").write_bytes(PICTURE)
    (folder / "static").mkdir()
    (folder / "static" / "base.0123456789ab.css").write_text("a{b:c}")
    port = free_port()
    with (
        site_behind() as site,
        proxied.proxy(folder / "nginx", servers=[site.address], port=port, files=folder),
    ):
        yield SimpleNamespace(site=site, port=port, folder=folder)


@pytest.fixture
def proxy(standing):
    """`get` asks the proxy; `site` is what stands behind it, and `address` is one nobody has asked for yet.

    All is asked over one connection: nginx takes the next request from it when it has put the last page into the cache.
    """
    standing.site.start_again()
    connection = http.client.HTTPConnection("127.0.0.1", standing.port, timeout=10)

    def get(path, method="GET", body=None, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=body, headers=named)
        response = connection.getresponse()
        text = response.read()
        return SimpleNamespace(status=response.status, headers=response.headers, body=text)

    address = f"/page-{next(addresses)}/"
    yield SimpleNamespace(get=get, address=address, **vars(standing))
    connection.close()


def says(*answers):
    """A site that gives these answers in turn, and the last for ever."""
    left = list(answers)
    return lambda method, path, headers: left.pop(0) if len(left) > 1 else left[0]


def over():
    """An answer's second that is over at once."""
    return int(time.time()) - 1


@needs_nginx
def test_a_change_is_seen_within_a_second_however_many_ask(proxy):
    changed_at, late = {0: time.monotonic()}, []
    proxy.site.answer = lambda method, path, headers: page(str(max(changed_at)), second=int(time.time()))
    begun = time.monotonic()
    for edition in (1, 2):
        while time.monotonic() - begun < edition * 1.3:
            asked_at = time.monotonic()
            shown = int(proxy.get(proxy.address).body)
            if shown < max(changed_at) and asked_at - changed_at[shown + 1] > 1.0:
                late.append(asked_at - changed_at[shown + 1])
        changed_at[edition] = time.monotonic()
    assert not late
    assert len(proxy.site.asked) < 10, "the proxy keeps what it has for the rest of the second"


@needs_nginx
@pytest.mark.parametrize(
    ("accepted", "asked"),
    [
        (None, None),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, br;q=0.1", "br"),
        ("br;q=0, gzip", "gzip"),
        ("zstd;q=0.000,br ; q=0.0 , GZIP", "gzip"),
        ("gzip;q=0", None),
        ("x-gzip, brotli, *;q=0.1", None),
        ("deflate,br", "br"),
        ("br;q=0.001", "br"),
    ],
)
def test_the_site_is_asked_for_one_packing_that_the_reader_takes(proxy, accepted, asked):
    proxy.get(proxy.address, **({"Accept-Encoding": accepted} if accepted else {"Accept-Encoding": ""}))
    (_, _, headers, _) = proxy.site.asked[-1]
    assert headers.get("Accept-Encoding") == asked


@needs_nginx
def test_programs_that_take_the_same_packing_share_one_page(proxy):
    proxy.site.answer = lambda method, path, headers: page(headers.get("Accept-Encoding", "plain"))
    accepted = ["gzip, deflate, br", "br", "br, gzip;q=0.5", "gzip", "deflate, gzip;q=0.9", "deflate", ""]
    shown = [proxy.get(proxy.address, Accept_Encoding=name).body.decode() for name in accepted]
    assert shown == ["br", "br", "br", "gzip", "gzip", "plain", "plain"]
    assert len(proxy.site.asked) == 3


@needs_nginx
@pytest.mark.parametrize(
    ("query", "counts"),
    [
        ("?utm_source=x&utm_medium=mail", False),
        ("?fbclid=abc", False),
        ("?MC_CID=1&mc_eid=2&", False),
        ("?gclid", False),
        ("?", False),
        ("?p=12", True),
        ("?q=water", True),
        ("?q=water&utm_source=x", True),
        ("?utm_source=x&p=12", True),
        ("?x=utm_source", True),
        ("?xfbclid=1", True),
    ],
)
def test_only_a_query_that_tells_from_where_one_came_is_left_out(proxy, query, counts):
    plain = proxy.get(proxy.address)
    asked = [proxy.get(proxy.address + query) for _ in range(2)]
    assert {answer.body.decode() for answer in asked} == {proxy.address + (query if counts else "")}
    assert plain.body.decode() == proxy.address
    assert len(proxy.site.asked) == (3 if counts else 1), "nothing made up by whoever asks is kept"


def test_what_the_proxy_leaves_out_the_site_leaves_out_too():
    names = re.search(r'"~\*\^\(\?:\(\?:(.+?)\)\(\?:=', proxied.SHIPPED.read_text())[1]
    for name in names.replace("[ce]", "c").replace("\\w+", "x").replace("(?:id)?", "").split("|"):
        assert old_forms.TRACKING.match(name), name


@needs_nginx
def test_whoever_has_the_page_is_told_so_by_the_proxy(proxy):
    changed = "Sat, 28 Nov 2026 10:00:00 GMT"
    proxy.site.answer = says(page("text", etag='W/"1"', Last_Modified=changed))
    first = proxy.get(proxy.address)
    for condition in ({"If_None_Match": first.headers["ETag"]}, {"If_None_Match": '"0", W/"1"'}):
        assert proxy.get(proxy.address, **condition).status == 304
    assert proxy.get(proxy.address, If_Modified_Since=changed).status == 304
    for nonsense in (
        {"If_None_Match": 'W/"2"'},
        {"If_None_Match": '"""'},
        {"If_Modified_Since": "yesterday"},
    ):
        assert proxy.get(proxy.address, **nonsense).body == b"text"
    assert len(proxy.site.asked) <= 2


@needs_nginx
def test_head_and_ranges_are_answered_from_the_page_that_is_kept(proxy):
    proxy.get(proxy.address)
    head = proxy.get(proxy.address, "HEAD")
    assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", str(len(proxy.address)))
    part = proxy.get(proxy.address, Range="bytes=1-2")
    assert (part.status, part.body.decode()) == (200, proxy.address)
    assert len(proxy.site.asked) == 1


@needs_nginx
def test_parts_of_files_of_the_library_are_served(proxy):
    whole = proxy.get("/media/picture.jpg")
    part = proxy.get("/media/picture.jpg", Range="bytes=100-199", If_Range=whole.headers["ETag"])
    assert (part.status, part.body) == (206, PICTURE[100:200])
    other = proxy.get("/media/picture.jpg", Range="bytes=100-199", If_Range='"another"')
    assert (other.status, other.body) == (200, PICTURE)
    assert proxy.get("/media/picture.jpg", Range="bytes=999999-").status == 416
    assert "immutable" in proxy.get("/static/base.0123456789ab.css").headers["Cache-Control"]


# What browsers are told

SAID_BY_SITE = {
    "X_Content_Type_Options": "nosniff",
    "X_Frame_Options": "SAMEORIGIN",
    "Referrer_Policy": "no-referrer",
    "Content_Security_Policy": "default-src 'self'",
    "Cross_Origin_Resource_Policy": "same-site",
    "Cross_Origin_Opener_Policy": "same-origin",
}
NAMES = [name.replace("_", "-") for name in SAID_BY_SITE]


@needs_nginx
def test_what_the_site_tells_browsers_reaches_them_once_and_as_it_said_it(proxy):
    proxy.site.answer = lambda method, path, headers: page(path, **SAID_BY_SITE)
    asked = [("GET", proxy.address)] * 2 + [("GET", "/static/none.css"), ("GET", "/media/none.jpg")]
    asked += [("POST", "/newsletter/"), ("GET", "/admin/"), ("POST", "/reports/csp"), ("GET", "/livez")]
    for method, path in asked[:-1]:
        shown = proxy.get(path, method)
        for name, value in SAID_BY_SITE.items():
            assert shown.headers.get_all(name.replace("_", "-")) == [value], (path, name)
    known = proxy.get(proxy.address, If_None_Match=proxy.get(proxy.address).headers["ETag"])
    assert known.status == 304
    assert all(len(known.headers.get_all(name)) == 1 for name in NAMES)


@needs_nginx
def test_nginxs_own_refusals_and_files_tell_browsers_too(proxy):
    proxy.site.answer = lambda method, path, headers: None
    shown = {
        "away": proxy.get(proxy.address),
        "too large": proxy.get("/newsletter/", "POST", body=b"a" * 2_200_000),
        "a long report": proxy.get("/reports/csp", "POST", body=b"a" * 20_000),
        "too long": proxy.get(f"/{'a' * 9000}"),
        "trace": proxy.get("/", "TRACE"),
        "file": proxy.get("/static/base.0123456789ab.css"),
        "picture": proxy.get("/media/picture.jpg"),
    }
    assert [answer.status for answer in shown.values()] == [502, 413, 413, 414, 405, 200, 200]
    for what, answer in shown.items():
        wanted = NAMES[:-1] if what in ("file", "picture") else NAMES
        assert all(len(answer.headers.get_all(name) or []) == 1 for name in wanted), what
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        whose = "cross-origin" if what in ("file", "picture") else "same-origin"
        assert answer.headers["Cross-Origin-Resource-Policy"] == whose, what
        assert "Strict-Transport-Security" not in answer.headers


@needs_nginx
def test_a_file_of_the_library_is_given_out_as_in_development(proxy):
    for ending in [*media.BY_ENDING, ".html", ".jpg.html", ".svgz", ".js", ".xml", ".HTML", ""]:
        name = f"file{ending}"
        (proxy.folder / "media" / name).write_text("<script>alert(1)</script>")
        shown, kind = proxy.get(f"/media/{name}"), media.type_of(name)
        assert shown.headers.get_content_type() == kind, name
        policy = media.POLICY_OF_SHOWN if media.is_shown(kind) else media.POLICY
        assert shown.headers["Content-Security-Policy"] == policy, name
        is_kept = shown.headers["Content-Disposition"] == "attachment"
        assert is_kept is not media.is_shown(kind), name


# What is kept


@needs_nginx
@pytest.mark.parametrize(
    "answer",
    [
        {"Set_Cookie": "a=b"},
        {"kept": "private, no-store"},
        {"kept": "no-store"},
        {"Vary": "Accept-Encoding, Cookie"},
        {"Vary": "*"},
        {"status": 403, "kept": "no-store"},
    ],
)
def test_what_is_not_for_everybody_is_never_kept(proxy, answer):
    proxy.site.answer = says(*(page(f"{n}", **answer) for n in range(9)))
    first, second = proxy.get(proxy.address), proxy.get(proxy.address)
    assert first.body != second.body


@needs_nginx
@pytest.mark.parametrize("sent", [{"Cookie": "sessionid=abc"}, {"Authorization": "Basic eDp5"}])
def test_whoever_works_here_asks_the_site_and_leaves_nothing(proxy, sent):
    proxy.site.answer = lambda method, path, headers: page("staff" if sent.keys() & dict(headers) else "all")
    assert [proxy.get(proxy.address, **headers).body for headers in ({}, sent, {}, sent)] == [
        b"all",
        b"staff",
        b"all",
        b"staff",
    ]
    proxy.site.answer = says(failure("broken", 500))
    assert proxy.get(proxy.address, **sent).body == b"broken"


@needs_nginx
@pytest.mark.parametrize("folder", ["media", "static"])
def test_a_file_that_is_not_on_disk_is_asked_of_the_site_and_not_kept_from_one_who_works_here(proxy, folder):
    path = f"/{folder}/{proxy.address.strip('/')}.jpg"
    proxy.site.answer = lambda method, path, headers: page("staff" if headers["Cookie"] else "all")
    sent = [{"Cookie": "sessionid=abc"}, {}, {}, {"Cookie": "sessionid=abc"}]
    assert [proxy.get(path, **headers).body for headers in sent] == [b"staff", b"all", b"all", b"staff"]
    assert len(proxy.site.asked) == 3


@needs_nginx
def test_readers_see_nothing_of_what_the_two_say_to_each_other(proxy):
    proxy.site.answer = says(page("text", X_Accel_Redirect="/media/picture.jpg", Server="granian"))
    shown = proxy.get(proxy.address)
    assert shown.body == b"text"
    assert not [
        name for name in shown.headers if name.lower().startswith(("x-accel", "x-cache", "x-upstream"))
    ]
    assert shown.headers["Server"] == "nginx"


# When the site fails


@needs_nginx
@pytest.mark.parametrize("failed", [failure("broken", 500), failure("away", 503), None])
def test_while_the_site_fails_readers_see_what_is_kept_and_no_longer_than_it_says(proxy, failed):
    for kept, shown in [("stale-if-error=60", 200), ("stale-if-error=1", None)]:
        path = f"{proxy.address}{kept}"
        proxy.site.answer = says(page("text", kept=f"public, s-maxage=1, {kept}", second=over() - 2), failed)
        assert proxy.get(path).body == b"text"
        answer = proxy.get(path)
        if shown:
            assert (answer.status, answer.body) == (200, b"text")
        else:
            assert answer.status == (failed[0] if failed else 502)
            assert answer.body == failed[2] if failed else b"text" not in answer.body


@needs_nginx
def test_pages_come_again_when_the_site_does(proxy):
    old = page("old", second=over())
    proxy.site.answer = says(old, failure("broken", 500), failure("broken", 500), page("new"))
    assert [proxy.get(proxy.address).body for _ in range(4)] == [b"old", b"old", b"old", b"new"]


@needs_nginx
@pytest.mark.parametrize("status", [404, 410])
def test_a_post_that_was_withdrawn_does_not_come_back_when_the_site_fails(proxy, status):
    gone = page("gone", status=status, kept="public, max-age=0, s-maxage=1", second=over())
    proxy.site.answer = says(page("libel", second=over()), gone, failure("broken", 500))
    shown = [proxy.get(proxy.address) for _ in range(3)]
    assert [answer.body for answer in shown] == [b"libel", b"gone", b"broken"]


@needs_nginx
def test_an_address_that_leads_elsewhere_now_does_not_show_what_stood_there_when_the_site_fails(proxy):
    moved = (301, {"Location": "/elsewhere/", "X-Accel-Expires": f"@{over()}"}, b"")
    proxy.site.answer = says(page("libel", second=over()), moved, failure("broken", 500))
    shown = [proxy.get(proxy.address) for _ in range(3)]
    assert [answer.status for answer in shown] == [200, 301, 500]


@needs_nginx
def test_the_site_says_itself_what_is_wrong_where_nothing_is_kept(proxy):
    proxy.site.answer = says(failure("a page of the site's about its fault", 500))
    answer = proxy.get(proxy.address)
    assert (answer.status, answer.body) == (500, b"a page of the site's about its fault")


@needs_nginx
def test_no_form_is_sent_twice(proxy):
    proxy.site.answer = lambda method, path, headers: None if len(proxy.site.asked) < 3 else page("text")
    assert proxy.get("/newsletter/", "POST", body=b"a=b").status == 502
    assert proxy.get(proxy.address, "POST", body=b"a=b").status == 502
    assert [(method, body) for method, _, _, body in proxy.site.asked] == [("POST", b"a=b")] * 2


@needs_nginx
def test_a_connection_the_site_has_closed_costs_a_reader_nothing(proxy):
    proxy.site.answer = says(page("one", second=over()), None, page("two"))
    assert [proxy.get(proxy.address).status for _ in range(2)] == [200, 200]


@needs_nginx
def test_connections_to_the_site_are_used_again(proxy):
    for n in range(8):
        proxy.get(f"{proxy.address}{n}")
    assert len(proxy.site.connections) <= 3


@needs_nginx
def test_pages_come_though_the_folder_of_the_cache_is_gone(proxy):
    """A second after it went: nginx looks at a file once in a second."""
    folder = proxy.folder / "nginx" / "cache"
    shutil.rmtree(folder)
    time.sleep(1.3)
    assert [proxy.get(proxy.address).body.decode() for _ in range(2)] == [proxy.address] * 2
    folder.mkdir()
    time.sleep(1.3)
    before = len(proxy.site.asked)
    assert [proxy.get(proxy.address).body.decode() for _ in range(2)] == [proxy.address] * 2
    assert len(proxy.site.asked) == before + 1, "and once there is one again, it is used"


@needs_nginx
def test_the_cache_may_be_emptied_while_it_is_used(proxy):
    folder = proxy.folder / "nginx" / "cache"
    shown = [proxy.get(proxy.address).body]
    for inside in folder.iterdir():
        shutil.rmtree(inside)
    assert shown == [proxy.get(proxy.address).body]
    assert proxy.get(f"{proxy.address}another/").status == 200


# Hostile clients


@needs_nginx
@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (f"/{'a' * 9000}", {}, 414),
        ("/", {"X_Long": "a" * 9000}, 400),
        ("/", {f"X_{n}": "a" * 4000 for n in range(12)}, 400),
    ],
)
def test_what_is_far_too_long_is_refused_and_the_site_hears_nothing(proxy, path, headers, status):
    refusal = proxy.get(path, **headers)
    assert refusal.status == status
    assert len(refusal.body) < 400
    assert not proxy.site.asked


def said_raw(proxy, text):
    """The status of the first answer to these very bytes, and how many answers came."""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as client:
        client.sendall(text.replace("\n", "\r\n").encode("latin-1"))
        said = client.recv(65536)
        client.settimeout(0.3)
        with suppress(TimeoutError):
            while part := client.recv(65536):
                said += part
    found = re.findall(rb"HTTP/1\.1 (\d+) ", said)
    return int(found[0]), len(found)


SMUGGLED = "GET /smuggled/ HTTP/1.1\nHost: localhost\n\n"


@needs_nginx
@pytest.mark.parametrize(
    "lines",
    [
        "Content-Length: 6\nTransfer-Encoding: chunked\n\n0\n\n",
        "Transfer-Encoding: chunked\nTransfer-Encoding: identity\n\n0\n\n",
        "Transfer-Encoding:\tchunked\n\n0\n\n",
        "Transfer-Encoding: xchunked\n\n0\n\n",
        "Transfer-Encoding : chunked\n\n0\n\n",
        "Content-Length: 0\nContent-Length: 44\n\n",
        "Content-Length: +44\n\n",
        "Content-Length: -1\n\n",
        "Host: evil.example\n\n",
        "X-A: b\n c: d\n\n",
        "X-A: b\x00c\n\n",
    ],
)
def test_a_request_that_two_might_read_differently_is_refused(proxy, lines):
    status, answers = said_raw(proxy, f"POST /newsletter/ HTTP/1.1\nHost: localhost\n{lines}{SMUGGLED}")
    assert status in (400, 501)
    assert answers == 1
    assert not proxy.site.asked


@needs_nginx
@pytest.mark.parametrize("name", ["X_Forwarded_For", "X-Forwarded_For", "X_FORWARDED_PROTO", "X_Request_Id"])
def test_nobody_says_who_they_are_by_a_header_with_low_lines(proxy, name):
    said_raw(
        proxy, f"GET {proxy.address} HTTP/1.1\nHost: localhost\n{name}: 203.0.113.9\nConnection: close\n\n"
    )
    assert "203.0.113.9" not in str(proxy.site.asked)


@needs_nginx
@pytest.mark.parametrize(
    "header",
    [
        "X-Forwarded-Host",
        "X-Original-URL",
        "X-Rewrite-URL",
        "Forwarded",
        "X-Forwarded-Proto",
        "X-Forwarded-Prefix",
    ],
)
def test_what_is_kept_for_all_is_not_made_by_one_readers_header(proxy, header):
    proxy.site.answer = lambda method, path, headers: page(str(dict(headers)))
    proxy.get(proxy.address, **{header.replace("-", "_"): "evil.example"})
    shown = proxy.get(proxy.address).body
    assert len(proxy.site.asked) == 1
    assert header in ("X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix") or b"evil" not in shown


@needs_nginx
@pytest.mark.parametrize(
    "path",
    [
        "/static../site.conf",
        "/static/..%2fnginx/site.conf",
        "/media/%2e%2e/nginx/site.conf",
        "/media../nginx/site.conf",
        "/media/..%2f..%2f..%2fetc/passwd",
        "/media//etc/passwd",
        "/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/static/.env",
        "/media/.unfinished-abc",
    ],
)
def test_nothing_beside_the_folders_is_given_out(proxy, path):
    (proxy.folder / "media" / ".unfinished-abc").write_text("root:")
    proxy.site.answer = lambda method, path, headers: page("the site's", status=404)
    answer = proxy.get(path)
    assert answer.status in (400, 404)
    assert b"root:" not in answer.body
    assert b"upstream" not in answer.body


@needs_nginx
def test_slow_clients_hold_no_connection_of_the_sites(proxy):
    proxy.get(proxy.address)
    slow = []
    for _ in range(200):
        client = socket.create_connection(("127.0.0.1", proxy.port))
        client.sendall(b"GET /slow/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        slow.append(client)
    begun = time.monotonic()
    assert proxy.get(f"{proxy.address}quick").status == 200
    assert time.monotonic() - begun < 1
    assert not [path for _, path, _, _ in proxy.site.asked if path == "/slow/"]
    for client in slow:
        client.close()


# TLS


@needs_nginx
@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_with_a_certificate_it_speaks_http_2(tmp_path):
    certificate(tmp_path)
    secure = free_port()
    with site_behind() as site:
        change = lambda text: with_tls(text, secure, tmp_path)  # noqa: E731
        where = {"servers": [site.address], "port": free_port(), "files": tmp_path}
        with proxied.proxy(tmp_path / "nginx", **where, changed=change):
            context = ssl.create_default_context(cafile=tmp_path / "fullchain.pem")
            context.set_alpn_protocols(["h2", "http/1.1"])
            with (
                socket.create_connection(("127.0.0.1", secure)) as plain,
                context.wrap_socket(plain, server_hostname="localhost") as spoken,
            ):
                assert spoken.selected_alpn_protocol() == "h2"
                assert spoken.version() == "TLSv1.3"
