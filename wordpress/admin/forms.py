"""The forms of moving in: what is brought, and how it is to be taken."""

from dataclasses import replace

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat

from wordpress.formats import WORDPRESS
from wordpress.moving import lying_here
from wordpress.taking.options import Options

LEFT_OUT, AS_POSTS, AS_PAGES = ("", "Leave out"), ("post", "As posts"), ("page", "As pages")
ELSEWHERE = ("address", "pattern", "has_sections")
PLAIN = ("signs_from_text", *ELSEWHERE)
NO_FOLDER = ("", "None: pictures and files are not here yet")


class Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; none of them may be empty."""

    widget = Files

    def clean(self, data, initial=None):
        return [super(FilesField, self).clean(one, initial) for one in data or []]


class NewForm(forms.Form):
    """What is brought: files that are sent, or files that lie on the server."""

    files = FilesField(
        required=False,
        label="Send files",
        help_text="One or several, as the old system gives them: .xml, .json, .gz or .zip.",
        error_messages={"empty": "One of the files is empty. Export it again."},
    )
    here = forms.MultipleChoiceField(
        required=False, label="Or take what lies on the server", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["here"].choices = [
            (name, f"{name} ({'a folder' if size is None else filesizeformat(size)})")
            for name, size in lying_here.exports()
        ]
        self.fields["here"].error_messages["invalid_choice"] = (
            "%(value)s is not there any more. Choose again."
        )

    @property
    def limit(self):
        return settings.MOVE_FILE_MAX_BYTES

    def clean(self):
        data = super().clean()
        files, here = data.get("files"), data.get("here")
        if not self.errors and not files and not here:
            self.add_error("files", "Choose a file first.")
        if files and here:
            self.add_error("here", "Either send files or take those on the server, not both in one import.")
        return data

    @property
    def paths(self):
        return [lying_here.path_of(name) for name in self.cleaned_data["here"]]


class OptionsForm(forms.Form):
    """How an import is taken. Plugins' own types are asked for once the dry run has named them: (type, how many).

    What only WordPress's export says of the old site is asked for once it is known to be of another system.
    """

    folder = forms.ChoiceField(
        required=False,
        label="Folder with the old site's uploads",
        help_text="Copied onto the server, it is the quickest way to bring pictures and files along.",
    )

    signs_from_text = forms.BooleanField(
        required=False,
        label="A first line such as “By Ann Bee | (The Site) |” is the byline",
        help_text="Tick it if authors are named at the beginning of the texts. The line then leaves the text.",
    )

    address = forms.URLField(
        required=False,
        assume_scheme="https",
        label="Address of the old site",
        help_text="Such as https://old.example. With it, old addresses lead to today’s, and pictures can be fetched.",
    )
    pattern = forms.CharField(
        required=False,
        max_length=100,
        label="Form of its posts’ addresses",
        help_text="If it was not the usual one; of {slug}, {year}, {month}, {day} and {id}, such as /{year}/{slug}/.",
    )
    has_sections = forms.BooleanField(
        required=False,
        label="The first tag of each post is its section",
        help_text="Tick it if the old site had no sections.",
    )

    def __init__(self, options, types, *args, system=WORDPRESS):
        super().__init__(*args, prefix="option")
        self.options, self.types = options, types
        folder = lying_here.name_of(options.folder) if options.folder else ""
        names = lying_here.uploads_folders()
        if folder and folder not in names:
            names.append(folder)
        self.fields["folder"].choices = [NO_FOLDER, *((name, name) for name in names)]
        self.fields["folder"].initial = folder
        for name in PLAIN:
            self.fields[name].initial = getattr(options, name)
        for name in ELSEWHERE if (system or options.system or WORDPRESS) == WORDPRESS else ():
            del self.fields[name]
        for name, count in types:
            self.fields[f"type-{name}"] = forms.ChoiceField(
                required=False,
                label=name,
                choices=[LEFT_OUT, AS_POSTS, AS_PAGES],
                initial=options.types.get(name, ""),
                help_text=f"{count:,} in the files",
            )

    @property
    def plain_fields(self):
        return [self[name] for name in self.fields if not name.startswith("type-")]

    @property
    def type_fields(self):
        return [self[f"type-{name}"] for name, _count in self.types]

    def chosen(self) -> Options:
        data = self.cleaned_data
        asked = {name: data[f"type-{name}"] for name, _count in self.types}
        types = {name: kind for name, kind in self.options.types.items() if name not in asked}
        types |= {name: kind for name, kind in asked.items() if kind}
        folder = lying_here.path_of(data["folder"]) if data["folder"] else None
        plain = {name: data[name] for name in PLAIN if name in data}
        return replace(self.options, types=types, folder=folder, **plain)
