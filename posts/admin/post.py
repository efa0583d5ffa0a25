from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.http import HttpResponseRedirect, JsonResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, mark_safe

from images.picking import PicksPictures
from images.standing import with_todays_sources
from informed_comment.admin_site import EditorialAdmin
from posts import filing
from posts.admin import beside, checks, deeds, filters, keeping, kept, opening
from posts.admin.bulk import BulkDeeds
from posts.admin.byline import BylineInline
from posts.admin.correction import CorrectionInline
from posts.admin.front_form import FRONT_FIELDS
from posts.admin.post_form import PostForm
from posts.admin.post_list import PostList, is_by_date, signed_and_filed
from posts.admin.quick import QuickEdit
from posts.admin.saved_lists import SavedLists
from posts.admin.trash import Trash
from posts.models import Post, Tag
from posts.searching import newsroom

SUGGESTED = 15
OWN_STATUSES = (Post.Status.DRAFT, Post.Status.IN_REVIEW)
EDITORS_ONLY = {"published_at", "apply_at"}
SENTENCES = {
    "submit": "The post is saved and waits for an editor.",
    "send_back": "The post is a draft again. Its writers are told.",
    "withdraw": "The post is off the site. Its address is kept for its return.",
    "trash": "The post is in the trash. It stays there until somebody takes it out or deletes it for good.",
}


@admin.register(Post)
class PostAdmin(QuickEdit, SavedLists, BulkDeeds, Trash, PicksPictures, EditorialAdmin):
    form = PostForm
    notices_others = False
    inlines = [BylineInline]
    change_form_template = "admin/posts/post/change_form.html"
    list_display = ["headline", "state", "signed_by", "sections", "date", "changed"]
    list_filter = [
        filters.StatusFilter,
        filters.MineFilter,
        filters.AuthorFilter,
        filters.CategoryFilter,
        filters.TagFilter,
        filters.PeriodFilter,
    ]
    search_fields = ["title"]
    search_help_text = (
        "Words of the title, the text, tags or authors' names; how a title begins; an address or a number."
    )
    ordering = ["-updated_at"]
    fieldsets = (
        (None, {"fields": ["title", "standfirst", "body"], "classes": ["post-text"]}),
        ("Publication", {"fields": ["published_at", "apply_at"]}),
        ("On the front page", {"fields": FRONT_FIELDS, "classes": ["collapse"]}),
        ("Filed under", {"fields": ["categories", "tags"]}),
        ("Lead image", {"fields": ["lead_image", "lead_caption"]}),
        (
            "Published elsewhere first",
            {"fields": ["original_name", "original_url", "licence"], "classes": ["collapse"]},
        ),
        ("Related video", {"fields": ["video_url", "video_title"], "classes": ["collapse"]}),
        (
            "Address and search engines",
            {"fields": ["slug", "seo_title", "seo_description", "language"], "classes": ["collapse"]},
        ),
    )
    read_fieldsets = (
        (None, {"fields": ["headline", "standfirst", "text"], "classes": ["post-text"]}),
        ("Publication", {"fields": ["state", "published_at", "signed_by", "sections"]}),
    )

    # Who may do what

    def get_queryset(self, request):
        """An author sees the posts they began or sign; an editor, all."""
        posts = super().get_queryset(request)
        if request.user.has_perm("posts.change_any_post"):
            return posts
        return posts & Post.objects.written_by(request.user)

    def has_change_permission(self, request, obj=None):
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or request.user.has_perm("posts.change_any_post") or obj.status in OWN_STATUSES

    # The list

    def get_changelist(self, request, **kwargs):
        return PostList

    def get_search_results(self, request, queryset, search_term):
        """For the lists of choices that open as one types; the list itself searches by PostList."""
        if not search_term.strip():
            return queryset, False
        return queryset.filter(pk__in=newsroom.find(search_term).ids), False

    def get_sortable_by(self, request):
        return ["date"] if is_by_date(request) else super().get_sortable_by(request)

    @admin.display(description="Title", ordering="title")
    def headline(self, post):
        for slot in getattr(post, "on_front", []):
            return format_html(
                '<span class="star" title="On the front page: {}">★</span> {}', slot, str(post)
            )
        return str(post)

    @admin.display(description="Status", ordering="status")
    def state(self, post):
        kind = "scheduled" if post.is_scheduled else post.status
        return format_html('<span class="badge badge--{}">{}</span>', kind, post.status_word)

    def whole_state(self, post, form):
        """The status, and the place on the front page now or next."""
        slot = getattr(form, "slot", None)
        if slot is None or form.errors:
            return self.state(post)
        when = "" if slot.is_running else f" from {timezone.localtime(slot.starts_at):%d %b, %H:%M}"
        return format_html('{} <span class="badge">Front page{}: {}</span>', self.state(post), when, slot)

    @admin.display(description="By")
    def signed_by(self, post):
        return ", ".join(line.author.name for line in post.bylines.all()) or "–"

    @admin.display(description="Filed under")
    def sections(self, post):
        return ", ".join(category.name for category in post.filed_under) or "–"

    @admin.display(description="Date", ordering="published_at")
    def date(self, post):
        return said(post.published_at) if post.published_at else "–"

    @admin.display(description="Changed", ordering="updated_at")
    def changed(self, post):
        return said(post.updated_at)

    @admin.display(description="Text")
    def text(self, post):
        return format_html('<div class="prose">{}</div>', mark_safe(with_todays_sources(post.body)))  # noqa: S308 cleaned by HtmlField

    # The form

    def get_fieldsets(self, request, obj=None):
        if obj is not None and not self.has_change_permission(request, obj):
            return self.read_fieldsets
        kept_back = set() if request.user.has_perm("posts.change_frontslot") else {*FRONT_FIELDS}
        if not request.user.has_perm("posts.publish_post"):
            kept_back |= EDITORS_ONLY
        if obj is None or obj.status != Post.Status.PUBLISHED:
            kept_back.add("apply_at")
        slim = [
            (name, options | {"fields": [field for field in options["fields"] if field not in kept_back]})
            for name, options in self.fieldsets
        ]
        return [(name, options) for name, options in slim if options["fields"]]

    def get_readonly_fields(self, request, obj=None):
        return ()

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.user, form.address = request.user, request.GET.get("address", "")
        form.opened = request.opened = opening.opened_for(request, obj) if request.method == "GET" else None
        if request.method == "POST":
            request.POST = request.POST.copy()  # shared with the rows, so that a merge shows in both
            form.deed = deeds.chosen(request.POST, obj, request.user)
            wanted, may = request.POST.get("_deed"), request.user.has_perm("posts.publish_post")
            if wanted in deeds.EDITORS_ONLY and not may:
                raise PermissionDenied("Only editors publish and withdraw posts.")
        return form

    def get_inlines(self, request, obj):
        """Nobody corrects what nobody has read."""
        return [*self.inlines, CorrectionInline] if obj and obj.permalink else self.inlines

    def get_formset_kwargs(self, request, obj, inline, prefix):
        """A new post is signed by whoever writes it, if the login belongs to an author."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if "data" in kwargs:
            kwargs["data"] = request.POST
        own = getattr(request.user, "author", None)
        is_new = request.method == "GET" and obj.pk is None and not request.opened
        if is_new and own and isinstance(inline, BylineInline):
            kwargs["initial"] = [{"author": own}]
        return kwargs

    def save_model(self, request, obj, form, change):
        """A new post needs its row for the rest of the form; everything else is the deed's."""
        if not change:
            obj.created_by = request.user
            obj.save()

    def save_related(self, request, form, formsets, change):
        def save_relations():
            super(PostAdmin, self).save_related(request, form, formsets, change)
            filing.file_under(form.instance, form.cleaned_data["categories"])

        for (
            formset
        ) in formsets:  # Django's log asks each what it wrote; a form that is not saved writes nothing
            formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        if form.deed.name in deeds.PENDING:
            form.save_pending(save_relations, by=request.user)
        if form.deed.name in deeds.PERFORMED:
            save_relations()
            form.swap(by=request.user)
            form.deed.perform(form.instance, by=request.user, why=request.POST.get("why", ""))
            form.save_slot()
        keeping.saved(request, form.instance, is_new=not change)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        may_save = add or self.has_change_permission(request, obj)
        if not may_save:
            prefetch_related_objects([obj], *signed_and_filed())
        for place in ("URGENT", "PANELS"):
            context[place.lower()] = beside.panels(request, obj, getattr(beside, place)) if obj else []
        context["opened"] = request.opened
        context["pending"] = opening.pending_shown(request, obj)
        buttons = deeds.available(obj, request.user, pending=context["pending"]) if may_save else []
        row = [button for button in buttons if not button.is_apart and not button.is_grave]
        context["buttons"] = checks.named(row, context["adminform"].form)
        context["grave"] = [button for button in buttons if button.is_grave]
        context["post_state"] = self.whole_state(obj, context["adminform"].form) if obj else None
        context["may_delete"] = bool(obj) and self.has_delete_permission(request, obj)
        context["keeping"] = kept.keeping(request, context["adminform"].form, may_save=may_save)
        page = super().render_change_form(request, context, add, change, form_url, obj)
        page.context_data["has_file_field"] = (
            True  # sent as a multipart form, a long text does not grow threefold
        )
        return page

    def response_add(self, request, obj, post_url_continue=None):
        return self.response_change(request, obj)

    def response_change(self, request, obj):
        """Stays with the post, says what was done, and shows the way to it."""
        sentence = self.sentence(obj, request.POST.get("_deed"))
        messages.success(request, sentence)
        return HttpResponseRedirect(reverse("admin:posts_post_change", args=[obj.pk]))

    def sentence(self, post, deed):
        if deed == "keep_pending":
            return "The changes are kept. Readers see the post as it was."
        if deed == "discard_pending":
            return "The changes are discarded. The form shows what readers see."
        if deed in SENTENCES:
            return SENTENCES[deed]
        if post.is_scheduled:
            when = timezone.localtime(post.published_at)
            return f"Saved. The post comes out on {when:%d %B %Y at %H:%M}, whatever happens."
        if post.is_public:
            done = {"save": "Updated.", "apply_pending": "The changes are published."}.get(deed, "Published.")
            return format_html('{} <a href="{}">Read it on the site.</a>', done, post.get_absolute_url())
        return f"Saved at {timezone.localtime():%H:%M}."

    def view_on_site(self, obj):
        return obj.get_absolute_url() if obj.is_public else None

    # Tags, as they are typed

    def get_urls(self):
        tags = path("tags/", self.admin_site.admin_view(self.tags_json), name="posts_post_tags")
        return [tags, *beside.screens(self), *super().get_urls()]

    def tags_json(self, request):
        """Tags that hold what was typed, those that begin with it first."""
        if not request.user.has_perm("posts.view_tag"):
            raise PermissionDenied
        typed = request.GET.get("term", "").strip()[:100]
        names = list(Tag.objects.filter(name__istartswith=typed).values_list("name", flat=True)[:SUGGESTED])
        if typed and len(names) < SUGGESTED:
            others = Tag.objects.filter(name__icontains=typed).exclude(name__in=names)
            names += others.values_list("name", flat=True)[: SUGGESTED - len(names)]
        return JsonResponse({"results": [{"id": name, "text": name} for name in names]})


def said(moment):
    """A moment as a short date with its hour on hover."""
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(), f"{local:%H:%M}", f"{local:%d %b %Y}"
    )
