"""What administrators do for somebody else's account: end its sessions, take away what was lost."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from informed_comment.signing_in import proof, sessions, steps
from informed_comment.signing_in.views.open import page


def subject_of(screen, request, object_id):
    user = get_object_or_404(
        screen.model, pk=screen.model._meta.pk.to_python(object_id) if object_id.isdecimal() else 0
    )
    if not screen.has_change_permission(request, user):
        raise PermissionDenied("You may not do this to the account of somebody who may do more than you.")
    return user


def back_to(user):
    return redirect(reverse("admin:auth_user_change", args=[user.pk]))


@proof.freshly_proved
def end_sessions(request, screen, object_id):
    user = subject_of(screen, request, object_id)
    if request.method == "POST":
        own = sessions.row_key(request) if user == request.user else None
        number = sessions.end(user, request=request, but=own)
        messages.success(request, f"{number} sessions of {user.get_username()} have ended.")
        return back_to(user)
    return page(
        request, "end_sessions.html", "End all sessions", account=user, sessions=sessions.of_account(user)
    )


@proof.freshly_proved
def take_second_steps(request, screen, object_id):
    user = subject_of(screen, request, object_id)
    if user == request.user:
        return redirect("admin:account")
    if request.method == "POST":
        if steps.take_away(user, request=request):
            said = "has no second step any more, and is signed out everywhere."
            messages.success(request, f"{user.get_username()} {said} {steps.after_taking()}")
        else:
            messages.info(request, f"{user.get_username()} had no second step. Nothing was changed.")
        return back_to(user)
    return page(
        request,
        "take_second_steps.html",
        "Take away second steps",
        account=user,
        steps=steps.of_account(user),
        after=steps.after_taking(),
    )
