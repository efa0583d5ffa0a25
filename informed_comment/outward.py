"""Going out: the one guard of every connection to an address that somebody else chose.

A text, an export or a redirect may name any address, so none is trusted: only http and https, only their own ports, no
names and passwords, only hosts all of whose addresses are public. A name is looked up once, and the answer is where the
connection goes: a second look-up could say something else. Each redirect is an address like any other. A certificate
must be the host's. Nothing of ours goes along, neither cookie nor password, and every wait has an end.

What the operator has chosen, such as the database, the mail server and the CDN, is not asked through here.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

PORTS = {"http": 80, "https": 443}
MOST_REDIRECTS = 5
SECONDS = 8  # for one connection, and for each wait on it
LONGEST = 4000
NAT64 = ipaddress.ip_network("64:ff9b::/96")
OF_THE_INTERNET = ipaddress.ip_network("2000::/3")  # nothing else of IPv6 is given to anybody
FOR_NOBODY = [  # beside what `is_global` knows
    ipaddress.ip_network(text)
    for text in ("192.88.99.0/24", "2001:20::/28", "3fff::/20", "2620:4f:8000::/48", "192.175.48.0/24")
]
BROKEN = (OSError, http.client.HTTPException, ValueError)  # whatever an answer that is none brings about


class Refused(Exception):
    """The address leads where nothing of ours may go, or to no host at all."""


@dataclass(frozen=True)
class Question:
    """An address taken apart and found fit to be asked. `path` is as it goes over the wire, its query included."""

    scheme: str
    host: str
    port: int
    path: str


def question(url):
    """The address as a question. Raises Refused; says nothing yet of where the host is."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise Refused(f"{url[:80]} is no address.") from error
    if parts.scheme not in PORTS or not host or parts.username is not None or len(url) > LONGEST:
        raise Refused(f"Nothing may lead to {url[:80]}.")
    if port not in (None, *PORTS.values()):
        raise Refused(f"Nothing may lead to port {port}.")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    path += f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
    return Question(parts.scheme, host, port or PORTS[parts.scheme], path)


def led(url, location):
    """Where a redirect leads. Raises Refused."""
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise Refused(f"{location[:80]} is no address.") from error


def is_public(address):
    """Whether an IP address is one that anybody on the internet would reach."""
    ip = ipaddress.ip_address(address)
    if ip.version == 6:
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if inner is None and ip in NAT64:
            inner = ipaddress.ip_address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if ip not in OF_THE_INTERNET:
            return False
    if any(ip in network for network in FOR_NOBODY if network.version == ip.version):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def whereabouts(host, port):
    """(address, port) to connect to. Refused when any address of the host is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        temporary = error.errno == socket.EAI_AGAIN
        raise (OSError if temporary else Refused)(f"There is no host {host}.") from error
    except ValueError as error:  # a NUL, or what no name of a host can be
        raise Refused(f"There is no host {host!a}.") from error
    addresses = [place[4][0].partition("%")[0] for place in found]
    if not addresses or not all(is_public(address) for address in addresses):
        raise Refused(f"{host} is not on the public internet.")
    return addresses[0], port


def connected(scheme, host, place):
    """A connection to the place, which is told the host's name. A handshake is still to be made: `shake_hands`."""
    sock = socket.create_connection(place, timeout=SECONDS)
    if scheme == "https":
        context = ssl.create_default_context()
        try:
            sock = context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
        except ValueError:  # a name that can stand in no certificate
            sock.close()
            raise
    connection = http.client.HTTPConnection(host, PORTS[scheme])
    connection.default_port = PORTS[scheme]
    connection.sock = sock
    return connection


def shake_hands(connection):
    if isinstance(connection.sock, ssl.SSLSocket):
        connection.sock.do_handshake()


@contextlib.contextmanager
def ended_at(end, shut_all):
    """However slowly the bytes come: at its end (time.monotonic) the connections are shut, from another thread."""
    timer = threading.Timer(max(end - time.monotonic(), 0), shut_all)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def shut(sock):
    """Ends a wait in another thread."""
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        sock.close()


def seconds_asked(value):
    """What Retry-After says, where it says a number of seconds; else None."""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 8 else None


def said(error):
    """What went wrong with a site, in words."""
    if isinstance(error, TimeoutError):
        return "the site does not answer in time"
    if isinstance(error, ssl.SSLError):
        return "the site has no valid certificate"
    return "the site cannot be reached"
