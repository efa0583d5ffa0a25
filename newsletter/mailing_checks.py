"""What is looked at before a mailing goes out: in sentences that name the cure, each a bar or a warning."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from informed_comment import answering
from informed_comment.publication import current_publication
from newsletter import mail_html
from newsletter.messages import LINK_KEY
from newsletter.models import Mailing
from posts.models import OutgoingLink

LONG_SUBJECT = 78  # characters; most mailboxes show fewer
SHOWN = 5


@dataclass(frozen=True)
class Finding:
    """`is_bar`: it cannot go out like this."""

    sentence: str
    is_bar: bool = False


def findings(mailing, made, problems=()):
    """All of them, bars first. `made` is what was composed: {choice: Text}; `problems`, what could not be shown."""
    found = [*of_state(mailing), *(Finding(problem) for problem in problems)]
    whole = list({id(text): text for text in made.values() if not text.problem}.values())
    if not whole:
        found.append(Finding("Nothing is in it. Write a text, or leave a post in.", is_bar=True))
    for choice, text in made.items():
        if text.problem:
            who = "readers of some sections" if choice else "readers of all sections"
            found.append(Finding(f"For {who} it cannot be composed, and they get none. {text.problem}"))
    if whole:
        found += of_texts(whole, {mailing.get_absolute_url()})
    return sorted(found, key=lambda finding: not finding.is_bar)


def of_state(mailing):
    if not mailing.subject and mailing.kind in (Mailing.Kind.LETTER, Mailing.Kind.POST):
        yield Finding("There is no subject. Write one.", is_bar=True)
    if len(mailing.subject) > LONG_SUBJECT:
        yield Finding(
            f"The subject has {len(mailing.subject)} characters; mailboxes show about 50, and hardly any more than {LONG_SUBJECT}."
        )
    if mailing.latest_at and mailing.latest_at <= timezone.now():
        yield Finding("Its latest time has passed. Give it a new one, or none.", is_bar=True)
    if mailing.send_at and mailing.latest_at and mailing.latest_at <= mailing.send_at:
        yield Finding(
            "Its latest time is before the time it is to go out. Put one of them right.", is_bar=True
        )
    if not current_publication().postal_address:
        yield Finding(
            "No postal address stands at its foot, which many countries ask of newsletters. Give one under Publication."
        )


def of_texts(texts, to_come):
    """What is wrong in any of them, said once. `to_come` are paths that will answer once it has gone out."""
    if any(LINK_KEY not in text.html or LINK_KEY not in text.text for text in texts):
        yield Finding(
            "The way to unsubscribe is missing from it. Put the template of mailings right.", is_bar=True
        )
    largest = max(mail_html.size(text.html) for text in texts)
    if largest > mail_html.MOST_BYTES:
        yield Finding(
            f"It has {largest // 1000} kB, and Gmail hides what comes after 102. Shorten the intro, or leave posts out."
        )
    links, pictures = {}, {}
    for text in texts:
        body = LexborHTMLParser(text.html).body
        links |= {link.attributes.get("href") or "": link for link in body.css("a")}
        pictures |= {picture.attributes.get("src"): picture for picture in body.css("img")}
    yield from of_links(links, to_come)
    yield from of_pictures(pictures)


def of_links(links, to_come):
    empty = [
        words(link)
        for address, link in links.items()
        if not address.strip("#") or address == settings.SITE_URL + "#"
    ]
    wordless = [
        address for address, link in links.items() if address and not words(link) and not link.css("img")
    ]
    if empty:
        yield Finding(f"A link leads nowhere: {said(empty)}. Give it an address, or take the link away.")
    if wordless:
        yield Finding(f"A link has no words: {said(wordless)}. Write some, or take it away.")
    if dead := dead_among(links, to_come):
        yield Finding(f"Nothing answers at {said(dead)}. Put the address right, or take the link away.")


def dead_among(links, to_come):
    """Of ours those that lead nowhere, of others those the worker has found gone."""
    site = settings.SITE_URL + "/"
    own = {address.removeprefix(settings.SITE_URL): address for address in links if address.startswith(site)}
    own = {path: address for path, address in own.items() if LINK_KEY not in path and path not in to_come}
    gone = answering.unanswered({path.partition("#")[0] for path in own})
    dead = [address for path, address in own.items() if path.partition("#")[0] in gone]
    elsewhere = [address.partition("#")[0] for address in links if not address.startswith(site)]
    return dead + [link.url for link in OutgoingLink.objects.of(elsewhere) if link.is_dead]


def of_pictures(pictures):
    """A picture in a link with a title beside it, as in a digest, says nothing of its own and needs no words."""
    silent = [
        source.rpartition("/")[2]
        for source, picture in pictures.items()
        if not picture.attributes.get("alt") and not (picture.parent and picture.parent.tag == "a")
    ]
    if silent:
        yield Finding(
            f"A picture is not described: {said(silent)}. Give it words in the text or in the library."
        )


def words(link):
    return link.text().strip()


def said(things):
    shown = ", ".join(f"“{thing}”" for thing in things[:SHOWN])
    return f"{shown} and {len(things) - SHOWN} more" if len(things) > SHOWN else shown
