"""`/read/`: where the page of a post says that it has been read. Whatever is sent, the answer is 204."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from informed_comment.caching import is_staff_request
from informed_comment.origins import address_in, sender_of
from posts.reads.counting import buffer
from posts.reads.readers import is_machine, readers

LONGEST = 200  # bytes
ID = rb"([1-9]\d{0,17})"
SAID = re.compile(rb"\s*(?:post=" + ID + rb'|\{\s*"post"\s*:\s*(")?' + ID + rb"(?(2)\")\s*\})\s*")


@csrf_exempt
def read(request):
    """Counts a reader's first opening of a post today. Nothing tells the sender whether it counted."""
    if request.method == "POST" and may_count(request) and (post_id := post_in(request)):
        agent = request.headers.get("User-Agent", "")
        sender = sender_of(request) or address_in(request.META["REMOTE_ADDR"])
        if readers.is_new(sender, agent, post_id):
            buffer.add(post_id)
    return HttpResponse(status=204, headers={"Cache-Control": "no-store"})


def may_count(request):
    """A person's browser, from a page of ours, who has not asked to be left alone and does not work here."""
    headers = request.headers
    return (
        not is_machine(headers.get("User-Agent", "")[:500])
        and headers.get("Sec-GPC") != "1"
        and "prefetch" not in headers.get("Sec-Purpose", headers.get("Purpose", ""))
        and is_from_our_pages(request)
        and not is_staff_request(request)
    )


def is_from_our_pages(request):
    """Browsers send one of these headers with every POST, and scripts in pages cannot forge them."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site:
        return site == "same-origin"
    try:
        host = urlsplit(origin or "").netloc
    except ValueError:
        return False
    return bool(host) and host in (request.get_host(), urlsplit(settings.SITE_URL).netloc)


def post_in(request):
    """The id in `post=12` or `{"post": 12}`, or None."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > LONGEST:
        return None
    try:
        said = SAID.fullmatch(request.read(LONGEST))
    except UnreadablePostError:
        return None
    return int(said[1] or said[3]) if said else None
