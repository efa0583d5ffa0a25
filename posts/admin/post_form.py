"""The form of a post: what an editor types, checked before anything is saved and handed back whole."""

from django import forms
from js_asset import Media

from informed_comment.editor import script
from posts.admin.address_form import AddressFields
from posts.admin.checks import Checked
from posts.admin.conflict_form import Merging
from posts.admin.deeds import PENDING
from posts.admin.fields import CategoriesField, TagsInput, short_tags
from posts.admin.front_form import FrontFields
from posts.admin.pending_form import PendingFields
from posts.models import Post

BESIDE = ["css/newsroom/differences.css", "css/newsroom/leftovers.css", "css/newsroom/merge.css"]


class PostForm(Checked, Merging, AddressFields, PendingFields, FrontFields, forms.ModelForm):
    """`deed` is the button that was pressed, `user` who pressed it; the admin sets both on the class.

    `opened` is what the form shows instead of the post itself, an `opening.Opened`, or None.
    """

    deed = None
    user = None
    opened = None

    categories = CategoriesField(
        required=False, help_text="The first one labels the post; readers see all under “Filed under”."
    )
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seen_warnings = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        widgets = {
            "title": forms.Textarea(attrs={"rows": 1, "class": "post-title", "placeholder": "Title"}),
            "standfirst": forms.Textarea(
                attrs={
                    "rows": 1,
                    "class": "post-standfirst",
                    "placeholder": "Standfirst: the post in a sentence or two",
                }
            ),
            "lead_caption": forms.Textarea(attrs={"rows": 2}),
            "seo_description": forms.Textarea(attrs={"rows": 3}),
            "tags": TagsInput,
        }
        help_texts = {"tags": "Names, places, themes. Press Enter or a comma after each."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            direct = self.instance.filings.filter(is_direct=True).order_by("id")
            self.initial["categories"] = list(direct.values_list("category_id", flat=True))
            self.initial["seen_version"] = self.instance.version
        if self.opened:
            self.initial |= self.opened.initial(self)

    @property
    def media(self):
        return (
            super().media
            + script("post")
            + script("checks")
            + script("panels")
            + script("hold")
            + script("merge")
            + Media(css={"all": ["css/newsroom/checks.css", "css/newsroom/workflow.css", *BESIDE]})
        )

    def is_multipart(self):
        """Sent so, a text takes no more room on its way than it has letters."""
        return True

    def clean_title(self):
        """A title is one line, however it was pasted."""
        return " ".join(self.cleaned_data["title"].split())

    def clean_tags(self):
        return short_tags(self.cleaned_data["tags"])

    def clean_published_at(self):
        """The field shows minutes; an untouched date keeps its seconds, and a post before readers keeps its date."""
        given, was = self.cleaned_data["published_at"], self.initial.get("published_at")
        if given is None and self.instance.status == Post.Status.PUBLISHED:
            raise forms.ValidationError("A published post has a date. To take it off the site, withdraw it.")
        if given and was and given == was.replace(second=0, microsecond=0):
            return was
        return given

    def _post_clean(self):
        """Django's hook once the instance carries the form's values: the checks that need the whole post."""
        super()._post_clean()
        if self.instance.pk:
            self.check_version()
        if self.deed and self.deed.name in PENDING and not self.conflict:
            self.check_pending()
        if self.deed is None:
            self.add_error(None, "This cannot be done with the post as it stands now. Look at its status.")
            return
        if self.deed.checks and not self.conflict:
            self.check_before_publishing()
        if self.deed.name != "discard_pending" and not self.conflict:
            self.check_address()
