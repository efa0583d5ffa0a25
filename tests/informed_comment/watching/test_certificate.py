"""How long our own certificate holds: asked of a server with one made for the test, shown as a light and a metric."""

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from informed_comment.watching import certificate, metrics
from informed_comment.watching.lights import State

HOST = "127.0.0.2"  # this machine under a name that is not taken for development


@pytest.fixture
def served(settings, tmp_path):
    """Serves a certificate that ends in so many days, and makes that address ours."""
    lines = []

    def serve(days):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made(tmp_path, days))
        line = socket.create_server((HOST, 0))
        lines.append(line)
        threading.Thread(target=answer, args=(line, context), daemon=True).start()
        settings.SITE_URL = f"https://{HOST}:{line.getsockname()[1]}"
        settings.VAR_DIR = tmp_path

    yield serve
    for line in lines:
        line.close()


def answer(line, context):
    try:
        with line.accept()[0] as asked, context.wrap_socket(asked, server_side=True) as secured:
            secured.recv(1)
    except OSError:
        return


def made(folder, days):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "made.example")])
    end = datetime.now(UTC) + timedelta(days=days, hours=1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(end - timedelta(days=90)).not_valid_after(end)
    signed = builder.sign(key, hashes.SHA256())
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    file = folder / "made.pem"
    file.write_bytes(private + signed.public_bytes(pem))
    return file


def days_told():
    found = [gauge for gauge in metrics.of_the_machine() if gauge.name == "certificate_days"]
    return [round(gauge.values[()]) for gauge in found]


@pytest.mark.parametrize(
    ("days", "state", "says"),
    [
        (60, State.GOOD, "for 60 more days"),
        (10, State.WATCH, "for 10 more days"),
        (2, State.BAD, "for 2 more days"),
        (-5, State.BAD, "has ended"),
    ],
)
def test_the_operator_is_told_in_time_that_the_certificate_ends(served, days, state, says):
    served(days)
    certificate.ask()
    (light,) = certificate.lights()
    assert light.state == state
    assert says in light.says
    assert days_told() == [days]


def test_what_was_known_stays_known_while_the_address_does_not_answer(served, settings):
    served(60)
    certificate.ask()
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
    settings.SITE_URL = f"https://{HOST}:{port}"  # nobody listens there any more
    certificate.ask()
    assert days_told() == [60]


@pytest.mark.parametrize("address", ["http://made.example", "https://localhost:8000", "https://127.0.0.1"])
def test_where_there_is_no_certificate_of_the_site_nobody_is_asked(served, settings, monkeypatch, address):
    served(60)
    certificate.ask()
    settings.SITE_URL = address
    monkeypatch.setattr(certificate, "ends_at", lambda *where: pytest.fail("somebody was asked"))
    certificate.ask()
    assert certificate.lights() == []
    assert days_told() == []
