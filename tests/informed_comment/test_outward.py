"""Going out to addresses that others chose: what they say, where their names lead, and what a hostile site answers."""

import datetime
import gzip
import socket
import ssl
import threading
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from informed_comment import outward
from posts import visiting
from wordpress.fetching.courier import Courier, Limits, Missing


class Talker:
    """A server that says to every connection what it is given to say: bytes, or a function of the socket."""

    def __init__(self, says, context=None):
        self.says, self.context, self.heard = says, context, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.talk, daemon=True).start()

    def talk(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=[near], daemon=True).start()

    def answer(self, near):
        try:
            near = self.context.wrap_socket(near, server_side=True) if self.context else near
            self.heard.append(near.recv(65536))
            if callable(self.says):
                self.says(near)
            else:
                near.sendall(self.says)
        except OSError:
            pass
        finally:
            near.close()


@pytest.fixture
def talker():
    talkers = []

    def begun(says, **options):
        talkers.append(Talker(says, **options))
        return talkers[-1]

    yield begun
    for one in talkers:
        one.listener.close()


def at(talker):
    """Every host of .example is this server; any other is looked up in earnest."""
    return lambda host, port: (
        talker.listener.getsockname() if host.endswith(".example") else outward.whereabouts(host, port)
    )


def moved_to(location):
    return f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


@pytest.mark.parametrize(
    "address",
    [
        *("0.1.2.3", "127.255.255.254", "172.31.255.255", "100.127.255.255", "169.254.0.1", "198.18.0.1"),
        *("192.0.0.8", "198.51.100.7", "203.0.113.7", "192.88.99.1", "239.1.1.1", "255.255.255.255"),
        *("::7f00:1", "::a00:1", "fec0::1", "fd00:ec2::254", "100::1", "5f00::1", "3fff::1", "4000::1"),
        *("64:ff9b:1::a00:1", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "2001:0:0:0:0:0:f5ff:fffe"),
        *("::ffff:0:7f00:1", "::ffff:a9fe:a9fe", "2001:20::1", "2001:db8:ffff::1", "ff0e::1"),
    ],
)
def test_nothing_goes_to_an_address_nobody_on_the_internet_has(address):
    assert not outward.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *("http://0177.0.0.1/", "http://0x7f000001/", "http://017700000001/", "http://127.1/", "http://0/"),
        *("http://127.0.0.1./", "http://localhost./", "http://LOCALHOST/", "http://①②⑦.⓪.⓪.①/"),
        *("http://１２７.0.0.1/", "http://127。0。0。1/", "http://[::ffff:7f00:1]/", "http://[::]/"),
        *("http://[fe80::1%25lo]/", "http://[::1%lo]/", "http://ada:pw@127.0.0.1/", "http://a@127.0.0.1/"),
        *("http://127.0.0.1\\@example.org/", "http://127.0.0.1#@example.org/", "http://127.0.0.1?@x.org/"),
        *("HTTP://127.0.0.1:80/", "http://127.0.0.1:0/", "http://127.0.0.1:8000/", "http://127.0.0.1:99999/"),
        *("gopher://127.0.0.1/", "file://127.0.0.1/etc/passwd", "dict://x/", "unix:/var/run/x", "data:,x"),
        *("http://[127.0.0.1]/", "http://[", "http://", "http:127.0.0.1", "//127.0.0.1/", "", "\x00"),
        *(
            "http://127.0.0.1\x00.example.org/",
            "http://127.0.0.1\r\nHost: x/",
            "http://" + "a." * 3000 + "org/",
        ),
        "http://[v1.x]/",
    ],
)
def test_no_spelling_of_an_address_reaches_this_machine(url, monkeypatch):
    def connect(place, **_options):
        raise AssertionError(f"connected to {place}")

    monkeypatch.setattr(socket, "create_connection", connect)
    answer = visiting.visit(url)
    assert answer.status is None
    assert answer.trouble
    with open("/dev/null", "wb") as out, pytest.raises(Missing):
        Courier(["127.0.0.1", "localhost", "0", "127.1", "::1", "::"]).fetch(url, out)


def test_a_name_that_leads_elsewhere_the_next_time_is_asked_where_it_led_the_first(talker, monkeypatch):
    """The answer of the one look-up is where the connection goes."""
    asked, places = [], []

    def lookup(host, port, **_options):
        asked.append(host)
        address = "93.184.215.14" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(place, **_options):
        places.append(place)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    monkeypatch.setattr(socket, "create_connection", connect)
    assert visiting.visit("http://rebound.test/").trouble == "the site cannot be reached"
    assert (asked, places) == (["rebound.test"], [("93.184.215.14", 80)])


@pytest.mark.parametrize(
    "location",
    [
        *("http://[", "http://x.example:99999/", "//127.0.0.1/", "http://ada:pw@site.example/"),
        *("javascript:alert(1)", "ftp://site.example/", "http://site.example:22/", "a" * 9000),
    ],
)
def test_a_redirect_is_an_address_like_any_other(talker, location):
    site = talker(moved_to(location))
    answer = visiting.visit("http://site.example/", find=at(site))
    assert answer.is_never
    courier = Courier(["site.example", "x.example"], find=at(site), sleep=lambda _: None)
    courier.without_https |= {"site.example"}
    with open("/dev/null", "wb") as out, pytest.raises(Missing):
        courier.fetch("http://site.example/a.jpg", out)
    courier.close()


def drip(near):
    near.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        near.sendall(b"X-Slow: 1\r\n")
        time.sleep(0.02)


def for_ever_continue(near):
    while True:
        near.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def long_head(near):
    while True:
        near.sendall(b"X" * 60000)


@pytest.mark.parametrize(
    "says",
    [
        *(b"", b"\x00" * 50, b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 99999 X\r\n\r\n"),
        *(drip, for_ever_continue, long_head),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 206 OK\r\nContent-Range: bytes " + b"9" * 5000 + b"-1/1\r\nContent-Length: 3\r\n\r\nx",
        b"HTTP/1.1 429 No\r\nRetry-After: " + b"9" * 5000 + b"\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 503 No\r\nRetry-After: \xb2\r\nContent-Length: 0\r\n\r\n",
    ],
    ids=range(12),
)
def test_whatever_a_site_says_the_question_ends_and_says_why(talker, says, monkeypatch, tmp_path):
    monkeypatch.setattr(visiting, "SECONDS_IN_ALL", 0.3)
    site = talker(says)
    began = time.monotonic()
    answer = visiting.visit("http://site.example/", find=at(site))
    assert answer.trouble or answer.status
    courier = Courier(
        ["site.example"], limits=Limits(file_seconds=0.3, pause=0), find=at(site), sleep=lambda _: None
    )
    courier.without_https |= {"site.example"}
    with (tmp_path / "out").open("w+b") as out, pytest.raises(Missing):
        courier.fetch("http://site.example/a.jpg", out)
    courier.close()
    assert time.monotonic() - began < 4


def test_what_comes_packed_is_kept_as_it_came_and_not_blown_up(talker, tmp_path):
    packed = gzip.compress(b"\x00" * 30_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    site = talker(head + packed)
    courier = Courier(["site.example"], limits=Limits(file_bytes=100_000, pause=0), find=at(site))
    courier.without_https |= {"site.example"}
    with (tmp_path / "out").open("w+b") as out:
        courier.fetch("http://site.example/a.jpg", out)
        assert out.tell() == len(packed)
    courier.close()
    said = site.heard[0].lower()
    assert b"accept-encoding: identity" in said
    assert b"cookie" not in said
    assert b"authorization" not in said


def certificate_of(name, folder):
    """A file with a key and a certificate for the host, which vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    file = folder / "certificate.pem"
    file.write_bytes(
        made.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    )
    return file


def test_a_certificate_must_be_the_hosts(talker, tmp_path, monkeypatch):
    file = certificate_of("right.example", tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    site = talker(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", context=context)
    untrusted = visiting.visit("https://right.example/", find=at(site))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    assert visiting.visit("https://right.example/", find=at(site)).status == 200
    wrong = visiting.visit("https://wrong.example/", find=at(site))
    assert untrusted.trouble == wrong.trouble == "the site has no valid certificate"
    assert not any(b"wrong.example" in heard for heard in site.heard)
    with open("/dev/null", "wb") as out, pytest.raises(Missing, match="certificate"):
        Courier(["wrong.example"], limits=Limits(pause=0), find=at(site)).fetch(
            "https://wrong.example/a", out
        )
