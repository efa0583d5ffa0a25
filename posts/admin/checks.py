"""The checks in the form of a post: what is to be mended, asked for at any time and shown before publishing."""

import hashlib
from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import path
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST

from images.models import Image
from informed_comment.html import clean_html
from posts import checking, outgoing
from posts.models import Post

LIST = "admin/posts/post/_problems.html"
TYPED = ("title", "standfirst", "seo_title", "seo_description")
DUE = {"publish", "publish_now", "apply_pending"}


def urls(admin):
    """POST the form as it stands; the answer is the list of what is to be mended."""

    @require_POST
    def check(request):
        if not (admin.has_add_permission(request) or admin.has_change_permission(request)):
            raise PermissionDenied
        post, typed = typed_post(request.POST)
        found = checking.problems(post, **typed)
        waiting = outgoing.ask(post.body)
        return HttpResponse(listed(found, waiting=waiting))

    return [path("check/", admin.admin_site.admin_view(check), name="posts_post_check")]


def listed(found, *, waiting=0):
    return render_to_string(LIST, {"problems": found, "waiting": waiting})


def typed_post(data):
    """The post as the form has it, valid or not and never saved, with what is said of it beside its own fields."""
    post = Post(**{name: data.get(name, "") for name in TYPED}, body=clean_html(data.get("body", "")))
    number = data.get("lead_image", "")
    if number.isdecimal() and len(number) < 19:
        post.lead_image = Image.objects.filter(pk=number).first()
    return post, beside(data)


def beside(data):
    """Whether the form files and signs the post."""
    rows = data.get("bylines-TOTAL_FORMS", "")
    rows = min(int(rows), 200) if rows.isdecimal() and len(rows) < 9 else 0
    return {
        "is_filed": bool(data.get("categories")),
        "is_signed": any(
            data.get(f"bylines-{row}-author") and not data.get(f"bylines-{row}-DELETE") for row in range(rows)
        ),
    }


def named(buttons, form):
    """The buttons, with those that publish named for what they do after a warning."""
    if not getattr(form, "is_warned", False):
        return buttons
    return [
        replace(button, label=f"{button.label} all the same") if button.name in DUE else button
        for button in buttons
    ]


class Checked:
    """What the form of a post knows of the checks: what was found when it was about to be published."""

    found = None
    is_warned = False

    def check_before_publishing(self):
        """Bars are errors at their fields; warnings stand in the way once, until they have been seen."""
        is_out = self.instance.status == Post.Status.PUBLISHED and self.deed.name != "apply_pending"
        if self.deed.name not in DUE or is_out:
            self.refuse(checking.missing(self.instance))
            return
        self.found = checking.problems(self.instance, **beside(self.data))
        bars = [problem for problem in self.found if problem.level == checking.BLOCK]
        for problem in bars:
            self.refuse({problem.field: problem.sentence})
        warnings = [problem for problem in self.found if problem not in bars]
        if not warnings or bars or "seen_warnings" not in self.data:
            return
        mark = mark_of(warnings)
        if self.data["seen_warnings"] != mark and not self.errors:
            self.put("seen_warnings", mark)
            self.add_error(
                None,
                "Not published yet: look at the warnings beside the text. Mend them, or publish all the same.",
            )
            self.is_warned = True

    def refuse(self, problems):
        for field, sentence in problems.items():
            self.add_error(field if field in self.fields else None, sentence)

    def problems_list(self):
        return mark_safe(listed(self.found)) if self.found is not None else ""  # noqa: S308 - a template's


def mark_of(warnings):
    """Stands for these very warnings, so that a new one is shown too."""
    return hashlib.sha256("\n".join(sorted(one.sentence for one in warnings)).encode()).hexdigest()[:16]
