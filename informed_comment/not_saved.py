"""The newsroom's page while the database is away. What a form held is given back, so that it can be sent once more."""

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http.request import UnreadablePostError
from django.shortcuts import render

from informed_comment import trying_again

NEWSROOM = "/admin/"
FIELD_OF_SECRETS = "password"  # a field so named is never written into a page
MOST = 2_000_000  # characters; who sent more goes back to the form


def page(request, shown, error):
    sent, has_files = form_of(request)
    context = shown | {
        "is_full": trying_again.is_full_of_rows(error),
        "is_read_only": trying_again.is_read_only(error),
        "is_sending": request.method not in ("GET", "HEAD"),
        "address": request.get_full_path(),
        "sent": sent,
        "has_files": has_files,
    }
    return render(request, "admin/503.html", context, status=503, using=None)


def form_of(request):
    """(pairs of name and value, whether files came along); nothing where it was no form, or one with a password."""
    if request.method != "POST":
        return [], False
    try:
        pairs = [(name, value) for name, values in request.POST.lists() for value in values]
        has_files = bool(request.FILES)
    except (UnreadablePostError, RequestDataTooBig, SuspiciousOperation, BadRequest, ValueError):
        return [], False
    is_secret = any(FIELD_OF_SECRETS in name for name, _ in pairs)
    is_long = sum(len(value) for _, value in pairs) > MOST
    return ([] if is_secret or is_long else pairs), has_files
