"""What somebody without an account opens by a preview link: the post, the comments on it, and a form for a guest author.

No view sets a cookie. Whoever has the address may act by it, so a form needs no token of its own; that it comes from a
page of ours is asked all the same. GET changes nothing but when the link was last opened.
"""

import functools

from django.conf import settings
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from informed_comment import theme
from informed_comment.admin_site import ADMIN_CSP
from informed_comment.caching import is_staff_request
from informed_comment.origins import is_from_our_pages
from posts import ahead, commenting, guest_writing, previewing, views
from posts.guest_form import CommentForm, GuestForm
from posts.models import Post, Revision
from posts.reads.readers import is_machine

SHOWN = 200  # comments
FOREIGN = "The form was sent from another site. Please send this one instead."
READ_AGAIN = "The editors have changed the text since you opened it. Read it again, and approve it then."
HANDED_ON = (
    "The editors have taken the post over, so it can no longer be changed here. What you wrote was not saved; it still "
    "stands below. Send it as a comment, or copy it."
)
CHANGED = (
    "{who} saved the post while you were writing. Nothing of yours is lost: your text stands in the form, theirs below "
    "it. Take over what you need and save again; saving replaces theirs, which is kept."
)
WRITING_CSP = ADMIN_CSP | {
    "script-src": [CSP.SELF, CSP.NONCE, theme.SOURCE],
    "frame-ancestors": [CSP.NONE],
}


def for_guests(*methods):
    """A page behind a preview link: kept by no cache and no search engine, its address told to no other site."""

    def decorate(view):
        @csrf_exempt
        @require_http_methods(methods)
        @functools.wraps(view)
        def page(request, token):
            try:
                response = view(request, previewing.link_of(token), token)
            except previewing.LinkIsVoid as void:
                response = link_is_void(request, void.link)
            response["Cache-Control"] = "no-store"
            response["X-Robots-Tag"] = "noindex"
            response["Referrer-Policy"] = "same-origin"
            return response

        return page

    return decorate


def link_is_void(request, link):
    """Says whom to ask, and gives back what was written on a page whose link ended meanwhile."""
    written = [request.POST.get(name, "") for name in ("title", "standfirst", "body", "text")]
    written = "\n\n".join(filter(None, written))
    context = {"was_ours": link is not None, "written": written[: settings.DATA_UPLOAD_MAX_MEMORY_SIZE]}
    return render(request, "posts/preview_is_over.html", context, status=410)


# Reading, and saying something about it


@for_guests("GET", "HEAD", "POST")
def preview(request, link, token):
    if request.method == "POST":
        return say(request, link, token)
    if previewing.is_out(link.post):
        return redirect(link.post)
    if is_opened_by_a_guest(request):
        previewing.note_opening(link)
    return preview_page(request, link, token)


def is_opened_by_a_guest(request):
    """Not by staff, nor by a chat that looks at every address it is sent."""
    agent = request.headers.get("User-Agent", "")[:500]
    return request.method == "GET" and not is_staff_request(request) and not is_machine(agent)


def said_about(post):
    """The newest comments on a draft, in the order in which they were said."""
    return list(post.draft_comments.select_related("user").order_by("-id")[:SHOWN])[::-1]


def preview_page(request, link, token, *, form=None, complaint="", status=200):
    found = ahead.of_draft(link.post)
    context = views.about_post(found.post) | {
        "link": link,
        "here": reverse("posts:preview", args=[token]),
        "is_changed": hasattr(link.post, "pending"),
        "write_address": writing_address(link, token),
        "approve_address": reverse("posts:approve", args=[token]) if previewing.may_approve(link) else "",
        "version": link.post.version,
        "is_approved": link.approved_at and previewing.is_as_approved(link, link.post),
        "comments": said_about(link.post),
        "form": form or CommentForm(initial={"name": link.label}),
        "complaint": complaint,
    }
    return render(request, "posts/preview_for_guest.html", context, status=status)


def writing_address(link, token):
    may = link.may_write and link.post.status in previewing.WRITTEN_BY_GUESTS
    return reverse("posts:guest_write", args=[token]) if may else ""


def say(request, link, token):
    form = CommentForm(request.POST)
    if not is_from_our_pages(request):
        return preview_page(request, link, token, form=form, complaint=FOREIGN, status=403)
    here = reverse("posts:preview", args=[token])
    if form.is_from_a_machine:
        return seen_elsewhere(f"{here}#comments")
    if not form.is_valid():
        return preview_page(request, link, token, form=form, status=400)
    try:
        comment = commenting.say(
            link.post, form.cleaned_data["text"], link=link, name=form.cleaned_data["name"]
        )
    except commenting.CannotSay as reason:
        return preview_page(request, link, token, form=form, complaint=str(reason), status=429)
    return seen_elsewhere(f"{here}#comment-{comment.pk}")


def seen_elsewhere(address):
    response = redirect(address)
    response.status_code = 303
    return response


@for_guests("POST")
def approve(request, link, token):
    version = request.POST.get("version", "")
    if not is_from_our_pages(request):
        return preview_page(request, link, token, complaint=FOREIGN, status=403)
    seen = int(version) if version.isdecimal() and len(version) < 10 else 0
    if not previewing.may_approve(link) or not previewing.approve(link, version=seen):
        return preview_page(request, link, token, complaint=READ_AGAIN, status=409)
    return seen_elsewhere(reverse("posts:preview", args=[token]))


# Writing


@csp_override(WRITING_CSP)
@for_guests("GET", "HEAD", "POST")
def write(request, link, token):
    here = reverse("posts:preview", args=[token])
    if not link.may_write or (request.method != "POST" and not writing_address(link, token)):
        return redirect(here)
    if request.method != "POST":
        return form_page(request, link, token, GuestForm(initial=GuestForm.of(link.post)))
    form = GuestForm(request.POST)
    if not is_from_our_pages(request):
        return form_page(request, link, token, form, complaint=FOREIGN, status=403)
    if not form.is_valid():
        return form_page(request, link, token, form, status=400)
    try:
        form.save(link)
    except guest_writing.HandedOn:
        return form_page(request, link, token, form, complaint=HANDED_ON, status=409)
    except commenting.CannotSay as reason:
        return form_page(request, link, token, form, complaint=str(reason), status=429)
    except guest_writing.ChangedMeanwhile:
        return conflict_page(request, link, token, form)
    return seen_elsewhere(here if form.hands_in else f"{request.path}?saved=1")


def conflict_page(request, link, token, form):
    """Both texts; the next save is made against theirs."""
    theirs = Post.objects.get(pk=link.post_id)
    last = Revision.objects.filter(post=theirs).select_related("created_by").first()
    form = form.against(theirs)
    complaint = CHANGED.format(who=last.who if last else "Somebody")
    return form_page(request, link, token, form, complaint=complaint, status=409)


def form_page(request, link, token, form, *, complaint="", status=200):
    context = {
        "link": link,
        "form": form,
        "complaint": complaint,
        "is_saved": "saved" in request.GET and request.method == "GET",
        "is_draft": link.post.status == Post.Status.DRAFT,
        "may_save": link.post.status in previewing.WRITTEN_BY_GUESTS,
        "here": reverse("posts:preview", args=[token]),
        "comments": said_about(link.post),
    }
    return render(request, "posts/guest_form.html", context, status=status)
