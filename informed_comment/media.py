"""How the library's files are given out, so that none of them can do what a page of ours may, whatever it holds.

The type goes by the name alone and is never a page's, a script's or a style sheet's; browsers are told to believe it. What is
no picture, sound, film or PDF is given out to be kept. And whatever is opened all the same runs nothing. deploy/nginx.conf,
deploy/Caddyfile and, for a bucket, buckets.py say the same.
"""

from pathlib import PurePosixPath

from django.conf import settings
from django.views.static import serve

from informed_comment.methods import require_safe

TYPES = {
    "image/jpeg": "jpg jpeg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/svg+xml": "svg",
    "image/tiff": "tif tiff",
    "image/bmp": "bmp",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg oga opus",
    "audio/wav": "wav",
    "video/mp4": "mp4 m4v",
    "video/webm": "webm",
    "video/ogg": "ogv",
    "video/quicktime": "mov",
    "application/pdf": "pdf",
    "application/epub+zip": "epub",
    "application/zip": "zip",
    "text/plain": "txt csv",
}
BY_ENDING = {f".{ending}": kind for kind, endings in TYPES.items() for ending in endings.split()}
SHOWN = ("image/", "audio/", "video/", "application/pdf")  # the rest is kept by the browser, not opened
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
POLICY_OF_SHOWN = (  # what a browser puts around a picture, a film or a PDF
    "default-src 'none'; img-src 'self'; media-src 'self'; object-src 'self'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'"
)


def type_of(name):
    return BY_ENDING.get(PurePosixPath(name).suffix.lower(), "application/octet-stream")


def is_shown(kind):
    return kind.startswith(SHOWN) and kind != "image/svg+xml"


@require_safe
def file_of_development(request, path):
    """A file from MEDIA_ROOT, said as production says it."""
    response = serve(request, path, document_root=settings.MEDIA_ROOT)
    kind = type_of(path)
    response["Content-Type"] = kind
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY_OF_SHOWN if is_shown(kind) else POLICY
    if not is_shown(kind):
        response["Content-Disposition"] = "attachment"
    return response
