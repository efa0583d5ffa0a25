"""Pictures read and written anew with as little memory as can be: of a large one there is never more than one whole copy.

Nothing here knows Django, so that a process of its own can do it (apart.py).
"""

import io
import tempfile

from PIL import Image as Picture
from PIL import ImageOps

from images import colours, webp

READ = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
WRITTEN = {
    "JPEG": {"quality": 90, "progressive": True, "optimize": True},
    "PNG": {},
    "WEBP": {"quality": 90, "method": 4},
}
LARGE = 16_000_000  # pixels; from here on memory comes before the last tenth of a file's size
SPARING = {
    "JPEG": {"quality": 90},  # row by row; a progressive or optimized one is held whole, as coefficients
    "PNG": {"compress_level": 2},  # a photograph that was a WebP would take minutes else
}
BAND = 2_000_000  # pixels that are worked on at once
ORIENTATION = 0x0112
TURNS = {
    2: Picture.Transpose.FLIP_LEFT_RIGHT,
    3: Picture.Transpose.ROTATE_180,
    4: Picture.Transpose.FLIP_TOP_BOTTOM,
    5: Picture.Transpose.TRANSPOSE,
    6: Picture.Transpose.ROTATE_270,
    7: Picture.Transpose.TRANSVERSE,
    8: Picture.Transpose.ROTATE_90,
}
ON_ITS_SIDE, FROM_THE_END = (5, 6, 7, 8), (3, 4, 7, 8)


def is_large(size):
    return size[0] * size[1] > LARGE


def decoded(content, *, at_least=None):
    """The whole picture (its first frame), decoded here and now; a JPEG smaller at once where it may be."""
    picture = Picture.open(io.BytesIO(content), formats=READ)
    if at_least:
        picture.draft("RGB", (at_least, at_least))
    if picture.format == "WEBP" and is_large(picture.size):
        info, size, mode = dict(picture.info), picture.size, picture.mode
        del picture  # and the memory of two canvases that its reader has put by
        drawn = webp.decoded(content, size, mode)
        if drawn:
            drawn.info = info
            return drawn
        picture = Picture.open(io.BytesIO(content), formats=READ)
    picture.load()
    return picture


# As it is kept


def rewritten(content, kind, folder=None):
    """(kind, bytes): upright, in sRGB, with nothing attached. `folder` is where a large one may lie meanwhile."""
    picture = decoded(content)
    picture = in_bands(picture, folder) if is_large(picture.size) else colours.to_srgb(upright(picture))
    return written(picture, kind, is_without_loss=kind == "WEBP" and b"VP8L" in content)


def upright(picture):
    """As the camera was held; a broken note about that is passed over."""
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # EXIF can be broken in any way
        return picture


def turn_of(picture):
    try:
        turn = picture.getexif().get(ORIENTATION)
    except Exception:  # as above
        return 1
    return turn if turn in TURNS else 1


def in_bands(picture, folder):
    """Upright and in sRGB, a band of rows after the other by way of the disk; what is so already is left alone.

    The picture that is given is closed before the one that is returned takes its memory.
    """
    turn = turn_of(picture)
    if turn == 1 and colours.is_plain(picture):
        picture.info = {}
        return picture
    wide, high = reversed(picture.size) if turn in ON_ITS_SIDE else picture.size
    with tempfile.TemporaryFile(dir=folder) as on_disk:
        kept = []
        for top, bottom in bands(wide, high):
            band = colours.to_srgb(rows(picture, turn, high, top, bottom))
            kept.append((band.mode, band.size, on_disk.write(band.tobytes())))
        picture.close()
        on_disk.seek(0)
        whole = Picture.new("RGBA" if any(mode == "RGBA" for mode, _, _ in kept) else "RGB", (wide, high))
        top = 0
        for mode, size, length in kept:
            band = Picture.frombytes(mode, size, on_disk.read(length))
            whole.paste(band.convert(whole.mode), (0, top))
            top += size[1]
    return whole


def bands(wide, high):
    step = max(1, BAND // wide)
    return [(top, min(top + step, high)) for top in range(0, high, step)]


def rows(picture, turn, high, top, bottom):
    """Rows of the picture as it will be when it is turned, of which there will be `high`."""
    if turn in FROM_THE_END:
        top, bottom = high - bottom, high - top
    across = turn in ON_ITS_SIDE
    band = picture.crop((top, 0, bottom, picture.height) if across else (0, top, picture.width, bottom))
    return band.transpose(TURNS[turn]) if turn in TURNS else band


def written(picture, kind, *, is_without_loss):
    kind = kind_kept(picture, kind, is_without_loss=is_without_loss)
    options = (SPARING if is_large(picture.size) else WRITTEN)[kind]
    if kind == "WEBP" and is_without_loss:
        options = options | {"lossless": True}
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return kind, out.getvalue()


def kind_kept(picture, kind, *, is_without_loss):
    """What came without loss stays without loss, what is transparent stays so; a large one is no WebP, of which
    the encoder makes two more copies.
    """
    if kind in ("JPEG", "PNG"):
        return kind
    is_transparent = picture.mode == "RGBA"
    if kind == "GIF" or is_large(picture.size):
        return "PNG" if kind == "GIF" or is_transparent or is_without_loss else "JPEG"
    return "WEBP" if kind == "WEBP" or is_transparent else "JPEG"
