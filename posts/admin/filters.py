"""Filters of the list of posts. None prints every author, category or tag: those are chosen by a link or a search.

Each names what the database looks it up by: a status or a span of dates an index of posts, the rest the rows that tie
posts to it, which carry the date and so put the list in order too.
"""

import re
from datetime import timedelta

from django.contrib import admin
from django.http import Http404
from django.utils import timezone

from authors.models import Author
from posts import archive
from posts.models import Byline, Category, Filing, Post, Tag, TaggedPost

DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)


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
            ("trashed", "Trash"),
        ]

    def queryset(self, request, queryset):
        """All but the trash when none is chosen."""
        now = timezone.now()
        if self.value() == "scheduled":
            return queryset.filter(status=Post.Status.PUBLISHED, published_at__gt=now)
        if self.value() == "published":
            return queryset.filter(status=Post.Status.PUBLISHED, published_at__lte=now)
        return queryset.filter(status=self.value()) if self.value() else queryset.kept()


class MineFilter(admin.SimpleListFilter):
    title = "whose"
    parameter_name = "mine"

    def lookups(self, request, model_admin):
        return [("yes", "Mine")] if request.user.has_perm("posts.change_any_post") else []

    def queryset(self, request, queryset):
        """The list narrows itself: what is somebody's own is found by what they signed and what they began."""
        return queryset


class PeriodFilter(admin.SimpleListFilter):
    """When posts come out: a span chosen here, or a year, month or day that a link names (`2016`, `2016-10`)."""

    title = "date"
    parameter_name = "date"

    def lookups(self, request, model_admin):
        spans = [
            ("today", "Today"),
            ("week", "The last 7 days"),
            ("month", "This month"),
            ("year", "This year"),
        ]
        value = request.GET.get(self.parameter_name, "")
        return [*spans, (value, said(value))] if DAY.fullmatch(value) else spans

    def queryset(self, request, queryset):
        span = self.span()
        return queryset.filter(published_at__gte=span[0], published_at__lt=span[1]) if span else queryset

    def span(self):
        """The first moment and the one after the last; None without a date that can be."""
        today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        value = self.value() or ""
        if value == "today":
            return today, day_after(today)
        if value == "week":
            return today - timedelta(days=6), day_after(today)
        if value in ("month", "year"):
            return archive.bounds(today.year, today.month if value == "month" else None)
        named = DAY.fullmatch(value)
        return named and span_of(*(int(part) if part else None for part in named.groups()))


def day_after(midnight):
    return (midnight + timedelta(hours=36)).replace(hour=0)


def span_of(year, month, day):
    try:
        start, end = archive.bounds(year, month)
        return (start.replace(day=day), day_after(start.replace(day=day))) if day else (start, end)
    except (Http404, ValueError):
        return None


def said(value):
    """`2016-10` as a person says it; the value itself when it is no date."""
    span = span_of(*(int(part) if part else None for part in DAY.fullmatch(value).groups()))
    forms = {4: "%Y", 7: "%B %Y", 10: "%d %B %Y"}
    return f"{span[0]:{forms[len(value)]}}".lstrip("0") if span else value


class ChosenFilter(admin.SimpleListFilter):
    """Shows the one thing the list is narrowed to and a way back; narrowing starts from that thing's own list.

    `tie` is the model of the rows that tie posts to it. The list of posts narrows itself by `ties()`.
    """

    model = tie = None

    def has_output(self):
        return bool(self.value())

    def lookups(self, request, model_admin):
        value = request.GET.get(self.parameter_name, "")
        self.thing = (
            self.model.objects.filter(pk=value).first() if value.isdecimal() and len(value) < 19 else None
        )
        return [(value, str(self.thing))] if self.thing else []

    def queryset(self, request, queryset):
        return queryset

    def ties(self):
        """The rows of the thing that is chosen; None when there is none."""
        return self.tie.objects.filter(**{self.parameter_name: self.thing}) if self.thing else None


class AuthorFilter(ChosenFilter):
    title, parameter_name, model, tie = "author", "author", Author, Byline


class CategoryFilter(ChosenFilter):
    title, parameter_name, model, tie = "category", "category", Category, Filing


class TagFilter(ChosenFilter):
    title, parameter_name, model, tie = "tag", "tag", Tag, TaggedPost
