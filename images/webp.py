"""A large WebP, decoded once. Pillow reads each as if it moved: two canvases, the bytes of one, and the picture, four copies of all
pixels. libwebp, which Pillow has loaded, writes a still one straight into the memory of the picture.
"""

from pathlib import Path

from PIL import Image as Picture
from PIL import _webp

try:
    import ctypes
except (ImportError, MemoryError):  # where memory may not become code it may not begin
    ctypes = None

MAPS = Path("/proc/self/maps")


def decoded(content, size, mode):
    """The picture as RGBA, or RGBX where it has no transparency; None where Pillow has to read it: it moves, or libwebp is not found."""
    into = decoder()
    if into is None:
        return None
    wide, high = size
    pixels = bytearray(wide * high * 4)
    held = (ctypes.c_char * len(pixels)).from_buffer(pixels)
    if not into(content, len(content), held, len(pixels), wide * 4):
        return None
    mode = "RGBA" if mode == "RGBA" else "RGBX"
    return Picture.frombuffer(mode, size, pixels, "raw", mode, 0, 1)


def decoder():
    """WebPDecodeRGBAInto of the library that is loaded, https://developers.google.com/speed/webp/docs/api."""
    if ctypes is None or _webp is None:
        return None
    try:
        lines = MAPS.read_text().splitlines()
        name = next(
            name for line in lines if (name := line.partition("/")[2]).rpartition("/")[2].startswith(NAMES)
        )
        into = ctypes.CDLL(f"/{name}").WebPDecodeRGBAInto
    except (OSError, StopIteration, AttributeError):
        return None
    into.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    into.restype = ctypes.c_void_p
    return into


NAMES = ("libwebp-", "libwebp.")
