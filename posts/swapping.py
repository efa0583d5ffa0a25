"""Two posts that change addresses."""

from django.db import transaction

from informed_comment import redirects
from posts import permalinks
from posts.models import Post, Revision
from posts.publishing import claim
from posts.states import keep_revision


@transaction.atomic
def swap(post, other, *, by=None):
    """Gives each post the slug of the other, and the address that makes; both have had one before.

    What led to either leads to it still, and their two addresses to whichever has it now. A slug already written into
    `post`, if it makes the other's address, is kept. Raises ChangedMeanwhile as any other deed.
    """
    stored = Post.objects.select_for_update(of=("self",)).in_bulk(sorted([post.pk, other.pk]))
    had = {pk: (row.slug, row.permalink) for pk, row in stored.items()}
    for one in sorted((post, other), key=lambda one: one.pk):
        claim(one)
    if permalinks.path_for(post) != had[other.pk][1]:
        post.slug = had[other.pk][0]
    other.slug = had[post.pk][0]
    for pk in had:  # out of each other's way, since no two may have one address at any moment
        Post.objects.filter(pk=pk).update(permalink=f"/?p={pk}")
    for one in (post, other):
        one.slug = permalinks.numbered(one)
        one.permalink = permalinks.path_for(one)
        one.save()
        keep_revision(one, Revision.Deed.SAVE, by=by)
    redirects.move({had[one.pk][1]: one.permalink for one in (post, other)})
