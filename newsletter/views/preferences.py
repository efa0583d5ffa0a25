"""What a subscriber decides after signing up, by the link that is in every mail."""

from django.http import JsonResponse
from django.shortcuts import render

from newsletter import choosing, moving, own_data, subscribing
from newsletter.forms import AddressForm, PauseForm, PreferencesForm
from newsletter.limits import TooMany, may_change_again
from newsletter.models import NO_SECTION, AddressChange, Subscriber
from newsletter.origins import evidence_from
from newsletter.views.even import even_answer
from newsletter.views.private import private_page, subscriber_behind

SAVED = "Saved."
CHOOSE = "Choose how often mail shall come, and only sections from the list."
MOVING = "We have sent a mail to the new address. Open the link in it and press the button; until then mail comes here."
STAYS = "The change of address is taken back."
TOO_OFTEN = "This was changed many times today. Please try again tomorrow."
TOO_MANY = "Too many changes of address were asked for. Please try again tomorrow."


def own_page(view):
    """A private page of a subscriber; one and the same answer for every link without one behind it."""

    @private_page
    def page(request, token):
        subscriber = subscriber_behind(token)
        if subscriber is None:
            return render(request, "newsletter/link_is_unknown.html", status=410)
        return view(request, subscriber)

    return page


def shown(request, subscriber, *, note="", problem="", about="", status=400):
    """The page with all its forms; `note` says what was done, `problem` what is wrong with the form `about`."""
    change = AddressChange.objects.filter(subscriber=subscriber, former_email="").first()
    context = {
        "subscriber": subscriber,
        "note": note,
        "problem": problem,
        "about": about,
        "frequencies": Subscriber.Frequency.choices,
        "sections": choosing.sections_for(subscriber),
        "has_lost_sections": subscriber.categories == [NO_SECTION],
        "change": change if change and not change.is_over else None,
        "lengths": PauseForm.base_fields["length"].choices[:3],
    }
    return render(request, "newsletter/preferences.html", context, status=status if problem else 200)


@own_page
def preferences(request, subscriber):
    if request.method != "POST":
        return shown(request, subscriber)
    form = PreferencesForm(request.POST, offered=choosing.sections_for(subscriber))
    if not form.is_valid():
        return shown(request, subscriber, problem=CHOOSE, about="preferences")
    if not may_change_again(subscriber):
        return shown(request, subscriber, problem=TOO_OFTEN, about="preferences", status=429)
    evidence = evidence_from(request, "preferences page")
    wanted = form.cleaned_data
    subscriber = choosing.change_frequency(subscriber, wanted["frequency"], evidence=evidence)
    if wanted["sections"]:
        subscriber = choosing.choose_categories(subscriber, wanted["categories"], evidence=evidence)
    return shown(request, subscriber, note=SAVED)


@own_page
def pause(request, subscriber):
    if request.method != "POST":
        return shown(request, subscriber)
    if not may_change_again(subscriber):
        return shown(request, subscriber, problem=TOO_OFTEN, about="pause", status=429)
    evidence = evidence_from(request, "preferences page")
    if "end" in request.POST:
        subscriber = choosing.end_pause(subscriber, evidence=evidence)
        return shown(request, subscriber, note="The pause is over.")
    form = PauseForm(request.POST)
    if not form.is_valid():
        return shown(request, subscriber, problem=PauseForm.UNCLEAR, about="pause")
    subscriber = choosing.pause(subscriber, form.cleaned_data["until"], evidence=evidence)
    return shown(request, subscriber, note=SAVED)


@own_page
@even_answer
def address(request, subscriber):
    if request.method != "POST":
        return shown(request, subscriber)
    evidence = evidence_from(request, "preferences page")
    if "take_back" in request.POST:
        moving.take_back(subscriber, evidence=evidence)
        return shown(request, subscriber, note=STAYS)
    form = AddressForm(request.POST)
    if not form.is_valid():
        return shown(request, subscriber, problem=form.errors["email"][0], about="address")
    try:
        moving.ask(subscriber, form.cleaned_data["email"], evidence=evidence)
    except TooMany:
        return shown(request, subscriber, problem=TOO_MANY, about="address", status=429)
    return shown(request, subscriber, note=MOVING)


@own_page
def data(request, subscriber):
    """All that is kept of the subscriber, as a file."""
    answer = JsonResponse(own_data.everything_about(subscriber), json_dumps_params={"indent": 2})
    answer["Content-Disposition"] = 'attachment; filename="my-newsletter-data.json"'
    return answer


@own_page
def erase(request, subscriber):
    if request.method == "POST":
        subscribing.erase(subscriber, evidence=evidence_from(request, "preferences page"))
        return render(request, "newsletter/erased.html")
    return render(request, "newsletter/erase.html", {"subscriber": subscriber})
