from django import forms
from django.contrib import admin
from django.db.models import Q
from django.forms.widgets import Script
from django.urls import NoReverseMatch, path, reverse
from django.utils.html import format_html, format_html_join

from images import picking
from images.keeping import discard_image, save_image
from images.models import Document, Image
from images.uploads import PictureField
from informed_comment.admin_site import EditorialAdmin

USES_SHOWN = 10


class Described(admin.SimpleListFilter):
    """Pictures that lack what readers need."""

    title = "what is missing"
    parameter_name = "lacks"

    def lookups(self, request, model_admin):
        return [("alt", "Alternative text"), ("credit", "Credit"), ("file", "The file itself")]

    def queryset(self, request, queryset):
        lacking = {"alt": Q(alt="", is_decorative=False), "credit": Q(credit=""), "file": Q(file="")}
        return queryset.filter(lacking[self.value()]) if self.value() in lacking else queryset


class OwnUploads:
    """Authors may change what they put into the library themselves; editors, everything."""

    def may_change_all(self, request):
        return request.user.has_perm(f"images.delete_{self.opts.model_name}")

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (
            obj is None or self.may_change_all(request) or obj.created_by_id == request.user.pk
        )

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)


class ImageForm(forms.ModelForm):
    class Meta:
        field_classes = {"file": PictureField}
        widgets = {
            "alt": forms.Textarea(attrs={"rows": 2}),
            "caption": forms.Textarea(attrs={"rows": 2}),
            "focal_x": forms.NumberInput(attrs={"min": 0, "max": 1, "step": "any"}),
            "focal_y": forms.NumberInput(attrs={"min": 0, "max": 1, "step": "any"}),
        }

    def clean(self):
        """A picture is described or said to be decorative; what came in without either may stay until then."""
        cleaned = super().clean()
        silent = not cleaned.get("alt") and not cleaned.get("is_decorative")
        if silent and (self.instance.pk is None or "alt" in self.changed_data):
            self.add_error("alt", "Say what the picture shows, or tick “decorative” below.")
        if self.instance.pk is None and not cleaned.get("file") and "file" not in self.errors:
            self.add_error("file", "Choose the picture's file.")
        return cleaned


@admin.register(Image)
class ImageAdmin(OwnUploads, EditorialAdmin):
    form = ImageForm
    list_display = ["picture", "name", "measures", "credit", "licence", "described", "created_at"]
    list_display_links = ["name"]
    list_filter = [Described, "is_decorative", "created_at"]
    search_fields = ["title", "alt", "caption", "credit", "file"]
    search_help_text = "Search by title, alternative text, caption, credit or file name."
    list_per_page = 48
    readonly_fields = ["preview", "measures", "where_used"]
    fieldsets = (
        (None, {"fields": ["preview", "file", "alt", "is_decorative", "caption", "credit"]}),
        ("For finding it again", {"fields": ["title", "licence", "source_url"]}),
        (
            "Focus",
            {
                "fields": [("focal_x", "focal_y")],
                "description": "The point that stays in view when the picture is cut to another shape. "
                "Click into the picture above to set it.",
            },
        ),
        ("Use", {"fields": ["measures", "where_used"]}),
    )

    class Media:
        js = [Script("js/editor/focus.js", type="module")]

    def get_urls(self):
        pick = path("pick/", self.admin_site.admin_view(picking.pictures_json), name="images_image_pick")
        return [pick, *super().get_urls()]

    def get_fieldsets(self, request, obj=None):
        """A picture that is still to be uploaded has no focus and no use yet."""
        if obj:
            return self.fieldsets
        shown = ("file", "alt", "is_decorative", "caption", "credit")
        return ((None, {"fields": shown}), self.fieldsets[1])

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_by = request.user
        save_image(obj)

    def delete_model(self, request, obj):
        discard_image(obj)

    def delete_queryset(self, request, queryset):
        for image in queryset:
            discard_image(image)

    def view_on_site(self, obj):
        return obj.file.url if obj.file else None

    @admin.display(description="Picture")
    def picture(self, image):
        return picking.thumbnail(image)

    @admin.display(description="Title", ordering="title")
    def name(self, image):
        return str(image)

    @admin.display(description="Size")
    def measures(self, image):
        if not image.file:
            return "File missing"
        return (
            f"{image.width} × {image.height}, {image.size / 1e6:.1f} MB"
            if image.size
            else f"{image.width} × {image.height}"
        )

    @admin.display(description="Described", boolean=True)
    def described(self, image):
        return bool(image.alt or image.is_decorative)

    @admin.display(description="Preview")
    def preview(self, image):
        if not image.file:
            return "The file is missing: it was named by an import and has not been found. Upload it here."
        return format_html(
            '<span class="focus" data-focus><img src="{}" alt="{}"></span>', image.file.url, image.alt
        )

    @admin.display(description="Where used")
    def where_used(self, image):
        """Everything that names the picture in a field of its own, without knowing who those are."""
        uses = []
        for relation in Image._meta.related_objects:
            manager = getattr(image, relation.get_accessor_name())
            deferred = [f.name for f in relation.related_model._meta.fields if f.name == "body"]
            uses += list(manager.defer(*deferred)[:USES_SHOWN])
        if not uses:
            return "In no field. It may still stand within a text."
        rows = ((self.address_of(row), row._meta.verbose_name, str(row)) for row in uses)
        return format_html_join("", '<a class="use" href="{}">{}: {}</a>', rows)

    def address_of(self, row):
        try:
            return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
        except NoReverseMatch:
            return ""


@admin.register(Document)
class DocumentAdmin(OwnUploads, EditorialAdmin):
    list_display = ["name", "mime_type", "credit", "licence", "created_at"]
    search_fields = ["title", "file", "credit"]
    search_help_text = "Search by title, file name or credit."
    list_filter = ["created_at"]
    fields = ["file", "title", "credit", "licence", "source_url"]

    def view_on_site(self, obj):
        return obj.file.url if obj.file else None

    @admin.display(description="Title", ordering="title")
    def name(self, document):
        return str(document)
