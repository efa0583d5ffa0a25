"""Leading readers from old addresses to today's, in one step.

Asked only when nothing answers an address, so a live page costs nothing more. First come the rows (redirects.py), then
what was taken away for good, then the operator's patterns, then the forms WordPress had (old_forms.py), last what some
room knows. A rule leads nobody anywhere before the place it leads to has been asked and has answered.
"""

import copy
from urllib.parse import quote, urlencode

from django.conf import settings
from django.http import HttpResponsePermanentRedirect, QueryDict
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.encoding import escape_uri_path
from django.utils.http import escape_leading_slashes

from informed_comment import allowances, answering, editions, old_forms, patterns, redirects, replica
from informed_comment.allowances import OfNetworks
from informed_comment.budgets import TooMany
from informed_comment.caching import is_staff_request, until_its_second_is_over

FOR_A_SECOND = "public, max-age=0, s-maxage=1"
NEWSROOM = "/admin/"
FILES = ("/static/", "/media/")
LONGEST = 1000
MOST_STEPS = 4
MISSES = OfNetworks(
    settings.MISSES_PER_NETWORK
)  # in a minute; each costs a few queries, and no cache keeps it
ROOTS = ("/", "/index.php")
CATCHES_ALL = ("pages:page", "posts:post")


def adds_a_slash(request, response):
    """Whether the answer is only that the address lacks its slash; whether one with it is there was not asked."""
    location = response.headers.get("Location", "") if response.status_code == 301 else ""
    return location.partition("?")[0] == escape_leading_slashes(escape_uri_path(f"{request.path}/"))


class OldAddressMiddleware:
    """Answers `/?p=12` and its kin before the homepage does, and gives refusals their last chance and their look.

    A redirect from here never leaves the site.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\x00" in request.path:  # PostgreSQL holds no such text, so asking it would only fail
            return refusal(request, 404)
        is_asked = request.method in ("GET", "HEAD")
        if request.GET and is_asked and request.path in ROOTS:
            target = self.in_query(request)
            if target:
                return moved_to(target)
            if target is None:
                return refused(request)
        response = self.get_response(request)
        if request.path.startswith(NEWSROOM):
            return response
        if response.status_code == 405:
            return refusal(request, 405, allow=response["Allow"])
        if response.status_code == 404 or adds_a_slash(request, response):
            look = editions.look_of(request)  # before the rows that are asked next
            if not is_asked or is_staff_request(request):
                return self.last_chance(request)
            return replica.answered(lambda: self.last_chance(request), look=look)
        return response

    def last_chance(self, request):
        """Leads on whom an old address brought; whoever has asked for very much that is nowhere waits a while."""
        if MISSES.left(request) < 1:
            return allowances.refused(request, TooMany(MISSES.wait()))
        is_asked = request.method in ("GET", "HEAD") and not request.path.startswith(FILES)
        target = self.led_on(request) if is_asked else None
        is_elsewhere = target and target not in (request.path, request.get_full_path())
        if is_elsewhere:
            return led_away(request, target)
        MISSES.left(request, taking=1)
        return refused(request)

    def led_on(self, request):
        """To where an old address leads, or to the address that was meant; None when neither is there."""
        path = request.path[:LONGEST]
        meant = [] if is_only_not_there(path) else old_forms.readings(path)
        whole, tail = old_forms.below(path) or (path, "")
        rows = redirects.rows_of([path, whole, *meant])
        if rows.get(whole) and path not in rows:
            return (tail and self.end_of(request, old_forms.with_slash(rows[whole]) + tail)) or rows[whole]
        if path in rows:
            request.is_gone = not rows[path]
            return rows[path]
        answering = there([*old_forms.slashed(path), *(way for reading in meant for way in ways_to(reading))])
        return (
            self.by_number(request)
            or self.by_slashes(request, path, answering)
            or self.by_pattern(request)
            or self.by_form(request, meant, rows, answering)
            or redirects.known_to_rooms([path, *meant])
        )

    def by_slashes(self, request, path, answering):
        """The address that differs by slashes only; what is not known to be of no use goes along."""
        for form in old_forms.slashed(path):
            if form not in answering:
                continue
            end = self.end_of(request, form)
            if end == form:
                values = [(name, value) for name, many in request.GET.lists() for value in many]
                kept = [(name, value) for name, value in values if not old_forms.TRACKING.match(name)]
                return form + (f"?{urlencode(kept)}" if kept else "")
            if end:
                return end
        return None

    def by_number(self, request):
        """`/blog/?p=12`, where WordPress did not stand at the root."""
        asked = [
            f"/?{name}={request.GET[name]}"[:LONGEST] for name in old_forms.NUMBERED if name in request.GET
        ]
        return next(iter(redirects.targets_of(asked).values()), None) if asked else None

    def by_pattern(self, request):
        found = (self.end_of(request, target) for target in patterns.matching(request))
        return next(filter(None, found), None)

    def by_form(self, request, meant, rows, answering):
        """What the path means by the rules of old_forms.py: by a row, else by what answers."""
        for reading in meant:
            if rows.get(reading):
                return rows[reading]
            query = reading[len(reading.partition("?")[0]) :]
            for way in ways_to(reading):
                if way in answering and (end := self.end_of(request, way + query)):
                    return end
        return None

    def in_query(self, request):
        """Where the address in the query leads; "" when there is none, None when it names by number what is not here."""
        if "s" in request.GET:
            return "/search/?" + request.GET.urlencode().replace("s=", "q=", 1)
        query = request.GET.dict()
        meant = old_forms.in_query(query)
        rows = redirects.rows_of([form for form, _ in meant]) if meant else {}
        request.is_gone = "" in rows.values()
        for form, tail in meant:
            target = rows.get(form) or None
            if target is None:
                is_path = not form.startswith("/?")
                target = self.end_of(request, form) if is_path else redirects.known_to_rooms([form])
            if target and tail:
                whole = target if form != "/" else None
                target = self.end_of(request, old_forms.with_slash(target) + tail) or whole
            if target:
                return target
        numbers = [query[name] for name in old_forms.NUMBERED if name in query]
        return None if any(number.isdecimal() for number in numbers) else ""

    def end_of(self, request, address):
        """Where a reader arrives who asks for this address here; None where nothing answers."""
        for _ in range(MOST_STEPS):
            path, _, query = address.partition("?")
            if path == "/" and query:
                return redirects.target_of(address)
            asked = asking(request, path, query)
            answer = self.get_response(asked)
            if answer.status_code in (200, 304):
                return address
            location = answer.headers.get("Location", "")
            if adds_a_slash(asked, answer):
                address = f"{path}/"
                continue
            if not location:
                return redirects.where_now(path)
            if not location.startswith("/") or location.startswith("//"):
                return None
            address = location.partition("#")[0]
        return None


def asking(request, path, query=""):
    """The same request for another address."""
    asked = copy.copy(request)
    asked.path = asked.path_info = path
    asked.GET = QueryDict(query)
    return asked


def ways_to(reading):
    """The paths at which a reading may answer; none for an address in a query, which only a row knows."""
    path = reading.partition("?")[0]
    return [] if reading.startswith("/?") else [path, *old_forms.slashed(path)]


def there(paths):
    """Those of the paths that may answer, as the rooms know in a few queries."""
    return answering.answered_paths(dict.fromkeys(paths))


def is_only_not_there(path):
    """Whether the address is of a form of ours: a list that is not that long, a thing with a number that is gone."""
    try:
        name = resolve(old_forms.plain(path)).view_name
    except Resolver404:
        return False
    if old_forms.PAGE.search(path):
        return name not in CATCHES_ALL
    return bool(old_forms.PART.search(path)) and name.partition(":")[0] not in ("pages", "posts")


def moved_to(target):
    """One step, for good."""
    path, mark, query = target.partition("?")
    return HttpResponsePermanentRedirect(
        escape_uri_path(path) + mark + quote(query, safe="/?:@!$&'()*+,;=%~-._")
    )


def led_away(request, target):
    """A proxy that still has what stood here puts this in its place, lest that come back when the site fails."""
    return until_its_second_is_over(moved_to(target), editions.look_of(request))


def refused(request):
    """No such page, or one that was taken away for good."""
    return refusal(request, 410 if getattr(request, "is_gone", False) else 404)


def refusal(request, status, *, allow=""):
    """A refusal in the site's look; short-lived in caches, for a post may come out at this address any second."""
    response = render(request, f"{status}.html", status=status)
    response["Cache-Control"] = FOR_A_SECOND
    until_its_second_is_over(response, editions.look_of(request))
    if allow:
        response["Allow"] = allow
    return response
