"""What a subscriber decides after signing up, by the link that is in every mail."""

from django.shortcuts import render

from newsletter import subscribing
from newsletter.forms import FrequencyForm
from newsletter.models import Subscriber
from newsletter.origins import evidence_from
from newsletter.views.private import private_page, subscriber_behind


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
