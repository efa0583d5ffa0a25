"""What no form of the newsletter may stumble over: other headers, NULs, huge bodies, cut tokens, odd addresses."""

from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from django.core import mail
from django.test import Client

from newsletter.forms import AddressForm, LinkForm, SignUpForm
from newsletter.models import Subscriber
from tests.factories import make_category, make_subscriber
from tests.newsletter.test_address_validity import HERE, SYMBOLS, is_taken

pytestmark = pytest.mark.django_db
ODD = [
    "\x00",
    "a\r\nBcc: all@example.org",
    "%0d%0aBcc: all@example.org",
    "<script>alert(1)</script>",
    "'; DROP TABLE newsletter_subscriber; --",
    "{{ publication }}{% debug %}",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "\u202e\u2066",
    "9" * 400,
    "-1",
    "NaN",
    "1e999",
    "../../../etc/passwd",
    "x" * 100_000,
]
FIELDS = {
    "": ["email", "frequency", "source", "consent", "age"],
    "preferences/": ["email"],
    "preferences/{key}/": ["frequency", "sections", "categories"],
    "preferences/{key}/pause/": ["length", "day"],
    "preferences/{key}/address/": ["email", "take_back"],
    "preferences/{key}/erase/": ["sure"],
    "unsubscribe/{key}/": ["List-Unsubscribe"],
    "unsubscribe/{key}/back/": ["back"],
}


@pytest.fixture
def reader():
    make_category("Iran")
    return make_subscriber(email="reader@example.org")


def addresses_of(reader):
    return {f"/newsletter/{path.format(key=reader.link_key)}": fields for path, fields in FIELDS.items()}


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_values_in_any_field_get_an_answer_and_reach_no_header(client, reader, run_jobs, odd):
    good = {"email": "new@example.net", "frequency": "weekly", "length": "week", "day": "2026-12-24"}
    for path, fields in addresses_of(reader).items():
        if "erase" in path:
            continue
        for field in fields:
            answer = client.post(path, good | {field: odd})
            assert answer.status_code in (200, 303, 400, 429), (path, field)
            assert "<script>alert" not in answer.text
            assert "\x00" not in answer.text
    run_jobs()
    for message in mail.outbox:
        sent = message.message()
        assert sent["Bcc"] is None
        assert "Bcc:" not in str(sent["To"]) + str(sent["Subject"])
        assert len(message.recipients()) == 1


@pytest.mark.parametrize("path", ["", "preferences/", "preferences/{key}/", "preferences/{key}/address/"])
def test_a_body_larger_than_any_form_is_refused(client, reader, path):
    body = b"email=" + b"x" * (13 * 1024 * 1024)
    kind = "application/x-www-form-urlencoded"
    answer = client.post(f"/newsletter/{path.format(key=reader.link_key)}", body, content_type=kind)
    assert answer.status_code in (400, 413)
    assert Subscriber.objects.get().frequency == "daily"


@pytest.mark.parametrize("path", ["", "preferences/", "preferences/{key}/", "preferences/{key}/pause/"])
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"email=%FF%FE&frequency=%00", "application/x-www-form-urlencoded"),
        (b"--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
        (b"&".join(b"a=1" for _ in range(1200)), "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_no_form_is_a_bad_request(client, reader, path, body, kind):
    answer = client.post(f"/newsletter/{path.format(key=reader.link_key)}", body, content_type=kind)
    assert answer.status_code == 400
    assert Subscriber.objects.count() == 1


@pytest.mark.parametrize(
    "token",
    [
        "%00",
        "%0d%0aSet-Cookie:%20a=b",
        "%ff%fe",
        "0" * 10_000,
        "{7d5f4f0e-0000-4000-8000-000000000000}",
        "urn:uuid:7d5f4f0e-0000-4000-8000-000000000000",
        "7d5f4f0e00004000800000000000000",
        "W10.1abc.sig",
        "..%2f..%2fadmin",
        quote("’; --"),
    ],
)
def test_a_token_of_any_form_is_never_an_error_of_ours(client, reader, token):
    client = Client(raise_request_exception=True)
    kinds = ["confirm/{}/", "move/{}/", "unsubscribe/{}/", "unsubscribe/{}/back/", "preferences/{}/"]
    kinds += [f"preferences/{{}}/{page}/" for page in ("pause", "address", "data", "erase")]
    for kind in kinds:
        for answer in (
            client.get(f"/newsletter/{kind.format(token)}"),
            client.post(f"/newsletter/{kind.format(token)}"),
        ):
            assert answer.status_code in (400, 404, 405, 410), (kind, answer.status_code)
            assert "Set-Cookie" not in answer.headers
    assert Subscriber.objects.get().state == "active"


def test_a_link_key_written_in_another_way_is_the_same_link(client, reader):
    for token in (reader.link_key.hex, str(reader.link_key).upper()):
        assert client.get(f"/newsletter/preferences/{token}/").status_code == 200
        assert "reader@example.org" in client.get(f"/newsletter/unsubscribe/{token}/").text


def corpus():
    for case in ElementTree.parse(HERE / "isemail" / "isemail-tests.xml").getroot().iter("test"):
        yield case.findtext("category"), (case.findtext("address") or "").translate(SYMBOLS)


def test_every_form_takes_and_refuses_the_same_addresses_with_a_sentence():
    for _, address in corpus():
        for form in (SignUpForm, LinkForm, AddressForm):
            filled = form({"email": address})
            assert filled.is_valid() is is_taken(address), (form, address)
            assert filled.is_valid() or "name@example.org" in str(filled.errors["email"])


def test_an_address_of_each_category_through_every_page_is_taken_or_answered_with_a_sentence(client, reader):
    for address in dict(corpus()).values():
        for path in ("/newsletter/preferences/", f"{reader.preferences_url}address/"):
            answer = client.post(path, {"email": address})
            assert (answer.status_code in (200, 303)) is is_taken(address), (path, address)
            assert is_taken(address) or 'role="alert"' in answer.text
    assert Subscriber.objects.get().email == "reader@example.org"
