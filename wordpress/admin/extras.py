"""What comes beside an export: the old site's redirects, and its totals of reads. Each is looked at first, then taken in.

Between the two the file travels in the page itself, packed: nothing of it is kept here until it is taken in.
"""

import base64
import binascii
import zlib
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse

from wordpress import popularity
from wordpress.admin.noting import note
from wordpress.redirecting import deed as redirecting
from wordpress.redirecting.reading import CannotRead

SHOWN = 100
MOST = 20 * 1024 * 1024  # bytes of a file
MOST_PACKED = 10 * 1024 * 1024
TOO_LARGE = (
    "The file is larger than 20 MB. Split it, or have it taken in on the server: manage.py import_redirects or "
    "import_popularity."
)
IMPORT = "wordpress.import_site"
AGAIN = "The file did not come back whole. Choose it again."


class ExtraForm(forms.Form):
    """The file itself, or the one that was looked at before."""

    file = forms.FileField(required=False, error_messages={"empty": "The file is empty. Export it again."})
    kept = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        if data.get("file"):
            if data["file"].size > MOST:
                raise forms.ValidationError(TOO_LARGE)
            data["content"] = data["file"].read()
        elif data.get("kept"):
            data["content"] = unpacked(data["kept"])
        else:
            self.add_error("file", "Choose a file first.")
        return data


@dataclass(frozen=True)
class Told:
    """What came of a file, or would: (how many, what), and of single lines (line, what, why)."""

    sums: list
    lines: list
    takes: int

    @property
    def first(self):
        return self.lines[:SHOWN]


def redirects(content, *, is_dry_run):
    plan = redirecting.take(content, is_dry_run=is_dry_run)
    counts = [(len(plan.did(deed)), words) for deed, words in redirecting.WORDS.items()]
    lines = [
        (one.entry.line, one.entry.source, f"{redirecting.WORDS[one.deed]}: {one.told}")
        for one in plan.outcomes
        if one.told
    ]
    takes = sum(len(plan.did(deed)) for deed in redirecting.TAKEN)
    return Told([pair for pair in counts if pair[0]], lines, takes)


def reads(content, *, is_dry_run):
    brought = popularity.bring(content, is_dry_run=is_dry_run)
    sums = [
        (brought.totals.total(), f"reads of {number(len(brought.totals), 'post')}"),
        (brought.lines, "lines in the file"),
    ]
    return Told(sums, brought.unknown, len(brought.totals))


DEEDS = {"redirects": redirects, "reads": reads}
DONE = {"redirects": "Taken in: {} of the old site.", "reads": "Taken in: the reads of {}."}
WORDS = {"redirects": "redirect", "reads": "post"}


def page(modeladmin, request):
    """POST `which`: redirects or reads; `do`: look, or take."""
    if not request.user.has_perm(IMPORT):
        raise PermissionDenied
    which, form, told, kept = request.POST.get("which"), ExtraForm(), None, ""
    if request.method == "POST" and which in DEEDS:
        form = ExtraForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                content, is_look = form.cleaned_data["content"], request.POST.get("do") != "take"
                told = DEEDS[which](content, is_dry_run=is_look)
                if not is_look:
                    return taken(request, which, told)
                kept = packed(content)
            except CannotRead as reason:
                form.add_error("file", str(reason))
    return modeladmin.page(
        request,
        "extras",
        title="Redirects and reads of the old site",
        which=which if which in DEEDS else "",
        form=form,
        told=told,
        kept=kept,
        largest=MOST,
    )


def taken(request, which, told):
    said = DONE[which].format(number(told.takes, WORDS[which]))
    note(request, f"{which}_imported", said, "Old site")
    messages.success(request, said)
    return HttpResponseRedirect(reverse("admin:wordpress_move_extras"))


def number(count, word):
    return f"{count:,} {word}{'s' * (count != 1)}"


def packed(content):
    """Raises CannotRead for one that the page cannot carry."""
    text = base64.b64encode(zlib.compress(content)).decode()
    if len(text) > MOST_PACKED:
        raise CannotRead(TOO_LARGE)
    return text


def unpacked(text):
    """What was packed; no more of it than a file may have. Raises ValidationError."""
    try:
        return zlib.decompressobj().decompress(base64.b64decode(text, validate=True), MOST + 1)
    except (zlib.error, binascii.Error, ValueError) as error:
        raise forms.ValidationError(AGAIN) from error
