"""“Mail me my link”, for subscribers who have deleted every mail of ours."""

from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from informed_comment.allowances import with_wait
from informed_comment.caching import public_page
from informed_comment.methods import require_safe
from informed_comment.origins import is_from_our_pages
from newsletter import links
from newsletter.forms import LinkForm
from newsletter.limits import TooMany
from newsletter.origins import evidence_from
from newsletter.views.even import even_answer
from newsletter.views.signing_up import FOREIGN, typed

TOO_MANY = "Too many links were asked for from your network. Please try again in an hour."


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def lost_link(request):
    if request.method != "POST":
        return asked(request)
    if not is_from_our_pages(request):
        return asked(request, FOREIGN, status=403)
    form = LinkForm(request.POST)
    if form.is_from_a_machine:
        return redirect("newsletter:link_sent")
    if not form.is_valid():
        return asked(request, *form.errors.get("email", []), status=400)
    return take(request, form.cleaned_data["email"])


@even_answer
def take(request, address):
    """The answer is the same whatever is known of the address."""
    try:
        links.ask_for_link(address, evidence=evidence_from(request, "lost link"))
    except TooMany as refusal:
        return with_wait(asked(request, TOO_MANY, status=429), refusal)
    response = redirect("newsletter:link_sent")
    response.status_code = 303
    return response


def asked(request, *complaints, status=200):
    context = {
        "complaints": complaints,
        "email": typed(request) if complaints else "",
    }
    return render(request, "newsletter/lost_link.html", context, status=status)


@require_safe
@public_page
def link_sent(request):
    return render(request, "newsletter/link_sent.html")
