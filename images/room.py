"""Room for files: the limit the library may have, and what is said when there is none."""

from contextlib import contextmanager

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat

from images.models import Document, Image
from informed_comment.files import StoreAway, is_full


class NoRoom(ValidationError):
    """A file found no room; nothing of it has been kept."""

    def __init__(self, name, what):
        super().__init__("“%(name)s” %(what)s", code="no_room", params={"name": name, "what": what})


@contextmanager
def or_say_so(name):
    """Says in a sentence that the disk is full or the bucket away, where Python only says so in an OSError."""
    try:
        yield
    except StoreAway as error:
        raise NoRoom(
            name,
            "could not be kept: the store of pictures does not answer. Nothing of it was saved. Upload it again in a minute.",
        ) from error
    except OSError as error:
        if not is_full(error):
            raise
        raise NoRoom(
            name,
            "could not be kept: the server's disk is full. Nothing of it was saved. Have room made, then upload it again.",
        ) from error


def refuse_over_limit(name, size, *, instead_of=0):
    """Raises NoRoom when the originals would come to more than LIBRARY_MAX_BYTES; `instead_of` bytes go for them.

    Two uploads at once are measured one after the other: the lock is held until the transaction ends.
    """
    limit = settings.LIBRARY_MAX_BYTES
    if not limit:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('room in the library', 0))")
    held = sum(model.objects.aggregate(all=Sum("size"))["all"] or 0 for model in (Image, Document))
    if held - instead_of + size > limit:
        raise NoRoom(
            name,
            f"does not fit: the library holds {filesizeformat(held)} of the {filesizeformat(limit)} it may. "
            "Delete pictures that nothing uses, or have the limit (LIBRARY_MAX_BYTES) raised.",
        )
