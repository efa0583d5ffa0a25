import re
import uuid
from pathlib import PurePath

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.text import slugify

INDEXED = 3  # letters that the index of words knows together
WORDS_ASKED = 8  # of a search; more say nothing more
SHARE = [MinValueValidator(0), MaxValueValidator(1)]
TOLD_APART = re.compile(r"-[0-9a-f]{8}$")  # by the end of their names, see stored_name()
TALL = 1.15  # so much higher than wide


def stored_name(instance, filename):
    """`images/2026/11/a-readable-name-1f2e3d4c.jpg`: readable, and never the name of another file."""
    path = PurePath(filename)
    stem = slugify(path.stem)[:60] or "file"
    day = instance.created_on
    return f"{instance.folder}/{day:%Y/%m}/{stem}-{uuid.uuid4().hex[:8]}{path.suffix.lower()[:10]}"


class ImageWords(models.Func):
    """All that is said of a picture, folded, with a blank before each word, by which it is found."""

    function = "image_words"
    output_field = models.TextField()


class Folded(models.Func):
    """A text in small letters without accents, with blanks for what joins words."""

    function = "image_folded"
    output_field = models.TextField()


class Kind(models.Func):
    """The end of a file's name: jpg, png, webp, gif."""

    template = "substring(%(expressions)s from '[^.]*$')"
    output_field = models.TextField()


class NamedImages(models.Func):
    """The numbers of the pictures that a text names, for an index over texts."""

    function = "body_images"
    output_field = ArrayField(models.BigIntegerField())


SAID = ("title", "alt", "caption", "credit", "file")


class LibraryQuerySet(models.QuerySet):
    def with_file(self):
        return self.exclude(file="")


class ImageQuerySet(LibraryQuerySet):
    def with_words(self, text):
        """Pictures of which all the words are said, in title, alternative text, caption, credit or file name.

        Three letters are found within a word, for the index knows threes; fewer, at the beginning of one.
        """
        images = self
        for word in text.split()[:WORDS_ASKED]:
            part = f" {word}" if len(word) < INDEXED else word
            images = images.filter(said__contains=Folded(models.Value(part)))
        return images

    def of_kind(self, kind):
        return self.filter(Exact(Kind("file"), models.Value(kind)))

    def lacking_alt(self):
        return self.filter(alt="", is_decorative=False)


class Kept(models.Model):
    """Something kept in the library: a file, where it came from, and who may use it."""

    title = models.CharField(
        max_length=300, blank=True, help_text="For finding it again; readers never see it."
    )
    credit = models.CharField(max_length=300, blank=True, help_text="Who made it; always shown to readers.")
    licence = models.CharField(
        max_length=100, blank=True, help_text="For instance CC BY 4.0, or “by permission”."
    )
    source_url = models.URLField("source address", max_length=1000, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    size = models.PositiveBigIntegerField("size in bytes", default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL
    )

    class Meta:
        abstract = True

    @property
    def created_on(self):
        return self.created_at or timezone.now()


class Image(Kept):
    """A picture in the library. `file` is empty while an imported picture's file has not been found."""

    folder = "images"

    file = models.ImageField(
        upload_to=stored_name, width_field="width", height_field="height", blank=True, max_length=200
    )
    width = models.PositiveIntegerField(default=0, null=True, editable=False)
    height = models.PositiveIntegerField(default=0, null=True, editable=False)
    alt = models.CharField(
        "alternative text",
        max_length=500,
        blank=True,
        help_text="What the picture shows, for readers who cannot see it.",
    )
    is_decorative = models.BooleanField(
        "decorative", default=False, help_text="Says nothing that the text does not say; read out to nobody."
    )
    caption = models.TextField(
        blank=True, help_text="Stands under the picture wherever the post gives none of its own."
    )
    renditions = models.JSONField(
        default=list,
        editable=False,
        help_text="Sizes made ahead of the reader: [{crop, format, width, height, name}], see images/renditions.py.",
    )
    focal_x = models.FloatField(
        "focus from the left", default=0.5, validators=SHARE, help_text="0 is left, 1 right."
    )
    focal_y = models.FloatField(
        "focus from the top", default=0.5, validators=SHARE, help_text="0 is top, 1 bottom."
    )

    said = models.GeneratedField(
        expression=ImageWords(*SAID), output_field=models.TextField(), db_persist=True, editable=False
    )

    objects = ImageQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            GinIndex(fields=["said"], opclasses=["gin_trgm_ops"], name="images_by_said"),
            models.Index(Kind("file"), models.F("id").desc(), name="images_by_kind"),
            models.Index(
                fields=["-id"], name="images_lacking_alt", condition=models.Q(alt="", is_decorative=False)
            ),
            models.Index(fields=["-id"], name="images_lacking_credit", condition=models.Q(credit="")),
            models.Index(fields=["-id"], name="images_lacking_file", condition=models.Q(file="")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(focal_x__range=(0, 1), focal_y__range=(0, 1)),
                name="image_focus_lies_inside",
            ),
        ]

    def __str__(self):
        called = TOLD_APART.sub("", PurePath(self.file.name or self.source_url).stem)
        return self.title or self.alt or called or f"Image {self.pk}"

    @property
    def is_tall(self):
        """Whether it stands narrower than the text, which it would otherwise push off the screen."""
        return bool(self.width and self.height) and self.height > self.width * TALL


class Document(Kept):
    """A file that is no picture: a PDF, a recording, a film. Linked from posts, never shown as code."""

    folder = "documents"

    file = models.FileField(upload_to=stored_name, blank=True, max_length=200)
    mime_type = models.CharField(max_length=100, blank=True)

    objects = LibraryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return self.title or PurePath(self.file.name or self.source_url).name or f"Document {self.pk}"
