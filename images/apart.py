"""Large pictures, each in a process of its own, one after the other: it gives its memory back when it ends, may take so much and no
more, and when it takes more it is the picture that is refused and not the site that is ended.
"""

import errno
import fcntl
import json
import os
import resource
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from PIL import Image as Picture

from images import rewriting, sizing

PATIENCE = 180  # seconds to wait for others' pictures, and for this one
LOOKS = 0.1
TOO_MUCH, DAMAGED, NO_ROOM = 3, 4, 5  # how it ends


class CannotDraw(Exception):
    """It cannot be done; the message is the end of a sentence about the picture."""


def rewritten(content, kind, *, folder, most):
    """rewriting.rewritten, apart. Nothing over `most` bytes of memory; `folder` is on a disk and the same for all processes."""
    return asked("rewritten", content, [kind, str(folder)], folder=folder, most=most)


def sized(content, size, widest, wanted, *, folder, most):
    """sizing.sized, apart."""
    lengths, results = asked("sized", content, [size, widest, wanted], folder=folder, most=most)
    at = 0
    for length in lengths:
        yield results[at : at + length]
        at += length


def asked(deed, content, arguments, *, folder, most):
    command = [sys.executable, "-m", "images.apart", json.dumps([deed, most, *arguments])]
    with one_at_a_time(Path(folder)):
        try:
            done = subprocess.run(
                command,
                input=content,
                capture_output=True,
                timeout=PATIENCE,
                cwd=Path(__file__).parent.parent,
                env={"PATH": os.defpath, "MALLOC_ARENA_MAX": "1"},
            )
        except subprocess.TimeoutExpired:
            raise CannotDraw("takes longer to read than a picture may. Save it smaller.") from None
    if done.returncode == NO_ROOM:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if done.returncode == DAMAGED:
        raise CannotDraw(
            f"is damaged, or needs more memory than a picture may take here ({most / 1_048_576:,.0f} MB). Open it, save it "
            "again as JPEG or smaller, and upload that."
        )
    if done.returncode:  # also when the system ended it
        raise CannotDraw(
            f"needs more memory than a picture may take here ({most / 1_048_576:,.0f} MB). Save it as JPEG, or smaller; "
            "2400 pixels on the longer side are enough."
        )
    head, _, result = done.stdout.partition(b"\n")
    return json.loads(head), result


@contextmanager
def one_at_a_time(folder):
    """Among all processes of this machine, whose memory it is."""
    folder.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + PATIENCE
    with open(folder / "large-picture.lock", "w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise CannotDraw(
                        "has to wait: other large pictures are being read. Upload it again in a minute."
                    ) from None
                time.sleep(LOOKS)
        yield


def done(deed, most, *arguments):
    """In the process of its own: (what is told, bytes)."""
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    content = sys.stdin.buffer.read()
    if deed == "rewritten":
        return rewriting.rewritten(content, *arguments)
    files = list(sizing.sized(content, *arguments))
    return list(map(len, files)), b"".join(files)


def main(asked):
    Picture.MAX_IMAGE_PIXELS = None  # whoever asked has looked at its size
    try:
        told, result = done(*json.loads(asked))
    except MemoryError:
        return TOO_MUCH
    except OSError as error:
        return {None: DAMAGED, errno.ENOMEM: TOO_MUCH}.get(error.errno, NO_ROOM)
    except Exception:  # whatever a broken file makes Pillow raise
        return DAMAGED  # or Pillow does not say that it had no memory
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n")
    sys.stdout.buffer.write(result)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
