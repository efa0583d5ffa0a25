"""The sizes of a picture, drawn and encoded; of a large one with little memory. Which there are is decided in renditions.py.

Nothing here knows Django, so that a process of its own can do it (apart.py).
"""

import io

from PIL import Image as Picture

from images.rewriting import BAND, decoded, is_large

ENCODINGS = {
    "avif": {"quality": 55, "speed": 8},
    "webp": {"quality": 78, "method": 4},
    "jpeg": {"quality": 80, "progressive": True, "optimize": True},
}
GAP = 1.5  # times as wide as the widest size a large picture stays at least, before sizes are made of it


def sized(content, size, widest, wanted):
    """The bytes of each of the wanted: (box, size, format), the box in pixels of the picture, which has this size."""
    drawn = for_sizes(content, widest)
    drawn.info = {}
    across, down = drawn.width / size[0], drawn.height / size[1]
    known = {}
    for box, wished, kind in wanted:
        key = tuple(box), tuple(wished)
        if key not in known:
            left, top, right, bottom = box
            part = (
                left * across,
                top * down,
                min(right * across, drawn.width),
                min(bottom * down, drawn.height),
            )
            known[key] = drawn.resize(key[1], Picture.Resampling.LANCZOS, box=part, reducing_gap=3)
        yield encoded(known[key], kind)


def for_sizes(content, widest):
    """RGB or RGBA, at least as wide as the widest size where it is so itself."""
    picture = decoded(content, at_least=widest)
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    step = int(picture.width / (GAP * widest))
    if is_large(picture.size) and step > 1:
        return reduced(picture, step, mode)
    return picture if picture.mode == mode else picture.convert(mode)


def reduced(picture, step, mode):
    """`step` by `step` pixels as one, a band after the other, so that there is no copy of the whole in another mode."""
    wide, high = picture.size
    small = Picture.new(mode, (-(-wide // step), -(-high // step)))
    height = max(1, BAND // wide // step) * step
    for top in range(0, high, height):
        band = picture.crop((0, top, wide, min(top + height, high))).convert(mode).reduce(step)
        small.paste(band, (0, top // step))
    return small


def encoded(drawn, kind):
    if kind == "jpeg" and drawn.mode == "RGBA":
        paper = Picture.new("RGB", drawn.size, "white")
        paper.paste(drawn, mask=drawn.getchannel("A"))
        drawn = paper
    out = io.BytesIO()
    drawn.save(out, kind.upper(), **ENCODINGS[kind])
    return out.getvalue()
