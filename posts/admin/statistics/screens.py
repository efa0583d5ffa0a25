"""The newsroom's room “Statistics”: the site's screen, and those of categories, authors, tags and referring sites."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from authors.models import Author
from posts.admin.statistics import csvs, live, shown
from posts.models import Category, Post, ReferringHost, Statistics, Tag
from posts.reads import periods, scopes

PAGE = "admin/posts/statistics/page.html"
SCREENS = {"category": Category, "author": Author, "tag": Tag, "site": ReferringHost}


def widest(request):
    """The widest scope the user may see (scopes.open_to), asked once a request."""
    if not hasattr(request, "statistics_scope"):
        request.statistics_scope = scopes.open_to(request.user)
    return request.statistics_scope


def may_see(request, thing):
    """Whether a row may lead to its screen: an author's own, and of posts those of the user."""
    own = widest(request)
    return own is not None and (own.kind == "site" or own == scopes.of(thing))


def opens_posts(request):
    """Whose posts' screens the user may open: those of the own author page are all the user's."""
    return lambda thing: isinstance(thing, Post) or may_see(request, thing)


@admin.register(Statistics)
class StatisticsAdmin(admin.ModelAdmin):
    """One screen in place of a list. The screens of rows bear the names by which the bar above a page finds them."""

    def has_view_permission(self, request, obj=None):
        return request.user.is_active and widest(request) is not None

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        def screen(address, view, name, **kwargs):
            return path(address, self.admin_site.admin_view(require_safe(view)), kwargs, name=name)

        own = [
            screen("", self.changelist_view, "posts_statistics_changelist"),
            screen("now/", self.now, "posts_statistics_now"),
            screen("<slug:what>.csv", self.site_csv, "posts_statistics_csv"),
        ]
        for word, model in SCREENS.items():
            base = f"{model._meta.app_label}_{model._meta.model_name}_statistics"
            own += [
                screen(f"{word}/<int:{word}>/", self.of_row, base, model=model),
                screen(f"{word}/<int:{word}>/<slug:what>.csv", self.row_csv, f"{base}_csv", model=model),
            ]
        return own

    def changelist_view(self, request, extra_context=None):
        """Of the whole site; somebody who may only see their own is led to their author page's."""
        scope = self.scope_seen(request)
        if scope.kind == "author":
            return HttpResponseRedirect(
                f"{reverse('admin:authors_author_statistics', args=[scope.pk])}?{request.GET.urlencode()}".removesuffix(
                    "?"
                )
            )
        return self.page(request, scope, live=live.panel(scope, opens=opens_posts(request)))

    def of_row(self, request, model, **named):
        scope, thing = self.row_seen(request, model, *named.values())
        edit = (
            reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[thing.pk])
            if model in self.admin_site._registry
            else ""
        )
        may_edit = bool(edit) and request.user.has_perm(
            f"{model._meta.app_label}.change_{model._meta.model_name}"
        )
        return self.page(request, scope, thing, edit=edit if may_edit else "")

    def page(self, request, scope, thing=None, *, live=None, edit=""):
        period = periods.asked(request.GET)
        context = shown.context(
            self.admin_site, request, thing, live=live, edit=edit, tabs=shown.tabs(period)
        )
        context["opts"] = self.opts
        context |= shown.of_period(scope, period, opens=opens_posts(request))
        return TemplateResponse(request, PAGE, context)

    def now(self, request):
        """The panel alone, for the script that shows it anew."""
        scope = self.scope_seen(request)
        context = {"live": live.panel(scope, opens=opens_posts(request))}
        return TemplateResponse(request, "admin/posts/statistics/_now.html", context)

    def site_csv(self, request, what):
        scope = self.scope_seen(request)
        if scope.kind != "site":
            raise PermissionDenied("The site's statistics are for editors.")
        csvs.note(request, "The site")
        return csvs.answer(scope, periods.asked(request.GET), what, of="reads-of-the-site")

    def row_csv(self, request, model, what, **named):
        scope, thing = self.row_seen(request, model, *named.values())
        csvs.note(request, str(thing))
        return csvs.answer(scope, periods.asked(request.GET), what, of=f"reads-of-{scope.kind}-{thing.pk}")

    def scope_seen(self, request):
        if widest(request) is None:
            raise PermissionDenied("Statistics are for editors, and for whoever signs posts.")
        return widest(request)

    def row_seen(self, request, model, pk):
        """(scope, row); an author sees the own author page's and no other."""
        scope, own = scopes.Scope(scopes.KINDS[model], pk), self.scope_seen(request)
        if own.kind != "site" and own != scope:
            raise PermissionDenied("These statistics are for editors.")
        return scope, get_object_or_404(model, pk=pk)
