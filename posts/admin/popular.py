"""What is popular, for the editors who arrange it: the lists with their reads, what is kept off them, the sidebar."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from informed_comment.admin_site import EditorialAdmin
from posts.models import KeptOffPopular, PopularList, PopularSidebar, Post
from posts.reads import keeping_off, popular

KEPT_OFF_SHOWN = 200
UNDO = (
    '{} <form class="popular-undo" method="post" action="{}">'
    '<input type="hidden" name="csrfmiddlewaretoken" value="{}"><input type="hidden" name="back" value="{}">'
    '<button class="deed">Undo<span class="visually-hidden">: {}</span></button></form>'
)


class SidebarForm(forms.ModelForm):
    class Meta:
        model = PopularSidebar
        fields = ["window", "length"]
        labels = {"window": "What it lists", "length": "How many posts"}
        widgets = {"window": forms.Select(choices=PopularList.Window.choices)}


@admin.register(PopularSidebar)
class PopularAdmin(EditorialAdmin):
    """One screen in place of a list. Who may see it also sees how often posts are read."""

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def view_on_site(self, obj):
        return reverse("posts:popular")

    def get_urls(self):
        def deed(address, view, name):
            guarded = self.admin_site.admin_view(require_POST(view))
            return path(f"<int:pk>/{address}/", guarded, name=f"posts_popularsidebar_{name}")

        own = [
            deed("keep-off", self.keep_off, "keep_off"),
            deed("let-back-on", self.let_back_on, "let_back_on"),
        ]
        return [*own, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:posts_popularsidebar_changelist"))

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied("Only editors arrange what is popular.")
        sidebar = PopularSidebar.objects.first() or PopularSidebar()
        chosen = sidebar.window
        form = SidebarForm(request.POST or None, instance=sidebar)
        if request.method == "POST" and self.arrange(request, form):
            return HttpResponseRedirect(reverse("admin:posts_popularsidebar_changelist"))
        window = popular.window_named(request.GET.get("window")) or popular.window_named(chosen)
        context = self.admin_site.each_context(request) | {
            "title": "Popular posts",
            "opts": self.opts,
            "form": form,
            "window": window,
            "windows": popular.Window,
            "sentence": popular.SENTENCES[window],
            "computed": popular.computed(window),
            "address": popular.address_of(window),
            "kept_off": kept_off(),
            "may_arrange": self.has_change_permission(request),
            "may_keep_off": request.user.has_perm("posts.add_keptoffpopular"),
            "may_let_back_on": request.user.has_perm("posts.delete_keptoffpopular"),
        }
        return TemplateResponse(request, "admin/posts/popular.html", context)

    def arrange(self, request, form):
        """Whether it was done; a field that cannot be taken says why at its place."""
        if not self.has_change_permission(request):
            raise PermissionDenied("Only editors arrange what is popular.")
        if not form.is_valid():
            return False
        sidebar = form.save()
        popular.show()
        self.log_change(request, sidebar, f"The sidebar shows {sidebar}.")
        messages.success(request, f"The sidebar shows {sidebar}. Readers see it now.")
        return True

    def keep_off(self, request, pk):
        if not request.user.has_perm("posts.add_keptoffpopular"):
            raise PermissionDenied("Only editors keep posts off the lists.")
        post = get_object_or_404(Post.objects.only("title"), pk=pk)
        if keeping_off.keep_off(post, by=request.user):
            self.log_change(request, post, "Kept off the popular lists.")
        self.say(request, post, "“{}” is kept off the lists of popular posts.", "let_back_on")
        return HttpResponseRedirect(way_back(request, post))

    def let_back_on(self, request, pk):
        if not request.user.has_perm("posts.delete_keptoffpopular"):
            raise PermissionDenied("Only editors let posts back on the lists.")
        post = get_object_or_404(Post.objects.only("title"), pk=pk)
        if keeping_off.let_back_on(post):
            self.log_change(request, post, "Let back on the popular lists.")
        self.say(request, post, "“{}” stands in the lists again where its reads put it.", "keep_off")
        return HttpResponseRedirect(way_back(request, post))

    def say(self, request, post, sentence, undo):
        said = sentence.format(post)
        address = reverse(f"admin:posts_popularsidebar_{undo}", args=[post.pk])
        back = request.POST.get("back", "")[:20]
        messages.success(request, format_html(UNDO, said, address, get_token(request), back, post))


def button(request, post):
    """What the button on another screen of the post takes (admin/posts/_keep_off.html); None where it has nothing to do."""
    is_kept_off = KeptOffPopular.objects.filter(post=post).exists()
    if not (is_kept_off or post.is_public):
        return None
    deed = "posts.delete_keptoffpopular" if is_kept_off else "posts.add_keptoffpopular"
    return {"is_kept_off": is_kept_off, "may": request.user.has_perm(deed)}


def kept_off():
    rows = KeptOffPopular.objects.select_related("post", "by").order_by("-at", "-post_id")
    return rows.only("at", "post__title", "by__username", "by__first_name", "by__last_name")[:KEPT_OFF_SHOWN]


def way_back(request, post):
    """Where the button was: a window of the screen, or the statistics of the post."""
    back = request.POST.get("back", "")
    if back == "statistics":
        return reverse("admin:posts_post_statistics", args=[post.pk])
    address = reverse("admin:posts_popularsidebar_changelist")
    return f"{address}?window={back}" if popular.window_named(back) else address
