from django.contrib import admin
from django.contrib.auth import get_user_model

from images import uses

KINDS = [("jpg", "JPEG"), ("png", "PNG"), ("webp", "WebP"), ("gif", "GIF that moves")]
STAFF_SHOWN = 30


class Lacking(admin.SimpleListFilter):
    """Pictures that lack what readers need."""

    title = "what is missing"
    parameter_name = "lacks"

    def lookups(self, request, model_admin):
        return [("alt", "Alternative text"), ("credit", "Credit"), ("file", "The file itself")]

    def queryset(self, request, queryset):
        if self.value() == "alt":
            return queryset.lacking_alt()
        return queryset.filter(**{self.value(): ""}) if self.value() in ("credit", "file") else queryset


class InUse(admin.SimpleListFilter):
    title = "use"
    parameter_name = "use"

    def lookups(self, request, model_admin):
        return [("none", "Nowhere in use")]

    def queryset(self, request, queryset):
        return uses.unused(queryset) if self.value() == "none" else queryset


class Uploader(admin.SimpleListFilter):
    """Who put it into the library; whoever asks stands first."""

    title = "who added it"
    parameter_name = "by"

    def lookups(self, request, model_admin):
        staff = get_user_model().objects.filter(is_staff=True).exclude(pk=request.user.pk)
        named = staff.only("username", "first_name", "last_name").order_by("username")[:STAFF_SHOWN]
        others = [(str(user.pk), user.get_full_name() or user.get_username()) for user in named]
        return [("me", "Me"), *others]

    def queryset(self, request, queryset):
        if self.value() == "me":
            return queryset.filter(created_by=request.user)
        number = self.value() or ""
        return (
            queryset.filter(created_by=int(number)) if number.isdecimal() and len(number) < 19 else queryset
        )


class OfKind(admin.SimpleListFilter):
    title = "kind"
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return KINDS

    def queryset(self, request, queryset):
        return queryset.of_kind(self.value()) if self.value() in dict(KINDS) else queryset
