"""Putting a post on the front page: by the front page's own screen, and from the form of the post."""

from django import forms

from informed_comment.admin_site import Moment
from posts import front
from posts.admin.fields import select2
from posts.models import FrontSlot
from posts.models.front import this_minute

MAKES_ROOM = {
    "required": False,
    "label": "Make room",
    "help_text": "What stands in the place then, or this post in another, ends when this begins.",
}
TOO_EARLY = "The end lies before the beginning. Give a later end, or none."


def obstacle_said(slot, *, makes_room):
    """Why the slot cannot be had and what to do about it; empty when it can. Holds others off until it is saved."""
    front.keep_others_out()
    other = front.obstacle(slot, makes_room=makes_room)
    return front.reason(slot, other) if other else ""


class SlotForm(forms.ModelForm):
    makes_room = forms.BooleanField(**MAKES_ROOM)

    class Meta:
        model = FrontSlot
        fields = ("place", "post", "starts_at", "ends_at")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "post" in self.fields:  # not for somebody who may only look
            self.fields["starts_at"].required = False

    @property
    def media(self):
        return super().media + select2()

    def clean_starts_at(self):
        return self.cleaned_data["starts_at"] or this_minute()

    def clean(self):
        super().clean()
        starts_at, ends_at = (self.cleaned_data.get(name) for name in ("starts_at", "ends_at"))
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", TOO_EARLY)
        return self.cleaned_data

    def validate_constraints(self):
        """What the database would refuse, said with the names of what stands in the way."""
        if self.errors:
            return
        if said := obstacle_said(self.instance, makes_room=self.cleaned_data["makes_room"]):
            self.add_error("place", said)


class FrontFields(forms.Form):
    """For the form of a post: its place on the front page, now or next.

    Each field brings along what it showed, so that only what this editor changed is changed, and a form without these
    fields changes nothing.
    """

    front_place = forms.ChoiceField(
        choices=[("", "Not on the front page"), *FrontSlot.Place.choices],
        required=False,
        label="Place",
        help_text="Taken once the post is published. Empty places show the newest posts.",
        show_hidden_initial=True,
    )
    front_from = forms.DateTimeField(
        required=False, label="From", help_text="Empty: at once.", widget=Moment, show_hidden_initial=True
    )
    front_until = forms.DateTimeField(
        required=False,
        label="Until",
        help_text="Empty: until something else takes the place.",
        widget=Moment,
        show_hidden_initial=True,
    )
    front_makes_room = forms.BooleanField(**MAKES_ROOM)

    slot = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.user or not self.user.has_perm("posts.change_frontslot"):
            for name in FRONT_FIELDS:
                del self.fields[name]
        elif self.instance.pk:
            self.slot = self.instance.front_slots.not_gone().order_by("starts_at").first()
        if self.slot:
            shown = (self.slot.place, self.slot.starts_at, self.slot.ends_at)
            self.initial |= dict(zip(FRONT_FIELDS, shown, strict=False))

    @property
    def moves_on_front(self):
        return any(name in self.changed_data for name in FRONT_FIELDS[:3])

    def clean(self):
        super().clean()
        place = self.cleaned_data.get("front_place")
        if place and self.moves_on_front:
            self.slot = self.slot or FrontSlot(post=self.instance)
            self.slot.place = place
            self.slot.starts_at = self.cleaned_data.get("front_from") or this_minute()
            self.slot.ends_at = self.cleaned_data.get("front_until")
            self.check_slot()
        return self.cleaned_data

    def check_slot(self):
        if self.slot.ends_at and self.slot.ends_at <= self.slot.starts_at:
            self.add_error("front_until", TOO_EARLY)
        elif said := obstacle_said(self.slot, makes_room=self.cleaned_data["front_makes_room"]):
            self.add_error("front_place", said)

    def save_slot(self):
        """Once the post has its row."""
        if not self.moves_on_front:
            return
        if self.cleaned_data["front_place"]:
            front.put(self.slot, makes_room=self.cleaned_data["front_makes_room"])
        elif self.slot:
            front.take_off(self.slot)


FRONT_FIELDS = ("front_place", "front_from", "front_until", "front_makes_room")
