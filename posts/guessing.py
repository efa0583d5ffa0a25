"""Which post an address meant that no row knows: the one with the slug at its end, if there is but one.

WordPress guessed so too, and left links of every pattern alive that its owner ever tried.
"""

import re
from datetime import timedelta

from informed_comment.prepared import Slot, any_of, prepared
from posts.models import Post

LAST = re.compile(r"(?:^/\?name=|/)([^/?=]+?)(?:\.(?:html?|php|aspx?))?/?$", re.I)
YEAR = re.compile(r"/(\d{4})/")
SHORTEST = 3  # letters; less is no slug that tells posts apart


@prepared
def named():
    """Published posts with one of the slugs; first of all whatever has one of the addresses itself, and is withdrawn."""
    at_home = any_of("permalink", Slot("paths"))
    posts = Post.objects.published() | Post.objects.filter(at_home)
    posts = posts.filter(any_of("slug", Slot("slugs"))).order_by(at_home.desc())
    return posts.values_list("slug", "permalink", "published_at")[:9]


def by_slug(paths):
    """Today's path of the post that one of these addresses names by its slug; None where none or several have it.

    One with a year in it names only posts of that year. One that is the own address of a post names no other, whatever
    that post's status: what was withdrawn is not there, and does not become its namesake.
    """
    ends = {path: found[1] for path in paths if (found := LAST.search(path))}
    ends = {path: end for path, end in ends.items() if len(end) >= SHORTEST and not end.isdecimal()}
    if not ends:
        return None
    slugs = {form for end in ends.values() for form in (end, end.lower())}
    rows = named(slugs=list(slugs), paths=list(paths))
    if any(permalink in paths for _, permalink, _ in rows):
        return None
    for path, end in ends.items():
        found = [row for row in rows if row[0] in (end, end.lower())]
        if len(found) == 1 and is_of_its_year(path, found[0][2]):
            return found[0][1]
    return None


def is_of_its_year(path, moment):
    """In whatever time zone the old site counted its years."""
    dated = YEAR.search(path)
    years = {str((moment + timedelta(hours=hours)).year) for hours in (-14, 0, 14)}
    return dated is None or dated[1] in years
