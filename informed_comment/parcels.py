"""A finished page as bytes that leave the process: what is not whole, not ours or of another form opens to nothing.

MARK, a seal over the name it is kept under and all that follows, the length of the label, the label as JSON, the body.
The seal takes the site's secret, so whoever else may write into the cache cannot make a page of it.
"""

import hashlib
import hmac
import json

from django.conf import settings

from informed_comment.finished import FinishedPage

MARK = b"IC1\n"  # another number for another form
SEAL, LENGTH = 16, 4  # bytes
LONGEST = 4_000_000  # bytes; a longer page is not shared


def packed(name, page):
    """The bytes, or None for a page that is too long."""
    coding, body = page.form("zstd")
    label = {
        "status": page.status,
        "headers": page.headers,
        "etag": page.etag,
        "last_modified": page.last_modified,
        "coding": coding,
    }
    said = json.dumps(label).encode()
    content = len(said).to_bytes(LENGTH) + said + body
    return MARK + seal(name, content) + content if len(content) < LONGEST else None


def opened(name, data):
    """The page, or None."""
    start = len(MARK) + SEAL
    given, content = data[len(MARK) : start], data[start:]
    if not data.startswith(MARK) or not hmac.compare_digest(given, seal(name, content)):
        return None
    length = int.from_bytes(content[:LENGTH])
    label, body = json.loads(content[LENGTH : LENGTH + length]), content[LENGTH + length :]
    return FinishedPage(
        status=label["status"],
        headers=tuple((name, value) for name, value in label["headers"]),
        forms={label["coding"]: body},
        etag=label["etag"],
        last_modified=label["last_modified"],
    )


def seal(name, content):
    key = hashlib.sha256(settings.SECRET_KEY.encode()).digest()
    return hashlib.blake2b(name.encode() + b"\n" + content, key=key, digest_size=SEAL).digest()
