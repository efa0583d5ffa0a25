"""Sent mailings on the web: the list, one of them, and their feed. Nothing personal is on these pages."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import http_date

from informed_comment.caching import public_page
from informed_comment.methods import require_safe
from informed_comment.publication import current_publication
from newsletter import archive
from newsletter.models import Mailing
from posts import feed_forms, metadata
from posts.syndication import absolute

TITLE = "Newsletter archive"


@require_safe
@public_page
def mailings(request, number=1):
    page = archive.page(number)
    about = metadata.of_text(
        f"{TITLE} – page {number}" if number > 1 else TITLE,
        page.address_of(number),
        description="Every newsletter that was sent, to read on the web.",
        kind="CollectionPage",
    )
    about.feed = absolute(reverse("newsletter:archive_feed"))
    about.previous, about.next = page.previous_address, page.next_address
    return render(request, "newsletter/archive.html", {"page": page, "metadata": about})


@require_safe
@public_page
def mailing(request, pk):
    """A letter is a text of its own and is indexed; a digest only repeats what stands at the posts' own addresses."""
    found = get_object_or_404(Mailing.objects.on_the_web(), pk=pk)
    posts = archive.posts_in(found)
    about = metadata.of_text(
        str(found),
        found.get_absolute_url(),
        description=archive.summary(found, [str(post) for post in posts]),
        is_indexed=found.kind == Mailing.Kind.LETTER,
    )
    context = {"mailing": found, "posts": posts, "metadata": about}
    return render(request, "newsletter/mailing.html", context)


@require_safe
@public_page(by_content=True)
def feed(request, form):
    made = archive.feed(request.path, current_publication())
    response = HttpResponse(feed_forms.WRITERS[form](made), content_type=feed_forms.CONTENT_TYPES[form])
    if made.entries:
        response["Last-Modified"] = http_date(made.changed_at.timestamp())
    response["Access-Control-Allow-Origin"] = "*"
    return response
