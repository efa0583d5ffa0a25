"""What a subscriber opens. GET changes nothing anywhere: mail scanners follow every link.

No view sets a cookie. The sign-up is guarded by origin, the others by the token in their address, so none needs
a CSRF token; and RFC 8058 forbids asking for one when unsubscribing.
"""

import functools
import uuid

from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from informed_comment.caching import public_page
from informed_comment.methods import require_safe
from informed_comment.origins import is_from_our_pages
from newsletter import confirming, subscribing
from newsletter.consent import CURRENT
from newsletter.forms import FrequencyForm, SignUpForm
from newsletter.limits import network_may_sign_up
from newsletter.models import Subscriber
from newsletter.origins import evidence_from

TOO_MANY = "We have had too many sign-ups at once. Please try again in an hour."
FOREIGN = "The form was sent from another site. Please send this one instead."


def private_page(view):
    """A page behind a link from a mail: kept by no cache and no search engine, its address told to nobody."""

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @functools.wraps(view)
    def page(request, token):
        response = view(request, token)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return page


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


def take(request, form):
    """Hands a good form on; the answer is the same whatever is known of the address."""
    source = form.value_of("source", Subscriber.Source.PAGE)
    evidence = evidence_from(request, f"{source} form", form.value_of("consent", CURRENT))
    try:
        if not network_may_sign_up(evidence.network):
            raise subscribing.TooManySignUps
        subscribing.sign_up(
            form.cleaned_data["email"],
            frequency=form.value_of("frequency", Subscriber.Frequency.DAILY),
            source=source,
            evidence=evidence,
        )
    except subscribing.TooManySignUps:
        return sign_up_page(request, [TOO_MANY], status=429)
    response = redirect("newsletter:thanks")
    response.status_code = 303
    return response


def sign_up_page(request, complaints=(), *, status=200):
    context = {
        "complaints": complaints,
        "email": request.POST.get("email", "")[:254] if complaints else "",
        "frequency": request.POST.get("frequency", Subscriber.Frequency.DAILY),
        "frequencies": Subscriber.Frequency.choices,
    }
    return render(request, "newsletter/sign_up.html", context, status=status)


@require_safe
@public_page
def thanks(request):
    return render(request, "newsletter/thanks.html")


@private_page
def confirm(request, token):
    try:
        if request.method == "POST":
            evidence_for = functools.partial(evidence_from, request, "confirmation mail")
            subscriber = confirming.confirm(token, evidence_for=evidence_for)
            return render(request, "newsletter/confirmed.html", {"subscriber": subscriber})
        wish = confirming.wish_behind(token)
    except confirming.LinkIsVoid:
        return render(request, "newsletter/link_is_void.html", status=410)
    return render(request, "newsletter/confirm.html", {"subscriber": wish.subscriber})


@private_page
def preferences(request, token):
    subscriber = subscriber_behind(token)
    if subscriber is None:
        return render(request, "newsletter/link_is_unknown.html", status=410)
    saved = False
    if request.method == "POST":
        form = FrequencyForm(request.POST)
        if saved := form.is_valid():
            subscriber = subscribing.change_frequency(
                subscriber,
                form.cleaned_data["frequency"],
                evidence=evidence_from(request, "preferences page"),
            )
    context = {"subscriber": subscriber, "saved": saved, "frequencies": Subscriber.Frequency.choices}
    status = 400 if request.method == "POST" and not saved else 200
    return render(request, "newsletter/preferences.html", context, status=status)


@private_page
def unsubscribe(request, token):
    """RFC 8058: a POST, with or without `List-Unsubscribe=One-Click`, needs nothing but its address."""
    subscriber = subscriber_behind(token)
    if subscriber is None:
        return render(request, "newsletter/link_is_unknown.html", status=410)
    if request.method == "POST":
        how = "one-click" if "List-Unsubscribe" in request.POST else "unsubscribe page"
        subscriber = subscribing.unsubscribe(subscriber, evidence=evidence_from(request, how))
    return render(request, "newsletter/unsubscribe.html", {"subscriber": subscriber})


def subscriber_behind(token):
    """The subscriber whose links carry the token, or None.

    The token is a random number in the subscriber's own row: it depends on no key that may be changed, so the
    link in an old mail works for as long as the row and its backups do.
    """
    try:
        return Subscriber.objects.filter(link_key=uuid.UUID(token)).first()
    except ValueError:
        return None
