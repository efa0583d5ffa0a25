"""Panels beside the text that act without leaving the form: a script sends the deed and shows the panel anew.

Without the script each has a page of its own, with the same buttons.
"""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse

FROM_THE_FORM = "X-Panel"  # the header by which the script asks for the panel alone


class Refusal(ValueError):
    """Why a deed was not done, as a sentence with the cure; `kept` is text to show again."""

    def __init__(self, sentence, kept=""):
        self.kept = kept
        super().__init__(sentence)


def post_seen(admin, request, pk):
    """The post, for somebody who may see it."""
    post = get_object_or_404(admin.get_queryset(request).defer("body"), pk=pk)
    if not admin.has_view_permission(request, post):
        raise PermissionDenied
    return post


def answer(admin, request, post, *, page, part, perform):
    """Does what was posted by `perform()`, which returns the sentence to say; shows the panel, or its page.

    `part(**kept)` is (template, context) of the panel as it then stands.
    """
    said, problem, kept = "", "", ""
    if request.method == "POST":
        try:
            said = perform()
        except Refusal as refusal:
            problem, kept = str(refusal), refusal.kept
    is_part = FROM_THE_FORM in request.headers
    if is_part and problem:
        return JsonResponse({"problem": problem}, status=422)
    if is_part:
        template, context = part()
        return JsonResponse({"html": render_to_string(template, context, request), "said": said})
    if said:
        messages.success(request, said)
        return HttpResponseRedirect(request.path)
    template, context = part()
    context = admin.admin_site.each_context(request) | context
    context |= {
        "post": post,
        "opts": admin.opts,
        "problem": problem,
        "kept": kept,
        "panel_template": template,
    }
    return TemplateResponse(request, page, context, status=422 if problem else 200)
