"""The forms of an import: the file; what is in it."""

from django import forms
from django.conf import settings

from newsletter.importing.layouts import BY_NAME, OTHER, SUPPRESSIONS, guessed
from newsletter.models import Subscriber

MEANINGS = {
    "address": "E-mail address",
    "state": "State (active, unsubscribed …)",
    "joined": "Signed up at",
    "confirmed": "Confirmed at",
    "left": "Unsubscribed at",
    "network": "IP address of the sign-up",
    "frequency": "Frequency",
}
ANOTHER = "Something else: I say what is in the columns"


class FileForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        help_text="As the other program exports it; any delimiter and encoding. Nothing is imported yet.",
        error_messages={
            "empty": "The file is empty. Export it again, and see that it has a row for each subscriber."
        },
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        most = settings.SUBSCRIBER_FILE_MAX_BYTES
        if file.size > most:
            raise forms.ValidationError(
                f"The file is larger than {most // 1024 // 1024} MB. Cut it into several, each with the first row."
            )
        return file


class LookForm(forms.Form):
    """How a file is to be read: of which product it is, or what is in each column."""

    layout = forms.ChoiceField(label="The file is from")
    frequency = forms.ChoiceField(
        label="New subscribers get",
        choices=Subscriber.Frequency.choices,
        help_text="Where the file does not say it. They can change it in every mail.",
    )
    zone = forms.ChoiceField(label="Times in the file that name no time zone are in")
    is_declared = forms.BooleanField(
        required=False,
        label="I declare that those who are active in the file signed up to this newsletter there and confirmed it.",
        help_text="Your name is noted with it in the history of each of them. Without it they come in as pending and "
        "get no mail until they sign up and confirm here.",
    )

    def __init__(self, batch, *args):
        super().__init__(*args)
        self.batch = batch
        known = BY_NAME.get(batch.layout)
        choices = (
            [(known.name, known.label[:1].upper() + known.label[1:])] if known and known is not OTHER else []
        )
        self.fields["layout"].choices = [*choices, (OTHER.name, ANOTHER)]
        self.fields["layout"].initial = batch.layout or OTHER.name
        self.fields["frequency"].initial = batch.frequency
        self.fields["zone"].choices = [
            ("UTC", "UTC"),
            (settings.TIME_ZONE, settings.TIME_ZONE.replace("_", " ")),
        ]
        self.fields["is_declared"].initial = bool(batch.declaration)
        numbered = [
            ("", "–"),
            *((str(place), name or f"Column {place + 1}") for place, name in enumerate(batch.head)),
        ]
        guess = batch.columns or guessed(batch.head)
        for meaning, label in MEANINGS.items():
            field = forms.ChoiceField(
                label=label, choices=numbered, required=False, initial=guess.get(meaning, "")
            )
            self.fields[f"column_{meaning}"] = field

    @property
    def columns(self):
        return [self[f"column_{meaning}"] for meaning in MEANINGS]

    @property
    def is_of_suppressions(self):
        return self.batch.layout == SUPPRESSIONS.name

    def clean(self):
        data = super().clean()
        if data.get("layout") == OTHER.name and not data.get("column_address"):
            self.add_error("column_address", "Say which column holds the address.")
        return data

    def said(self):
        """What `course.look` takes."""
        data = self.cleaned_data
        chosen = {meaning: data[f"column_{meaning}"] for meaning in MEANINGS}
        columns = {meaning: int(place) for meaning, place in chosen.items() if place}
        return {
            "columns": columns if data["layout"] == OTHER.name else None,
            "frequency": data["frequency"],
            "zone": data["zone"],
            "is_declared": data["is_declared"],
        }
