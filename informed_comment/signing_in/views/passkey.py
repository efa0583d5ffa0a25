"""What the browser is told before it makes or shows a passkey."""

from django.contrib import admin
from django.http import JsonResponse
from django.views.decorators.http import require_POST

from informed_comment import budgets
from informed_comment.signing_in import passkeys, pending, proof, steps, tries
from informed_comment.signing_in.views.open import pause_said, paused

OVER = "This has taken too long. Load the page again."


@require_POST
def options(request):
    """`use` says what for: sign_in, second_step, prove or make."""
    try:
        tries.take(f"passkeys asked from {tries.network(request)}", tries.FROM_A_NETWORK)
    except budgets.TooMany as refusal:
        return paused(JsonResponse({"sentence": pause_said(refusal)}), refusal)
    told = told_for(request, request.POST.get("use", ""))
    if told is None:
        return JsonResponse({"sentence": OVER}, status=403)
    return JsonResponse(told)


def told_for(request, use):
    """None where whoever asks may not."""
    user = request.user if admin.site.has_permission(request) else None
    if use == "sign_in":
        return passkeys.to_show(request)
    if use == "prove" and user:
        return passkeys.to_show(request, user)
    if use == "make" and user and proof.is_fresh(request):
        return passkeys.to_make(request, user)
    coming = pending.of(request) if user is None else None
    if coming is None or use not in ("second_step", "make"):
        return None
    if steps.has_one(coming.user):
        return passkeys.to_show(request, coming.user) if use == "second_step" else None
    return passkeys.to_make(request, coming.user) if use == "make" else None
