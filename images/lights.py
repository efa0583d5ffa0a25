"""What the operator is shown of the library: pictures that have no sizes for readers."""

from datetime import timedelta

from django.utils import timezone

from images.models import Image
from informed_comment.watching.lights import Light, State

LATE = timedelta(hours=1)
NEWEST = 1000  # pictures looked at; of older ones, the jobs that failed tell


def sizes():
    newest = Image.objects.order_by("-id").values("pk")[:NEWEST]
    missing = Image.objects.with_file().filter(
        pk__in=newest, renditions=[], created_at__lt=timezone.now() - LATE
    )
    number = missing.count()
    if not number:
        return [Light("Pictures", State.GOOD, "All of the newest have their sizes.")]
    says = (
        f"{number:,} of the newest {NEWEST:,} pictures have no sizes for readers yet, who load the originals."
    )
    cure = "See that a worker runs and which jobs failed; manage.py make_renditions makes what is missing."
    return [Light("Pictures", State.WATCH, says, cure)]
