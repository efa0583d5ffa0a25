"""Taking pictures into the library, changing and discarding them."""

import hashlib

from django.db import connection, transaction

from images import renditions, room, uploads
from images.models import Image


def keep_image(file, **named):
    """Takes a picture into the library and has its sizes made; one already there, by its content, is returned as it is."""
    return take_in(file, **named)[0]


@transaction.atomic
def take_in(file, *, name="", alt="", by=None, **fields):
    """(the picture, whether it is new): keeps it and has its sizes made, or finds it by its content as it was sent.

    `file` is anything to read bytes from, `name` what it was called, `fields` the rest of an Image (title, credit,
    licence, caption, source_url, focal_x, focal_y, …). Raises ValidationError when it cannot be kept,
    of which room.NoRoom is one.
    """
    name = uploads.name_of(file, name)
    content = uploads.read(file, name=name)
    sha256 = hashlib.sha256(content).hexdigest()
    with connection.cursor() as cursor:  # two uploads of one picture: the second waits and finds the first
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [sha256])
    if known := duplicate_of(sha256):
        return known, False
    image = Image(alt=alt, created_by=by, **fields)
    image.file = uploads.checked(content, name)
    save_image(image)
    return image, True


def duplicate_of(sha256):
    """The oldest picture in the library with this content as it was sent, or None."""
    return Image.objects.with_file().filter(sha256=sha256).order_by("pk").first()


@transaction.atomic
def fill_image(image, file, *, sha256):
    """Gives a picture the file it lacked; whether the library had it already, so that both records show the one file.

    `sha256` is of the file as it was sent. Raises ValidationError when it cannot be kept.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [sha256])
    known = duplicate_of(sha256)
    if known is None:
        image.file = file
        save_image(image)
        return False
    Image.objects.filter(pk=image.pk).update(
        **{name: getattr(known, name) for name in ("sha256", "size", "width", "height")}, file=known.file.name
    )
    image.refresh_from_db()
    renditions.request(image)
    return True


@transaction.atomic
def save_image(image):
    """Saves a picture, its file checked if it is new; has its sizes made when file or focus has changed.

    Raises ValidationError when a new file cannot be kept; a form that has checked it (uploads.PictureField) is not
    asked twice. The file it replaces, and its sizes, go an hour later.
    """
    before = Image.objects.filter(pk=image.pk).first() if image.pk else None
    is_new_file = bool(image.file) and not image.file._committed
    if is_new_file:
        take(image, uploads.check(image.file.file, name=image.file.name))
        room.refuse_over_limit(image.file.name, image.size, instead_of=before.size if before else 0)
    try:
        with room.or_say_so(image.file.name):
            image.save(update_fields=None if before is None or is_new_file else what_editors_change())
    except Exception:
        if is_new_file and image.file._committed:
            image.file.delete(save=False)
        raise
    if before and before.file != image.file:
        renditions.discard(before, files_of(before))
    if image.file and needs_renditions(image, before):
        renditions.request(image)


def take(image, picture):
    image.file = picture
    image.sha256, image.size = picture.sha256, picture.size
    image.renditions = []


def what_editors_change():
    """Every column but the one that the worker writes, which an open form holds as it was."""
    return [
        field.name
        for field in Image._meta.concrete_fields
        if field.name != "renditions" and not field.primary_key and not field.generated
    ]


def needs_renditions(image, before):
    looks = [(row.file.name, row.focal_x, row.focal_y) for row in (before, image) if row]
    return looks[0] != looks[-1] or not before or not image.renditions


@transaction.atomic
def discard_image(image):
    """Takes a picture out of the library, and its files an hour later."""
    files = files_of(image)
    gone = Image(pk=image.pk)
    image.delete()
    renditions.discard(gone, files)


def files_of(image):
    return [image.file.name, *(entry["name"] for entry in image.renditions)] if image.file else []
