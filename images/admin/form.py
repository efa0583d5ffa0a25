from django import forms

from images.admin.owning import RoomForm
from images.models import Image
from images.uploads import PictureField

ACCEPTED = "image/jpeg,image/png,image/webp,image/avif,image/gif"
REPLACING = "Every place that shows the picture shows the new file from then on. It keeps its descriptions and its focus."


class ImageForm(RoomForm, forms.ModelForm):
    class Meta:
        model = Image
        fields = ["file", "alt", "is_decorative", "caption", "credit", "title", "licence", "source_url"]
        field_classes = {"file": PictureField}
        widgets = {
            "file": forms.FileInput(attrs={"accept": ACCEPTED}),
            "alt": forms.Textarea(attrs={"rows": 2}),
            "caption": forms.Textarea(attrs={"rows": 2}),
            "focal_x": forms.NumberInput(attrs={"min": 0, "max": 1, "step": "any"}),
            "focal_y": forms.NumberInput(attrs={"min": 0, "max": 1, "step": "any"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.file and "file" in self.fields:
            self.fields["file"].label = "Replace the file everywhere"
            self.fields["file"].help_text = REPLACING

    def clean(self):
        """A picture is described or said to be decorative; what came in without either may stay until then."""
        cleaned = super().clean()
        silent = not cleaned.get("alt") and not cleaned.get("is_decorative")
        if silent and (self.instance.pk is None or "alt" in self.changed_data):
            self.add_error("alt", "Say what the picture shows, or tick “decorative” below.")
        if self.instance.pk is None and not cleaned.get("file") and "file" not in self.errors:
            self.add_error("file", "Choose the picture's file.")
        return cleaned


class DescribingForm(forms.ModelForm):
    """One picture among many: what readers get to know of it."""

    class Meta:
        model = Image
        fields = ["alt", "is_decorative", "caption", "credit", "licence"]
        widgets = {"alt": forms.Textarea(attrs={"rows": 2}), "caption": forms.Textarea(attrs={"rows": 2})}
        help_texts = dict.fromkeys(["alt", "is_decorative", "caption", "credit", "licence"], "")


Describing = forms.modelformset_factory(Image, DescribingForm, extra=0)


class ForAllForm(forms.Form):
    """What is the same for all; it fills what a picture's own row leaves empty."""

    credit = forms.CharField(max_length=300, required=False, label="Credit")
    licence = forms.CharField(max_length=100, required=False, label="Licence")
    source_url = forms.URLField(max_length=1000, required=False, label="Source address")

    def fill(self, image):
        for name, value in self.cleaned_data.items():
            if value and not getattr(image, name):
                setattr(image, name, value)
