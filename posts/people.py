"""Everyone who signs, as readers look them up: by the last word of the name."""

import unicodedata
from itertools import groupby

from django.db.models import Exists, OuterRef

from authors.models import Author
from informed_comment.prepared import prepared
from posts.models import Byline


def place_in_the_alphabet(name):
    """What a name is sorted by: its last word first, without accents or case."""
    words = unicodedata.normalize("NFKD", name.casefold()).split() or [""]
    plain = ["".join(c for c in word if not unicodedata.combining(c)) for word in words]
    return [plain[-1], *plain]


def initial(author):
    first = place_in_the_alphabet(author.name)[0][:1].upper()
    return first if first.isalpha() else "0–9"


@prepared
def who_signed():
    signed = Byline.objects.readable().filter(author=OuterRef("pk"))
    return Author.objects.filter(Exists(signed)).for_bylines()


def by_initial():
    """[(letter, authors who have signed something readers can see)] in alphabetical order."""
    found = sorted(who_signed(), key=lambda author: place_in_the_alphabet(author.name))
    return [(letter, list(group)) for letter, group in groupby(found, key=initial)]
