"""A file on its way here in parts, as static/js/newsroom/arriving.js sends it. Every answer is JSON: where to go on, or the
sentence of refusal."""

import json

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.urls import reverse

from wordpress.admin.forms import OptionsForm
from wordpress.moving import arriving
from wordpress.moving.receiving import CannotReceive
from wordpress.taking.options import Options

LONGEST_NAME = 300


def arrive(modeladmin, request):
    """POST `list`: the files to come, as JSON of names and sizes; and the options of the form."""
    permitted(modeladmin, request)
    options = OptionsForm(Options(), [], request.POST)
    try:
        if not options.is_valid():
            raise CannotReceive("The choices below the files cannot be read. Load this page again.")
        files = listed(request.POST.get("list", ""))
        move = arriving.begin(
            files,
            options=options.chosen(),
            by=request.user.get_username(),
            limit=settings.MOVE_FILE_MAX_BYTES,
        )
    except CannotReceive as reason:
        return refused(reason)
    base = reverse("admin:wordpress_move_part", args=[move.pk, 0, 0]).removesuffix("0/0/")
    end = reverse("admin:wordpress_move_arrived", args=[move.pk])
    return JsonResponse({"parts": base, "end": end, "size": arriving.PART}, status=201)


def part(modeladmin, request, pk, file, at):
    permitted(modeladmin, request)
    try:
        arriving.take(pk, file=file, at=at, content=request.body, by=request.user.get_username())
    except CannotReceive as reason:
        return refused(reason)
    return JsonResponse({"at": at})


def arrived(modeladmin, request, pk):
    """All parts are here; POST `given_up` when they will not come."""
    permitted(modeladmin, request)
    who = request.user.get_username()
    if "given_up" in request.POST:
        arriving.forget(pk, by=who)
        return JsonResponse({})
    try:
        move = arriving.finish(pk, by=who)
    except CannotReceive as reason:
        arriving.forget(pk, by=who)
        return refused(reason)
    modeladmin.looked_into(request, move)
    return JsonResponse({"page": reverse("admin:wordpress_move_change", args=[move.pk])})


def listed(text):
    try:
        told = json.loads(text)
        return [(str(one["name"])[-LONGEST_NAME:], int(one["size"])) for one in told]
    except (ValueError, TypeError, KeyError) as error:
        raise CannotReceive("The list of files cannot be read. Load this page again.") from error


def permitted(modeladmin, request):
    if not modeladmin.has_add_permission(request):
        raise PermissionDenied


def refused(reason):
    return JsonResponse({"refusal": str(reason)}, status=400)
