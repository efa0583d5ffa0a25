"""Saying that a leftover of an import is seen to."""

from django.db import transaction
from django.utils import timezone

from wordpress.models import Leftover


@transaction.atomic
def see_to(leftovers, *, by):
    """Those of the leftovers that were open are done; their number."""
    return leftovers.filter(done_at=None).update(done_at=timezone.now(), done_by=by)


def of_post(post):
    return Leftover.objects.filter(imported__post=post)
