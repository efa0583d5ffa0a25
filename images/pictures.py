"""The markup of a picture: `<picture>` with AVIF and WebP, and a JPEG for the rest."""

from django.utils.html import format_html, format_html_join

from images import renditions

THIRDS = ("start", "middle", "end")
TYPES = {"avif": "image/avif", "webp": "image/webp"}


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
        source = image.file.storage.url(middle(made["jpeg"])["name"])
        width, height = shown["width"], shown["height"]
    else:
        source, width, height = image.file.url, image.width, image.height
        if crop == "3x2":
            width, height = 1200, 800
            classes += ["crop-3x2", focus_class(image)]
    img = format_html(
        '<img src="{}"{}{} alt="{}"{} decoding="async"{}>',
        source,
        attributes(srcset=renditions.srcset(image, made.get("jpeg", [])), sizes=sizes if made else ""),
        attributes(width=width or "", height=height or ""),
        spoken(image, alt),
        attributes(**{"class": " ".join(classes)}),
        attributes(fetchpriority="high") if loading == "eager" else attributes(loading="lazy"),
    )
    if not made:
        return img
    return format_html("<picture>{}{}</picture>", sources(image, made, sizes), img)


def plain(image, widest=1200):
    """(address, width, height) of one JPEG for programs that choose no size; the original while there is no other."""
    made = [entry for entry in renditions.of(image).get("jpeg", []) if entry["width"] <= widest]
    if made:
        return image.file.storage.url(made[-1]["name"]), made[-1]["width"], made[-1]["height"]
    return image.file.url, image.width, image.height


def sources(image, made, sizes):
    return format_html_join(
        "",
        '<source type="{}" srcset="{}" sizes="{}">',
        ((mime, renditions.srcset(image, made[kind]), sizes) for kind, mime in TYPES.items() if kind in made),
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


def attributes(**values):
    """Those attributes that have a value, each with a blank before it."""
    return format_html_join("", ' {}="{}"', ((name, value) for name, value in values.items() if value != ""))
