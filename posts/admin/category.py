from django import forms
from django.contrib import admin, messages
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from informed_comment.admin_site import EditorialAdmin
from posts import filing
from posts.admin.mergers import Merges
from posts.models import Category, Filing, Post

FILED = "“{category}” cannot simply be deleted: {what} would lose their place. Choose where they go, and it is merged there."


class CategoryForm(forms.ModelForm):
    class Meta:
        help_texts = {"slug": "Part of the address. When it changes, old addresses lead to the new one."}


def said(posts, children):
    parts = [(posts, "post", "posts"), (children, "category", "categories")]
    return " and ".join(f"{n:,} {one if n == 1 else many}" for n, one, many in parts if n)


@admin.register(Category)
class CategoryAdmin(Merges, EditorialAdmin):
    """The tree of sections. A category that moves or is merged takes its branch, its posts and its readers along."""

    is_short = True
    form = CategoryForm
    list_display = ["in_tree", "address", "post_count", "position"]
    list_editable = ["position"]
    search_fields = ["name", "path"]
    search_help_text = "Search by name or address."
    autocomplete_fields = ["parent"]
    prepopulated_fields = {"slug": ["name"]}
    list_per_page = 200
    ordering = ["path"]
    fieldsets = (
        (None, {"fields": ["name", "parent", "introduction", "is_opinion"]}),
        ("Address and order", {"fields": ["slug", "position"]}),
    )

    def get_queryset(self, request):
        categories = super().get_queryset(request)
        if request.resolver_match.url_name == "posts_category_changelist":
            filings = Filing.objects.filter(category=OuterRef("pk")).order_by().values("category")
            counted, thrown = (
                Coalesce(Subquery(rows.annotate(n=Count("post")).values("n")), 0)
                for rows in (filings, filings.filter(post__status=Post.Status.TRASHED))
            )
            return categories.annotate(filed=counted - thrown).defer("introduction")
        return categories

    def save_model(self, request, obj, form, change):
        filing.save_category(obj)

    def get_actions(self, request, action_location=admin.ActionLocation.CHANGE_LIST):
        """One at a time is deleted, for what is filed under it has to go somewhere."""
        actions = super().get_actions(request, action_location)
        return {name: action for name, action in actions.items() if name != "delete_selected"}

    def delete_view(self, request, object_id, extra_context=None):
        """A category that something is filed under or lies under is merged, not deleted."""
        category = self.get_object(request, object_id)
        if category is None or not self.has_delete_permission(request, category):
            return super().delete_view(request, object_id, extra_context)
        posts, children = category.filings.filter(is_direct=True).count(), category.children.count()
        if not posts and not children:
            return super().delete_view(request, object_id, extra_context)
        messages.warning(request, FILED.format(category=category, what=said(posts, children)))
        return HttpResponseRedirect(self.merge_address([category.pk]))

    @admin.display(description="Category", ordering="path")
    def in_tree(self, category):
        depth = category.path.count("/")
        return format_html('<span class="tree tree--{}">{}</span>', min(depth, 6), category.name)

    @admin.display(description="Address")
    def address(self, category):
        return f"/category/{category.path}/"

    @admin.display(description="Posts", ordering="filed")
    def post_count(self, category):
        posts = reverse("admin:posts_post_changelist")
        return format_html('<a href="{}?category={}">{}</a>', posts, category.pk, category.filed)
