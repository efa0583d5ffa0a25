from django.contrib import admin
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from taggit.admin import Tag as LibraryTag

from informed_comment.admin_site import EditorialAdmin
from posts.models import Post, Tag, TaggedPost

admin.site.unregister(LibraryTag)  # the library's own table, which we do not use


@admin.register(Tag)
class TagAdmin(EditorialAdmin):
    list_display = ["name", "slug", "post_count"]
    search_fields = ["name", "slug"]
    search_help_text = "Search by name."
    fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}

    def get_queryset(self, request):
        tags = super().get_queryset(request)
        if request.resolver_match.url_name == "posts_tag_changelist":
            taggings = TaggedPost.objects.filter(tag=OuterRef("pk")).order_by().values("tag")
            thrown = taggings.filter(content_object__status=Post.Status.TRASHED)
            counted, thrown = (
                Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0) for rows in (taggings, thrown)
            )
            return tags.annotate(tagged=counted - thrown)
        return tags

    @admin.display(description="Posts", ordering="tagged")
    def post_count(self, tag):
        posts = reverse("admin:posts_post_changelist")
        return format_html('<a href="{}?tag={}">{}</a>', posts, tag.pk, tag.tagged)
