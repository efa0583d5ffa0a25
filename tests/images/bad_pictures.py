"""Pictures for the tests, good and bad, made of bytes on the spot."""

import io
import random
import struct
import zlib

from PIL import Image as Picture
from PIL import ImageCms


def saved(picture, kind="PNG", **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def halves(mode="RGB", size=(64, 48), left="red", right="blue"):
    """A picture whose left half has one colour and whose right half another."""
    picture = Picture.new("RGB", size, left)
    picture.paste(right, (size[0] // 2, 0, *size))
    return picture.convert(mode)


def noisy(width, height, seed=1):
    """A picture that no format makes small."""
    return Picture.frombytes("RGB", (width, height), random.Random(seed).randbytes(3 * width * height))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def announced_png(width, height):
    """A PNG of a few bytes that says it is this large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def sixteen_bit_grey(width=32, height=16):
    """A 16-bit grey PNG, black on the left to white on the right."""
    row = b"\0" + b"".join(struct.pack(">H", 65535 * x // (width - 1)) for x in range(width))
    head = struct.pack(">IIBBBBB", width, height, 16, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(row * height))
        + chunk(b"IEND", b"")
    )


def moving_gif(frames=3, **options):
    colours = ["red", "green", "blue", "white"]
    pictures = [Picture.new("P", (40, 30)) for _ in range(frames)]
    for place, picture in enumerate(pictures):
        picture.putpalette(Picture.new("RGB", (1, 1), colours[place % 4]).convert("P").getpalette())
        picture.putpixel((place, 0), 1)
    return saved(
        pictures[0], "GIF", save_all=True, append_images=pictures[1:], duration=100, loop=0, **options
    )


def located_jpeg():
    """A JPEG that lies on its side and tells where and by whom it was taken."""
    exif = Picture.Exif()
    exif[0x0112] = 6  # turn it by 90° to the right
    exif[0x013B] = "Somebody"
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 46.0, 0.0), 3: "E", 4: (35.0, 14.0, 0.0)})
    return saved(halves(), "JPEG", exif=exif, comment=b"<?php echo 1 ?>", quality=95)


def lab_profile():
    """A colour profile of no RGB device."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


def exchanged_profile():
    """sRGB with red and blue exchanged and under another name, so that its use can be seen."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for one, other in ((b"rXYZ", b"bXYZ"), (b"rTRC", b"bTRC")):
        profile = profile.replace(one, b"????").replace(other, one).replace(b"????", other)
    return profile.replace("sRGB".encode("utf-16-be"), "BGRs".encode("utf-16-be"))


SVG = b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- x --><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\0" * 64
