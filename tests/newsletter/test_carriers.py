"""Providers behind an API: what they are handed, and what becomes of a delivery by each of their answers."""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured

from informed_comment.mailers import mailer
from newsletter import sending
from newsletter.carriers import Provider
from newsletter.messages import named
from newsletter.models import Delivery, Mailing, Pace, Subscriber
from tests.factories import make_subscriber
from tests.newsletter.sink import mailers_to, open_sink
from tests.newsletter.test_sending import ledger, queued, sink

__all__ = ["sink"]
pytestmark = pytest.mark.django_db
TAKEN = {
    "ErrorCode": 0,
    "Message": "OK",
    "MessageID": "b7bc2f4a",
    "To": "{to}",
    "SubmittedAt": "2026-11-28T07:00:00Z",
}


class Api(BaseHTTPRequestHandler):
    """Answers as it is told, and remembers what it was asked."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body)
        self.server.lines.add(self.client_address)
        status, answer = self.server.answers
        if status is None:
            return self.connection.shutdown(socket.SHUT_RDWR)
        answer = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        answer = answer.replace(b"{to}", body["To"].encode())
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


@pytest.fixture
def api(settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    server.daemon_threads = True
    server.asked, server.lines, server.answers = [], set(), (200, TAKEN)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    url = f"postmark://Token@?message_stream=broadcast&api_url=http://127.0.0.1:{server.server_port}/"
    settings.MAILERS = {"default": mailer(url)}
    settings.NEWSLETTER_PROVIDERS = [{"name": "first", "mailer": "default"}]
    yield server
    server.shutdown()
    server.server_close()


def test_a_provider_is_handed_the_whole_message_with_its_headers_over_one_line(api):
    readers = [make_subscriber() for _ in range(3)]
    mailing = queued()
    sending.send(mailing.pk)
    assert ledger(mailing) == {"sent": 3}
    assert len(api.lines) == 1
    told = next(one for one in api.asked if readers[0].email in one["To"])
    delivery = Delivery.objects.get(subscriber=readers[0])
    headers = {one["Name"]: one["Value"] for one in told["Headers"]}
    assert str(readers[0].link_key) in headers["List-Unsubscribe"]
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["Message-ID"] == f"<mailing-{mailing.pk}-{named(delivery.pk)}@127.0.0.1>"
    assert headers["List-ID"] == "<letter.newsletter.127.0.0.1>"
    assert told["Metadata"]["delivery"] == named(delivery.pk)
    assert (told["TrackOpens"], told["TrackLinks"], told["MessageStream"]) == (False, "None", "broadcast")
    assert str(readers[0].link_key) in told["TextBody"]
    assert str(readers[0].link_key) in told["HtmlBody"]


INACTIVE = {
    "ErrorCode": 406,
    "Message": "You tried to send to recipient(s) that have been marked as inactive. Found inactive addresses: {to}. Inactive recipients are ones that have generated a hard bounce.",
}


@pytest.mark.parametrize(
    ("answers", "state", "retryable"),
    [
        ((200, b"<html>not json"), "unknown", False),
        ((200, {"surprise": 1}), "unknown", False),
        ((200, TAKEN | {"To": "not an address"}), "unknown", False),
        ((500, b"oops"), "unknown", False),
        ((502, b"oops"), "unknown", False),
        ((None, b""), "unknown", False),
        ((503, b"later"), "pending", False),
        ((429, b"slower"), "pending", False),
        ((401, {"ErrorCode": 10, "Message": "bad token"}), "pending", False),
        ((422, {"ErrorCode": 300, "Message": "Invalid 'From' address"}), "failed", True),
        ((422, INACTIVE), "failed", False),
        ((422, {"ErrorCode": 406, "Message": "in other words"}), "unknown", False),
    ],
)
def test_each_answer_of_a_provider_is_taken_for_what_it_surely_means(api, answers, state, retryable):
    reader = make_subscriber()
    mailing = queued()
    api.answers = answers
    sending.send(mailing.pk)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.is_retryable) == (state, retryable), delivery.reason
    assert len(api.asked) == 1
    reader.refresh_from_db()
    assert reader.state == ("bounced" if answers[1] is INACTIVE else "active")
    assert (
        bool(Mailing.objects.get().problem)
        == bool(Pace.objects.filter(trouble__gt=""))
        == (state == "pending")
    )


def test_a_provider_that_is_not_there_has_taken_nothing(api):
    make_subscriber()
    mailing = queued()
    api.shutdown()
    api.server_close()
    sending.send(mailing.pk)
    assert ledger(mailing) == {"pending": 1}
    assert "No provider takes mail now" in Mailing.objects.get().problem


def test_the_second_takes_over_from_the_first_in_the_middle_and_gives_it_back(sink, api, settings):
    smtp = open_sink(sink)
    settings.MAILERS |= {"second": mailers_to(smtp)["default"]}
    settings.NEWSLETTER_PROVIDERS = [*settings.NEWSLETTER_PROVIDERS, {"name": "second", "mailer": "second"}]
    for _ in range(3):
        make_subscriber()
    api.answers = (503, b"later")
    mailing = queued()
    sending.send(mailing.pk)
    assert Delivery.objects.filter(state="sent", provider="second").count() == 3
    assert len(api.asked) == 1
    api.answers = (200, TAKEN)
    sending.send(queued().pk)
    assert len(api.asked) == 1  # a minute has not passed
    Pace.objects.update(trouble_at="2026-01-01T00:00Z")
    sending.send(queued().pk)
    assert Delivery.objects.filter(provider="first").count() == 3
    assert Pace.objects.get(provider="first").trouble == ""
    smtp.stop()


def test_whatever_backend_django_anymail_has_gets_the_headers_that_let_readers_leave(settings):
    settings.MAILERS = {"default": {"BACKEND": "anymail.backends.test.EmailBackend"}}
    reader = make_subscriber(email="Ada@bücher.example")
    mailing = queued()
    sending.send(mailing.pk)
    (message,) = mail.outbox
    told = message.anymail_test_params
    assert told["to"][0].addr_spec == "Ada@xn--bcher-kva.example"
    assert str(reader.link_key) in told["extra_headers"]["List-Unsubscribe"]
    assert told["metadata"] == {"delivery": named(Delivery.objects.get().pk)}
    assert told["track_opens"] is told["track_clicks"] is False
    assert Subscriber.objects.get().state == "active"


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("postmark://AbC-1", {"server_token": "AbC-1"}),
        ("mailgun://Key@mg.example.org", {"api_key": "Key", "sender_domain": "mg.example.org"}),
        ("mailjet://Key:Sec%2Fret", {"api_key": "Key", "secret_key": "Sec/ret"}),
        ("brevo://xkeysib-1", {"api_key": "xkeysib-1"}),
        (
            "scaleway://project:secret@?region=nl-ams",
            {"project_id": "project", "secret_key": "secret", "region": "nl-ams"},
        ),
        ("ses://eu-west-1", {"client_params": {"region_name": "eu-west-1"}}),
    ],
)
def test_a_provider_is_named_by_an_address(url, options):
    made = mailer(url)
    assert made["OPTIONS"] == options
    assert made["BACKEND"].startswith("anymail.backends.")


def test_the_usual_providers_can_be_opened_as_their_address_says(settings):
    urls = [
        "postmark://a",
        "mailgun://a@b.example",
        "brevo://a",
        "mailjet://a:b",
        "sparkpost://a",
    ]
    urls += ["resend://a", "mailersend://a", "mailtrap://a", "scaleway://a:b"]
    settings.MAILERS = {"default": mailer("smtp://localhost"), **{url: mailer(url) for url in urls}}
    for url in urls:
        carrier = Provider(url, url).open()
        assert carrier.service
        carrier.close()


def test_an_address_that_names_no_provider_or_no_key_says_what_to_write():
    for url, told in (
        ("pigeon://x", "smtp://user:password@host"),
        ("mailgun://key", "sender_domain"),
        ("mailjet://key", "secret_key"),
    ):
        with pytest.raises(ImproperlyConfigured, match=told):
            mailer(url)
