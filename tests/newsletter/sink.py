"""A mail server for tests: takes messages, and refuses, delays and hangs up as it is told or at random."""

import asyncio
import random
from collections import Counter
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.newsletter.test_smtp import free_port


class Moody:
    """Counts what it takes by recipient. `mood` gives the chances of each unkindness; a seed makes them repeatable."""

    def __init__(self, *, seed=0, keeps=False, **mood):
        self.random = random.Random(seed)
        self.mood = {"gone": 0, "busy": 0, "busy_data": 0, "hang_up": 0, "hang_up_after": 0, "slow": 0} | mood
        self.taken, self.ids, self.messages, self.keeps = Counter(), {}, [], keeps
        self.gone = set()
        self.breaks_at = self.refusal = None  # an address the line breaks at; what everybody is told
        self.unanswered = Counter()

    def is_in_mood(self, name):
        return self.random.random() < self.mood[name]

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.gone or self.is_in_mood("gone"):
            self.gone.add(address)
            return f"550 5.1.1 {address}: no such mailbox"
        if self.refusal:
            return self.refusal
        if address == self.breaks_at:
            server.transport.close()
        if self.is_in_mood("busy"):
            return "451 4.3.0 try again later"
        if self.is_in_mood("hang_up"):
            server.transport.close()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.is_in_mood("slow"):
            await asyncio.sleep(self.random.random() / 20)
        if self.is_in_mood("busy_data"):
            return "452 4.2.2 full for now"
        for recipient in envelope.rcpt_tos:
            self.taken[recipient] += 1
        if self.keeps:
            self.messages.append((envelope, message_from_bytes(envelope.content, policy=policy.default)))
        if self.is_in_mood("hang_up_after"):
            self.unanswered.update(envelope.rcpt_tos)
            server.transport.close()
        return "250 OK"


class Quiet(Controller):
    def factory(self):
        return SMTP(self.handler, enable_SMTPUTF8=False, loop=self.loop, data_size_limit=None)


def open_sink(handler):
    controller = Quiet(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    return controller


def mailers_to(controller):
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    return {
        "default": {"BACKEND": smtp, "OPTIONS": {"host": "127.0.0.1", "port": controller.port, "timeout": 10}}
    }
