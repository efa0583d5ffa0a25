"""The revisions of a post: looked through, compared, named, and put back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.html import format_html, mark_safe
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from images.standing import with_todays_sources
from posts import differences, history, pending, publishing, states
from posts.models import PendingChange, Post

DEEDS_SHOWN = 5
PUT_BACK = (*states.TEXT, "authors", "categories", "tags")
MEANWHILE = (
    "Somebody saved this post while you were looking, so nothing was restored. Below is what restoring would change "
    "now. Look again, and restore if it still is what you want."
)
ALREADY_PENDING = "Somebody began changes for later meanwhile. Open the post and look at them first."


def urls(admin):
    def screen(address, view, name):
        def opened(request, pk, **rest):
            post = admin.get_object(request, str(pk))
            if post is None or not admin.has_view_permission(request, post):
                raise Http404("There is no such post, or it is not yours to see.")
            return view(request, admin, post, **rest)

        return path(f"<int:pk>/revisions/{address}", admin.admin_site.admin_view(opened), name=name)

    return [
        screen("", listed, "posts_post_revisions"),
        screen("compare/", chosen_two, "posts_post_revisions_compare"),
        screen("<int:number>/", one, "posts_post_revision"),
        screen("<int:number>/name/", name_it, "posts_post_revision_name"),
        screen("<int:number>/restore/", restore, "posts_post_revision_restore"),
    ]


def panel(request, post):
    """The last deeds, beside the text."""
    deeds = list(history.deeds(post, DEEDS_SHOWN))
    return "admin/posts/post/_history.html", {"deeds": deeds, "post": post}


def shown(admin, request, template, post, title, **context):
    """A screen of the post, in the newsroom's frame."""
    context = admin.admin_site.each_context(request) | {
        "title": title,
        "opts": Post._meta,
        "post": post,
        "may_change": admin.has_change_permission(request, post),
        **context,
    }
    return render(request, f"admin/posts/post/{template}", context)


def address(name, post, *args):
    return reverse(f"admin:posts_post_{name}", args=[post.pk, *args])


def number_in(text):
    """A number from an address; None for anything that is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None


@require_GET
def listed(request, admin, post):
    is_named = "named" in request.GET
    before = number_in(request.GET.get("before"))
    entries, further = history.page(post, before=before, is_named=is_named)
    return shown(
        admin,
        request,
        "revisions.html",
        post,
        f"Revisions of “{post}”",
        entries=entries,
        further=further,
        before=before,
        is_named=is_named,
        may_see_log=request.user.has_perm("admin.view_logentry"),
    )


@require_GET
def chosen_two(request, admin, post):
    """Leads from the two chosen in the list to the later of them, compared with the earlier."""
    numbers = sorted({n for name in ("one", "other") if (n := number_in(request.GET.get(name)))})
    if len(numbers) != 2:
        messages.warning(request, "Choose two different revisions to compare.")
        return HttpResponseRedirect(address("revisions", post))
    return HttpResponseRedirect(f"{address('revision', post, numbers[1])}?against={numbers[0]}")


@require_GET
def one(request, admin, post, number):
    """One revision: what it changed, and the text as it stood."""
    revision = get_object_or_404(post.revisions.select_related("created_by"), pk=number)
    before = post.revisions.filter(pk__lt=number).defer("state").select_related("created_by").first()
    against = request.GET.get("against", "before" if before else "now")
    other = before
    if against == "now":
        old, new = revision.state, states.state_of(post)
    else:
        if wanted := number_in(against):
            other = get_object_or_404(post.revisions.select_related("created_by"), pk=wanted)
        old, new = other.state if other else revision.state, revision.state
    whole = "whole" in request.GET
    return shown(
        admin,
        request,
        "revision.html",
        post,
        f"Revision of “{post}”",
        revision=revision,
        before=before,
        other=other,
        against=against,
        is_whole=whole,
        changes=differences.of_states(old, new, around=None if whole else 1),
        text=as_text(revision.state),
    )


def as_text(state):
    body = mark_safe(with_todays_sources(state.get("body") or ""))  # noqa: S308 - cleaned when it was saved
    return {"title": state.get("title") or "Untitled", "standfirst": state.get("standfirst"), "body": body}


@require_POST
def name_it(request, admin, post, number):
    """Gives the revision a name, so that it is never thinned out, or takes it away."""
    refuse_unless_theirs(admin, request, post)
    name = " ".join(request.POST.get("name", "").replace("\x00", "").split())[:100]
    if not post.revisions.filter(pk=number).update(name=name):
        raise Http404("There is no such revision.")
    said = f"The revision is named “{name}” and will be kept." if name else "The revision has no name now."
    messages.success(request, said)
    return HttpResponseRedirect(address("revision", post, number))


@require_http_methods(["GET", "HEAD", "POST"])
def restore(request, admin, post, number):
    """Shows what restoring would change, and restores when that is confirmed for the version that was shown."""
    refuse_unless_theirs(admin, request, post)
    revision = get_object_or_404(post.revisions.select_related("created_by"), pk=number)
    if request.method == "POST":
        try:
            return restored(admin, request, post, revision)
        except publishing.CannotPublish as problem:
            messages.error(request, f"Readers see this post, so it cannot be made to say that. {problem}")
        except publishing.ChangedMeanwhile:
            messages.error(request, MEANWHILE)
        post = admin.get_object(request, str(post.pk))
    gone = what_is_gone(post, revision)
    now = states.state_of(post)
    return shown(
        admin,
        request,
        "restore.html",
        post,
        f"Restore a revision of “{post}”",
        revision=revision,
        changes=differences.of_states(now, revision.state, names=PUT_BACK),
        gone=gone,
        may_wait=post.status == Post.Status.PUBLISHED
        and not PendingChange.objects.filter(post=post).exists(),
    )


def restored(admin, request, post, revision):
    post.version = number_in(request.POST.get("seen_version")) or 0
    if request.POST.get("_deed") == "later":
        gone = kept_for_later(post, revision, by=request.user)
        said = "The revision is kept as a change that readers do not see yet. Publish it from the form."
    else:
        gone = publishing.restore(post, revision, by=request.user)
        said = "The post says again what it said then."
        if post.is_public:
            said = format_html('{} <a href="{}">Read it on the site.</a>', said, post.get_absolute_url())
    messages.success(request, said)
    for sentence in gone:
        messages.warning(request, f"Not restored: {sentence}")
    admin.log_change(request, post, f"Restored the revision of {revision.created_at:%Y-%m-%d %H:%M}.")
    return HttpResponseRedirect(address("change", post))


def kept_for_later(post, revision, *, by):
    """What the post would say, as pending changes, when nobody has any."""
    with states.rehearsal():
        copy = Post.objects.get(pk=post.pk)
        gone = states.put(copy, revision.state)
        state = states.state_of(copy)
    pending.keep(post, state, by=by)
    return gone


def what_is_gone(post, revision):
    """What restoring could not bring back, in sentences."""
    with states.rehearsal():
        return states.put(Post.objects.get(pk=post.pk), revision.state)


def refuse_unless_theirs(admin, request, post):
    if not admin.has_change_permission(request, post):
        raise PermissionDenied("This post is not yours to change now. Ask an editor.")
    if post.status == Post.Status.TRASHED:
        raise PermissionDenied("The post is in the trash. Take it from there first.")
