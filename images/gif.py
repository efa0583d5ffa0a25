"""GIFs that move are kept as they are, block by block, so that nothing but the pictures and the loop is kept.

GIF89a, https://www.w3.org/Graphics/GIF/spec-gif89a.txt
"""

from dataclasses import dataclass

IMAGE, EXTENSION, TRAILER = 0x2C, 0x21, 0x3B
GRAPHIC_CONTROL, APPLICATION = 0xF9, 0xFF
LOOPS = (b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0")


@dataclass(frozen=True)
class Moving:
    content: bytes
    frames: int


def cleaned(content):
    """The moving GIF without comments, foreign blocks and whatever follows its end; None when it stands still.

    Raises ValueError when a moving one breaks off or is no GIF.
    """
    frames = 0
    try:
        at = 13 + palette(content[10])
        kept = [content[:at]]
        while content[at] != TRAILER:
            end, is_kept = block(content, at)
            if is_kept:
                kept.append(content[at:end])
            frames += content[at] == IMAGE
            at = end
    except (IndexError, ValueError):
        if frames > 1:
            raise ValueError("the GIF breaks off") from None
        return None
    return Moving(b"".join([*kept, bytes([TRAILER])]), frames) if frames > 1 else None


def palette(flags):
    """Length in bytes of the colour table that the flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def block(content, at):
    """(where the block at `at` ends, whether it is kept)."""
    if content[at] == IMAGE:
        return chain(content, at + 10 + palette(content[at + 9]) + 1), True
    if content[at] == EXTENSION:
        label = content[at + 1]
        is_loop = label == APPLICATION and content[at + 2 : at + 14] in LOOPS
        return chain(content, at + 2), label == GRAPHIC_CONTROL or is_loop
    raise ValueError("no block of a GIF begins here")


def chain(content, at):
    """The end of a chain of data blocks, each preceded by its length, the last of length 0."""
    while length := content[at]:
        at += length + 1
    return at + 1
