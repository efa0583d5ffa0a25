"""What a reader asks: the words, what narrows them, the order, the page; and the address of each such question."""

import re
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse

LONGEST = 200
MOST_WORDS = 16
DEPTH = 20  # pages; whoever wants more narrows the search
CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
SURROGATES = re.compile(r"[\ud800-\udfff]")
PARAMETERS = ("q", "year", "category", "author", "sort", "page")


@dataclass(frozen=True)
class Question:
    """`category` is a path and `author` a slug; `number` is the page of results, from 1."""

    words: str = ""
    year: int | None = None
    category: str = ""
    author: str = ""
    by_date: bool = False
    number: int = 1

    @property
    def address(self):
        asked = {
            "q": self.words,
            "year": self.year,
            "category": self.category,
            "author": self.author,
            "sort": "date" if self.by_date else "",
            "page": self.number if self.number > 1 else "",
        }
        return (
            f"{reverse('posts:search')}?{urlencode({name: value for name, value in asked.items() if value})}"
        )

    @property
    def is_narrowed(self):
        return bool(self.year or self.category or self.author)

    @property
    def widened(self):
        return Question(self.words, by_date=self.by_date)

    @property
    def best_first(self):
        return self.but(by_date=False)

    @property
    def newest_first(self):
        return self.but(by_date=True)

    def but(self, **changes):
        """The same question with something changed, from its first page."""
        return replace(self, **{"number": 1} | changes)

    @property
    def any_word(self):
        """The question for posts with any of the words; None when there is but one."""
        plain = [word for word in re.findall(r"[^\s\"]+", self.words) if not word.startswith("-")]
        plain = [word for word in plain if word.lower() != "or"]
        return self.but(words=" or ".join(plain)) if len(plain) > 1 else None


def read(given):
    """The question in the parameters of an address; Http404 for a year or a page that cannot be."""
    return Question(
        words=one_line(given.get("q", "")),
        year=number(given.get("year", ""), most=9998) or None,
        category=one_line(given.get("category", "")).strip("/"),
        author=one_line(given.get("author", "")),
        by_date=given.get("sort") == "date",
        number=number(given.get("page", "1"), most=DEPTH) or 1,
    )


def one_line(text):
    """Text as searched: one line, no control characters, of a sensible length and not too many words."""
    words = SURROGATES.sub("", CONTROLS.sub(" ", text))[: LONGEST * 10].split()
    return " ".join(words[:MOST_WORDS])[:LONGEST].strip()


def number(text, most):
    """A number from 1 to `most`, None for an empty text; Http404 for anything else."""
    if text == "":
        return None
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text) or int(text) > most:
        raise Http404("There is no such page of results.")
    return int(text)
