"""My account: password, second steps, recovery codes, and where one is signed in. And the page that asks once more."""

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from informed_comment import budgets
from informed_comment.models import SecondStep
from informed_comment.signing_in import passkeys, proof, recovery, sessions, steps, tries
from informed_comment.signing_in.entering import BY_LINK
from informed_comment.signing_in.views.open import answers_late, page, pause_said, paused, target_of
from informed_comment.signing_in.views.second_step import by_code

WRONG = "This is not your password."
LAST = "A second step is required. Set up another one first; then this one can go."


def account(request):
    user = request.user
    return page(
        request,
        "account.html",
        "My account",
        steps=steps.of_account(user),
        is_required=steps.is_required(),
        codes_left=recovery.left(user),
        few=recovery.FEW,
        sessions=sessions.of_account(user),
        own=sessions.row_key(request),
        has_passkeys=passkeys.are_possible(request),
    )


@proof.freshly_proved
def remove_step(request, pk):
    step = get_object_or_404(SecondStep.objects.select_related("user"), pk=pk, user=request.user)
    if request.method == "POST":
        try:
            steps.remove(step, request=request)
            messages.success(request, f"“{step.name}” is no second step of yours any more.")
        except steps.LastOne:
            messages.error(request, LAST)
        return redirect("admin:account")
    return page(request, "remove_step.html", "Take away a second step", step=step)


@require_POST
def end_sessions(request):
    """One, by its row's key, or all but this one."""
    own, only = sessions.row_key(request), request.POST.get("session", "").replace("\x00", "")
    ended = sessions.end(request.user, request=request, but=own, only=only or None)
    said = {0: "That session had ended already.", 1: "The session has ended."}
    messages.success(request, said.get(ended, f"{ended} sessions have ended."))
    return redirect("admin:account")


class ProofForm(forms.Form):
    password = forms.CharField(
        label="Password",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


class CodeProofForm(forms.Form):
    password = forms.CharField(
        label="Code", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "one-time-code"})
    )


@answers_late
def prove(request):
    user, target = request.user, target_of(request)
    make = ProofForm if user.has_usable_password() else CodeProofForm
    form, told, refusal = make(request.POST or None), "", None
    try:
        if request.method == "POST" and is_proved(request, user, form):
            proof.proved(request)
            return redirect(target)
    except ValidationError as error:
        form, told = make(), error.message
    except budgets.TooMany as too_many:
        form, told, refusal = make(), pause_said(too_many), too_many
    has_passkey = passkeys.are_possible(request) and passkeys.kept(user).exists()
    context = {"form": form, "told": told, "next": target, "has_passkey": has_passkey}
    response = page(request, "prove.html", "Is it still you?", **context)
    return paused(response, refusal) if refusal else response


def is_proved(request, user, form):
    """Raises ValidationError where what was given is wrong."""
    if answer := request.POST.get("passkey"):
        steps.used(passkeys.shown(request, answer, user))
        return True
    if not form.is_valid():
        return False
    given = form.cleaned_data["password"]
    if not user.has_usable_password():
        return bool(by_code(request, user, given))
    with tries.of_password(request, user.get_username()):
        if not user.check_password(given):
            raise ValidationError(WRONG)
    return True


def new_password(request):
    """Without the old one, for somebody who came in by an operator's link."""
    if not request.session.get(BY_LINK):
        return redirect("admin:password_change")
    form = SetPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        update_session_auth_hash(request, request.user)
        del request.session[BY_LINK]
        messages.success(request, "Your new password is set. Sign in with it from now on.")
        return redirect("admin:index")
    return page(request, "new_password.html", "A new password", form=form)
