"""The HTML of a mailing: a fragment put on the sheet, its rules written into the elements, and cut where mailboxes would.

Gmail shows no more than 102 kB of a message and hides the rest, the unsubscribe link with it.
"""

from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from newsletter.mail_text import wrapped, written
from newsletter.mails import inliner
from newsletter.messages import LINK_KEY

MOST_BYTES = 96_000
SHEET, PLAIN = "newsletter/mail/mailing/_sheet.html", "newsletter/mail/mailing/_plain.txt"
PLAIN_WIDTH = 72


@dataclass(frozen=True)
class Sheet:
    """What stands around the text of a mailing. `because` says why the reader gets it; `web_address`, where else it can be read."""

    publication: object
    subject: str
    preheader: str = ""
    because: str = ""
    dateline: str = ""
    web_address: str = ""
    language: str = "en"

    def context(self):
        return vars(self) | {
            "site_url": settings.SITE_URL,
            "preferences_address": settings.SITE_URL + reverse("newsletter:preferences", args=[LINK_KEY]),
            "unsubscribe_address": settings.SITE_URL + reverse("newsletter:unsubscribe", args=[LINK_KEY]),
        }


def page(sheet, fragment):
    """The whole HTML of the mail."""
    return inliner.inline(render_to_string(SHEET, sheet.context() | {"body": fragment}))


def plain(sheet, fragment):
    """The plain text, made from the same fragment."""
    context = sheet.context() | {"body": written(fragment), "because": wrapped(sheet.because, PLAIN_WIDTH)}
    return render_to_string(PLAIN, context).strip() + "\n"


def fitted(sheet, fragment_of, pieces):
    """(HTML, fragment) with as many of its pieces, in order, as a mail may hold.

    `fragment_of(n)` is the text with the first n; of fewer than all it says where the rest can be read.
    """
    fragment = fragment_of(pieces)
    html = page(sheet, fragment)
    fits, too_many = -1, pieces
    if size(html) <= MOST_BYTES:
        return html, fragment
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        tried = fragment_of(middle)
        shown = page(sheet, tried)
        if size(shown) <= MOST_BYTES or middle == 0:
            fits, html, fragment = middle, shown, tried
        else:
            too_many = middle
    return html, fragment


def surely_too_many(shown):
    """How many of the blocks are worth trying: what is too long without any rules is too long with them."""
    total = 0
    for number, block in enumerate(shown):
        total += len(block.encode())
        if total > MOST_BYTES:
            return number
    return len(shown)


def size(html):
    """In bytes, as it is sent before it is encoded."""
    return len(html.encode())
