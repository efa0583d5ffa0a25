"""Setting up a second step: on the way in, where one is required and none is there, or from one's own account."""

import functools
import json
from dataclasses import dataclass

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect

from informed_comment.models import RecoveryCode
from informed_comment.publication import current_publication
from informed_comment.signing_in import entering, passkeys, pending, proof, recovery, sessions, steps, totp
from informed_comment.signing_in.sealing import Unreadable, opened, sealed
from informed_comment.signing_in.views.open import page, to_sign_in

APP, CODES, AFTER = "new_app", "new_codes", "after_new_codes"
WRONG = "The code does not fit. Type what the app shows now; if it goes on, set the clock of the phone."


@dataclass(frozen=True)
class Owner:
    """Whose second step it will be; `coming` for somebody who is on the way in."""

    user: object
    coming: object = None


def for_owner(view):
    """Signed in with a fresh proof, or on the way in and without any: whoever has one must show it first."""

    @functools.wraps(view)
    def guarded(request, *args, **kwargs):
        if admin.site.has_permission(request):
            if not proof.is_fresh(request):
                return proof.asked_for(request)
            return view(request, Owner(request.user), *args, **kwargs)
        coming = pending.of(request)
        if coming is None or steps.has_one(coming.user):
            return to_sign_in(request)
        return view(request, Owner(coming.user, coming), *args, **kwargs)

    return guarded


class NameForm(forms.Form):
    name = forms.CharField(
        label="Name", max_length=60, help_text="By which you will know it again, such as “My phone”."
    )


class AppForm(NameForm):
    code = forms.CharField(
        label="Code",
        max_length=12,
        help_text="The six digits that the app shows now.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    secret = ""
    counter = None
    field_order = ("code", "name")

    def clean_code(self):
        self.counter = totp.step_of(self.secret, self.cleaned_data["code"])
        if self.counter is None:
            raise ValidationError(WRONG)
        return self.cleaned_data["code"]


@for_owner
def choose(request, owner):
    return page(
        request,
        "choose.html",
        "Set up a second step",
        is_on_the_way=owner.coming is not None,
        has_passkeys=passkeys.are_possible(request),
    )


@for_owner
def add_app(request, owner):
    """The secret is in the session until a code has shown that the app has it."""
    try:
        secret = opened(request.session.get(APP, ""))
    except Unreadable:
        secret = totp.new_secret()
        request.session[APP] = sealed(secret)
    form = AppForm(request.POST or None, initial={"name": "My phone"})
    form.secret = secret
    if request.method == "POST" and form.is_valid():
        del request.session[APP]
        steps.add_app(
            owner.user, name=form.cleaned_data["name"], secret=secret, counter=form.counter, request=request
        )
        return done(request, owner, "app")
    address = totp.address(secret, owner.user.get_username(), current_publication().title)
    groups = " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))
    context = {"form": form, "picture": totp.picture(address), "address": address, "secret": groups}
    return page(request, "add_app.html", "Set up an app for codes", **context)


@for_owner
def add_passkey(request, owner):
    form, told = NameForm(request.POST or None, initial={"name": "My passkey"}), ""
    if request.method == "POST" and form.is_valid():
        try:
            answer = request.POST.get("passkey", "")
            passkeys.make(request, owner.user, name=form.cleaned_data["name"], answer=answer)
            return done(request, owner, "passkey")
        except ValidationError as error:
            told = error.message
    is_possible = passkeys.are_possible(request)
    return page(request, "add_passkey.html", "Make a passkey", form=form, told=told, is_possible=is_possible)


def done(request, owner, kind):
    """In, for who was on the way; new codes, for who has none; and out, for whoever came in with the password alone."""
    user, coming = owner.user, owner.coming
    is_first = steps.of_account(user).count() == 1
    if coming:
        entering.enter(request, user, second_step=kind, how=coming.how)
    elif is_first:
        request.session["second_step"] = kind
        sessions.end(
            user, by=user, request=request, but=sessions.row_key(request), why="a second step was set up"
        )
    if not RecoveryCode.objects.filter(user=user, used_at=None).exists():
        request.session[CODES] = sealed(json.dumps(recovery.make(user, by=user, request=request)))
    request.session[AFTER] = coming.target if coming else None
    response = redirect("admin:recovery_codes")
    return entering.welcome(response, request, user) if coming else response


def recovery_codes(request):
    """New ones are shown until their owner says that they are kept; others never again."""
    if not admin.site.has_permission(request):
        return to_sign_in(request)
    if request.method == "POST" and "make" in request.POST:
        if not proof.is_fresh(request):
            return proof.asked_for(request)
        if steps.has_one(request.user):
            request.session[CODES] = sealed(json.dumps(recovery.make(request.user, request=request)))
        return redirect("admin:recovery_codes")
    try:
        codes = json.loads(opened(request.session.get(CODES, "")))
    except Unreadable:
        codes = []
    if not codes or request.method == "POST":
        request.session.pop(CODES, None)
        return redirect(request.session.pop(AFTER, None) or "admin:account")
    if "file" in request.GET:
        return as_file(request, codes)
    return page(request, "codes.html", "Recovery codes", codes=codes)


def as_file(request, codes):
    lines = [
        f"Recovery codes of {request.user.get_username()} at {request.get_host()}.",
        "Each opens once, in place of the second step.",
        "",
        *codes,
        "",
    ]
    response = HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return response
