"""A mailbox for tests, with as much of an IMAP and a POP3 server as a reader of it needs."""

import re
import socketserver
import threading


class Postbox:
    """Messages by number; `deleted` are those marked. `dies_at` ends every connection at that command."""

    def __init__(self, *messages):
        self.messages = dict(enumerate(messages, 1))
        self.deleted = set()
        self.dies_at = None

    def expunge(self):
        self.messages = {n: raw for n, raw in self.messages.items() if n not in self.deleted}
        self.deleted = set()

    def served(self, talk):
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), talk)
        server.daemon_threads = True
        server.postbox = self
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return server


class Line(socketserver.StreamRequestHandler):
    def lines(self):
        for line in self.rfile:
            text = line.decode().strip()
            if self.box.dies_at and self.box.dies_at in text:
                return
            yield text

    @property
    def box(self):
        return self.server.postbox

    def say(self, *lines):
        self.wfile.write(
            b"".join((line if isinstance(line, bytes) else line.encode()) + b"\r\n" for line in lines)
        )


class ImapTalk(Line):
    def handle(self):
        self.say("* OK ready")
        for line in self.lines():
            tag, command = line.split(" ", 1)
            self.say(*self.answer(command), f"{tag} {'NO' if 'wrong' in command else 'OK'} done")
            if command == "LOGOUT":
                return

    def answer(self, command):
        box = self.box
        number = int(found[1]) if (found := re.match(r"UID (?:FETCH|STORE) (\d+)", command)) else None
        if command == "CAPABILITY":
            return ["* CAPABILITY IMAP4rev1 UIDPLUS"]
        if command.startswith("SELECT"):
            return [f"* {len(box.messages)} EXISTS"]
        if command.startswith("UID SEARCH"):
            return ["* SEARCH " + " ".join(str(n) for n in box.messages if n not in box.deleted)]
        if command.startswith("UID FETCH"):
            raw = box.messages[number]
            return [
                f"* {number} FETCH (UID {number} BODY[]<0> {{{len(raw)}}}".encode() + b"\r\n" + raw + b")"
            ]
        if command.startswith("UID STORE"):
            box.deleted.add(number)
        if command.startswith("UID EXPUNGE"):
            box.expunge()
        return ["* BYE"] if command == "LOGOUT" else []


class Pop3Talk(Line):
    def handle(self):
        self.say("+OK ready")
        for line in self.lines():
            command, _, rest = line.partition(" ")
            if command == "DELE":
                self.box.deleted.add(int(rest))
            if command == "QUIT":
                self.box.expunge()
            self.say("+OK", *self.told(command, rest))

    def told(self, command, rest):
        if command == "LIST":
            return [*(f"{n} {len(raw)}" for n, raw in self.box.messages.items()), "."]
        return [*self.box.messages[int(rest)].split(b"\n"), "."] if command == "RETR" else []
