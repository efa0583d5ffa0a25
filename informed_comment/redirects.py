"""Old addresses: writing them down, and leading readers from them to today's.

Looked up only when nothing answers an address, so a live page costs nothing more. Written so that a chain never
forms: whatever led to the old path leads straight to the new one.
"""

import copy
import re
from urllib.parse import unquote

from django.http import HttpResponsePermanentRedirect
from django.shortcuts import render
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
    if path == target or not path:
        return
    Redirect.objects.filter(path=target).delete()
    Redirect.objects.filter(target=path).exclude(path=target).update(target=target)
    Redirect.objects.update_or_create(path=path, defaults={"target": target})


def lead_under(prefix, new_prefix):
    """A branch moved: every redirect that ended under `prefix` ends under `new_prefix`, and the root is led."""
    for redirect in Redirect.objects.filter(target__startswith=prefix):
        moved = new_prefix + redirect.target.removeprefix(prefix)
        if moved == redirect.path:
            redirect.delete()
        else:
            Redirect.objects.filter(pk=redirect.pk).update(target=moved)
    lead(prefix, new_prefix)


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
