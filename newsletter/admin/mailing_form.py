"""The form of a draft: a letter's text, or a digest's intro and its posts in order."""

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html

from informed_comment.envelopes import one_line
from informed_comment.rows import SortableRows
from newsletter.models import Mailing, MailingPost, Subscriber
from posts.models import Post

EVERYBODY = "Nothing chosen: everybody, however often they want mail."
NO_SUBJECT = "Write a subject: it is what readers see before they open the mail."
IN_THE_PAST = "This time is past. Give one that is still to come, or none: then it goes out once you send it."
TOO_EARLY = "It would be too late before it began. Give a time after the one it is to go out at."


class MailingForm(forms.ModelForm):
    frequencies = forms.MultipleChoiceField(
        choices=Subscriber.Frequency.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="To whom",
        help_text=EVERYBODY,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.kind == Mailing.Kind.LETTER and "subject" in self.fields:
            self.fields[
                "subject"
            ].help_text = "What readers see before they open the mail; it heads the text as well."

    def clean_subject(self):
        """One line, however it was pasted; only a digest makes its own."""
        subject = one_line(self.cleaned_data["subject"])
        is_digest = self.instance.kind in (Mailing.Kind.DAILY, Mailing.Kind.WEEKLY)
        if not subject and not is_digest:
            raise forms.ValidationError(NO_SUBJECT)
        return subject

    def clean_preheader(self):
        return one_line(self.cleaned_data["preheader"])

    def clean_send_at(self):
        moment = self.cleaned_data["send_at"]
        if moment and "send_at" in self.changed_data and moment <= timezone.now():
            raise forms.ValidationError(IN_THE_PAST)
        return moment

    def clean(self):
        cleaned = super().clean()
        start, latest = self.cleaned_data.get("send_at"), self.cleaned_data.get("latest_at")
        if latest and "latest_at" in self.changed_data and latest <= (start or timezone.now()):
            self.add_error("latest_at", TOO_EARLY)
        return cleaned


class LineInline(SortableRows, admin.TabularInline):
    """The posts of a digest: their order by two arrows, or by a number where no script runs."""

    model = MailingPost
    verbose_name_plural = "posts in it"
    fields = ["title", "position", "is_left_out", "is_offered_again"]
    readonly_fields = ["title"]
    can_delete = False
    extra = max_num = 0

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("post").defer("post__body")

    def has_add_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("newsletter.view_mailing")

    def has_change_permission(self, request, obj=None):
        return request.user.has_perm("newsletter.change_mailing")

    @admin.display(description="Post")
    def title(self, line):
        post = line.post
        gone = "" if post.is_public else f" ({Post.Status(post.status).label.lower()}: it drops out)"
        return format_html('<a href="{}"><bdi>{}</bdi></a>{}', post.get_absolute_url() or "#", post, gone)
