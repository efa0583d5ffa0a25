"""Taking redirects in: rows that lead straight to the end, patterns that cannot be made to take long, what is gone.

What is here already stays as it is: a page that answers, and a redirect that leads elsewhere. So a file may be given twice.
"""

import re
from dataclasses import dataclass, field
from itertools import batched
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from informed_comment import old_forms, patterns, redirects
from informed_comment.answering import unanswered
from informed_comment.models import Gone, RedirectPattern
from wordpress.models import Imported
from wordpress.redirecting.reading import entries
from wordpress.taking.addresses import host_of, split

BATCH = 200
GONE = (410, 451)
LONGEST = 1000
TAKEN = ("redirect", "pattern", "gone")
NUMBER = re.compile(r"[\d.,]+$")
WORDS = {
    "redirect": "redirects taken in",
    "pattern": "patterns taken in",
    "gone": "addresses gone for good",
    "known": "here already",
    "off": "switched off there",
    "refused": "not taken",
}


ONE = WORDS | {"redirect": "taken in", "pattern": "taken in", "gone": "gone for good"}


class Refused(Exception):
    """The entry cannot be taken; the message says why."""


@dataclass(slots=True)
class Outcome:
    """What came of one entry: `deed` is a key of WORDS, `told` what else there is to say."""

    entry: object
    deed: str
    path: str = ""
    target: str = ""
    told: str = ""


@dataclass
class Plan:
    outcomes: list = field(default_factory=list)

    def did(self, deed):
        return [one for one in self.outcomes if one.deed == deed]


def take(content, *, is_dry_run=False):
    """Takes a file's bytes in and returns the Plan: an Outcome for each entry. Raises reading.CannotRead."""
    own = own_hosts()
    plan = Plan([judged(entry, own) for entry in entries(content)])
    first_of_each(plan)
    leave_what_is_here(plan)
    lead_straight(plan)
    lead_to_today(plan)
    if not is_dry_run:
        write(plan)
    return plan


def own_hosts():
    sources = Imported.objects.order_by().values_list("source", flat=True).distinct()
    return {"", host_of(settings.SITE_URL), *(source.partition("/")[0] for source in sources)}


def judged(entry, own):
    if not entry.is_enabled:
        return Outcome(entry, "off")
    try:
        if entry.unless:
            raise Refused(entry.unless)
        if not entry.source:
            raise Refused("has no old address")
        return as_pattern(entry, own) if entry.is_regex else as_row(entry, own)
    except Refused as refused:
        return Outcome(entry, "refused", told=str(refused))


def as_row(entry, own):
    path = path_of(entry.source, own, "its old address")
    if entry.code in GONE:
        return Outcome(entry, "gone", path)
    if entry.code >= 400:
        raise Refused(f"answers {entry.code}, as does whatever is not here")
    target = path_of(entry.target, own, "its target", is_target=True)
    if old_forms.with_slash(path) == old_forms.with_slash(target):
        raise Refused("leads to itself")
    told = (
        f"led on by {entry.code} there, for the time being; here for good"
        if entry.code in (302, 303, 307)
        else ""
    )
    return Outcome(entry, "redirect", path, target, told)


def path_of(address, own, what, *, is_target=False):
    """The path on this site; with its query only where that was the address."""
    if not address:
        raise Refused(f"{what} is missing")
    if is_target and NUMBER.match(address):
        raise Refused(f"{what} is a number, {address[:50]}")
    parts = split(address)
    if host_of(address) not in own or (parts.scheme and parts.scheme not in ("http", "https")):
        raise Refused(
            f"{what} lies on another site, {address[:200]}; make a page at the old address that links there"
            if is_target
            else f"{what} lies on another site"
        )
    path = redirects.plain(old_forms.SLASHES.sub("/", f"/{parts.path}"))
    if parts.query:
        asked = [(name, value) for name, value in parse_qsl(parts.query) if name in old_forms.KEPT_AS_ROWS]
        if path in ("/", "/index.php") and len(asked) == 1:
            path = f"/?{asked[0][0]}={asked[0][1]}"
        elif is_target:
            path = f"{path}?{parts.query}"
        else:
            raise Refused("depends on what stands behind the question mark; only the path is looked at here")
    if path == "/" and not is_target:
        raise Refused("would lead the front page away")
    if len(path) > LONGEST:
        raise Refused(f"{what} is longer than {LONGEST} characters")
    return path


def as_pattern(entry, own):
    if entry.code >= 400:
        raise Refused(f"a pattern that answers {entry.code}; name the addresses one by one")
    target = entry.target
    if "://" in target or target.startswith("//"):
        if host_of(target) not in own or "$" in urlsplit(target).netloc:
            raise Refused(f"its target lies on another site, {target[:200]}")
        target = "/" + target.partition("//")[2].partition("/")[2]
    target = target if target.startswith("/") else f"/{target}"
    try:
        patterns.check(entry.source, target)
    except patterns.Unsafe as unsafe:
        raise Refused(f"a pattern that is not taken: {unsafe}") from unsafe
    return Outcome(entry, "pattern", entry.source, target)


def first_of_each(plan):
    """Of two entries for one address the first counted there."""
    seen = {}
    for one in plan.outcomes:
        if one.deed in TAKEN:
            key = (one.deed == "pattern", one.path.lower().rstrip("/"))
            if key in seen:
                one.deed, one.told = "refused", f"line {seen[key]} says where this address leads"
            else:
                seen[key] = one.entry.line


def lead_straight(plan):
    """Each to the end of its chain; what goes round in a circle is refused."""
    leads = {one.path.lower().rstrip("/"): one for one in plan.did("redirect")}
    for one in list(leads.values()):
        passed, end = {one.path.lower().rstrip("/")}, one.target
        while (following := leads.get(end.lower().rstrip("/"))) is not None:
            if end.lower().rstrip("/") in passed:
                one.deed, one.told = "refused", f"goes round in a circle with {following.path}"
                break
            passed.add(end.lower().rstrip("/"))
            end = following.target
        if one.deed == "redirect" and end != one.target:
            one.told, one.target = f"led on to {one.target} there; here straight to the end", end


def leave_what_is_here(plan):
    """What answers stands for itself, and what leads on already was set here; asked for many at once."""
    for some in in_batches(plan, "redirect", "gone"):
        rows = redirects.rows_of({one.path for one in some})
        asked = {one.path for one in some if "?" not in one.path} - rows.keys()
        answered = asked - unanswered(asked)
        for one in some:
            if one.path in rows:
                is_same = rows[one.path].rstrip("/") == one.target.rstrip("/")
                here = f"leads to {rows[one.path]}" if rows[one.path] else "is gone"
                one.deed, one.told = "known", "" if is_same else here
            elif one.path in answered:
                one.deed, one.told = "known", "the site itself answers there"
    known = set(RedirectPattern.objects.values_list("pattern", flat=True))
    for number, one in enumerate(plan.did("pattern")):
        if one.path in known:
            one.deed = "known"
        elif len(known) + number >= patterns.MOST_PATTERNS:
            one.deed, one.told = "refused", f"there are {patterns.MOST_PATTERNS} patterns already"


def lead_to_today(plan):
    """Where a target leads on from here, straight to there; a target at which nothing is yet is told."""
    for some in in_batches(plan, "redirect"):
        rows = redirects.rows_of({one.target for one in some})
        lost = unanswered({one.target for one in some if not rows.get(one.target)})
        for one in some:
            end = rows.get(one.target) or one.target
            if end.rstrip("/").lower() == one.path.rstrip("/").lower():
                one.deed, one.told = "refused", f"goes round in a circle with {one.target}"
            elif end in lost:
                one.told = f"nothing answers at {end} yet"
            one.target = end


def in_batches(plan, *deeds):
    return batched([one for one in plan.outcomes if one.deed in deeds], BATCH, strict=False)


@transaction.atomic
def write(plan):
    for some in batched(plan.did("redirect"), BATCH, strict=False):
        redirects.move({one.path: one.target for one in some})
    Gone.objects.bulk_create([Gone(path=one.path) for one in plan.did("gone")], ignore_conflicts=True)
    last = RedirectPattern.objects.aggregate(last=Max("position"))["last"] or 0
    RedirectPattern.objects.bulk_create(
        RedirectPattern(pattern=one.path, target=one.target, position=last + number)
        for number, one in enumerate(plan.did("pattern"), 1)
    )
