"""What things are called in WordPress: logins, slugs that are told apart there, whole addresses."""

import re
from collections import Counter
from urllib.parse import quote, urljoin

from django.conf import settings

_LOGIN = re.compile(r"(?!cap-|author-\d+$)[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_LOGIN = 60
MENU = "main-menu"


def login(author):
    """The slug, where WordPress takes it for a login; always the same for an author."""
    fits = len(author.slug) <= LONGEST_LOGIN and _LOGIN.fullmatch(author.slug)
    return author.slug if fits else f"author-{author.pk}"


def slug(text):
    """As WordPress stores one: letters beyond ASCII in percent signs."""
    return quote(text, safe="-_.~").lower() if not text.isascii() else text


def whole(path):
    """The address of a path of this site, for links that stand in a file."""
    return urljoin(f"{settings.SITE_URL}/", quote(path, safe="/%:?=&#+,;@!$'()*~.-_"))


def file_address(url):
    """A file of the library with its whole address; anything else as it stands."""
    return urljoin(f"{settings.SITE_URL}/", url) if url.startswith(settings.MEDIA_URL) else url


def file_path(url):
    """The reverse of `file_address`."""
    return (
        url.removeprefix(settings.SITE_URL)
        if url.startswith(f"{settings.SITE_URL}{settings.MEDIA_URL}")
        else url
    )


class Branches:
    """Slugs of categories: WordPress wants each once on the whole site, here each is one of its branch only."""

    def __init__(self, categories):
        self.by_pk, taken = {}, set()
        often = Counter(category.slug for category in categories)
        for category in categories:
            wanted = slug(category.slug if often[category.slug] == 1 else category.path.replace("/", "-"))[
                :200
            ]
            name, number = wanted, 1
            while name in taken:
                number += 1
                name = f"{wanted[:190]}-{number}"
            taken.add(name)
            self.by_pk[category.pk] = name
