import uuid
from pathlib import PurePath

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.text import slugify

SHARE = [MinValueValidator(0), MaxValueValidator(1)]
TALL = 1.15  # so much higher than wide


def stored_name(instance, filename):
    """`images/2026/11/a-readable-name-1f2e3d4c.jpg`: readable, and never the name of another file."""
    path = PurePath(filename)
    stem = slugify(path.stem)[:60] or "file"
    day = instance.created_on
    return f"{instance.folder}/{day:%Y/%m}/{stem}-{uuid.uuid4().hex[:8]}{path.suffix.lower()[:10]}"


class LibraryQuerySet(models.QuerySet):
    def with_file(self):
        return self.exclude(file="")


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

    objects = LibraryQuerySet.as_manager()

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

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(focal_x__range=(0, 1), focal_y__range=(0, 1)),
                name="image_focus_lies_inside",
            ),
        ]

    def __str__(self):
        return (
            self.title or self.alt or PurePath(self.file.name or self.source_url).name or f"Image {self.pk}"
        )

    @property
    def is_tall(self):
        """Whether it stands narrower than the text, which it would otherwise push off the screen."""
        return bool(self.width and self.height) and self.height > self.width * TALL


class Document(Kept):
    """A file that is no picture: a PDF, a recording, a film. Linked from posts, never shown as code."""

    folder = "documents"

    file = models.FileField(upload_to=stored_name, blank=True, max_length=200)
    mime_type = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return self.title or PurePath(self.file.name or self.source_url).name or f"Document {self.pk}"
