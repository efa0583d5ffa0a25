"""Filters of the list of posts. None prints every author, category or tag: those are chosen by a link or a search."""

from django.contrib import admin
from django.utils import timezone

from authors.models import Author
from posts.models import Category, Post, Tag


class StatusFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return [
            ("draft", "Drafts"),
            ("in_review", "In review"),
            ("scheduled", "Scheduled"),
            ("published", "Published"),
            ("withdrawn", "Withdrawn"),
        ]

    def queryset(self, request, queryset):
        now = timezone.now()
        if self.value() == "scheduled":
            return queryset.filter(status=Post.Status.PUBLISHED, published_at__gt=now)
        if self.value() == "published":
            return queryset.filter(status=Post.Status.PUBLISHED, published_at__lte=now)
        return queryset.filter(status=self.value()) if self.value() else queryset


class MineFilter(admin.SimpleListFilter):
    title = "whose"
    parameter_name = "mine"

    def lookups(self, request, model_admin):
        return [("yes", "Mine")] if request.user.has_perm("posts.change_any_post") else []

    def queryset(self, request, queryset):
        return queryset & Post.objects.written_by(request.user) if self.value() else queryset


class ChosenFilter(admin.SimpleListFilter):
    """Shows the one thing the list is narrowed to and a way back; narrowing starts from that thing's own list."""

    model = None

    def has_output(self):
        return bool(self.value())

    def lookups(self, request, model_admin):
        value = request.GET.get(self.parameter_name, "")
        thing = self.model.objects.filter(pk=value).first() if value.isdecimal() and len(value) < 19 else None
        return [(value, str(thing))] if thing else []

    def queryset(self, request, queryset):
        return self.narrowed(queryset, self.value()) if self.value() and self.lookup_choices else queryset


class AuthorFilter(ChosenFilter):
    title, parameter_name, model = "author", "author", Author

    def narrowed(self, posts, pk):
        return posts & Post.objects.signed_by(pk)


class CategoryFilter(ChosenFilter):
    title, parameter_name, model = "category", "category", Category

    def narrowed(self, posts, pk):
        return posts.filter(filings__category=pk)


class TagFilter(ChosenFilter):
    title, parameter_name, model = "tag", "tag", Tag

    def narrowed(self, posts, pk):
        return posts.filter(taggings__tag=pk)
