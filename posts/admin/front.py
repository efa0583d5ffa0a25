from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html

from informed_comment.admin_site import EditorialAdmin
from informed_comment.rows import SortableRows
from posts import front
from posts.admin.fields import select2
from posts.admin.front_form import SlotForm
from posts.models import FrontSection, FrontSlot
from posts.models.front import MOST_SECTIONS


class WhenFilter(admin.SimpleListFilter):
    title = "when"
    parameter_name = "when"

    def lookups(self, request, model_admin):
        return [("now", "Now"), ("coming", "Coming"), ("gone", "Gone")]

    def queryset(self, request, queryset):
        narrowed = {"now": queryset.running, "coming": queryset.coming, "gone": queryset.gone}
        return narrowed[self.value()]() if self.value() in narrowed else queryset


@admin.register(FrontSlot)
class FrontSlotAdmin(EditorialAdmin):
    """What stands on the front page, what is to come and what has gone."""

    form = SlotForm
    change_list_template = "admin/posts/frontslot/change_list.html"
    list_display = ["place_name", "headline", "state", "starts_at", "ends_at"]
    list_display_links = ["place_name", "headline"]
    list_filter = [WhenFilter, "place"]
    search_fields = ["post__title"]
    search_help_text = "Search by the title of the post."
    autocomplete_fields = ["post"]
    fieldsets = ((None, {"fields": ["post", "place", "starts_at", "ends_at", "makes_room"]}),)

    def get_queryset(self, request):
        slots = super().get_queryset(request)
        return slots.select_related("post").defer("post__body")

    @admin.display(description="Place", ordering="place")
    def place_name(self, slot):
        return slot.get_place_display()

    @admin.display(description="Post", ordering="post__title")
    def headline(self, slot):
        return str(slot.post)

    @admin.display(description="When", ordering="starts_at")
    def state(self, slot):
        kind = {"Now": "published", "Coming": "scheduled", "Gone": "gone"}[slot.when_word]
        badge = format_html('<span class="badge badge--{}">{}</span>', kind, slot.when_word)
        if slot.when_word == "Gone" or not slot.waits_for_its_post:
            return badge
        return format_html("{} {}", badge, f"The post is not before readers: {slot.post.status_word.lower()}")

    def changelist_view(self, request, extra_context=None):
        context = {"title": "Front page", "places": front.places()}
        return super().changelist_view(request, context | (extra_context or {}))

    def save_model(self, request, obj, form, change):
        front.put(obj, makes_room=form.cleaned_data["makes_room"])

    def view_on_site(self, obj):
        return reverse("posts:home")


class SectionForm(forms.ModelForm):
    @property
    def media(self):
        return super().media + select2()

    def clean(self):
        super().clean()
        if self.instance.pk is None and FrontSection.objects.count() >= MOST_SECTIONS:
            raise ValidationError(
                f"The front page holds {MOST_SECTIONS} sections. Take one off before you add another."
            )
        return self.cleaned_data


@admin.register(FrontSection)
class FrontSectionAdmin(SortableRows, EditorialAdmin):
    """Which categories stand below the river of the front page, in order."""

    is_short = True
    form = SectionForm
    list_display = ["name", "address", "position"]
    list_editable = ["position"]
    list_select_related = ["category"]
    search_fields = ["category__name"]
    search_help_text = "Search by name."
    autocomplete_fields = ["category"]
    fieldsets = ((None, {"fields": ["category"]}),)

    @admin.display(description="Category", ordering="category__name")
    def name(self, section):
        return section.category.name

    @admin.display(description="Address")
    def address(self, section):
        return section.category.get_absolute_url()

    def save_model(self, request, obj, form, change):
        """A new section stands last."""
        if not change:
            last = FrontSection.objects.order_by("-position").values_list("position", flat=True).first()
            obj.position = 0 if last is None else last + 1
        super().save_model(request, obj, form, change)

    def view_on_site(self, obj):
        return reverse("posts:home")
