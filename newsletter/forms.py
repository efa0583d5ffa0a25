from datetime import timedelta

from django import forms
from django.utils import timezone

from newsletter import addresses, choosing
from newsletter.models import Subscriber

NO_ADDRESS = "Write your e-mail address, such as name@example.org."
NOT_AN_ADDRESS = (
    "This does not look like an e-mail address. Write it with an @ and a domain, such as name@example.org."
)
TOO_FAST = "That was quicker than we can tell from a machine. Please press the button once more."
QUICKEST = 2  # seconds a person takes to fill in the form, at the least


class AddressField(forms.CharField):
    """An address as newsletter/addresses.py takes it."""

    def __init__(self, **kwargs):
        super().__init__(max_length=1000, strip=False, **kwargs)

    def clean(self, value):
        """Whatever is wrong with what was typed, one sentence names the cure."""
        if not (value or "").strip():
            raise forms.ValidationError(NO_ADDRESS, code="required")
        try:
            return addresses.parse(super().clean(value))
        except (addresses.NotAnAddress, forms.ValidationError) as error:
            raise forms.ValidationError(NOT_AN_ADDRESS) from error


class SignUpForm(forms.Form):
    """Sign-up as it comes in, from any of the forms; only the address is needed.

    The time trap: pages with the form are cached for long, so a time stamped into them would prove nothing. Where
    scripts run, static/js/site.js writes into `age` for how many seconds the page has been open; an age under
    two seconds is asked once more. Without scripts the field stays empty, and the other checks must do.
    """

    email = AddressField()
    frequency = forms.ChoiceField(choices=Subscriber.Frequency, required=False)
    source = forms.ChoiceField(choices=Subscriber.Source, required=False)
    consent = forms.IntegerField(required=False)
    age = forms.FloatField(required=False)
    website = forms.CharField(required=False, help_text="The honeypot: people do not see it.")

    def clean_age(self):
        age = self.cleaned_data["age"]
        if age is not None and 0 <= age < QUICKEST:
            raise forms.ValidationError(TOO_FAST, code="too_fast")
        return age

    @property
    def is_from_a_machine(self):
        """Somebody filled in the field that people do not see."""
        return bool(self.data.get("website"))

    def value_of(self, name, default):
        """A choice that is missing or unknown is no reason to turn a reader away."""
        return self.cleaned_data.get(name) or default

    @property
    def complaints(self):
        """The sentences for the reader: of the address and the time trap only."""
        too_fast = [TOO_FAST] if self.has_error("age", "too_fast") else []
        return [*self.errors.get("email", []), *too_fast]


class LinkForm(forms.Form):
    """A lost link is asked for; the honeypot as in the sign-up."""

    email = AddressField()
    website = forms.CharField(required=False)

    is_from_a_machine = SignUpForm.is_from_a_machine


class AddressForm(forms.Form):
    email = AddressField()


class PreferencesForm(forms.Form):
    """How often, and of which sections. A form without the sections (`sections` empty) leaves them as they are."""

    frequency = forms.ChoiceField(choices=Subscriber.Frequency)
    sections = forms.CharField(required=False)
    categories = forms.TypedMultipleChoiceField(required=False, coerce=int)

    def __init__(self, data, *, offered):
        super().__init__(data)
        self.fields["categories"].choices = [(section.pk, section.name) for section in offered]


class PauseForm(forms.Form):
    """A pause by its length, or to a day of one's own choice; a day alone is enough, and a length goes before it."""

    UNCLEAR = "Choose how long, or a day after today and within a year."
    DAYS = {"week": 7, "month": 30, "quarter": 91}

    length = forms.ChoiceField(
        choices=[("week", "One week"), ("month", "One month"), ("quarter", "Three months"), ("day", "Until")],
        required=False,
    )
    day = forms.DateField(required=False, input_formats=["%Y-%m-%d"])

    def clean(self):
        """`until`: the first day on which mail may come again."""
        days = self.DAYS.get(self.cleaned_data.get("length"))
        day = timezone.localdate() + timedelta(days=days) if days else self.cleaned_data.get("day")
        if day is None or not choosing.may_pause_until(day):
            raise forms.ValidationError(self.UNCLEAR)
        return self.cleaned_data | {"until": day}
