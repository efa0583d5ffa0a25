"""The forms of somebody without an account: a comment on a draft, and the text of a guest author."""

from django import forms
from django.db import transaction

from informed_comment.editor import EditorWidget, script
from informed_comment.html import HtmlFormField
from posts import commenting, differences, guest_writing, publishing
from posts.models import Post

WRITTEN = ("title", "standfirst", "body")
NO_NAME = "Write your name, so that the others know who says it."


class CommentForm(forms.Form):
    name = forms.CharField(
        label="Your name",
        max_length=100,
        error_messages={"required": NO_NAME},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    text = forms.CharField(
        label="Comment",
        max_length=commenting.LONGEST,
        error_messages={"required": commenting.SAYS_NOTHING},
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    @property
    def is_from_a_machine(self):
        """Somebody filled in the field that people do not see."""
        return bool(self.data.get("website"))


class GuestEditor(EditorWidget):
    """The editor in full, without the addresses of the newsroom: what lies there is not the guest's."""

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        kept = context["widget"]["attrs"]
        context["widget"]["attrs"] = {
            name: said for name, said in kept.items() if not name.startswith("data-") or name == "data-editor"
        }
        return context


class GuestForm(forms.Form):
    """Title, standfirst and body, and a note that is said among the comments. Nothing else of a post can be named."""

    title = forms.CharField(
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 1, "class": "guest__title", "data-line": ""}),
    )
    standfirst = forms.CharField(
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "guest__standfirst"}),
        help_text="The piece in a sentence or two.",
    )
    body = HtmlFormField(label="Text", required=False, widget=GuestEditor)
    note = forms.CharField(
        label="A note to the editors",
        required=False,
        max_length=commenting.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Stands among the comments; readers never see it.",
    )
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    theirs = None
    changes = ()

    @property
    def media(self):
        return super().media + script("guest")

    @staticmethod
    def of(post):
        """What the form shows of a post."""
        return {name: getattr(post, name) for name in WRITTEN} | {"seen_version": post.version}

    @property
    def hands_in(self):
        return self.data.get("deed") == "send"

    def clean_title(self):
        """A title is one line, however it was pasted."""
        return " ".join(self.cleaned_data["title"].split())

    def clean(self):
        """What is handed in has what readers need; a draft may lack it."""
        super().clean()
        if self.hands_in:
            typed = Post(**{name: self.cleaned_data.get(name, "") for name in WRITTEN})
            for name, problem in publishing.missing(typed).items():
                self.add_error(name, problem)
        return self.cleaned_data

    @transaction.atomic
    def save(self, link):
        """Raises what `guest_writing.write()` and `commenting.say()` raise; then nothing is kept."""
        values = {name: self.cleaned_data[name] for name in WRITTEN}
        version = self.cleaned_data.get("seen_version") or 0
        guest_writing.write(link, version=version, hand_in=self.hands_in, **values)
        if self.cleaned_data["note"].strip():
            commenting.say(link.post, self.cleaned_data["note"], link=link)

    def against(self, post):
        """The form again at the version of the post, with the post and what it says otherwise."""
        data = self.data.copy()
        data["seen_version"] = post.version
        again = type(self)(data)
        again.is_valid()
        again.theirs = post
        again.changes = differences.of_states(self.cleaned_data, self.of(post), names=WRITTEN)
        return again
