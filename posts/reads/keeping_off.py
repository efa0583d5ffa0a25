"""Keeping a post off the popular lists, as an editor wishes, and letting it back on. Its reads are counted as before."""

from django.db import transaction

from posts.models import KeptOffPopular
from posts.reads import popular


def keep_off(post, *, by):
    """It drops out of every list at once. False when it was kept off already."""
    _, is_new = KeptOffPopular.objects.get_or_create(post=post, defaults={"by": by})
    return is_new


@transaction.atomic
def let_back_on(post):
    """It stands again where its reads put it, and readers see it at once. False when it was not kept off."""
    gone, _ = KeptOffPopular.objects.filter(post=post).delete()
    if gone:
        popular.refresh()
        popular.show()
    return bool(gone)
