"""The small form of quick edit: a post's title, slug, date, categories and tags, without its text."""

import json

from django import forms
from django.db import transaction
from django.utils import timezone

from informed_comment.admin_site import Moment
from posts import filing, publishing
from posts.admin.fields import CategoriesField, short_tags
from posts.models import Post

COMPARED = ("title", "slug", "published_at", "categories", "tags")
LABELS = {"published_at": "Publication date"}
STALE = (
    "{who} saved this post while you had it open. Where you both changed something, yours stands in the field and theirs "
    "below it. Save again to take yours."
)
NEEDS_A_DATE = "A published post has a date. To take it off the site, withdraw it."


def values_of(post):
    """What the form is about, as plain JSON."""
    direct = post.filings.filter(is_direct=True).order_by("id")
    return {
        "title": post.title,
        "slug": post.slug,
        "published_at": post.published_at.isoformat() if post.published_at else None,
        "categories": list(direct.values_list("category_id", flat=True)),
        "tags": sorted(tagging.tag.name for tagging in post.taggings.select_related("tag")),
    }


class QuickForm(forms.ModelForm):
    """`seen` is what the fields showed, so that it can be told what this editor has changed."""

    problem = ""

    categories = CategoriesField(required=False, help_text="The first one labels the post.")
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Post
        fields = ("title", "slug", "published_at", "categories", "tags")
        widgets = {"published_at": Moment}
        help_texts = {
            "tags": "Separated by commas.",
            "slug": "The last part of the address; the old one leads to the new.",
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.theirs, self.clashes = {}, []
        self.was = self.instance.published_at
        if not user.has_perm("posts.publish_post"):
            del self.fields["published_at"]
        if not self.is_bound:
            shown = values_of(self.instance)
            self.initial |= {
                "categories": shown["categories"],
                "seen": json.dumps(shown),
                "seen_version": self.instance.version,
            }

    def clean_tags(self):
        return short_tags(self.cleaned_data["tags"])

    def clean_title(self):
        return " ".join(self.cleaned_data["title"].split())

    def clean_published_at(self):
        """The field shows minutes; an untouched date keeps its seconds."""
        given = self.cleaned_data["published_at"]
        if given is None and self.instance.status == Post.Status.PUBLISHED:
            raise forms.ValidationError(NEEDS_A_DATE)
        return (
            self.was if given and self.was and given == self.was.replace(second=0, microsecond=0) else given
        )

    def _post_clean(self):
        """Django's hook once the instance carries the form's values."""
        super()._post_clean()
        if self.instance.status == Post.Status.PUBLISHED:
            for field, problem in publishing.missing(self.instance).items():
                self.add_error(field if field in self.fields else None, problem)

    @transaction.atomic
    def keep(self, *, by):
        """Saves the post at the version that was seen. Raises publishing.ChangedMeanwhile."""
        post = self.instance
        post.version = self.cleaned_data["seen_version"]
        filing.file_under(post, self.cleaned_data["categories"])
        post.tags.set(self.cleaned_data["tags"])
        publishing.save(post, by=by)

    def mine(self):
        """What the form says, as plain JSON."""
        data = self.cleaned_data
        date = data.get("published_at", self.was)
        return {
            "title": data["title"],
            "slug": data["slug"],
            "published_at": date.isoformat() if date else None,
            "categories": [category.pk for category in data["categories"]],
            "tags": sorted(data["tags"]),
        }


def after_a_conflict(form, theirs, *, user):
    """The form again: with their values where only they changed something, with both where the two disagree."""
    mine, now = form.mine(), values_of(theirs)
    try:
        seen = json.loads(form.cleaned_data["seen"])
    except ValueError:
        seen = {}
    yours = {name for name in COMPARED if mine[name] != seen.get(name)}
    again = QuickForm(instance=theirs, user=user)
    again.initial |= {name: initial_of(name, mine[name]) for name in yours if name in again.fields}
    last = theirs.revisions.select_related("created_by").defer("state").first()
    who = (
        last.created_by.get_full_name() or last.created_by.get_username()
        if last and last.created_by
        else "Somebody"
    )
    again.problem = STALE.format(who=who)
    again.theirs = {name: said(again, name, now[name]) for name in yours if mine[name] != now[name]}
    return again


def initial_of(name, value):
    if name == "tags":
        return ", ".join(f'"{tag}"' if "," in tag else tag for tag in value)
    if name == "published_at" and value:
        return timezone.localtime(timezone.datetime.fromisoformat(value))
    return value


def said(form, name, value):
    """A value of theirs, in words."""
    if name == "published_at":
        return f"{initial_of(name, value):%d %B %Y, %H:%M}" if value else "none"
    if name == "categories":
        names = dict(form.fields["categories"].queryset.filter(pk__in=value).values_list("pk", "name"))
        return ", ".join(names[pk] for pk in value if pk in names) or "none"
    return (", ".join(value) if name == "tags" else value) or "none"
