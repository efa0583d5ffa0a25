"""The second page: a code of the app, a passkey, or a recovery code."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.shortcuts import redirect

from informed_comment import budgets
from informed_comment.models import SecondStep
from informed_comment.signing_in import entering, passkeys, pending, recovery, steps, totp, tries
from informed_comment.signing_in.views.open import answers_late, page, pause_said, paused

WRONG = "This code was not taken. Wait for the app to show the next one, and type that; each is taken once."
INSTEAD = (
    "A browser or a network that you signed in from lately, a passkey or a recovery code may open at once."
)
WRONG_RECOVERY = "This recovery code was not taken. Each is good once; try another."


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Code",
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "text",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )


@answers_late
def second_step(request):
    coming = pending.of(request)
    if coming is None:
        return redirect("admin:index" if admin.site.has_permission(request) else "admin:login")
    if not steps.has_one(coming.user):
        return redirect("admin:set_up")
    form, told, refusal = CodeForm(request.POST or None), "", None
    try:
        if request.method == "POST" and (kind := shown(request, coming.user, form)):
            entering.enter(request, coming.user, second_step=kind, how=coming.how)
            return entering.welcome(redirect(coming.target), request, coming.user)
    except ValidationError as error:
        form, told = CodeForm(), error.message
    except budgets.TooMany as too_many:
        form, told, refusal = CodeForm(), f"{pause_said(too_many)} {INSTEAD}", too_many
    kinds = set(steps.of_account(coming.user).values_list("kind", flat=True))
    response = page(
        request,
        "second_step.html",
        "Second step",
        form=form,
        told=told,
        has_app=SecondStep.Kind.APP in kinds,
        has_passkey=SecondStep.Kind.PASSKEY in kinds,
        name=coming.user.get_short_name() or coming.user.get_username(),
    )
    return paused(response, refusal) if refusal else response


def shown(request, user, form):
    """Which kind of second step was shown; None where nothing was. Raises ValidationError where it is wrong."""
    if answer := request.POST.get("passkey"):
        tries.take(f"passkeys of {user.pk} from {tries.network(request)}", tries.FROM_A_NETWORK)
        steps.used(passkeys.shown(request, answer, user))
        return "passkey"
    return by_code(request, user, form.cleaned_data["code"]) if form.is_valid() else None


def by_code(request, user, code):
    is_recovery = len(recovery.plain(code)) > totp.DIGITS
    with tries.of_code(request, user, is_recovery=is_recovery):
        if is_recovery:
            if not recovery.take(user, code, request=request):
                raise ValidationError(WRONG_RECOVERY)
            return "recovery"
        step = totp.take(user, code)
        if step is None:
            raise ValidationError(WRONG)
    steps.used(step)
    return "app"
