from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html

from images.picking import PicksPictures, thumbnail
from informed_comment import jobs
from informed_comment.admin_site import EditorialAdmin
from informed_comment.rows import SortableRows
from pages.models import MenuLink, Page, Promo


@admin.register(Page)
class PageAdmin(EditorialAdmin):
    is_short = True
    list_display = ["title", "address", "is_published", "updated_at"]
    list_filter = ["is_published"]
    search_fields = ["title", "path"]
    search_help_text = "Search by title or address."
    autocomplete_fields = ["parent"]
    prepopulated_fields = {"slug": ["title"]}
    fieldsets = (
        (None, {"fields": ["title", "standfirst", "body", "is_published"]}),
        ("Address", {"fields": ["slug", "parent"]}),
        ("For search engines", {"classes": ["collapse"], "fields": ["seo_title", "seo_description"]}),
    )

    def save_model(self, request, obj, form, change):
        """A page before readers has a social card."""
        super().save_model(request, obj, form, change)
        if obj.is_published:
            jobs.defer("pages.tasks.draw_cards")

    def get_queryset(self, request):
        pages = super().get_queryset(request)
        return pages.defer("body") if request.resolver_match.url_name == "pages_page_changelist" else pages

    def view_on_site(self, obj):
        return obj.get_absolute_url() if obj.is_published else None

    @admin.display(description="Address", ordering="path")
    def address(self, page):
        return f"/{page.path}/"


@admin.register(MenuLink)
class MenuLinkAdmin(SortableRows, EditorialAdmin):
    is_short = True
    list_display = ["label", "target", "position"]
    list_editable = ["position"]
    list_select_related = ["category", "page"]
    search_fields = ["label", "address"]
    autocomplete_fields = ["category", "page"]
    fieldsets = (
        (
            None,
            {
                "fields": ["label", "category", "page", "address"],
                "description": "Where the entry leads: choose a category or a page, or write an address.",
            },
        ),
    )

    @admin.display(description="Leads to")
    def target(self, link):
        return format_html('<a href="{}">{}</a>', link.url, link.category or link.page or link.address)

    def save_model(self, request, obj, form, change):
        """A new entry stands last."""
        if not change:
            last = MenuLink.objects.order_by("-position").values_list("position", flat=True).first()
            obj.position = 0 if last is None else last + 1
        super().save_model(request, obj, form, change)


class Showing(admin.SimpleListFilter):
    title = "when"
    parameter_name = "when"

    def lookups(self, request, model_admin):
        return [("now", "Shown now"), ("later", "Still to come"), ("over", "Over or switched off")]

    def queryset(self, request, queryset):
        now = timezone.now()
        if self.value() == "now":
            return queryset & Promo.objects.running()
        if self.value() == "later":
            return queryset.filter(is_active=True, starts_at__gt=now)
        if self.value() == "over":
            return queryset.filter(is_active=False) | queryset.filter(ends_at__lte=now)
        return queryset


@admin.register(Promo)
class PromoAdmin(PicksPictures, SortableRows, EditorialAdmin):
    is_short = True
    list_display = ["name", "picture", "kind", "place", "is_active", "starts_at", "ends_at", "position"]
    list_editable = ["position"]
    list_filter = ["place", "kind", Showing]
    list_select_related = ["image"]
    search_fields = ["heading", "body"]
    search_help_text = "Search by heading or text."
    fieldsets = (
        (None, {"fields": ["kind", "heading", "body", "image"]}),
        ("Button", {"fields": [("button_label", "button_url")]}),
        ("Where and when", {"fields": ["place", "is_active", ("starts_at", "ends_at")]}),
    )

    @admin.display(description="Promo", ordering="heading")
    def name(self, promo):
        return str(promo)

    @admin.display(description="Picture")
    def picture(self, promo):
        return thumbnail(promo.image)
