"""Taking everything out: as a WordPress export, or as the whole archive; sent as it is made, and noted in the log."""

import hashlib
import threading

from django import forms
from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone

from wordpress.admin.noting import note
from wordpress.leaving.packing import Packed
from wordpress.leaving.site.streaming import Streamed
from wordpress.models import Move

AT_ONCE = 1  # in a process, whose other threads answer readers meanwhile
slots = threading.BoundedSemaphore(AT_ONCE)
BUSY = "Everything is being taken out already. Wait until that download is done, and try again."
EXPORT, SUBSCRIBERS = "wordpress.export_site", "newsletter.export_subscriber"


class ArchiveForm(forms.Form):
    with_subscribers = forms.BooleanField(
        required=False,
        label="With the subscribers, their consent, and the addresses never to be mailed",
        help_text="These are personal data: keep the file as you keep the database.",
    )


def page(modeladmin, request):
    if not request.user.has_perm(EXPORT):
        raise PermissionDenied
    sent = {"wxr": wxr, "archive": archive}.get(request.POST.get("do"))
    if request.method == "POST" and sent:
        if "with_subscribers" in request.POST and not request.user.has_perm(SUBSCRIBERS):
            raise PermissionDenied
        if slots.acquire(blocking=False):
            return sent(request)
        messages.warning(request, BUSY)
        return HttpResponseRedirect(reverse("admin:wordpress_move_leaving"))
    form = ArchiveForm() if request.user.has_perm(SUBSCRIBERS) else None
    return modeladmin.page(request, "leaving", title="Taking everything out", form=form)


def wxr(request):
    packed = Packed()
    download = Download(packed, request, "WordPress export", lambda: told(packed.written.items))
    return as_file(download, f"{stem()}.xml.gz", "application/gzip")


def archive(request):
    with_subscribers = "with_subscribers" in request.POST
    streamed = Streamed(stem(), with_subscribers=with_subscribers)
    name = "Archive with the subscribers" if with_subscribers else "Archive"
    download = Download(streamed, request, name, lambda: told_of_archive(streamed.gone))
    return as_file(download, f"{stem()}.zip", "application/zip")


def stem():
    return f"everything-{timezone.localtime():%Y-%m-%d-%H%M}"


def told(items):
    return ", ".join(f"{count:,} {name}" for name, count in sorted(items.items()))


def told_of_archive(gone):
    missing = f", {len(gone.missing):,} files missing" if gone.missing else ""
    return f"{sum(gone.rows.values()):,} rows, {gone.files:,} files{missing}"


class Download:
    """Bytes on their way out, logged before and after; lets go of its slot, however it ends."""

    def __init__(self, source, request, name, told):
        self.source, self.request, self.name, self.told = source, request, name, told
        self.has_slot, self.pieces = True, self.stream()

    def __iter__(self):
        return self.pieces

    def stream(self):
        self.log(f"{self.name}: taking everything out began.")
        ended, digest, size = "was broken off", hashlib.sha256(), 0
        try:
            for piece in self.source:
                digest.update(piece)
                size += len(piece)
                yield piece
            ended = f"ended: {self.told()}; {size:,} bytes, SHA-256 {digest.hexdigest()}"
        finally:
            self.let_go()
            self.log(f"{self.name}: taking everything out {ended}.")

    def log(self, message):
        note(self.request, "site_exported", message, "Everything", ContentType.objects.get_for_model(Move))

    def close(self):
        """Called by the server when the answer is over, also one that nobody has read."""
        self.pieces.close()
        self.let_go()

    def let_go(self):
        if self.has_slot:
            self.has_slot = False
            slots.release()


def as_file(pieces, name, kind):
    """For the browser to keep, sent as it is made."""
    return StreamingHttpResponse(
        pieces,
        content_type=kind,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        },
    )
