"""What the pages of signing in share."""

import functools
import time
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import LoginView
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from informed_comment.signing_in import entering, pending, steps


def target_of(request):
    """Where to go afterwards: an address of ours, else the newsroom's first page."""
    return LoginView().get_redirect_url(request) or reverse("admin:index")


def page(request, template, title, *, status=200, **context):
    request.current_app = admin.site.name
    context = {**admin.site.each_context(request), "title": title, "subtitle": None, **context}
    return TemplateResponse(request, f"admin/signing_in/{template}", context, status=status)


def pause_said(refusal):
    minutes = -(-refusal.seconds // 60)
    wait = "a minute" if minutes == 1 else f"{minutes} minutes"
    if minutes > 90:
        wait = f"{-(-minutes // 60)} hours"
    return f"There were too many tries. Wait {wait}, and try again."


def paused(response, refusal):
    """429, and when to come again."""
    response.status_code = 429
    response["Retry-After"] = str(refusal.seconds)
    return response


def answers_late(view):
    """Where it refuses, no sooner than SIGN_IN_ANSWERS_AFTER: hashing takes a while, and for an unknown name another one."""

    @functools.wraps(view)
    def timed(request, *args, **kwargs):
        began = time.monotonic()
        response = view(request, *args, **kwargs)
        if request.method == "POST" and response.status_code == 200:
            time.sleep(max(0, began + settings.SIGN_IN_ANSWERS_AFTER - time.monotonic()))
        return response

    return timed


def to_sign_in(request):
    return redirect(f"{reverse('admin:login')}?{urlencode({'next': target_of(request)})}")


def led_on(request, user, *, how, target):
    """The first thing asked for was right: to the second step, to setting one up, or in."""
    if steps.has_one(user):
        pending.begin(request, user, how=how, target=target)
        return redirect("admin:second_step")
    if steps.is_required():
        pending.begin(request, user, how=how, target=target)
        return redirect("admin:set_up")
    entering.enter(request, user, second_step="", how=how)
    return entering.welcome(redirect(target), request, user)
