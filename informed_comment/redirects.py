"""Old addresses: writing them down, and leading readers from them to today's.

Looked up only when nothing answers an address, so a live page costs nothing more. A chain or a circle never forms:
whatever led to the old path leads straight to the new one, and PostgreSQL refuses a row that would lead on to another.
"""

import copy
from urllib.parse import unquote

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Lower
from django.http import Http404, QueryDict
from django.urls import resolve
from django.utils.module_loading import import_string

from informed_comment import old_forms
from informed_comment.models import Gone, Redirect
from informed_comment.prepared import Slot, any_of, prepared


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
    """Today's path for an old one, or None: by a row, or by what a room knows of it."""
    return where_many([path]).get(path)


def where_many(paths):
    """{old path: today's} for those of the paths that lead somewhere; the rows take one query."""
    asked = {path: unquote(path) for path in paths if "\x00" not in unquote(path)}
    wholes = {path: old_forms.below(plain) or (plain, "") for path, plain in asked.items()}
    targets = targets_of({*asked.values(), *(whole for whole, _ in wholes.values())})
    found = {}
    for path, plain in asked.items():
        whole, tail = wholes[path]
        target = targets.get(whole)
        if target and tail:
            target = old_forms.with_slash(target) + tail
        found[path] = targets.get(plain) or target or known_to_rooms([plain])
    return {path: target for path, target in found.items() if target}


def target_of(path):
    """Where this path leads; a missing or spare trailing slash does not matter, nor do capitals."""
    return targets_of([path]).get(path)


def targets_of(paths):
    """{path: where it leads} for those of the paths that a row knows, in one query."""
    return {path: target for path, target in rows_of(paths).items() if target}


@prepared
def rows_at():
    led, gone = (
        model.objects.annotate(lower=Lower("path")).filter(any_of("lower", Slot("asked"))).order_by()
        for model in (Redirect, Gone)
    )
    return led.values_list("path", "target").union(gone.values_list("path", Value("")), all=True)


def rows_of(paths):
    """{path: where it leads, or "" for one gone for good}, in one query. A file is led to where it is today."""
    forms = {path: [path, path.rstrip("/") or "/", f"{path.rstrip('/')}/"] for path in paths}
    asked = {form.lower() for many in forms.values() for form in many}
    exact = {}
    for old, target in rows_at(asked=list(asked)) if asked else ():
        exact[old] = exact.get(old) or target
    lower = {old.lower(): target for old, target in exact.items()}
    targets = {}
    for path, many in forms.items():
        leads = [exact.get(form) for form in many] + [lower.get(form.lower()) for form in many]
        target = next((one for one in leads if one is not None and one != path), None)
        today = known_to_rooms([target], settings.OLD_FILES) if target else None
        if target is not None and (today or not target.startswith("/?")):
            targets[path] = today or target
    return targets


def known_to_rooms(paths, rooms=None):
    """Where an old address leads by a rule of some room, given all it may have meant; the rules stand in the settings."""
    for name in settings.OLD_FILES + settings.OLD_ADDRESSES if rooms is None else rooms:
        target = import_string(name)(paths)
        if target and target not in paths:
            return target
    return None


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
