"""The door: finished pages and 304s, given out before Django makes a request of what was asked.

It knows only what went through Django before: the host was one of ours, the path led somewhere, the middleware set its
headers. Whatever it does not know, and whoever brings a session, it lets in.
"""

from django.conf import settings
from django.http import QueryDict

from informed_comment import edition_look, encodings, leading, old_forms
from informed_comment.caching import etag_of, key_of, shelf
from informed_comment.finished import STATUS_LINES, lasting, names
from informed_comment.watching.counting import of_process as counts

LONGEST_QUERY = 2_000  # bytes; longer ones, and those of more parts, are Django's to read or to refuse
MOST_PARTS = 50


class KeepsFinalHeaders:
    """The outermost middleware: notes what a whole answer says, for the door to say the same."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code == 304:
            del response["Content-Length"]  # it would be that of the page (RFC 9110, 8.6), and not nothing
        if response.cookies or "cookie" in response.get("Vary", "").lower():
            return response
        page, rule = getattr(response, "finished_page", None), getattr(response, "rule", None)
        if page is not None and page.final is None:
            page.final = lasting(response)
        if rule is not None and rule.not_modified is None:
            rule.not_modified = lasting(response, without=("etag", "last-modified"))
        return response


class Door:
    """A WSGI application in front of the site's."""

    def __init__(self, site):
        self.site = site

    def __call__(self, environ, start_response):
        method = environ["REQUEST_METHOD"]
        answer = answer_of(environ) if method in ("GET", "HEAD") else None
        if answer is None:
            return self.site(environ, start_response)
        status, headers, body = answer
        counts.door[status] += 1
        start_response(STATUS_LINES[status], headers)
        return [body] if method == "GET" and body else []


def answer_of(environ):
    """(status, headers, body), or None where Django has to be asked."""
    if settings.SESSION_COOKIE_NAME in environ.get("HTTP_COOKIE", ""):
        return None
    address = address_of(environ)
    rule = shelf.rule(address)
    look = edition_look.of_process.at_hand() or edition_look.of_process.found() if rule else None
    query = asked_of(environ, rule) if look else None
    if query is None:
        return None
    key = key_of(address, query, rule.params)
    page = shelf.get(look, key)
    known = environ.get("HTTP_IF_NONE_MATCH")
    if page is not None and page.final is not None:
        if page.is_known(known, environ.get("HTTP_IF_MODIFIED_SINCE")):
            return rule.not_modified and unchanged(rule, look, page.etag, page.last_modified)
        return whole(page, key, look, environ.get("HTTP_ACCEPT_ENCODING", ""))
    if page is None and known and rule.not_modified and not rule.is_by_content:
        etag = etag_of(look, key)
        return unchanged(rule, look, etag) if names(known, etag) else None
    return None


def address_of(environ):
    """As caching.address_of() has it of the request; None for a path or a host that is best left to Django."""
    path, host = environ.get("PATH_INFO", ""), environ.get("HTTP_HOST")
    if not host or not path.startswith("/") or environ.get("SCRIPT_NAME"):
        return None
    if not path.isascii():
        try:
            path = path.encode("latin-1").decode()
        except UnicodeError:
            return None
    return f"{scheme_of(environ)}://{host.lower()}{path}"


def scheme_of(environ):
    """As SECURE_PROXY_SSL_HEADER says, or the server itself."""
    if settings.SECURE_PROXY_SSL_HEADER:
        name, secure = settings.SECURE_PROXY_SSL_HEADER
        said = environ.get(name)
        if said is not None:
            return "https" if said.partition(",")[0].strip() == secure else "http"
    return environ["wsgi.url_scheme"]


def asked_of(environ, rule):
    """The query as far as it counts; None where it may say more than the page's own view reads."""
    raw = environ.get("QUERY_STRING", "")
    if not raw:
        return ()
    if len(raw) > LONGEST_QUERY or raw.count("&") > MOST_PARTS:
        return None
    is_root = environ["PATH_INFO"] in leading.ROOTS
    if not rule.params and not is_root:
        return ()
    query = QueryDict(raw)
    if is_root and not all(map(old_forms.TRACKING.match, query)):
        return None  # the forms of old addresses: /?p=12
    return query


def whole(page, key, look, accepted):
    before = page.forms
    coding, data = page.form(encodings.chosen(accepted))
    if page.forms is not before:
        shelf.weigh(key, page)
    headers = [
        *page.final,
        ("Content-Length", str(len(data))),
        ("X-Accel-Expires", f"@{look.good_until}"),
    ]
    if coding:
        headers.append(("Content-Encoding", coding))
    return page.status, headers, data


def unchanged(rule, look, etag, last_modified=None):
    headers = [*rule.not_modified, ("ETag", etag), ("X-Accel-Expires", f"@{look.good_until}")]
    if last_modified:
        headers.append(("Last-Modified", last_modified))
    return 304, headers, b""
