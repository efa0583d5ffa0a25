"""Patterns that lead whole families of old addresses: a subset of regular expressions that cannot be made to take long.

Taken are letters, `.`, classes, groups that hold no other, alternatives within a group, and quantifiers on single
characters. Of quantifiers without end there are at most three, and no path longer than 255 characters is looked at, so
the worst path costs some milliseconds. `$1` in the target stands for the first group.
"""

import functools
import re

from informed_comment import editions
from informed_comment.models import RedirectPattern

LONGEST_PATH = 255
LONGEST_PATTERN = 300
MOST_ENDLESS = 3
MOST_PATTERNS = 200
MOST_REPEATED = 50
ATOM = re.compile(
    r"\\[dDwWsS.\\/\-?+*()\[\]{}|^$#&=%~!@:;,_'\" ]|\[\^?\]?(?:\\.|[^\]\\\[])*\]|[^\\\[\](){}*+?|^$]", re.S
)
QUANTIFIER = re.compile(r"(\*|\+|\?|\{(\d{1,3})(,(\d{0,3}))?\})\??")
OPENED = re.compile(r"\((\?:)?")
REFERENCE = re.compile(r"\$(\d)|\$\{(\d)\}|\\(\d)")


class Unsafe(ValueError):
    """The pattern is none we take; the message says why and what would help."""


@functools.lru_cache(maxsize=512)
def compiled(pattern):
    """The pattern ready for use. Raises Unsafe."""
    if not pattern or len(pattern) > LONGEST_PATTERN:
        raise Unsafe(f"A pattern has between 1 and {LONGEST_PATTERN} characters.")
    if checked_endless(pattern) + (not pattern.startswith("^")) > MOST_ENDLESS:
        raise Unsafe(
            f"The pattern has more than {MOST_ENDLESS} parts without end, such as .* or \\d+. "
            "Begin it with ^, or split it into several."
        )
    try:
        return re.compile(pattern, re.I)
    except re.error as error:
        raise Unsafe(f"The pattern cannot be read: {error}.") from error


def checked_endless(pattern):
    """How many quantifiers without end it has; Unsafe where there is more in it than we take."""
    place, endless, is_open = int(pattern.startswith("^")), 0, False
    while place < len(pattern):
        if pattern[place] == "$" and place == len(pattern) - 1:
            break
        if opened := OPENED.match(pattern, place):
            if is_open:
                raise Unsafe("A group within a group is not taken. Write the pattern without it.")
            is_open, place = True, opened.end()
            continue
        if is_open and pattern[place] in ")|":
            is_open = pattern[place] == "|"
            place += 1
            if not is_open and (after := QUANTIFIER.match(pattern, place)):
                if after[1] != "?":
                    raise Unsafe("A group that repeats is not taken. Repeat single characters only.")
                place = after.end()
            continue
        atom = ATOM.match(pattern, place)
        if not atom:
            raise Unsafe(f"“{pattern[place:][:20]}” is not taken: see the rules for patterns.")
        place = atom.end()
        if quantifier := QUANTIFIER.match(pattern, place):
            endless += is_endless(quantifier)
            place = quantifier.end()
    if is_open:
        raise Unsafe("A group is never closed.")
    return endless


def is_endless(quantifier):
    if quantifier[2] is None:
        return quantifier[1] in "*+"
    most = int(quantifier[4] or 0) if quantifier[3] else int(quantifier[2])
    if max(most, int(quantifier[2])) > MOST_REPEATED:
        raise Unsafe(f"Nothing may repeat more than {MOST_REPEATED} times.")
    return quantifier[3] is not None and not quantifier[4]


def check(pattern, target):
    """Raises Unsafe when the pattern is not taken, or its target no path on this site."""
    groups = compiled(pattern).groups
    if not target.startswith("/") or target.startswith(("//", "/\\")):
        raise Unsafe("Its target must be a path on this site: it begins with one slash.")
    if re.match(r"/(\$|\\)", target) and not re.match(r"\^?/", pattern):
        raise Unsafe("Give the target a word before $1, lest it lead to another site.")
    if any(int("".join(filter(None, found))) > groups for found in REFERENCE.findall(target)):
        raise Unsafe(f"The target names a group that is not there; the pattern has {groups}.")


def led_by(pattern, target, path):
    """Where the pattern leads this path, or None."""
    found = compiled(pattern).search(path) if len(path) <= LONGEST_PATH else None
    if found is None:
        return None
    filled = REFERENCE.sub(lambda one: found[int(one[1] or one[2] or one[3])] or "", target)
    filled = re.sub("^[/\\\\]+", "/", filled)
    return filled if filled != path else None


@editions.kept
def known():
    """What the operator gave, in order; kept until the edition changes."""
    rows = RedirectPattern.objects.order_by("position", "pk").values_list("pattern", "target")
    return list(rows[:MOST_PATTERNS])


def matching(request):
    """Yields where each pattern leads the path of the request."""
    for pattern, target in known(request):
        try:
            led = led_by(pattern, target, request.path)
        except Unsafe:  # written past the form
            continue
        if led:
            yield led
