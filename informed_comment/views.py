"""What the frame itself answers: for robots, for old addresses of files, and when something went wrong."""

import sys
from datetime import UTC, datetime, time, timedelta
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.http.request import UnreadablePostError
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from informed_comment import budgets, not_saved, reports, waiting_room
from informed_comment.caching import public_page
from informed_comment.methods import require_safe
from informed_comment.origins import sender_of
from informed_comment.publication import publication_of_edition

RETRY_AFTER = 5  # seconds, said while the database does not answer


@require_safe
@public_page
def robots(request):
    lines = ["User-agent: *"]
    lines += [f"Disallow: {path}" for path in ("/admin/", "/preview/", "/search/?", "/newsletter/", "/read/")]
    lines += [
        "",
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
        f"Sitemap: {settings.SITE_URL}/sitemap-news.xml",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def security_txt(request):
    """Whom to tell of a hole (RFC 9116). It says until when it holds, always most of a year ahead, so it is made each time."""
    contact = settings.SECURITY_CONTACT or publication_of_edition(request).contact_email
    if not contact:
        raise Http404("nobody is named whom to tell")
    until = datetime.combine(timezone.now().date() + timedelta(days=330), time(), UTC)
    said = {
        "Contact": contact if ":" in contact else f"mailto:{quote(contact, safe='@+')}",
        "Expires": until.isoformat().replace("+00:00", "Z"),
        "Preferred-Languages": settings.LANGUAGE_CODE.partition("-")[0],
        "Canonical": f"{settings.SITE_URL}/.well-known/security.txt",
    }
    if settings.SECURITY_POLICY_URL:
        said["Policy"] = settings.SECURITY_POLICY_URL
    lines = "".join(f"{name}: {value}\n" for name, value in said.items())
    response = HttpResponse(lines, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    return response


@csrf_exempt
@require_POST
def policy_reports(request):
    """Where browsers say what the content policy refused (headers.REPORTS)."""
    if request.content_type not in (reports.CLASSIC, reports.MANY):
        return said_plainly(415, f"A report is {reports.CLASSIC} or {reports.MANY}.")
    try:
        body = request.read(reports.LONGEST + 1)
        if len(body) > reports.LONGEST:
            return said_plainly(413, f"A report has {reports.LONGEST} bytes at most.")
        found = reports.read(request.content_type, body, hosts=reports.hosts_of(request))
        reports.spend(sender_of(request))
    except (reports.Unreadable, UnreadablePostError) as error:
        return said_plainly(400, str(error))
    except budgets.TooMany as refusal:
        return said_plainly(429, "Enough reports have come for now.", **{"Retry-After": refusal.seconds})
    reports.count(found)
    return said_plainly(204, "")


def said_plainly(status, sentence, **headers):
    kind = "text/plain; charset=utf-8"
    return HttpResponse(
        sentence, status=status, content_type=kind, headers={"Cache-Control": "no-store", **headers}
    )


@require_safe
@public_page
def favicon(request):
    """For whoever asks without having read a page."""
    return redirect(static("img/favicon.png"), permanent=True)


@require_safe
def media(request, name):
    """A file of the library whose address in a text is from before the files had a place of their own (MEDIA_PUBLIC_URL)."""
    response = redirect(default_storage.url(name))
    response["Cache-Control"] = "public, max-age=86400"
    return response


def bad_request(request, exception):
    is_too_long = isinstance(exception, RequestDataTooBig)
    return render(request, "400.html", {"is_too_long": is_too_long}, status=400)


def permission_denied(request, exception):
    return render(request, "403.html", status=403)


def form_expired(request, reason=""):
    """A form came without its token, or with an old one."""
    return permission_denied(request, None)


def not_found(request, exception):
    """Left bare: the old-address middleware knows more, and puts the page in the site's look in its place."""
    return HttpResponse("Not found", status=404, content_type="text/plain")


def server_error(request):
    """Asks the database for nothing: it may be what failed. Where it does not answer, that is said, and 503."""
    shown = {"home": reverse("posts:home"), "request_id": getattr(request, "id", "")}
    if waiting_room.note(request, sys.exception()):
        if request.path.startswith(not_saved.NEWSROOM):
            response = not_saved.page(request, shown, sys.exception())
        else:
            response = render(request, "503.html", shown, status=503, using=None)
        response["Retry-After"] = str(RETRY_AFTER)
        response["Cache-Control"] = "no-store"
        return response
    return render(request, "500.html", shown, status=500, using=None)
