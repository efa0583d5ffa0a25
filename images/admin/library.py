from django.contrib import admin, messages
from django.contrib.admin import actions
from django.contrib.admin.utils import unquote
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html

from images import picking, uses
from images.admin import adding, filters
from images.admin.form import ImageForm
from images.admin.listing import ImageList
from images.admin.owning import OwnUploads, SaysWhenFull
from images.keeping import discard_image, save_image
from images.models import Image
from informed_comment.admin_site import EditorialAdmin
from informed_comment.editor import script

STILL_USED = "Still in use: nothing was deleted. Tick the box below the list to delete all the same."


@admin.action(description="Delete the selected pictures", permissions=["delete"])
def delete_selected(model_admin, request, images):
    """Django's, which asks once more where pictures are in use."""
    found = uses.of(list(images), request)
    if request.POST.get("post") and any(found.values()) and "sure" not in request.POST:
        messages.warning(request, STILL_USED)
        request.POST = request.POST.copy()
        del request.POST["post"]
    request.is_used = any(found.values())
    return actions.delete_selected(model_admin, request, images)


@admin.register(Image)
class ImageAdmin(SaysWhenFull, OwnUploads, EditorialAdmin):
    form = ImageForm
    actions = [delete_selected]
    list_display = ["picture", "name", "measures", "credit", "licence", "described", "created_at"]
    list_display_links = ["name"]
    list_filter = [filters.Lacking, filters.InUse, filters.OfKind, filters.Uploader]
    search_fields = ["title"]
    search_help_text = "Search by words of the title, alternative text, caption, credit or file name."
    list_per_page = 48
    readonly_fields = ["measures"]
    fieldsets = (
        (None, {"fields": ["alt", "is_decorative", "caption", "credit", "licence", "source_url"]}),
        ("For finding it again", {"fields": ["title"]}),
        ("Focus in numbers", {"fields": [("focal_x", "focal_y")], "classes": ["focus-numbers"]}),
        ("File", {"fields": ["measures", "file"]}),
    )
    add_fieldsets = (
        (None, {"fields": ["file", "alt", "is_decorative", "caption", "credit", "licence", "source_url"]}),
        ("For finding it again", {"fields": ["title"]}),
    )

    @property
    def media(self):
        return super().media + script("focus")

    def media_for_adding(self):
        return script("adding")

    def get_urls(self):
        pick = path("pick/", self.admin_site.admin_view(picking.pictures_json), name="images_image_pick")
        return [pick, *adding.urls(self), *super().get_urls()]

    # The list

    def get_changelist(self, request, **kwargs):
        return ImageList

    def get_search_results(self, request, queryset, search_term):
        return queryset.with_words(search_term), False

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": "Image library"} | (extra_context or {}))

    @admin.display(description="Picture")
    def picture(self, image):
        return picking.thumbnail(image)

    @admin.display(description="Title")
    def name(self, image):
        return str(image)

    @admin.display(description="Size")
    def measures(self, image):
        if not image.file:
            return "File missing"
        measures = f"{image.width} × {image.height}"
        return f"{measures}, {image.size / 1e6:.1f} MB" if image.size else measures

    @admin.display(description="Described", boolean=True)
    def described(self, image):
        return bool(image.alt or image.is_decorative)

    # The form

    def get_fieldsets(self, request, obj=None):
        """A picture that is still to be uploaded has no focus yet."""
        return self.fieldsets if obj else self.add_fieldsets

    def get_readonly_fields(self, request, obj=None):
        return self.readonly_fields if obj else ()

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj:
            context |= {"title": str(obj), "subtitle": None}
        context["image"] = obj
        context["uses"] = uses.of([obj], request)[obj.pk] if obj else None
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_by = request.user
        save_image(obj)

    def view_on_site(self, obj):
        return obj.file.url if obj.file else None

    # Deleting

    def get_deleted_objects(self, objs, request):
        """Nothing goes with a picture. What shows it stands under it instead."""
        images = list(objs)
        found = uses.of(images, request)
        listed = []
        for image in images:
            listed.append(str(image))
            if found[image.pk]:
                listed.append([said(use) for use in found[image.pk].known] + others(found[image.pk]))
        lacking = set() if self.has_delete_permission(request) else {self.opts.verbose_name}
        return listed, {self.opts.verbose_name_plural: len(images)}, lacking, []

    def delete_view(self, request, object_id, extra_context=None):
        image = self.get_object(request, unquote(object_id))
        request.is_used = bool(image and uses.of([image], request)[image.pk])
        if request.method == "POST" and request.is_used and "sure" not in request.POST:
            messages.warning(request, STILL_USED)
            return HttpResponseRedirect(reverse("admin:images_image_delete", args=[image.pk]))
        return super().delete_view(request, object_id, extra_context)

    def delete_model(self, request, obj):
        discard_image(obj)

    def delete_queryset(self, request, queryset):
        for image in queryset:
            discard_image(image)


def said(use):
    words = f"{use.kind.capitalize()}: {use.name} ({use.place})"
    return format_html('<a href="{}">{}</a>', use.address, words) if use.address else words


def others(found):
    return [f"{found.others} more that you may not open"] if found.others else []
