"""The form fields of a post that Django has no like of: its place in the tree, and its tags."""

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AutocompleteSelect
from django.forms.models import ModelChoiceIterator, ModelChoiceIteratorValue
from django.urls import reverse
from taggit.forms import TagWidget

from posts.models import Category, Tag


def select2():
    """The select2 that Django ships, in the very files its own autocomplete names, so that neither loads twice."""
    end = ".js" if settings.DEBUG else ".min.js"
    return forms.Media(
        js=(
            f"admin/js/vendor/jquery/jquery{end}",
            f"admin/js/vendor/select2/select2.full{end}",
            "admin/js/jquery.init.js",
            forms.widgets.Script("js/editor/choosing.js", defer=True),
        ),
        css={
            "screen": (
                f"admin/css/vendor/select2/select2{end.replace('js', 'css')}",
                "admin/css/autocomplete.css",
            )
        },
    )


class Branches(ModelChoiceIterator):
    """Every category by its whole way down the tree, "Middle East › Iran", in one query."""

    def __iter__(self):
        names = {}
        for category in self.queryset.only("name", "path").order_by("path"):
            above = names.get(category.path.rpartition("/")[0])
            names[category.path] = f"{above} › {category.name}" if above else category.name
            yield ModelChoiceIteratorValue(category.pk, category), names[category.path]

    def __len__(self):
        return self.queryset.count()


class CategoriesSelect(forms.SelectMultiple):
    """The chosen ones stand first, in the order in which they were chosen; the browser sends them in that order."""

    @property
    def media(self):
        return select2()

    def __init__(self, attrs=None):
        super().__init__({"data-categories": "", "size": 8} | (attrs or {}))

    def optgroups(self, name, value, attrs=None):
        groups = super().optgroups(name, value, attrs)
        place = {str(pk): at for at, pk in enumerate(value)}
        last = len(place)
        return sorted(groups, key=lambda group: place.get(str(group[1][0]["value"]), last))


class CategoriesField(forms.ModelMultipleChoiceField):
    """Categories in the editor's order: the first one labels the post."""

    iterator = Branches
    widget = CategoriesSelect

    def __init__(self, **kwargs):
        super().__init__(queryset=Category.objects.all(), **kwargs)

    def clean(self, value):
        found = super().clean(value)
        order = {str(pk): at for at, pk in enumerate(value or [])}
        return sorted(found, key=lambda category: order[str(category.pk)])

    def has_changed(self, initial, data):
        return [str(pk) for pk in initial or []] != [str(pk) for pk in data or []]


def short_tags(names):
    """The names of tags, if each is as short as the database wants it; taggit would only fail there."""
    most = Tag._meta.get_field("name").max_length
    for name in names:
        if len(name) > most:
            raise forms.ValidationError(
                f"A tag has {most} characters at most. Shorten “{name[:40]}…”, or put commas between tags."
            )
    return names


class TagsInput(TagWidget):
    """A line of tags with commas, which a script turns into chips with suggestions."""

    @property
    def media(self):
        return select2()

    def get_context(self, name, value, attrs):
        address = reverse("admin:posts_post_tags")
        return super().get_context(name, value, (attrs or {}) | {"data-tags": address})


class KnownAuthor(AutocompleteSelect):
    """Django's autocomplete, spared its query for an author the byline has brought along."""

    known = None

    def optgroups(self, name, value, attr=None):
        if self.known is None or [str(self.known.pk)] != [str(pk) for pk in value]:
            return super().optgroups(name, value, attr)
        option = self.create_option(name, self.known.pk, str(self.known), {str(self.known.pk)}, 0)
        return [(None, [option], 0)]
