"""`/read/`: where the page of a post says that it has been read. Whatever is sent, the answer is 204."""

import json
import re
from urllib.parse import unquote_plus, urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from informed_comment.caching import is_staff_request
from informed_comment.origins import address_in, sender_of
from posts.reads.readers import home_of, is_machine
from posts.reads.waiting import buffer

LONGEST = 400  # bytes; a host has 253 at most
SAID = re.compile(rb"\s*post=([1-9]\d{0,17})(?:&from=([^&\s]*))?\s*")
ID = re.compile(r"[1-9]\d{0,17}")


@csrf_exempt
def read(request):
    """Counts a reader's first opening of a post today. Nothing tells the sender whether it counted."""
    if request.method == "POST" and may_count(request) and (said := said_in(request)):
        meta = request.META
        sender = sender_of(request) or address_in(meta["REMOTE_ADDR"])
        buffer.add(home_of(sender), meta["HTTP_USER_AGENT"], *said)
    return HttpResponse(status=204, headers={"Cache-Control": "no-store"})


def may_count(request):
    """A person's browser, from a page of ours, who has not asked to be left alone and does not work here."""
    meta = request.META
    return (
        not is_machine(meta.get("HTTP_USER_AGENT", "")[:500])
        and meta.get("HTTP_SEC_GPC") != "1"
        and "prefetch" not in meta.get("HTTP_SEC_PURPOSE", meta.get("HTTP_PURPOSE", ""))
        and is_from_our_pages(request)
        and not is_staff_request(request)
    )


def is_from_our_pages(request):
    """Browsers send one of these headers with every POST, and scripts in pages cannot forge them."""
    site = request.META.get("HTTP_SEC_FETCH_SITE")
    if site:
        return site == "same-origin"
    try:
        host = urlsplit(request.META.get("HTTP_ORIGIN", "")).netloc
    except ValueError:
        return False
    return bool(host) and host in (request.get_host(), urlsplit(settings.SITE_URL).netloc)


def said_in(request):
    """(id, where from) in `post=12&from=news.example.org` or in JSON with the same words, or None."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > LONGEST:
        return None
    try:
        body = request.read(LONGEST)
    except UnreadablePostError:
        return None
    said = SAID.fullmatch(body)
    if said:
        return int(said[1]), unquote_plus((said[2] or b"").decode("ascii", "replace"))
    return said_in_json(body)


def said_in_json(body):
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or isinstance(said.get("post"), bool):
        return None
    post, source = said.get("post"), said.get("from", "")
    if not isinstance(post, int | str) or not ID.fullmatch(str(post)):
        return None
    return int(post), source if isinstance(source, str) else ""
