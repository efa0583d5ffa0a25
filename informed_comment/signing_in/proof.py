"""Deeds that a session left open on a desk must not be enough for: whoever does them shows once more who they are."""

import functools
import time
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.shortcuts import redirect
from django.urls import reverse


def is_fresh(request):
    age = time.time() - request.session.get("proved_at", 0)
    return 0 <= age < timedelta(minutes=settings.PROOF_MINUTES).total_seconds()


def proved(request):
    request.session["proved_at"] = int(time.time())


def asked_for(request):
    """To the page that asks, and back to this one; a form sent too late is opened anew."""
    return redirect(f"{reverse('admin:prove')}?{urlencode({'next': request.get_full_path()})}")


def freshly_proved(view):
    """Within a view of the newsroom: asks for the password, or a passkey, when the last time was some minutes ago."""

    @functools.wraps(view)
    def guarded(request, *args, **kwargs):
        return view(request, *args, **kwargs) if is_fresh(request) else asked_for(request)

    return guarded
