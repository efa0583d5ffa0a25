"""Picking a picture from the library: the JSON behind the dialog, and the form field that opens it."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.urls import reverse
from django.utils.html import format_html
from js_asset import Media

from images.models import Image
from informed_comment.editor import script

SHOWN = 24
THUMBNAIL_WIDTH = 320


def thumbnail_url(image, width=THUMBNAIL_WIDTH):
    """The address of a small form of the picture in its own shape; the original until the worker has made one."""
    webp = [made for made in image.renditions if made.get("format") == "webp"]
    fit = [made for made in webp if made.get("crop") == "own"] or webp
    if fit:
        small = min(fit, key=lambda made: abs(made["width"] - width))
        return image.file.storage.url(small["name"])
    return image.file.url if image.file else ""


def thumbnail(image):
    """The picture as a small `<img>` for lists in the newsroom; a dash when its file is missing."""
    if not image or not image.file:
        return "–"
    return format_html('<img class="thumbnail" src="{}" alt="" loading="lazy">', thumbnail_url(image))


def described(image):
    """What the editor needs to place the picture in a text."""
    return {
        "id": image.pk,
        "name": str(image),
        "src": image.file.url,
        "thumbnail": thumbnail_url(image),
        "alt": "" if image.is_decorative else image.alt,
        "is_decorative": image.is_decorative,
        "caption": image.caption,
        "credit": image.credit,
        "width": image.width,
        "height": image.height,
        "remember": reverse("admin:images_image_remember", args=[image.pk]),
    }


def pictures_json(request):
    """A page of pictures: `?q=` words, `?page=` from 1."""
    if not request.user.has_perm("images.view_image"):
        raise PermissionDenied
    page = request.GET.get("page", "1")
    number = int(page) if page.isdecimal() and len(page) < 6 else 1
    start = (max(number, 1) - 1) * SHOWN
    found = Image.objects.with_file().with_words(request.GET.get("q", "")[:200])
    images = list(found[start : start + SHOWN + 1])
    return JsonResponse(
        {"images": [described(image) for image in images[:SHOWN]], "more": len(images) > SHOWN}
    )


class PictureInput(forms.NumberInput):
    """The number of a picture, which a script turns into its thumbnail and a button that opens the library."""

    template_name = "admin/widgets/picture.html"

    @property
    def media(self):
        return script("picture") + Media(css={"all": ["css/admin_editor.css", "css/newsroom/uploading.css"]})

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        chosen = Image.objects.filter(pk=value).first() if str(value or "").isdecimal() else None
        context["widget"]["picture"] = chosen
        context["widget"]["thumbnail"] = thumbnail_url(chosen) if chosen else ""
        context["widget"]["library"] = reverse("admin:images_image_pick")
        context["widget"]["upload"] = reverse("admin:images_image_upload")
        return context


class PicksPictures:
    """For a ModelAdmin: every foreign key to Image is chosen in the library's dialog."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.remote_field.model is not Image:
            return super().formfield_for_foreignkey(db_field, request, **kwargs)
        field = db_field.formfield(**kwargs | {"widget": PictureInput, "queryset": Image.objects.all()})
        field.widget.attrs["class"] = "picture__number"
        return field

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Without Django's pencil and plus beside the field: the dialog has its own ways."""
        if getattr(db_field.remote_field, "model", None) is Image and db_field.many_to_one:
            return self.formfield_for_foreignkey(db_field, request, **kwargs)
        return super().formfield_for_dbfield(db_field, request, **kwargs)
