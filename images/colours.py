"""Colours as browsers expect them: 8 bits, RGB or RGBA, sRGB, with nothing attached."""

import io

from PIL import ImageCms

SIXTEEN_BITS = {"I;16", "I;16L", "I;16B", "I"}
SRGB = ImageCms.createProfile("sRGB")


def to_srgb(picture):
    """The picture in sRGB by its own colour profile, if it has one that fits; no profile, no metadata."""
    profile = picture.info.get("icc_profile")
    if picture.mode in SIXTEEN_BITS:
        picture = eight_bits(picture)
    elif picture.mode == "RGBX":
        picture = picture.convert("RGB")
    alpha = None
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        alpha = picture.getchannel("A")
        picture = picture.convert("RGB")
    elif picture.mode in ("P", "1", "F", "LA"):
        picture = picture.convert("RGB" if picture.mode == "P" else "L")
    picture = (through(profile, picture) if profile else None) or picture.convert("RGB")
    if alpha and alpha.getextrema()[0] < 255:
        picture.putalpha(alpha)
    picture.info = {}
    return picture


def is_plain(picture):
    """Whether to_srgb would change nothing in it but what is attached."""
    profile = picture.info.get("icc_profile")
    if picture.has_transparency_data:
        return picture.mode == "RGBA" and not profile and picture.getextrema()[3][0] < 255
    return picture.mode == "RGB" and (not profile or is_srgb(profile))


def eight_bits(picture):
    """Grey of 16 bits (or of 32 that hold 16) as grey of 8; Pillow's own conversion cuts off instead of scaling."""
    return picture.convert("I").point(lambda value: value / 256).convert("L")


def is_srgb(profile):
    try:
        return "sRGB" in ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return False


def through(profile, picture):
    """The picture through its profile into sRGB; None when the profile is broken or another mode's."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(source) and picture.mode == "RGB":
            return picture
        return ImageCms.profileToProfile(
            picture, source, SRGB, ImageCms.Intent.RELATIVE_COLORIMETRIC, outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
