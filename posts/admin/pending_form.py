"""Pending changes in the form of a post: what was seen of them, when they shall come out, and saving them."""

from django import forms
from django.utils import timezone

from informed_comment.admin_site import Moment
from posts import pending, states
from posts.models import PendingChange, Post

OTHERS = (
    "Somebody has pending changes to this post that you have not seen. Nothing of yours is lost: your text stands in the "
    "form, theirs below. Take over what you need and keep yours; it then replaces theirs."
)
GONE = "The pending changes were published or discarded by somebody else. Your text stands in the form: keep it anew, or update."
TOO_LATE = "This moment has passed. Give one still to come, or publish the changes now."


class PendingFields(forms.Form):
    """For the form of a post: the version of the pending changes it shows, and when they shall be applied."""

    seen_pending = forms.IntegerField(required=False, widget=forms.HiddenInput)
    apply_at = forms.DateTimeField(
        required=False,
        label="Changes come out at",
        help_text="For “Keep for later”. Empty: when somebody publishes them.",
        widget=Moment,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.status != Post.Status.PUBLISHED:
            del self.fields["apply_at"]

    def clean_apply_at(self):
        at = self.cleaned_data["apply_at"]
        if at and at <= timezone.now() and self.deed and self.deed.name == "keep_pending":
            raise forms.ValidationError(TOO_LATE)
        return at

    def check_pending(self):
        """Compares what was seen of the pending changes with what there is; the deed's own UPDATE checks again."""
        change = PendingChange.objects.select_for_update().filter(post=self.instance).first()
        seen = self.cleaned_data.get("seen_pending")
        if (change.version if change else None) == seen:
            return
        self.put("seen_pending", str(change.version) if change else "")
        if change:
            self.show_pending_conflict(change, OTHERS)
        else:
            self.add_error(None, GONE)

    def save_pending(self, save_relations, *, by):
        """Does the deed of the button: the form is saved only as far as it takes to know what it would have saved."""
        post, seen = self.instance, self.cleaned_data.get("seen_pending")
        if self.deed.name != "keep_pending":
            return pending.discard(post, seen=seen)  # "apply_pending" saves the post besides
        with states.rehearsal():
            save_relations()
            state = states.state_of(post)
        pending.keep(post, state, by=by, seen=seen, apply_at=self.cleaned_data.get("apply_at"))
