"""A fast client: many connections at once, each from an address of its own of this machine, requests one behind the other."""

import re
import selectors
import socket
import time
from collections import Counter

TOGETHER = 64
PATIENCE = 30  # seconds without any answer
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
NO_PORT_YET = getattr(socket, "IP_BIND_ADDRESS_NO_PORT", 24)


class Line:
    """One connection on its way through a visit."""

    def __init__(self, visit, port):
        self.visit, self.waiting = visit, list(visit.requests)[::-1]
        self.unsent = b"".join(request.data for request in visit.requests)
        self.heard = b""
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_IP, NO_PORT_YET, 1)
        self.socket.bind((visit.address, 0))
        self.socket.connect_ex(("127.0.0.1", port))

    def send(self):
        """Whether there is more to send."""
        try:
            self.unsent = self.unsent[self.socket.send(self.unsent) :]
        except BlockingIOError:
            pass
        except OSError:  # the other side has heard enough
            self.unsent = b""
        return bool(self.unsent)

    def receive(self):
        """(request, status, whether its body is right) of what has come; None in the place of a request once it is over."""
        try:
            heard = self.socket.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError:
            heard = b""
        if not heard:
            yield None, 0, False
            return
        self.heard += heard
        while self.waiting and (end := self.heard.find(b"\r\n\r\n")) >= 0:
            status = int(self.heard[9:12])
            length = LENGTH.search(self.heard, 0, end + 2)
            is_bare = status in (204, 304) or self.waiting[-1].data.startswith(b"HEAD")
            size = 0 if is_bare or not length else int(length[1])
            if len(self.heard) < end + 4 + size:
                return
            body, self.heard = self.heard[end + 4 : end + 4 + size], self.heard[end + 4 + size :]
            request = self.waiting.pop()
            yield request, status, request.marker in body
        if not self.waiting:
            yield None, 0, True


def send(visits, port, *, tick=None, together=TOGETHER):
    """Counter of (kind, status, whether the body is right); what got no answer has the status 0. `tick(answers)` is
    called now and then with the number of answers so far."""
    told, answered = Counter(), 0
    lines = selectors.EpollSelector()
    coming, open_lines = iter(visits), 0
    last = time.monotonic()
    while True:
        while open_lines < together and (visit := next(coming, None)) is not None:
            line = Line(visit, port)
            lines.register(line.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, line)
            open_lines += 1
        if not open_lines:
            return told
        for key, events in lines.select(1):
            line = key.data
            if events & selectors.EVENT_WRITE and not line.send():
                lines.modify(line.socket, selectors.EVENT_READ, line)
            if not events & selectors.EVENT_READ:
                continue
            for request, status, is_right in line.receive():
                last = time.monotonic()
                if request is not None:
                    told[request.kind, status, is_right] += 1
                    answered += 1
                    continue
                told.update((left.kind, 0, False) for left in line.waiting)
                lines.unregister(line.socket)
                line.socket.close()
                open_lines -= 1
        if tick:
            tick(answered)
        if time.monotonic() - last > PATIENCE:
            raise RuntimeError(f"no answer in {PATIENCE} s; {open_lines} connections wait")
