"""What a guest author may do by a preview link: write title, standfirst and body of the one post, and hand it in."""

from django.db import transaction

from posts import publishing
from posts.models import Post
from posts.previewing import WRITTEN_BY_GUESTS
from posts.publishing import ChangedMeanwhile


class HandedOn(Exception):
    """The post is past the hands of its writers: scheduled, published or withdrawn."""


@transaction.atomic
def write(link, *, version, title, standfirst, body, hand_in=False):
    """Keeps the guest's text, and sends a draft to the editors if `hand_in`; every write is a revision in their name.

    Raises HandedOn when the post is not theirs to write any more, ChangedMeanwhile when it is at another version.
    """
    post = Post.objects.select_for_update(of=("self",)).get(pk=link.post_id)
    if post.status not in WRITTEN_BY_GUESTS:
        raise HandedOn
    if post.version != version:
        raise ChangedMeanwhile(f"Post {post.pk} is no longer at version {version}.")
    post.title, post.standfirst, post.body = title, standfirst, body
    if hand_in and post.status == Post.Status.DRAFT:
        publishing.submit(post, guest=link.label)
    else:
        publishing.save(post, guest=link.label)
    return post
