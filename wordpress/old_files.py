"""Where the uploads of an old site lie today, so that pages elsewhere that show or link them go on doing so."""

import re
from urllib.parse import unquote

from images import pictures
from posts.models import Post
from wordpress.bodies.media import candidates
from wordpress.models import Imported

UPLOAD = re.compile(r"/(?:wp-content/(?:uploads|blogs\.dir/\d+/files)|files)/.+\.[A-Za-z0-9]{2,5}$")
NUMBERED = re.compile(r"/\?attachment_id=(\d{1,18})$")


def today(paths):
    """The address of the library's file for an upload's old path, of any size; of an attachment, its post or its file."""
    path = paths[0]
    if number := NUMBERED.match(path):
        return of_attachment(number[1])
    if not UPLOAD.search(path):
        return None
    paths = [unquote(one) for one in candidates(path)]
    rows = Imported.objects.filter(kind="upload", address__in=paths).select_related("image", "document")
    found = {row.address: row for row in rows.order_by("-id")}
    row = next((found[one] for one in paths if one in found and file_of(found[one])), None)
    if row is None:
        return None
    is_sized = row.address != path and row.image is not None
    return pictures.plain(row.image)[0] if is_sized else file_of(row).url


def file_of(row):
    kept = row.image or row.document
    return kept.file if kept and kept.file else None


def of_attachment(number):
    row = Imported.objects.filter(kind="upload", key=number).select_related("image", "document").first()
    if row is None:
        return None
    parents = Imported.objects.filter(
        source=row.source, kind__in=("post", "page"), key=str(row.parent or "")
    ).select_related("post", "page")
    for parent in parents:
        if parent.post and parent.post.status == Post.Status.PUBLISHED:
            return parent.post.permalink
        if parent.page and parent.page.is_published:
            return parent.page.get_absolute_url()
    found = file_of(row)
    return found.url if found else None
