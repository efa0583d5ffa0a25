from django.contrib import admin
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html

from authors.models import Author, AuthorLink
from images.picking import PicksPictures, thumbnail
from informed_comment.admin_site import EditorialAdmin
from informed_comment.rows import SortableRows


class LinkInline(SortableRows, admin.TabularInline):
    model = AuthorLink
    extra = 0
    fields = ["label", "url", "position"]
    verbose_name = "link"
    verbose_name_plural = "links: where else readers find the author"


@admin.register(Author)
class AuthorAdmin(PicksPictures, EditorialAdmin):
    list_display = ["name", "portrait_shown", "role", "login", "post_count"]
    list_select_related = ["portrait", "user"]
    search_fields = ["name", "role", "email"]
    search_help_text = "Search by name, role or e-mail address."
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["user"]
    inlines = [LinkInline]
    fieldsets = (
        (None, {"fields": ["name", "role", "portrait", "bio"]}),
        ("Address and login", {"fields": ["slug", "website", "fediverse", "email", "user"]}),
    )

    def is_for_editors(self, request, author=None):
        """Whether somebody may know how authors are reached; one's own address one knows."""
        return self.has_change_permission(request) or (
            author is not None and author.user_id == request.user.pk
        )

    def get_fieldsets(self, request, obj=None):
        """Whoever may not look at accounts reads the login's name, and is led to none."""
        fieldsets = super().get_fieldsets(request, obj)
        if not (self.has_change_permission(request) or request.user.has_perm("auth.view_user")):
            fieldsets = [
                (
                    name,
                    options
                    | {"fields": [{"user": "login"}.get(field, field) for field in options["fields"]]},
                )
                for name, options in fieldsets
            ]
        if self.is_for_editors(request, obj):
            return fieldsets
        return [
            (name, options | {"fields": [field for field in options["fields"] if field != "email"]})
            for name, options in fieldsets
        ]

    def get_search_fields(self, request):
        return self.search_fields if self.is_for_editors(request) else ["name", "role"]

    def get_queryset(self, request):
        """The list shows how many posts each has signed; counted for the rows of one page only."""
        authors = super().get_queryset(request)
        if request.resolver_match.url_name == "authors_author_changelist":
            signatures = Author.bylines.rel.related_model.objects.filter(author=OuterRef("pk")).order_by()
            counted, thrown = (
                Coalesce(
                    Subquery(rows.values("author").annotate(n=Count("post", distinct=True)).values("n")), 0
                )
                for rows in (signatures, signatures.filter(post__status="trashed"))
            )
            return authors.annotate(signed=counted - thrown).defer("bio")
        return authors

    @admin.display(description="Portrait")
    def portrait_shown(self, author):
        return thumbnail(author.portrait)

    @admin.display(description="Login", ordering="user")
    def login(self, author):
        return author.user or "–"

    @admin.display(description="Posts", ordering="signed")
    def post_count(self, author):
        posts = reverse("admin:posts_post_changelist")
        return format_html('<a href="{}?author={}">{}</a>', posts, author.pk, author.signed)
