"""The mail server of the fault run: it can be slow, silent or gone, and remembers what it took."""

import asyncio
import re
import threading
from collections import Counter

from aiosmtpd.controller import Controller

LINK = re.compile(r"(/newsletter/confirm/[^\s<>\"]+)")


class Sink:
    def __init__(self, port):
        self.port, self.lock = port, threading.Lock()
        self.taken, self.links, self.wait = Counter(), [], 0.0
        self.controller = None
        self.open()

    async def handle_DATA(self, server, session, envelope):
        if self.wait:
            await asyncio.sleep(self.wait)
        text = envelope.content.decode(errors="replace").replace("=\r\n", "")
        with self.lock:
            link = LINK.search(text)
            for recipient in envelope.rcpt_tos:
                if link:
                    self.links.append((recipient, link[1]))
                else:
                    self.taken[recipient] += 1
        return "250 OK"

    def open(self):
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def close(self):
        self.controller.stop()
