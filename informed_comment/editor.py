"""The rich-text editor of the newsroom: ProseMirror from django-prose-editor, with our own nodes, toolbar and paste.

The scripts are plain modules under static/js/editor/, named in the page's import map so that hashed file names
find each other. Without JavaScript the field is a plain textarea of HTML.
"""

from django import forms
from django.conf import settings
from django.forms.widgets import Script
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string
from js_asset import ImportMap, Media

MODULES = (
    *("start", "schema", "figures", "tables", "notes", "languages", "paste", "pasted_notes", "embeds"),
    *("toolbar", "dialogs", "note_dialog", "library", "panels"),
    *("keep", "drafts", "talk", "session", "presence", "recovery", "alone", "line"),
    *("uploading", "describing", "dropped", "pasted_pictures", "waiting"),
    *("addresses", "link_dialog", "typed", "keys", "undistracted", "written"),
    *("pasted_html", "pasted_report", "pasted_styles", "pasted_text", "pasted_word", "markdown"),
)
IMPORTS = {"django-prose-editor/editor": "django_prose_editor/editor.js"} | {
    f"editor/{name}": f"js/editor/{name}.js" for name in MODULES
}


def script(name):
    """The media of one module under static/js/editor/, with the import map that lets it find the others."""
    return Media(importmap=ImportMap(IMPORTS), js=[Script(f"js/editor/{name}.js", type="module")])


class EditorWidget(forms.Textarea):
    """A textarea which a script replaces by the editor; `small` leaves out pictures, embeds and tables."""

    def __init__(self, attrs=None, *, small=False):
        super().__init__({"rows": 6 if small else 20, "class": "vLargeTextField"} | (attrs or {}))
        self.small = small

    @property
    def media(self):
        styles = ["css/admin_editor.css", "css/newsroom/uploading.css", "css/newsroom/writing.css"]
        return script("start") + Media(css={"all": styles})

    def format_value(self, value):
        """The text as it opens, with what it names brought up to date by others (TEXTS_OPENED_BY)."""
        value = super().format_value(value)
        for path in settings.TEXTS_OPENED_BY if value and not self.small else ():
            value = import_string(path)(value)
        return value

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["data-editor"] = "small" if self.small else "full"
        for attribute, address in (("data-library", "pick"), ("data-library-upload", "upload")):
            context["widget"]["attrs"][attribute] = address_of(f"admin:images_image_{address}")
        context["widget"]["attrs"]["data-most"] = settings.TEXT_MAX_BYTES
        context["widget"]["attrs"]["data-links"] = address_of("admin:posts_post_links")
        return context

    def use_required_attribute(self, initial):
        """The browser could not point at a textarea that is hidden behind the editor."""
        return False


def address_of(name):
    """The library is an app of its own and may be missing; then the editor offers no pictures."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
