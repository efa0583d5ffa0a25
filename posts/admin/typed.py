"""A post filled with what somebody has typed into its form and not saved: whatever of it is valid counts."""

from django.forms.models import construct_instance

from posts import bylines, filing
from posts.admin.correction import CorrectionInline
from posts.admin.opening import OfAutosave

PASSED_OVER = "{label}: {problem}"
TAG_LENGTH = 100


class Leniently:
    """Mixed into the post's form: each field is cleaned for itself, and nothing asks for the whole post."""

    def _clean_form(self):
        """Left out."""

    _post_clean = _clean_form


def filling(admin, request, autosave):
    """A filling for `ahead.seen()`: the typed text put into the post; what was passed over, in sentences."""

    def fill(post):
        opened = OfAutosave(autosave)
        form = lenient_form(admin, request, post)(data=opened.data, instance=post)
        passed_over = [
            PASSED_OVER.format(label=form.fields[name].label, problem=" ".join(problems))
            for name, problems in form.errors.items()
            if not form.fields[name].widget.is_hidden
        ]
        construct_instance(form, post, form.fields)
        if post.original_name and not post.original_url:
            post.original_name = ""
        post.save()
        put_relations(post, form.cleaned_data, opened)
        if post.permalink:
            passed_over += put_corrections(admin, request, post, opened.data)
        return passed_over

    return fill


def lenient_form(admin, request, post):
    form = admin.get_form(request, post, change=post.pk is not None)
    return type("LenientPostForm", (Leniently, form), {})


def put_relations(post, values, opened):
    lines = opened.byline()
    if lines is not None:
        bylines.sign(post, lines)
    if "categories" in values:
        filing.file_under(post, values["categories"])
    names = {name for name in values.get("tags", ()) if len(name) <= TAG_LENGTH}
    if "tags" in values and names != set(post.tags.names()):
        post.tags.set(names)


def put_corrections(admin, request, post, data):
    """Corrections that are whole; one still being written waits."""
    inline = CorrectionInline(type(post), admin.admin_site)
    rows = inline.get_formset(request, post)(data=data, instance=post)
    if not rows.management_form.is_valid():
        return []
    incomplete = False
    for form in rows.forms:
        if not form.has_changed():
            continue
        if not form.is_valid():
            incomplete = True
        elif form.cleaned_data.get("DELETE"):
            form.instance.delete()
        else:
            form.save()
    return ["A correction is not complete yet."] * incomplete
