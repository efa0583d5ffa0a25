"""What may come into the library: every picture is looked at, decoded and written anew.

Writing it anew leaves behind whatever was hidden in the file: the place it was taken, a second file behind the
first, a script in a comment. Which kind it is is decided by its content; its name is never asked. Refusals are
ValidationErrors that name the file and the cure.
"""

import hashlib
import io
from pathlib import PurePath

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.template.defaultfilters import filesizeformat
from PIL import Image as Picture

from images import apart, gif, rewriting, room
from images.rewriting import READ

# Above the limit Pillow itself stops at twice this number, before it takes the memory.
Picture.MAX_IMAGE_PIXELS = settings.UPLOAD_MAX_PIXELS

LONGEST_SIDE = (
    30_000  # rows cost memory of their own: a strip of one pixel would take twenty times that of a square
)
MOST_FRAMES = 3_000  # five minutes
SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif"}
KINDS = "JPEG, PNG, WebP, AVIF and GIF"


class CheckedPicture(ContentFile):
    """A picture fit for the library, ready to be stored; `sha256` is the hash of what was sent."""

    def __init__(self, content, *, name, sha256):
        super().__init__(content, name=name)
        self.sha256 = sha256


def check(file, *, name=""):
    """The picture in `file` (anything to read bytes from) as a CheckedPicture. Raises ValidationError."""
    if isinstance(file, CheckedPicture):
        return file
    name = name_of(file, name)
    return checked(read(file, name=name), name)


def checked(content, name):
    """The picture in these bytes, written anew."""
    kind, size = looked_at(content, name)
    try:
        moving = gif.cleaned(content) if kind == "GIF" else None
        if moving:
            refuse_endless(moving, size, name)
            stored = moving.content
            rewriting.decoded(stored)
        else:
            kind, stored = rewritten(content, kind, size, name)
    except ValidationError:
        raise
    except Exception:  # whatever a broken file makes Pillow raise
        raise refusal(name, "is damaged or incomplete. Open it, save it again and upload that.") from None
    stem = PurePath(name).stem or "picture"
    sha256 = hashlib.sha256(content).hexdigest()
    return CheckedPicture(stored, name=f"{stem}{SUFFIXES[kind]}", sha256=sha256)


def name_of(file, name=""):
    return PurePath(str(name or getattr(file, "name", "") or "picture")).name


def read(file, *, name=""):
    """The file's bytes from its beginning, never more than one over the limit. Raises ValidationError."""
    limit = settings.UPLOAD_MAX_BYTES
    with room.or_say_so(name):
        if hasattr(file, "seek"):
            file.seek(0)
        content = file.read(limit + 1)
    if not content:
        raise refusal(name, "is empty. Choose the file again; it may not have been saved or copied whole.")
    if len(content) > limit:
        raise refusal(
            name,
            f"is larger than {filesizeformat(limit)}. Save it smaller; 2400 pixels on the longer side are enough.",
        )
    return content


def looked_at(content, name):
    """(kind, size) from the head of the file, before anything is decoded."""
    try:
        with Picture.open(io.BytesIO(content), formats=READ) as picture:
            kind, size = picture.format, picture.size
    except (Picture.DecompressionBombError, Picture.DecompressionBombWarning):
        raise too_many_pixels(name) from None
    except Exception:  # whatever a broken head makes Pillow raise
        raise refusal(name, why_not(content)) from None
    if size[0] * size[1] > settings.UPLOAD_MAX_PIXELS:
        raise too_many_pixels(name)
    if max(size) > LONGEST_SIDE:
        raise refusal(
            name, f"is longer than {LONGEST_SIDE:,} pixels on one side. Cut it, or save it smaller."
        )
    return "JPEG" if kind == "MPO" else kind, size


def too_many_pixels(name):
    millions = settings.UPLOAD_MAX_PIXELS / 1_000_000
    return refusal(
        name,
        f"has more than {millions:g} million pixels. Save it smaller; 2400 pixels on the longer side are enough.",
    )


def why_not(content):
    """What to do about a file that is no picture we read."""
    head = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"<") and b"<svg" in head:
        return "is an SVG drawing, which can carry scripts. Export it as PNG and upload that."
    if content[4:8] == b"ftyp" and content[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1"):
        return "is a HEIC picture, which browsers do not show. Export it as JPEG and upload that."
    return f"cannot be read as a picture. {KINDS} are welcome; save it as one of these."


def rewritten(content, kind, size, name):
    """(kind, bytes) as it is kept; a large one is worked on apart, so that this process does not grow by it."""
    if not rewriting.is_large(size):
        return rewriting.rewritten(content, kind)
    try:
        with room.or_say_so(name):
            return apart.rewritten(
                content, kind, folder=settings.VAR_DIR / "run", most=settings.PICTURE_MAX_MEMORY
            )
    except apart.CannotDraw as error:
        raise refusal(name, str(error)) from None


def refuse_endless(moving, size, name):
    """A moving picture may hold as many pixels in all its frames as five still ones."""
    if moving.frames > MOST_FRAMES or moving.frames * size[0] * size[1] > 5 * settings.UPLOAD_MAX_PIXELS:
        raise refusal(name, "moves for too long. Shorten it or make it smaller; a film belongs in an embed.")


def refusal(name, what):
    return ValidationError("“%(name)s” %(what)s", code="picture", params={"name": name, "what": what})


class PictureField(forms.ImageField):
    """The form field for pictures: its value is a CheckedPicture, whose `sha256` finds duplicates."""

    widget = forms.ClearableFileInput

    def to_python(self, data):
        return None if data in self.empty_values else check(data)
