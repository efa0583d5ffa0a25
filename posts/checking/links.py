"""What is to be mended in the links of a text. Each as (code, sentence, place)."""

from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.utils.text import Truncator

from informed_comment.answering import unanswered
from posts import outgoing
from posts.bodies import is_elsewhere
from posts.models import OutgoingLink

MEANINGLESS = ("", "#", "http://", "https://", "mailto:", "tel:", "?")


def problems(body):
    links = [link for link in body.css("a") if not is_of_embed(link)]
    inside, outside = {}, {}
    for at, link in enumerate(links):
        address = (link.attributes.get("href") or "").strip()
        words = Truncator(" ".join(link.text().split())).chars(60)
        place = ("link", at)
        picture = link.css_first("img")
        if not words and not (picture is not None and (picture.attributes.get("alt") or "").strip()):
            yield (
                "link_without_words",
                f"Give the link to {address or 'nowhere'} words, or take it away.",
                place,
            )
        if address in MEANINGLESS:
            yield "empty_link", f"Give the link “{words}” an address: it leads nowhere.", place
        elif address.startswith("#"):
            yield "dead_link", f"Mend the link “{words}”: there is no place {address} in this text.", place
        elif is_elsewhere(address):
            outside.setdefault(address, (words, place))
        elif own := own_path(address):
            inside.setdefault(own, (address, words, place))
    gone = unanswered(list(inside))
    for path, (address, words, place) in inside.items():
        if path in gone:
            yield "dead_link", f"Mend the link “{words}”: nothing on this site answers at {address}.", place
    yield from dead_elsewhere(outside)


def is_of_embed(link):
    figure = link.parent
    return figure is not None and figure.tag == "figure" and "data-embed" in figure.attributes


def own_path(address):
    """The path and query of an address on this site; None for mail and telephone."""
    try:
        parts = urlsplit(urljoin(f"{settings.SITE_URL}/", address))
    except ValueError:
        return "/" + address
    if parts.scheme not in ("http", "https"):
        return None
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def dead_elsewhere(outside):
    """What the worker found at the other sites; nothing is said of a link it has yet to look at."""
    by_url = {outgoing.plain(address): address for address in outside}
    for link in OutgoingLink.objects.of(by_url):
        if not link.is_dead or link.url not in by_url:
            continue
        words, place = outside[by_url[link.url]]
        why = f"{link.host} answers {link.status}" if link.status else link.trouble
        yield "dead_link", f"Mend the link “{words}”: {why}.", place
