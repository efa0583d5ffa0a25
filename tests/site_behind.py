"""A site that says what a test wants it to say, for what stands in front of one."""

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEPT = "public, max-age=0, s-maxage=1, stale-if-error=86400"


def page(text="", *, status=200, etag=None, second=None, kept=KEPT, **headers):
    """An answer as public_page() gives it: (status, headers, body), but good for a few seconds unless `second` says otherwise."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    fixed = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": kept, "Vary": "Accept-Encoding"}
    second = int(time.time()) + 5 if second is None else second
    label = {"ETag": etag or f'W/"{hash(text)}"', "X-Accel-Expires": f"@{second}"}
    return status, fixed | label | named, text.encode()


def failure(text, status):
    """An error as the site says it: with no word on how long it may be kept."""
    return status, {"Content-Type": "text/html; charset=utf-8"}, text.encode()


class Behind(ThreadingHTTPServer):
    """`answer` is a function of (method, path, headers); None closes the connection without a word."""

    daemon_threads = True
    request_queue_size = 200

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.start_again()

    def start_again(self):
        self.answer = lambda method, path, headers: page(path)
        self.asked, self.connections = [], set()

    @property
    def address(self):
        return f"127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address):
        """Clients that go away are no fault of the site's."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def reply(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/livez":
            answer = (200, {}, b"ok")
        else:
            self.server.asked.append((self.command, self.path, dict(self.headers.items()), body))
            self.server.connections.add(self.client_address)
            answer = self.server.answer(self.command, self.path, self.headers)
        if answer is None:
            self.close_connection = True
            return
        self.send(*answer)

    def send(self, status, headers, body):
        known = self.headers.get("If-None-Match")
        if status == 200 and known and known == headers.get("ETag"):
            status, body = 304, b""
        lines = [f"HTTP/1.1 {status} Said"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [f"Content-Length: {len(body)}"] if status != 304 else []
        head = "\r\n".join([*lines, "", ""]).encode()
        self.wfile.write(head + (b"" if self.command == "HEAD" else body))

    do_GET = do_HEAD = do_POST = do_PUT = reply

    def log_message(self, *args):
        """Tests read what was asked, not lines about it."""


@contextmanager
def site_behind():
    site = Behind()
    thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.shutdown()
        site.server_close()
        thread.join()
