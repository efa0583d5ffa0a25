"""Old addresses: writing them down, and leading readers from them to today's.

Looked up only when nothing answers an address, so a live page costs nothing more. A chain or a circle never forms:
whatever led to the old path leads straight to the new one, and PostgreSQL refuses a row that would lead on to another.
"""

import copy
import re
from urllib.parse import unquote

from django.db import connection, transaction
from django.db.models import Case, Q, Value, When
from django.http import Http404, HttpResponsePermanentRedirect, QueryDict
from django.shortcuts import render
from django.urls import resolve
from django.utils.encoding import escape_uri_path, iri_to_uri
from django.utils.http import escape_leading_slashes

from informed_comment.models import Redirect

NUMBERED = ("p", "page_id", "attachment_id", "cat")
QUERY_ADDRESSES = ("p", "page_id", "attachment_id", "cat", "tag", "author", "m", "feed", "s")
BENEATH = re.compile(r"/(page/\d+|feed(/\w+)?)/?$")
PART = re.compile(r"/\d{1,3}/?$")  # a later page of a post that WordPress cut into pages
SLASHES = re.compile("/{2,}")
FOR_A_SECOND = "public, max-age=0, s-maxage=1"
NEWSROOM = "/admin/"
FILES = ("/static/", "/media/")


def lead(path, target):
    """From now on `path` leads to `target`; a target that used to lead elsewhere stands for itself again."""
    move({path: target})


@transaction.atomic
def move(moves):
    """What stood at each old path stands at its new one: all at once, so that two may change places.

    Whatever led to an old path leads to the new one, and a new path that used to lead elsewhere stands for itself.
    Paths are kept as they read, in letters and not in percent signs.
    """
    moves = {plain(old): plain(new) for old, new in moves.items()}
    moves = {old: new for old, new in moves.items() if old and old != new}
    if not moves:
        return
    hold()
    Redirect.objects.filter(path__in=moves.values()).delete()
    led = Case(*(When(target=old, then=Value(new)) for old, new in moves.items()))
    Redirect.objects.filter(target__in=moves).update(target=led)
    left = [Redirect(path=old, target=moves[old]) for old in sorted(moves.keys() - set(moves.values()))]
    Redirect.objects.bulk_create(
        left, update_conflicts=True, unique_fields=["path"], update_fields=["target"]
    )


@transaction.atomic
def lead_under(prefix, new_prefix, *, known=()):
    """A branch moved: what led anywhere under `prefix` leads under `new_prefix`, and so do the root and `known` paths."""
    hold()
    prefix, new_prefix = plain(prefix), plain(new_prefix)
    ends = Redirect.objects.filter(target__startswith=prefix).values_list("target", flat=True)
    paths = {prefix, *map(plain, known), *ends}
    move({path: new_prefix + path.removeprefix(prefix) for path in paths})


@transaction.atomic
def lead_new(leads):
    """Old path → target for those of many that lead nowhere yet; where something is known to stand, nothing is led away."""
    hold()
    leads = {plain(path): plain(target) for path, target in leads.items()}
    led = Redirect.objects.filter(Q(path__in=leads) | Q(target__in=leads)).values_list("path", "target")
    known = {*leads.values(), *(path for row in led for path in row)}
    fresh = {path: target for path, target in leads.items() if path not in known}
    Redirect.objects.filter(path__in=fresh.values()).delete()
    Redirect.objects.bulk_create(Redirect(path=path, target=target) for path, target in fresh.items())


def plain(path):
    """A path as it is stored: without percent signs for letters, and without what no text in PostgreSQL may hold."""
    return unquote(path).replace("\x00", "")


def stand(path):
    """Something stands at the path again; a redirect from there would come back should it ever go."""
    Redirect.objects.filter(path=plain(path)).delete()


def hold():
    """Until the end of the transaction nobody else writes redirects: two at once could make a circle of them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock('informed_comment_redirect'::regclass::bigint)")


def where_now(path):
    """Today's path for an old one, or None. What lies under it (`page/2/`, `feed/`) is led along with it."""
    path = unquote(path)
    if "\x00" in path:
        return None
    beneath = BENEATH.search(path)
    target = target_of(path)
    if target is None and beneath:
        target = target_of(path[: beneath.start() + 1])
        target = target and target.rstrip("/") + beneath[0]
    elif target is None and (part := PART.search(path)):
        target = target_of(path[: part.start() + 1])
    return target


def target_of(path):
    """Where exactly this path leads; a missing or spare trailing slash does not matter."""
    forms = {path, path.rstrip("/") or "/", path.rstrip("/") + "/"}
    found = Redirect.objects.filter(path__in=forms).values_list("path", "target")
    targets = {old: target for old, target in found if target != path}
    return targets.get(path) or next(iter(targets.values()), None)


def known(paths):
    """Those of the paths that lead elsewhere, each exactly as it stands."""
    paths = {path for path in paths if "\x00" not in path}
    return set(Redirect.objects.filter(path__in=paths).values_list("path", flat=True))


def answers(request, path):
    """Whether the site itself answers at this path, so that a redirect from there would never be asked."""
    asked = copy.copy(request)
    asked.method, asked.GET = "GET", QueryDict()
    asked.path = asked.path_info = path
    try:
        view = resolve(path)
        return view.func(asked, *view.args, **view.kwargs).status_code < 400
    except Http404:
        return False


def adds_a_slash(request, response):
    """Whether the answer is only that the address lacks its slash; whether one with it is there was not asked."""
    location = response.headers.get("Location", "") if response.status_code == 301 else ""
    return location.partition("?")[0] == escape_leading_slashes(escape_uri_path(f"{request.path}/"))


def near(path):
    """The addresses that differ from this one by slashes only: one where there were several, one more or less last."""
    plain = SLASHES.sub("/", path)
    if not plain.endswith("/"):
        return [form for form in (plain, f"{plain}/") if form != path]
    forms = [plain, plain.rstrip("/")] if "." in plain.rsplit("/", 2)[1] else [plain]
    return [form for form in forms if form != path]


class OldAddressMiddleware:
    """Answers `/?p=12` and its kin before the homepage does, and gives refusals their last chance and their look.

    A redirect from here never leaves the site: what it leads to has been asked and has answered.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\x00" in request.path:  # PostgreSQL holds no such text, so asking it would only fail
            return refusal(request, 404)
        if request.GET and request.method in ("GET", "HEAD"):
            target = self.address_in_query(request)
            if target:
                return HttpResponsePermanentRedirect(target)
            if target is None:
                return refusal(request, 404)
        response = self.get_response(request)
        if request.path.startswith(NEWSROOM):
            return response
        if response.status_code == 405:
            return refusal(request, 405, allow=response["Allow"])
        if response.status_code == 404 or adds_a_slash(request, response):
            return self.led_on(request) or refusal(request, 404)
        return response

    def led_on(self, request):
        """To where an old address leads, or to the address that was meant; None when neither is there, or for a file."""
        if request.method not in ("GET", "HEAD") or request.path.startswith(FILES):
            return None
        target = where_now(request.path[:1000]) or self.nearby(request)
        return HttpResponsePermanentRedirect(target) if target else None

    def nearby(self, request):
        """The address near this one that answers. What it answers is kept, so the reader finds it finished."""
        for path in near(request.path):
            asked = copy.copy(request)
            asked.path = asked.path_info = path
            answer = self.get_response(asked)
            if answer.status_code in (200, 304) or (
                answer.has_header("Location") and not adds_a_slash(asked, answer)
            ):
                query = request.META.get("QUERY_STRING", "")
                return escape_uri_path(path) + (f"?{iri_to_uri(query)}" if query else "")
        return None

    def address_in_query(self, request):
        """Where the address in the query leads; "" when there is none, None when it names by number what is not here.

        Only the root took its address from the query, so only there is it looked at.
        """
        if request.path not in ("/", "/index.php"):
            return ""
        for name in QUERY_ADDRESSES:
            value = request.GET.get(name)
            if value is None:
                continue
            if name == "s":
                return "/search/?" + request.GET.urlencode().replace("s=", "q=", 1)
            if name == "feed":
                return {"atom": "/feed/atom/", "json": "/feed/json/"}.get(value, "/feed/")
            unknown = None if name in NUMBERED and value.isdecimal() else ""
            return where_now(f"/?{name}={value}"[:1000]) or unknown
        return ""


def refusal(request, status, *, allow=""):
    """A refusal in the site's look; short-lived in caches, for a post may come out at this address any second."""
    response = render(request, f"{status}.html", status=status)
    response["Cache-Control"] = FOR_A_SECOND
    if allow:
        response["Allow"] = allow
    return response
