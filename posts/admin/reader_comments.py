from django.contrib import admin, messages
from django.urls import reverse
from django.utils.html import format_html

from informed_comment.admin_site import EditorialAdmin
from informed_comment.html import plain_text
from posts import reader_comments
from posts.models import Post, ReaderComment

BEGINNING = 140  # letters of a text in the list


@admin.register(ReaderComment)
class ReaderCommentAdmin(EditorialAdmin):
    """What readers said on the old site. Comments are closed: one can be hidden or deleted and nothing else."""

    list_display = ["said", "name", "of_post", "published_at", "is_shown"]
    list_display_links = ["said"]
    list_filter = ["is_shown", "kind"]
    search_fields = ["text"]
    search_help_text = "Search by name or by what was said."
    fields = ["of_post", "name", "website", "published_at", "said_in_full", "is_shown"]
    readonly_fields = ["of_post", "name", "website", "published_at", "said_in_full"]
    actions = ["hide_chosen", "show_chosen"]

    def get_queryset(self, request):
        """An author sees what was said under their own posts; an editor, all."""
        titles = ("post__title", "post__permalink", "post__status", "post__published_at")
        comments = super().get_queryset(request).select_related("post").only(*OWN, *titles)
        if request.user.has_perm("posts.change_any_post"):
            return comments
        return comments.filter(post__in=Post.objects.written_by(request.user).values("pk"))

    def get_search_results(self, request, queryset, search_term):
        for words in search_term.split():
            queryset = queryset.saying(words)
        return queryset, False

    def has_add_permission(self, request):
        return False

    def view_on_site(self, obj):
        if not (obj.is_shown and obj.post.is_public):
            return None
        return reader_comments.address_of_comment(obj.post, reader_comments.mark_of(obj.anchor, obj.pk))

    @admin.display(description="Comment")
    def said(self, comment):
        text = plain_text(comment.text)
        return f"{text[:BEGINNING]}…" if len(text) > BEGINNING else text or "Nothing but a link"

    @admin.display(description="Comment")
    def said_in_full(self, comment):
        return format_html("{}", reader_comments.shown_html(comment.text))

    @admin.display(description="Post")
    def of_post(self, comment):
        address = reverse("admin:posts_post_change", args=[comment.post_id])
        return format_html('<a href="{}">{}</a>', address, Post.__str__(comment.post))

    # Deeds

    def save_model(self, request, obj, form, change):
        deed = reader_comments.show if obj.is_shown else reader_comments.hide
        deed(ReaderComment.objects.filter(pk=obj.pk))

    def delete_model(self, request, obj):
        reader_comments.delete(ReaderComment.objects.filter(pk=obj.pk))

    def delete_queryset(self, request, queryset):
        reader_comments.delete(chosen(queryset))

    @admin.action(description="Hide from readers", permissions=["change"])
    def hide_chosen(self, request, queryset):
        reader_comments.hide(chosen(queryset))
        messages.success(request, "Hidden. Readers no longer see them; answers to them stay.")

    @admin.action(description="Show to readers again", permissions=["change"])
    def show_chosen(self, request, queryset):
        reader_comments.show(chosen(queryset))
        messages.success(request, "Shown again, where they stood.")


OWN = [field.name for field in ReaderComment._meta.concrete_fields]


def chosen(queryset):
    return ReaderComment.objects.filter(pk__in=list(queryset.order_by().values_list("pk", flat=True)))
