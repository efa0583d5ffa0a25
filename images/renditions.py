"""Renditions: the sizes and formats of a picture, made ahead of the reader by the worker.

Every picture comes in its own shape and, for lists, cut to 3:2 around its focus, each as AVIF, WebP and JPEG at
fixed widths and never larger than the original; and once as the JPEG that social networks show. What was made
stands in `Image.renditions` and is written there in one UPDATE after the last file.

Names follow from the original's name, the focus and RECIPE, so making them twice writes the same files. Change
RECIPE with the qualities or the widths: every picture is then due again.
"""

import hashlib
from dataclasses import dataclass
from pathlib import PurePath

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from images import apart, rewriting, sizing
from images.models import Image
from informed_comment import jobs
from informed_comment.prepared import Slot, any_of, prepared

RECIPE = 1
LARGEST_ID = 2**63 - 1
WIDTHS = {"own": (480, 800, 1200, 1600), "3x2": (480, 800, 1200)}
LIST_SHAPE = 3 / 2
SOCIAL_SIZE = (1200, 630)
SUFFIXES = {"avif": "avif", "webp": "webp", "jpeg": "jpg"}
ATTEMPTS = 3
REMOVED_AFTER = 3600  # seconds


class CannotMake(Exception):
    """The original is gone or cannot be read; the message names the picture."""


@dataclass(frozen=True)
class Cut:
    """One shape to be made: the part of the original it shows, in pixels, and the sizes it comes in."""

    crop: str
    box: tuple
    sizes: tuple
    formats: tuple = tuple(sizing.ENCODINGS)


def own_cut(width, height):
    return Cut("own", (0, 0, width, height), scaled(width, height, WIDTHS["own"]))


def list_cut(width, height, focus):
    box = box_around(width, height, LIST_SHAPE, focus)
    return Cut("3x2", box, scaled(box[2] - box[0], box[3] - box[1], WIDTHS["3x2"]))


def social_cut(width, height, focus):
    wide, high = SOCIAL_SIZE
    box = box_around(width, height, wide / high, focus)
    size = SOCIAL_SIZE if box[2] - box[0] >= wide else (box[2] - box[0], box[3] - box[1])
    return Cut("social", box, (size,), ("jpeg",))


def scaled(width, height, widths):
    """The sizes a shape comes in: each width below its own, and the largest it can give."""
    chosen = [w for w in widths if w < width] + ([width] if width < widths[-1] else [widths[-1]])
    return tuple((w, max(1, round(height * w / width))) for w in dict.fromkeys(chosen))


def box_around(width, height, shape, focus):
    """The largest box of a shape (width ÷ height) inside the picture, its middle as near the focus as it can be."""
    wide, high = min(width, round(height * shape)), min(height, round(width / shape))
    wide, high = max(1, wide), max(1, high)
    left = min(max(round(focus[0] * width - wide / 2), 0), width - wide)
    top = min(max(round(focus[1] * height - high / 2), 0), height - high)
    return left, top, left + wide, top + high


def cuts(width, height, focus, *, is_animated=False):
    """Every shape to be made. A moving picture's own shape is the original; a 3:2 one needs no cutting for lists."""
    own, listed = own_cut(width, height), list_cut(width, height, focus)
    is_list_shape = abs(width / height / LIST_SHAPE - 1) < 0.01
    chosen = [] if is_animated else [own]
    if is_animated or not is_list_shape:
        chosen.append(listed)
    return [*chosen, social_cut(width, height, focus)]


# Making


def make(image):
    """Makes what is missing of the picture's renditions and records them; False when all were there.

    Raises CannotMake. While files were being written the editor may have moved the focus or changed the file:
    then nothing is recorded and it begins again.
    """
    for _ in range(ATTEMPTS):
        with transaction.atomic():  # waits for a save that has deferred this and not yet committed
            image = Image.objects.select_for_update().filter(pk=image.pk).first()
        if image is None or not image.file:
            return False
        plan = planned(image)
        if [entry["name"] for entry in image.renditions] == [entry["name"] for entry, _ in plan]:
            return False
        write(image, plan)
        if record(image, [entry for entry, _ in plan]):
            return True
    raise CannotMake(f"{image} (image {image.pk}) keeps changing while its sizes are made.")


@transaction.atomic
def record(image, entries):
    """One UPDATE, which holds only if file and focus are still what the sizes were made from; others go later."""
    unchanged = Image.objects.filter(
        pk=image.pk, file=image.file.name, focal_x=image.focal_x, focal_y=image.focal_y
    )
    if not unchanged.update(renditions=entries):
        return False
    names = {entry["name"] for entry in entries}
    discard(image, [entry["name"] for entry in image.renditions if entry["name"] not in names])
    return True


def request(image):
    """Has the worker make a picture's sizes; asking again before it has begun changes nothing."""
    jobs.defer(
        "images.tasks.make_renditions",
        queueing_lock=f"renditions of image {image.pk}",
        lock=f"image {image.pk}",
        image_id=image.pk,
    )


def discard(image, names):
    """Has files removed in an hour: pages already open in a browser still ask for them."""
    if names:
        jobs.defer(
            "images.tasks.remove_files",
            lock=f"image {image.pk}",
            in_seconds=REMOVED_AFTER,
            image_id=image.pk,
            names=names,
        )


def remove(image_id, names):
    """Removes files of a picture, those excepted that it has come to use again or that another with its file uses."""
    image = Image.objects.filter(pk=image_id).first()
    originals = {*names, image.file.name} if image and image.file else set(names)
    users = Image.objects.with_file().filter(file__in=originals)
    used = {name for one in users for name in (one.file.name, *(entry["name"] for entry in one.renditions))}
    storage = Image._meta.get_field("file").storage
    for name in set(names) - used:
        storage.delete(name)


def planned(image):
    """(entry to record, its cut) for every file to be made, in the order they are recorded."""
    focus = image.focal_x, image.focal_y
    shapes = cuts(image.width, image.height, focus, is_animated=is_animated(image))
    return [
        (
            {
                "crop": cut.crop,
                "format": kind,
                "width": size[0],
                "height": size[1],
                "name": name_of(image, cut, kind, size[0]),
            },
            cut,
        )
        for cut in shapes
        for kind in cut.formats
        for size in cut.sizes
    ]


def name_of(image, cut, kind, width):
    """`renditions/2026/11/a-readable-name-1f2e3d4c-3x2-5d0a-800.avif`: the same whenever it is made again."""
    original = PurePath(image.file.name)
    digest = hashlib.sha256(f"{original} {cut.box} {RECIPE}".encode()).hexdigest()[:6]
    name = f"{original.stem}-{cut.crop}-{digest}-{width}.{SUFFIXES[kind]}"
    return str(PurePath("renditions", *original.parent.parts[1:], name))


def is_animated(image):
    """Only a GIF may move: every other upload keeps one frame, and a GIF that stands still is kept as PNG."""
    return image.file.name.endswith(".gif")


def write(image, plan):
    """Writes the planned files, those already recorded and in place excepted."""
    storage = image.file.storage
    made = {entry["name"] for entry in image.renditions}
    wanted = [pair for pair in plan if not (pair[0]["name"] in made and storage.exists(pair[0]["name"]))]
    for (entry, _), content in zip(wanted, files(image, plan, wanted), strict=True):
        storage.delete(entry["name"])  # left there by a worker that died while writing
        storage.save(entry["name"], ContentFile(content, name=entry["name"]))


def files(image, plan, wanted):
    """The bytes of each; a large picture is worked on apart."""
    widest = max(entry["width"] for entry, _ in plan)
    asked = [(cut.box, (entry["width"], entry["height"]), entry["format"]) for entry, cut in wanted]
    size = image.width, image.height
    try:
        with image.file.open("rb") as stored:
            content = stored.read()
        if rewriting.is_large(size):
            memory = {"folder": settings.VAR_DIR / "run", "most": settings.PICTURE_MAX_MEMORY}
            yield from apart.sized(content, size, widest, asked, **memory)
        else:
            yield from sizing.sized(content, size, widest, asked)
    except (OSError, apart.CannotDraw) as error:
        raise CannotMake(f"The file of {image} (image {image.pk}) cannot be read: {error}") from error


def missing():
    """Pictures with a file whose sizes have never been made."""
    return Image.objects.with_file().filter(renditions=[]).order_by("pk")


# Asking


def of(image, crop="own"):
    """{format: [entry, …]} of a crop, narrowest first. A picture that is 3:2 has no cut of its own for lists."""
    found = [entry for entry in image.renditions if entry["crop"] == crop]
    if not found and crop == "3x2":
        found = [
            entry
            for entry in image.renditions
            if entry["crop"] == "own" and entry["width"] <= WIDTHS["3x2"][-1]
        ]
    by_format = {}
    for entry in found:
        by_format.setdefault(entry["format"], []).append(entry)
    return by_format


def social(image):
    """(address, width, height) of what social networks and mail show; the original while there is no other."""
    if image is None or not image.file:
        return None
    for entry in image.renditions:
        if entry["crop"] == "social":
            return image.file.storage.url(entry["name"]), entry["width"], entry["height"]
    return image.file.url, image.width, image.height


def imagesrcset(image, crop="own"):
    """The `imagesrcset` of `<link rel="preload" as="image" type="image/avif">`; empty while there is none."""
    return srcset(of(image, crop).get("avif", [])) if image and image.file else ""


def srcset(entries):
    return ", ".join(f"{default_storage.url(entry['name'])} {entry['width']}w" for entry in entries)


with_ids = prepared(lambda: Image.objects.with_file().filter(any_of("pk", Slot("ids"))))


def for_body(ids):
    """{id: Image} for the pictures a body names, in one query, and in none when it names none."""
    wanted = {number for number in map(int, ids) if number <= LARGEST_ID}
    return {image.pk: image for image in with_ids(ids=list(wanted))} if wanted else {}
