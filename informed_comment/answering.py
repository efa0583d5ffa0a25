"""Which addresses of this site lead to something. Asked of the database at once, for many addresses in a few queries.

An address is answered by a view that needs no row, by a row some room knows (ANSWERERS in the settings), by a file,
or by a redirect.
"""

from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.urls import Resolver404, resolve
from django.utils.module_loading import import_string

from informed_comment import old_forms, redirects

ASKED_ONE_BY_ONE = 20


def unanswered(addresses):
    """Those of the addresses, each beginning with one slash, that lead to nothing."""
    forms = {address: forms_of(address) for address in addresses}
    answered = answered_paths({form for known in forms.values() for form in known})
    left = [address for address in addresses if not answered.intersection(forms[address])]
    left = led_on(left)
    odd, rest = left[:ASKED_ONE_BY_ONE], left[ASKED_ONE_BY_ONE:]
    led = redirects.where_many(map(asked_for, odd))
    return {address for address in odd if asked_for(address) not in led} | set(rest)


def forms_of(address):
    """The path as it stands, and as the site would put it right."""
    path = unquote(urlsplit(address).path)
    if path in ("/", "/index.php") and asked_for(address) != path:
        return []
    return [path, *old_forms.slashed(path)] if "\x00" not in path else []


def asked_for(address):
    """The path that redirects know: with its query when WordPress's query was the address."""
    parts = urlsplit(address)
    path = unquote(parts.path)
    if path in ("/", "/index.php"):
        query = parse_qs(parts.query)
        for name in old_forms.NUMBERED:
            if name in query:
                return f"/?{name}={query[name][0]}"
    return path[:1000]


def answered_paths(paths):
    """Those of the paths that a view, a row or a file answers."""
    found, wanted = set(), {}
    for path in paths:
        if path.startswith(settings.MEDIA_PATH):
            found |= {path} if is_file(path.removeprefix(settings.MEDIA_PATH)) else set()
            continue
        if path.startswith(settings.STATIC_URL):
            found.add(path)
            continue
        try:
            match = resolve(path)
        except Resolver404:
            continue
        wanted.setdefault(match.view_name, {})[path] = match.kwargs
    for name in settings.ANSWERERS:
        answerer = import_string(name)
        found |= answerer({view: wanted.pop(view) for view in answerer.views if view in wanted})
    return found | {path for kept in wanted.values() for path in kept}


def is_file(name):
    try:
        return bool(name) and default_storage.exists(name)
    except (SuspiciousOperation, ValueError, OSError):
        return False


def led_on(addresses):
    """Those of the addresses that no redirect knows."""
    paths = {address: asked_for(address) for address in addresses}
    forms = {form for path in paths.values() for form in (path, path.rstrip("/"), f"{path.rstrip('/')}/")}
    known = redirects.known(forms) if forms else set()
    return [
        address
        for address, path in paths.items()
        if not known.intersection((path, path.rstrip("/"), f"{path.rstrip('/')}/"))
    ]


def answers(*views):
    """Marks a function of {view name: {path: arguments}} that returns the paths it has rows for."""

    def mark(function):
        function.views = views
        return function

    return mark
