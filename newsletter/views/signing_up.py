"""The sign-up form, wherever it stands, and what its sender is told."""

from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from informed_comment.allowances import with_wait
from informed_comment.caching import public_page
from informed_comment.methods import require_safe
from informed_comment.origins import is_from_our_pages
from newsletter import subscribing
from newsletter.consent import CURRENT
from newsletter.forms import SignUpForm
from newsletter.limits import TooMany
from newsletter.models import Subscriber
from newsletter.origins import evidence_from
from newsletter.views.even import even_answer

TOO_MANY = "We have had too many sign-ups at once. Please try again in an hour."
FOREIGN = "The form was sent from another site. Please send this one instead."


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def sign_up(request):
    if request.method != "POST":
        return sign_up_page(request)
    form = SignUpForm(request.POST)
    if not is_from_our_pages(request):
        return sign_up_page(request, [FOREIGN], status=403)
    if form.is_from_a_machine:
        return redirect("newsletter:thanks", permanent=False)
    form.is_valid()
    if form.complaints:
        return sign_up_page(request, form.complaints, status=400)
    return take(request, form)


@even_answer
def take(request, form):
    """Hands a good form on; the answer is the same whatever is known of the address."""
    source = form.value_of("source", Subscriber.Source.PAGE)
    evidence = evidence_from(request, f"{source} form", form.value_of("consent", CURRENT))
    try:
        subscribing.sign_up(
            form.cleaned_data["email"],
            frequency=form.value_of("frequency", Subscriber.Frequency.DAILY),
            source=source,
            evidence=evidence,
        )
    except TooMany as refusal:
        return with_wait(sign_up_page(request, [TOO_MANY], status=429), refusal)
    response = redirect("newsletter:thanks")
    response.status_code = 303
    return response


def typed(request):
    """What was typed as the address, to be put right; a NUL may stand in no page."""
    return request.POST.get("email", "")[:254].replace("\x00", "")


def sign_up_page(request, complaints=(), *, status=200):
    context = {
        "complaints": complaints,
        "email": typed(request) if complaints else "",
        "frequency": request.POST.get("frequency", Subscriber.Frequency.DAILY),
        "frequencies": Subscriber.Frequency.choices,
    }
    return render(request, "newsletter/sign_up.html", context, status=status)


@require_safe
@public_page
def thanks(request):
    return render(request, "newsletter/thanks.html")
