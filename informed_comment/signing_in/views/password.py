"""The first page: name and password, or a passkey in place of both; and the link an operator made."""

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse

from informed_comment import budgets
from informed_comment.signing_in import entering, links, passkeys, steps, tries
from informed_comment.signing_in.views.open import answers_late, led_on, page, pause_said, paused, target_of

WRONG = (
    "The user name or the password is wrong. Both tell capital letters from small ones. "
    "If you have lost your password, ask whoever runs the site for a sign-in link."
)


class SignInForm(AdminAuthenticationForm):
    error_messages = {"invalid_login": WRONG, "inactive": WRONG}
    required_css_class = "required"

    def clean(self):
        """Raises budgets.TooMany, which is no fault of the form."""
        username = self.cleaned_data.get("username")
        if username and self.cleaned_data.get("password"):
            with tries.of_password(self.request, username):
                super().clean()
        return self.cleaned_data


@answers_late
def sign_in(request):
    target, site = target_of(request), admin.site
    if request.method == "GET" and site.has_permission(request):
        return redirect(target)
    form, told, refusal = SignInForm(request, data=request.POST or None), "", None
    try:
        if request.method == "POST" and "passkey" in request.POST:
            return by_passkey(request, target)
        if request.method == "POST" and form.is_valid():
            return led_on(request, form.get_user(), how="password", target=target)
    except ValidationError as error:
        form, told = SignInForm(request), error.message
    except budgets.TooMany as too_many:
        form, told, refusal = SignInForm(request), pause_said(too_many), too_many
    response = page(
        request,
        "password.html",
        "Sign in",
        form=form,
        told=told,
        next=target,
        has_passkeys=passkeys.are_possible(request),
    )
    return paused(response, refusal) if refusal else response


def by_passkey(request, target):
    """The browser has shown a passkey, and itself asked who holds it: that is both steps in one."""
    tries.take(f"passkeys from {tries.network(request)}", tries.FROM_A_NETWORK)
    step = passkeys.shown(request, request.POST["passkey"])
    if not (step.user.is_active and step.user.is_staff):
        raise ValidationError(passkeys.WRONG)
    steps.used(step)
    entering.enter(request, step.user, second_step="passkey")
    return entering.welcome(redirect(target), request, step.user)


def link(request, key):
    """Looking at the address uses nothing up: programs that preview links do so, too."""
    found = links.good(key)
    try:
        tries.take(f"links from {tries.network(request)}", tries.FROM_A_NETWORK)
    except budgets.TooMany as refusal:
        return paused(page(request, "link.html", "Sign in", link=None, told=pause_said(refusal)), refusal)
    if request.method == "POST" and found and (user := links.use(key)):
        return led_on(request, user, how="link", target=reverse("admin:new_password"))
    status = 200 if found else 404
    return page(request, "link.html", "Sign in", link=found, told="", status=status)
