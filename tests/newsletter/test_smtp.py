"""The mail over the wire: what a real SMTP server is handed."""

import asyncio
import socket
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller

from informed_comment import mailers
from newsletter.models import Subscriber

pytestmark = pytest.mark.django_db


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Sink:
    """Keeps what is sent; turns away the recipients it is told to, for good or for now."""

    def __init__(self):
        self.kept = []
        self.answers = {}
        self.looks_for_viruses = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(self.looks_for_viruses)
        self.kept.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"


@pytest.fixture
def sink(settings):
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": controller.port},
        }
    }
    yield sink
    controller.stop()


def test_the_confirmation_arrives_whole(sign_up, sink):
    sign_up("Ada@bücher.example")
    ((recipients, message),) = sink.kept
    assert recipients == ["Ada@xn--bcher-kva.example"]
    assert message["To"] == "Ada@xn--bcher-kva.example"
    assert message["From"] == "Informed Comment <newsletter@localhost>"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert "/newsletter/confirm/" in message.get_body(("plain",)).get_content()
    assert all(len(line) < 998 for line in message.as_bytes().splitlines())  # RFC 5322 2.1.1
    assert Subscriber.objects.get().mailed_at is not None


def test_no_for_now_is_tried_again_and_no_for_good_is_not(sign_up, sink):
    sink.answers = {"busy@example.org": "450 later", "gone@example.org": "550 no such mailbox"}
    sign_up("gone@example.org")
    with pytest.raises(OSError, match="450"):
        sign_up("busy@example.org")
    assert not sink.kept


def test_a_server_that_is_not_there_is_an_error_to_try_again(sign_up, sink, settings):
    settings.MAILERS["default"]["OPTIONS"]["port"] = 1
    settings.MAILERS = dict(settings.MAILERS)
    with pytest.raises(OSError, match="refused"):
        sign_up()


def test_a_server_that_takes_its_time_with_a_text_gets_it_once(sign_up, sink, settings):
    sink.looks_for_viruses = 0.8
    mailer = mailers.mailer(f"smtp://127.0.0.1:{settings.MAILERS['default']['OPTIONS']['port']}")
    mailer["OPTIONS"]["timeout"] = 0.4
    settings.MAILERS = {"default": mailer}
    sign_up()
    assert len(sink.kept) == 1
