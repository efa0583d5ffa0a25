from django import forms

from newsletter import addresses
from newsletter.models import Subscriber

NO_ADDRESS = "Write your e-mail address, such as name@example.org."
NOT_AN_ADDRESS = (
    "This does not look like an e-mail address. Write it with an @ and a domain, such as name@example.org."
)
TOO_FAST = "That was quicker than we can tell from a machine. Please press the button once more."
QUICKEST = 2  # seconds a person takes to fill in the form, at the least


class FrequencyForm(forms.Form):
    frequency = forms.ChoiceField(choices=Subscriber.Frequency, widget=forms.RadioSelect)


class SignUpForm(forms.Form):
    """Sign-up as it comes in, from any of the forms; only the address is needed.

    The time trap: pages with the form are cached for long, so a time stamped into them would prove nothing. Where
    scripts run, static/js/site.js writes into `age` for how many seconds the page has been open; an age under
    two seconds is asked once more. Without scripts the field stays empty, and the other checks must do.
    """

    email = forms.CharField(max_length=1000, strip=False, error_messages={"required": NO_ADDRESS})
    frequency = forms.ChoiceField(choices=Subscriber.Frequency, required=False)
    source = forms.ChoiceField(choices=Subscriber.Source, required=False)
    consent = forms.IntegerField(required=False)
    age = forms.FloatField(required=False)
    website = forms.CharField(required=False, help_text="The honeypot: people do not see it.")

    def clean_email(self):
        try:
            return addresses.parse(self.cleaned_data["email"])
        except addresses.NotAnAddress as error:
            raise forms.ValidationError(NOT_AN_ADDRESS) from error

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
