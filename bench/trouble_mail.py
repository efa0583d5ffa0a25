"""A mail server with bad manners: it drips one byte a second, hangs after the text, or hangs up in its middle."""

import contextlib
import re
import socketserver
import threading
import time
from collections import Counter, defaultdict

LINK = re.compile(r"(/newsletter/confirm/[^\s<>\"]+)")
MESSAGE_ID = re.compile(r"^Message-ID:\s*(<[^>]+>)", re.MULTILINE | re.IGNORECASE)
WELL, DRIPS, HANGS, HANGS_UP = "well", "drips", "hangs after the text", "hangs up in the text"


class Sink:
    def __init__(self, port):
        self.lock, self.manner = threading.Lock(), WELL
        self.taken, self.links, self.own, self.met = Counter(), [], defaultdict(int), Counter()
        server = type(
            "Server",
            (socketserver.ThreadingTCPServer,),
            {"allow_reuse_address": True, "daemon_threads": True},
        )
        self.server = server(("127.0.0.1", port), type("Told", (Talk,), {"sink": self}))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, recipients, content):
        text = content.decode(errors="replace").replace("=\r\n", "")
        with self.lock:
            link, number = LINK.search(text), MESSAGE_ID.search(text)
            for recipient in recipients:
                if link:
                    self.links.append((recipient, link[1]))
                    self.own[recipient, number and number[1]] += 1
                else:
                    self.taken[recipient] += 1

    def own_mails_twice(self):
        return [who for who, times in self.own.items() if times > 1]


class Talk(socketserver.StreamRequestHandler):
    def handle(self):
        with contextlib.suppress(OSError):
            self.talk()

    def say(self, text):
        data = text.encode() + b"\r\n"
        if self.sink.manner != DRIPS:
            return self.wfile.write(data)
        for n in range(len(data)):
            self.wfile.write(data[n : n + 1])
            if self.sink.manner == DRIPS:
                time.sleep(1)
        return None

    def talk(self):
        self.say("220 troubled.example ESMTP")
        recipients = []
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                self.say("354 go on")
                if not self.text(recipients):
                    return
                recipients = []
            elif word == b"QUIT":
                return self.say("221 bye")
            else:
                if word == b"RCPT":
                    recipients.append(line.split(b"<")[1].split(b">")[0].decode())
                elif word in (b"RSET", b"MAIL"):
                    recipients = []
                self.say("250 well")

    def text(self, recipients):
        """Whether the line goes on. A text that was read whole counts as taken, whatever is answered."""
        content = b""
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            content += line
            if self.sink.manner == HANGS_UP and len(content) > 200:
                self.sink.met[HANGS_UP] += 1
                return False
        self.sink.take(recipients, content)
        if self.sink.manner == HANGS:
            self.sink.met[HANGS] += 1
            while self.sink.manner == HANGS:
                time.sleep(0.2)
            return False
        self.say("250 taken")
        return True
