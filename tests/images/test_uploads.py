"""What may come into the library and what is left of it."""

import hashlib
import io
import re
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image as Picture
from PIL import features

from images import gif, uploads
from images.models import Document, Image, stored_name
from tests.factories import make_user
from tests.images import bad_pictures as bad


def kept(content, name="a picture.bin"):
    checked = uploads.check(ContentFile(content, name=name))
    picture = Picture.open(io.BytesIO(checked.read()))
    picture.load()
    return checked, picture


def refused(content, name="odd.png"):
    with pytest.raises(ValidationError) as caught:
        uploads.check(ContentFile(content, name=name))
    (message,) = caught.value.messages
    assert message.startswith(f"“{name}” ")
    return message


def near(seen, wanted, by=12):
    return all(abs(a - b) <= by for a, b in zip(seen, wanted, strict=True))


@pytest.mark.parametrize(
    ("kind", "options", "suffix"),
    [
        ("JPEG", {}, ".jpg"),
        ("PNG", {}, ".png"),
        ("WEBP", {}, ".webp"),
        ("WEBP", {"lossless": True}, ".webp"),
        ("AVIF", {}, ".jpg"),
        ("GIF", {}, ".png"),
    ],
)
def test_every_kind_is_told_by_its_content_and_written_anew(kind, options, suffix):
    content = bad.saved(bad.halves(), kind, **options)
    checked, picture = kept(content, "misnamed.exe")
    assert checked.name == f"misnamed{suffix}"
    assert picture.size == (64, 48)
    assert near(picture.convert("RGB").getpixel((5, 5)), (255, 0, 0))
    assert near(picture.convert("RGB").getpixel((60, 5)), (0, 0, 255))
    assert checked.sha256 == hashlib.sha256(content).hexdigest()


def test_what_came_without_loss_stays_without_loss():
    noise = Picture.frombytes("RGB", (64, 64), bytes(range(256)) * 48)
    for kind, options in (("PNG", {}), ("WEBP", {"lossless": True}), ("PNG", {"compress_level": 0})):
        assert kept(bad.saved(noise, kind, **options))[1].convert("RGB").tobytes() == noise.tobytes()


def test_it_is_turned_upright_and_forgets_where_it_was_taken():
    content = bad.located_jpeg()
    checked, picture = kept(content)
    assert b"Exif" in content
    assert picture.size == (48, 64)
    assert near(picture.getpixel((5, 5)), (255, 0, 0), 30)
    assert not picture.getexif()
    stored = checked.open().read()
    assert not any(trace in stored for trace in (b"Exif", b"Somebody", b"php"))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_other_kinds_forget_too(kind):
    exif = Picture.Exif()
    exif[0x013B] = "Somebody"
    checked, picture = kept(bad.saved(bad.halves(), kind, exif=exif))
    assert not picture.getexif()
    assert b"Somebody" not in checked.open().read()


def test_a_cmyk_jpeg_becomes_rgb():
    _, picture = kept(bad.saved(bad.halves("CMYK"), "JPEG"))
    assert picture.mode == "RGB"
    assert near(picture.getpixel((5, 5)), (255, 0, 0), 40)


def test_sixteen_bits_of_grey_keep_their_shades():
    _, picture = kept(bad.sixteen_bit_grey())
    greys = [picture.getpixel((x, 3))[0] for x in (0, 8, 16, 31)]
    assert greys[0] == 0
    assert near(greys[1:], (65, 131, 255), 3)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA"])
def test_every_mode_of_png_is_taken(mode):
    _, picture = kept(bad.saved(bad.halves(mode)))
    assert picture.mode in ("RGB", "RGBA")


def test_what_is_transparent_stays_so():
    glass = Picture.new("RGBA", (20, 20), (255, 0, 0, 100))
    for kind in ("PNG", "WEBP", "AVIF"):
        _, picture = kept(bad.saved(glass, kind))
        assert near([picture.getpixel((3, 3))[3]], [100], 3)
    palette = bad.halves("P")
    _, picture = kept(bad.saved(palette, "GIF", transparency=palette.getpixel((3, 3))))
    assert picture.getpixel((3, 3))[3] == 0


def test_colours_are_brought_to_srgb():
    """A profile with red and blue exchanged must exchange them in what is stored."""
    _, picture = kept(bad.saved(bad.halves(), "PNG", icc_profile=bad.exchanged_profile()))
    assert "icc_profile" not in picture.info
    assert near(picture.getpixel((5, 5)), (0, 0, 255), 40)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_profile_that_does_not_fit_is_passed_over(mode):
    for profile in (b"no profile", bad.lab_profile(), bad.exchanged_profile()):
        kind = "JPEG" if mode == "CMYK" else "PNG"
        assert kept(bad.saved(bad.halves(mode), kind, icc_profile=profile))[1].mode == "RGB"


def test_a_second_file_behind_the_first_is_left_behind():
    archive = b"PK\x03\x04<script>alert(1)</script>"
    for content in (bad.saved(bad.halves(), "JPEG"), bad.saved(bad.halves()), bad.moving_gif()):
        assert b"script" not in kept(content + archive)[0].open().read()


def test_a_moving_gif_keeps_its_frames_and_loses_its_comments():
    content = bad.moving_gif(frames=3, comment=b"<script>alert(1)</script>")
    checked, picture = kept(content)
    stored = checked.open().read()
    assert checked.name.endswith(".gif")
    assert picture.n_frames == 3
    assert picture.info["loop"] == 0
    assert b"script" in content
    assert b"script" not in stored
    assert gif.cleaned(stored).content == stored


@pytest.mark.parametrize("cut", [0.5, 0.7, 0.9])
def test_a_moving_gif_that_breaks_off_is_refused(cut):
    content = bad.moving_gif(frames=8)
    assert "damaged" in refused(content[: int(len(content) * cut)])


def test_a_gif_that_moves_for_ever_is_refused(settings):
    settings.UPLOAD_MAX_PIXELS = 40 * 30
    assert "moves for too long" in refused(bad.moving_gif(frames=6))


def test_a_picture_of_200_megapixels_is_refused_before_it_is_decoded():
    for content in (bad.announced_png(20_000, 10_000), bad.announced_png(8000, 7600)):
        message = refused(content)
        assert "has more than 60 million pixels" in message
        assert "2400 pixels" in message


def test_the_limit_of_pixels_is_a_setting(settings):
    settings.UPLOAD_MAX_PIXELS = 64 * 48 - 1
    assert "million pixels" in refused(bad.saved(bad.halves()))


def test_the_limit_of_bytes_is_a_setting(settings):
    settings.UPLOAD_MAX_BYTES = 100
    assert "larger than 100" in refused(bad.saved(bad.halves()))


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "is empty"),
        (bad.SVG, "is an SVG drawing"),
        (b"<svg/>", "is an SVG drawing"),
        (bad.HEIC, "is a HEIC picture"),
        (b"plain text", "cannot be read as a picture"),
        (b"%PDF-1.7", "JPEG, PNG, WebP, AVIF and GIF are welcome"),
        (b"BM" + b"\0" * 100, "cannot be read as a picture"),
        (b"GIF89a=1;alert(1)", "cannot be read|damaged"),
        (b"\xff\xd8\xff", "cannot be read"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_cure(content, part):
    assert re.search(part, refused(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("cut", [0.4, 0.8])
def test_a_truncated_picture_is_refused(kind, cut):
    content = bad.saved(Picture.effect_noise((200, 200), 80).convert("RGB"), kind)
    assert re.search("damaged or incomplete|cannot be read", refused(content[: int(len(content) * cut)]))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_every_broken_byte_is_survived(kind):
    """Whatever Pillow raises about a damaged file becomes a sentence."""
    content = bad.moving_gif() if kind == "GIF" else bad.saved(bad.halves(), kind)
    for place in range(0, len(content), max(1, len(content) // 60)):
        broken = content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]
        with suppress(ValidationError):
            uploads.check(ContentFile(broken, name="b"))


def test_the_form_field_gives_the_checked_picture_and_the_sentence():
    field = uploads.PictureField()
    picture = field.clean(SimpleUploadedFile("../../x.png", bad.saved(bad.halves(), "JPEG")))
    assert (picture.name, bool(picture.sha256)) == ("x.jpg", True)
    assert uploads.check(picture) is picture
    with pytest.raises(ValidationError, match="SVG drawing"):
        field.clean(SimpleUploadedFile("drawing.svg", bad.SVG))
    with pytest.raises(ValidationError, match="required"):
        field.clean(None)
    assert field.clean(None, "kept before") == "kept before"


def test_pillow_reads_what_we_promise():
    assert all(features.check(name) for name in ("webp", "avif", "jpg", "zlib", "littlecms2"))


def test_a_strip_of_pixels_is_refused_before_it_takes_the_memory():
    assert "longer than 30,000 pixels on one side" in refused(bad.announced_png(1, 59_000_000))


def test_a_gif_of_ten_thousand_small_frames_is_refused():
    gif_of_two = bad.moving_gif(frames=2)
    begins = gif_of_two.index(b"\x21\xf9")
    frames = gif_of_two[begins:-1]
    assert "moves for too long" in refused(gif_of_two[:begins] + frames * 5_000 + b";")


MARK = b"SECRETMARK"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "CMYK", "P"])
def test_nothing_that_was_said_in_a_file_is_left_of_it(kind, mode):
    exif = Picture.Exif()
    exif[0x010E] = MARK.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 46.0, 0.0)})
    options = {
        "exif": exif,
        "xmp": b"<x:xmpmeta>SECRETMARK</x:xmpmeta>",
        "icc_profile": bad.exchanged_profile() + MARK,
    }
    try:
        content = bad.saved(
            bad.halves().convert(mode), kind, **options | ({"comment": MARK} if kind == "JPEG" else {})
        )
    except (OSError, ValueError):
        return  # a kind without this mode
    assert MARK in content
    left = kept(content + b"<script>" + MARK)[0]
    left.seek(0)
    whole = left.read()
    assert not [mark for mark in (MARK, b"Exif", b"xmpmeta", b"<script") if mark in whole]


NAMES = [
    *(
        "../../etc/passwd",
        "..\\..\\x.php",
        "a\x00.php",
        "a\r\nX: y.png",
        "a\u202egpj.exe",
        "....",
        "CON",
        "/",
        ".htaccess",
    ),
    *(
        "x" * 5000 + ".png",
        "a.png/../../b",
        "\ud800.png",
        "%2e%2e%2fx",
        "a;rm -rf.png",
        "-rf",
        "naïve — öl.png",
    ),
]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_whatever_a_file_is_called_it_lies_under_a_plain_name(db, name):
    image = Image(created_at=timezone.now())
    checked = uploads.check(ContentFile(bad.saved(bad.halves())), name=name)
    stored = stored_name(image, checked.name)
    assert re.fullmatch(r"images/\d{4}/\d\d/[a-z0-9_-]{1,60}-[0-9a-f]{8}\.png", stored), stored


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("page.html", b"<script>alert(1)</script>", "does not keep"),
        ("drawing.svg", b"<svg onload='alert(1)'/>", "does not keep"),
        ("report.pdf.exe", b"%PDF-1.4", "does not keep"),
        ("report.php", b"<?php", "does not keep"),
        ("report", b"%PDF-1.4", "does not keep"),
        ("report.pdf", b"<html><script>alert(1)</script>", "is called a PDF and is none"),
        ("report.pdf", b"%PDF-1.4 text", ""),
        ("Film.MP4", b"\x00\x00\x00\x18ftyp", ""),
    ],
)
def test_only_kinds_that_no_browser_takes_for_a_page_are_kept_as_documents(client, db, name, content, says):
    client.force_login(make_user(group="Editor"))
    page = client.post(
        "/admin/images/document/add/", {"file": SimpleUploadedFile(name, content), "title": "x"}
    )
    assert (says in page.text) if says else page.status_code == 302
    assert Document.objects.exists() is not bool(says)
