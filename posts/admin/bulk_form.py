"""What is to be added to many posts, or taken from them."""

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from taggit.forms import TagField

from authors.models import Author
from posts.admin.fields import Branches, TagsInput, select2
from posts.bulk_deeds import GIVEN
from posts.models import Byline, Category


class OneCategoryField(forms.ModelChoiceField):
    iterator = Branches


class CategoryForm(forms.Form):
    category = OneCategoryField(queryset=Category.objects.all(), empty_label="Choose a category")

    def given(self):
        """The id and the name."""
        category = self.cleaned_data["category"]
        return category.pk, category.name


class TagsForm(forms.Form):
    tags = TagField(widget=TagsInput, help_text="Press Enter or a comma after each.")

    def given(self):
        names = list(dict.fromkeys(self.cleaned_data["tags"]))
        return names, ", ".join(names)


class AuthorForm(forms.Form):
    author = forms.ModelChoiceField(queryset=Author.objects.all())

    def __init__(self, *args, site, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["author"].widget = AutocompleteSelect(
            Byline._meta.get_field("author"), site, choices=self.fields["author"].choices
        )

    @property
    def media(self):
        return super().media + select2()

    def given(self):
        author = self.cleaned_data["author"]
        return author.pk, author.name


def form_for(deed, admin, data):
    """The form that asks what a deed is about; with `data`, filled."""
    kind = GIVEN[deed.deed]
    if kind == "category":
        return CategoryForm(data)
    return TagsForm(data) if kind == "tags" else AuthorForm(data, site=admin.admin_site)
