"""Asking an address on another site whether it is there, without being led where only this machine may go.

An editor can write any address into a text, so what is asked is never trusted: only http and https, only their own
ports, only hosts all of whose addresses are public. A name is looked up once, and the answer is where the connection
goes: a second look-up could say something else. Redirects are followed by the same rules. Nothing that is sent back is
read beyond its head.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings

PORTS = {"http": 80, "https": 443}
MOST_REDIRECTS = 5
SECONDS = 8  # for one connection, and for each wait on it
SECONDS_IN_ALL = 20  # for one question, however slowly it is answered
NAT64 = ipaddress.ip_network("64:ff9b::/96")
ASKED_AGAIN = 400  # some sites answer HEAD with an error and GET well


@dataclass(frozen=True)
class Answer:
    """`status` is what the site said, or None with the `trouble`; `is_never` when asking again would be no use."""

    status: int | None = None
    trouble: str = ""
    is_never: bool = False


class Refused(Exception):
    """The address leads where no link may lead, or to no host at all."""


def is_public(address):
    """Whether an IP address is one that anybody on the internet would reach."""
    ip = ipaddress.ip_address(address)
    if ip.version == 6:
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if inner is None and ip in NAT64:
            inner = ipaddress.ip_address(int(ip) & 0xFFFFFFFF)
        if inner is not None and not is_public(inner):
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def whereabouts(host, port):
    """(address, port) to connect to. Refused when any address of the host is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        temporary = error.errno == socket.EAI_AGAIN
        raise (OSError if temporary else Refused)(f"There is no host {host}.") from error
    except UnicodeError as error:
        raise Refused(f"There is no host {host}.") from error
    addresses = [place[4][0].partition("%")[0] for place in found]
    if not addresses or not all(is_public(address) for address in addresses):
        raise Refused(f"{host} is not on the public internet.")
    return addresses[0], port


def visit(url, *, find=whereabouts):
    """What the address answers, after its redirects. Never raises."""
    try:
        for _ in range(MOST_REDIRECTS + 1):
            status, location = asked("HEAD", url, find)
            if status >= ASKED_AGAIN:
                status, location = asked("GET", url, find)
            if not (300 <= status < 400 and location):
                return Answer(status)
            url = urljoin(url, location)
        return Answer(trouble="It leads in a circle.")
    except Refused as refusal:
        return Answer(trouble=str(refusal).rstrip("."), is_never=True)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(trouble=said(error))


def said(error):
    if isinstance(error, TimeoutError):
        return "the site does not answer in time"
    if isinstance(error, ssl.SSLError):
        return "the site has no valid certificate"
    return "the site cannot be reached"


def asked(method, url, find):
    """(status, location) of one question, over a connection to the very address that was found to be public."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname or parts.username is not None:
        raise Refused(f"No link may lead to {url[:80]}.")
    host, port = parts.hostname, parts.port or PORTS[parts.scheme]
    if port not in PORTS.values():
        raise Refused(f"No link may lead to port {port}.")
    connection = connected(parts.scheme, host, find(host, port))
    end = threading.Timer(SECONDS_IN_ALL, shut, [connection.sock])
    end.daemon = True
    end.start()
    try:
        if isinstance(connection.sock, ssl.SSLSocket):
            connection.sock.do_handshake()
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (
            f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
        )
        connection.request(method, path, headers=headers())
        response = connection.getresponse()
        return response.status, response.getheader("Location")
    finally:
        end.cancel()
        connection.close()


def headers():
    return {
        "User-Agent": f"Mozilla/5.0 (compatible; LinkCheck; +{settings.SITE_URL}/)",
        "Accept": "text/html,*/*;q=0.8",
        "Connection": "close",
    }


def connected(scheme, host, place):
    """A connection to the place, which is told the host's name; a handshake is still to be made."""
    sock = socket.create_connection(place, timeout=SECONDS)
    if scheme == "https":
        context = ssl.create_default_context()
        sock = context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
    connection = http.client.HTTPConnection(host, PORTS[scheme])
    connection.default_port = PORTS[scheme]
    connection.sock = sock
    return connection


def shut(sock):
    """Ends a wait in another thread."""
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        sock.close()
