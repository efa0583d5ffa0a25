"""The markup of a picture: `<picture>` with AVIF and WebP, and a JPEG for the rest."""

from dataclasses import dataclass
from html import escape

from django.core.files.storage import default_storage
from django.utils.safestring import mark_safe

from images import renditions

THIRDS = ("start", "middle", "end")
TYPES = {"avif": "image/avif", "webp": "image/webp"}


@dataclass(frozen=True)
class Picture:
    """What the markup needs of an `Image`, for lists that fetch no more; `file` is its name."""

    file: str
    width: int | None
    height: int | None
    alt: str
    is_decorative: bool
    focal_x: float
    focal_y: float
    renditions: list


SHOWN = tuple(Picture.__dataclass_fields__)


def picture(image, *, sizes="100vw", crop="own", loading="lazy", alt=None, css_class=""):
    """The picture as HTML; nothing when there is none or its file is missing.

    `sizes` as in HTML; `crop`, `own` or `3x2`; `loading`, `lazy` or `eager` (which also hurries it). `alt` stands
    for the picture's own; a decorative picture is read out to nobody. While renditions are not yet made the
    original is shown, cut by CSS where a cut is asked for: `crop-3x2` and one of nine `focus-ROW-COLUMN` classes.
    """
    if not image or not image.file:
        return ""
    made = renditions.of(image, crop)
    classes = [css_class] if css_class else []
    if "jpeg" in made:
        shown = made["jpeg"][-1]
        source, width, height = middle(made["jpeg"])["name"], shown["width"], shown["height"]
    else:
        source, width, height = str(image.file), image.width, image.height
        if crop == "3x2":
            width, height = 1200, 800
            classes += ["crop-3x2", focus_class(image)]
    img = (
        f'<img src="{escape(default_storage.url(source))}"'
        f"{attribute('srcset', renditions.srcset(made.get('jpeg', [])))}{attribute('sizes', sizes if made else '')}"
        f'{attribute("width", width)}{attribute("height", height)} alt="{escape(spoken(image, alt))}"'
        f'{attribute("class", " ".join(classes))} decoding="async"'
        f"{' fetchpriority="high"' if loading == 'eager' else ' loading="lazy"'}>"
    )
    return mark_safe(f"<picture>{sources(made, sizes)}{img}</picture>" if made else img)  # noqa: S308 - escaped


def plain(image, widest=1200):
    """(address, width, height) of one JPEG for programs that choose no size; the original while there is no other."""
    made = [entry for entry in renditions.of(image).get("jpeg", []) if entry["width"] <= widest]
    if made:
        return default_storage.url(made[-1]["name"]), made[-1]["width"], made[-1]["height"]
    return image.file.url, image.width, image.height


def sources(made, sizes):
    return "".join(
        f'<source type="{mime}"{attribute("srcset", renditions.srcset(made[kind]))}{attribute("sizes", sizes)}>'
        for kind, mime in TYPES.items()
        if kind in made
    )


def middle(entries):
    """What a browser without `srcset` loads: the largest up to 800 pixels wide."""
    return [entry for entry in entries if entry["width"] <= 800][-1] if len(entries) > 1 else entries[0]


def spoken(image, alt):
    if alt is not None:
        return alt
    return "" if image.is_decorative else image.alt


def focus_class(image):
    """One of nine classes, `focus-start-end` for instance: which third of the height, then of the width, it lies in."""
    row, column = (THIRDS[min(int(share * 3), 2)] for share in (image.focal_y, image.focal_x))
    return f"focus-{row}-{column}"


def attribute(name, value):
    """The attribute with a blank before it; nothing without a value."""
    return f' {name}="{escape(str(value))}"' if value else ""
