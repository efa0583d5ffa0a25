"""What “Find” offers: any screen, deed or row somebody may open, by a few letters of it.

Each app names functions in PALETTE_SOURCES: a source takes the request and the words typed (perhaps none yet) and
returns hits. It offers nobody what they may not open.
"""

import re
from dataclasses import asdict, dataclass

from django.conf import settings
from django.contrib import admin
from django.http import JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.module_loading import import_string

LONGEST = 200
SHOWN = 5  # of each kind
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Hit:
    """One line: what kind of thing it is, its name, where it leads; `is_deed` asks for a POST there."""

    kind: str
    label: str
    url: str
    note: str = ""
    is_deed: bool = False


def found(request, typed):
    """Hits of all sources; first those whose name begins as was typed."""
    typed = " ".join(typed[:LONGEST].split())
    hits = [hit for name in settings.PALETTE_SOURCES for hit in import_string(name)(request, typed)]
    return sorted(hits, key=lambda hit: not hit.label.lower().startswith(typed.lower()))


def named(hits, typed):
    """Those in whose names every word typed begins a word; the note counts as part of the name."""
    wanted = [word.lower() for word in WORD.findall(typed)]

    def is_meant(hit):
        words = [word.lower() for word in WORD.findall(f"{hit.label} {hit.note}")]
        return all(any(word.startswith(one) for word in words) for one in wanted)

    return [hit for hit in hits if is_meant(hit)]


def may_open(request, model):
    """Whether the user may open the forms of a model's rows."""
    return admin.site.get_model_admin(model).has_view_or_change_permission(request)


def form_of(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def screens(request, typed):
    """The lists of the newsroom, what can be added to them, and what concerns the user's own session."""
    hits = [Hit("Screen", "Newsroom", reverse("admin:index"), "the first page")]
    for room in admin.site.get_app_list(request):
        for model in room["models"]:
            if model["admin_url"]:
                hits.append(Hit("Screen", model["name"], model["admin_url"], room["name"]))
            if model["add_url"] and typed:
                hits.append(Hit("Deed", f"Add {model['model']._meta.verbose_name}", model["add_url"]))
    hits.append(Hit("Screen", "View site", "/", "as readers see it"))
    if request.user.has_usable_password():
        hits.append(Hit("Deed", "Change password", reverse("admin:password_change")))
    hits.append(Hit("Deed", "Sign out", reverse("admin:logout"), "log out", is_deed=True))
    return named(hits, typed)[: None if not typed else SHOWN * 2]


# The two views, under the newsroom's own guard


def page(request, context):
    """For browsers without scripts: the same hits on a page of their own."""
    typed = request.GET.get("q", "")
    hits = found(request, typed) if typed.strip() else []
    context = {**context, "title": "Find", "subtitle": None, "typed": typed, "hits": hits}
    return TemplateResponse(request, "admin/find.html", context)


def hits_json(request):
    return JsonResponse({"hits": [asdict(hit) for hit in found(request, request.GET.get("q", ""))]})
