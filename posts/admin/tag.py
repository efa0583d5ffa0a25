from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import slugify
from taggit.admin import Tag as LibraryTag

from informed_comment.admin_site import EditorialAdmin
from posts import alike, tagging
from posts.admin.mergers import Merges
from posts.models import Post, Tag, TaggedPost

admin.site.unregister(LibraryTag)  # the library's own table, which we do not use

TAKEN = 'Another tag is called “{}”. Choose another name, or <a href="{}">merge the two</a>.'
NAMED = 200  # unused tags named before they are deleted


class TagForm(forms.ModelForm):
    """`merge_address` is set on the class by the admin: where two tags by id are merged."""

    merge_address = None
    slug_follows = forms.BooleanField(
        required=False,
        label="Let the address follow a new name",
        help_text="The old address leads to the new one either way, with its pages and feeds.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            del self.fields["slug_follows"]

    def clean_name(self):
        """Blanks at the ends or doubled make no other tag, and neither do capitals."""
        name = " ".join(self.cleaned_data["name"].split())
        other = Tag.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).first()
        if other and self.instance.pk:
            address = self.merge_address([self.instance.pk, other.pk], into=other.pk)
            raise forms.ValidationError(format_html(TAKEN, other, address))
        if other:
            raise forms.ValidationError(f"There is a tag called “{other}” already.")
        return name

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("slug_follows") and cleaned.get("name") and "slug" not in self.changed_data:
            cleaned["slug"] = slugify(cleaned["name"], allow_unicode=True)[:100] or cleaned["slug"]
        return cleaned


@admin.register(Tag)
class TagAdmin(Merges, EditorialAdmin):
    """Tags. One that is renamed or merged keeps its readers; what nobody uses is cleared away in one go."""

    form = TagForm
    list_display = ["name", "slug", "post_count"]
    search_fields = ["name", "slug"]
    search_help_text = "Search by name."
    prepopulated_fields = {"slug": ["name"]}
    change_list_template = "admin/posts/tag/change_list.html"

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

    def get_fields(self, request, obj=None):
        return ["name", "slug", "slug_follows"] if obj else ["name", "slug"]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.merge_address = staticmethod(self.merge_address)
        return form

    def save_model(self, request, obj, form, change):
        tagging.save_tag(obj)

    def get_deleted_objects(self, objs, request):
        """A tag of very many posts is not spelled out post by post."""
        posts = TaggedPost.objects.filter(tag__in=list(objs)).count()
        lines = [f"The tag “{tag}”" for tag in objs[:NAMED]]
        lines.append(
            f"{posts:,} times it is taken off a post; the posts stay. To keep them together, merge instead."
        )
        return lines, {"tags": len(objs)}, set(), []

    def delete_model(self, request, obj):
        tagging.delete_tags(Tag.objects.filter(pk=obj.pk))

    def delete_queryset(self, request, queryset):
        tagging.delete_tags(Tag.objects.filter(pk__in=list(queryset.order_by().values_list("pk", flat=True))))

    @admin.display(description="Posts", ordering="tagged")
    def post_count(self, tag):
        posts = reverse("admin:posts_post_changelist")
        return format_html('<a href="{}?tag={}">{}</a>', posts, tag.pk, tag.tagged)

    # Tidying

    def get_urls(self):
        own = [
            path("alike/", self.admin_site.admin_view(self.alike_view), name="posts_tag_alike"),
            path("unused/", self.admin_site.admin_view(self.unused_view), name="posts_tag_unused"),
        ]
        return [*own, *super().get_urls()]

    def alike_view(self, request):
        """Tags that may be one, each group with the way to merge it."""
        if not self.has_view_permission(request):
            raise PermissionDenied("Only editors tidy tags.")
        groups = alike.groups()
        counted = TaggedPost.objects.filter(tag__in={pk for ids in groups for pk in ids})
        posts = dict(counted.order_by().values_list("tag").annotate(n=Count("pk")))
        names = Tag.objects.in_bulk(posts.keys() | {pk for ids in groups for pk in ids})
        found = [
            {
                "tags": [
                    (names[pk], posts.get(pk, 0)) for pk in sorted(ids, key=lambda pk: -posts.get(pk, 0))
                ],
                "merge": self.merge_address(ids),
            }
            for ids in groups
            if all(pk in names for pk in ids)
        ]
        return self.screen(request, "alike", "Tags that look alike", groups=found)

    def unused_view(self, request):
        """GET names them; POST deletes those that are unused then."""
        if not self.has_delete_permission(request):
            raise PermissionDenied("Only editors delete tags.")
        if request.method == "POST":
            gone = tagging.delete_unused()
            messages.success(request, f"{gone:,} unused tag{'' if gone == 1 else 's'} deleted.")
            return HttpResponseRedirect(reverse("admin:posts_tag_changelist"))
        unused = tagging.unused()
        return self.screen(
            request, "unused", "Unused tags", count=unused.count(), names=unused.order_by("name")[:NAMED]
        )

    def screen(self, request, name, title, **context):
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "subtitle": None,
        }
        return TemplateResponse(request, f"admin/posts/tag/{name}.html", context)
