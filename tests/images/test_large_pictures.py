"""Large pictures: worked on in bands, apart, one at a time, within a bound of memory. Large is here what the tests say."""

import fcntl
import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image as Picture
from PIL import ImageChops, ImageStat

from images import apart, renditions, rewriting, sizing, uploads
from images.models import Image
from tests.images import bad_pictures as bad


@pytest.fixture
def everything_is_large(monkeypatch):
    monkeypatch.setattr(rewriting, "LARGE", 1)
    monkeypatch.setattr(rewriting, "BAND", 200)  # some rows of what is below
    monkeypatch.setattr(sizing, "BAND", 200)


def quarters(mode="RGB"):
    picture = Picture.new("RGB", (61, 40), "red")
    picture.paste("blue", (30, 0, 61, 20))
    picture.paste("green", (0, 20, 30, 40))
    if mode == "RGBA":
        picture.putalpha(Picture.linear_gradient("L").resize(picture.size))
    return picture if picture.mode == mode else picture.convert(mode)


def opened(content):
    picture = Picture.open(io.BytesIO(content))
    picture.load()
    return picture


def differ(one, other):
    """By how much the two differ, in the middle of all pixels."""
    assert (one.mode, one.size) == (other.mode, other.size)
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_large_picture_is_turned_as_a_small_one_is(turn, monkeypatch, tmp_path):
    exif = Picture.Exif()
    exif[0x0112] = turn
    content = bad.saved(quarters(), "PNG", exif=exif)
    _, small = rewriting.rewritten(content, "PNG")
    monkeypatch.setattr(rewriting, "LARGE", 1)
    monkeypatch.setattr(rewriting, "BAND", 200)
    _, large = rewriting.rewritten(content, "PNG", tmp_path)
    assert differ(opened(large), opened(small)) == 0
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("kind", "mode", "options", "becomes"),
    [
        ("JPEG", "RGB", {}, "JPEG"),
        ("JPEG", "L", {}, "JPEG"),
        ("JPEG", "CMYK", {}, "JPEG"),
        ("PNG", "RGBA", {}, "PNG"),
        ("PNG", "P", {}, "PNG"),
        ("PNG", "I;16", {}, "PNG"),
        ("WEBP", "RGB", {}, "JPEG"),
        ("WEBP", "RGBA", {}, "PNG"),
        ("WEBP", "RGB", {"lossless": True}, "PNG"),
        ("AVIF", "RGB", {}, "JPEG"),
        ("AVIF", "RGBA", {}, "PNG"),
        ("GIF", "P", {}, "PNG"),
    ],
)
def test_a_large_picture_looks_as_it_did(kind, mode, options, becomes, everything_is_large, tmp_path):
    picture = quarters(mode) if mode != "I;16" else opened(bad.sixteen_bit_grey())
    content = bad.saved(picture, kind, **options)
    told, kept = rewriting.rewritten(content, kind, tmp_path)
    wanted = rewriting.colours.to_srgb(opened(content))
    assert told == opened(kept).format == becomes
    assert differ(opened(kept), wanted) < 8  # JPEG at its edges


def test_a_large_picture_with_a_profile_of_its_own_comes_into_srgb(everything_is_large, tmp_path):
    content = bad.saved(bad.halves(), "PNG", icc_profile=bad.exchanged_profile())
    _, kept = rewriting.rewritten(content, "PNG", tmp_path)
    assert opened(kept).getpixel((5, 5))[2] > 200  # red and blue are exchanged


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_the_sizes_of_a_large_picture_look_like_those_of_a_small_one(mode, monkeypatch):
    picture = quarters(mode).resize((610, 400))
    content, wanted = bad.saved(picture, "PNG"), [((0, 0, 610, 400), (61, 40), "webp")]
    (small,) = sizing.sized(content, picture.size, 61, wanted)
    monkeypatch.setattr(rewriting, "LARGE", 1)
    monkeypatch.setattr(sizing, "BAND", 3000)
    (large,) = sizing.sized(content, picture.size, 61, wanted)
    assert differ(opened(large).convert("RGBA"), opened(small).convert("RGBA")) < 2


@pytest.mark.parametrize("size", [(3201, 4703), (4701, 3203), (1601, 9999)])
def test_a_jpeg_whose_sides_do_not_divide_gets_its_sizes(size):
    """It is decoded at a half or a quarter, and its sides are rounded each for itself."""
    content = bad.saved(Picture.new("L", size), "JPEG")
    wanted = [((0, 0, *size), (160, 100), "jpeg")]
    assert [opened(made).size for made in sizing.sized(content, size, 1200, wanted)] == [(160, 100)]


def test_a_large_upload_and_its_sizes_are_made_apart(everything_is_large, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    checked = uploads.check(ContentFile(bad.saved(quarters()), name="a.png"))
    assert opened(checked.read()).size == (61, 40)
    image = Image(pk=7)
    image.file.save("large.png", ContentFile(bad.saved(quarters())), save=False)
    image.width, image.height = 61, 40
    plan = renditions.planned(image)
    renditions.write(image, plan)
    with image.file.storage.open(plan[0][0]["name"]) as made:
        assert opened(made.read()).size == (61, 40)


def test_what_takes_too_much_memory_is_refused_with_a_cure(everything_is_large, settings, tmp_path):
    settings.VAR_DIR, settings.PICTURE_MAX_MEMORY = tmp_path, 200 * 1024 * 1024
    content = bad.saved(Picture.new("RGB", (9000, 6000)), "PNG")
    with pytest.raises(ValidationError, match=r"“big.png” needs more memory .*200 MB.* or smaller"):
        uploads.check(ContentFile(content, name="big.png"))


def test_a_large_picture_that_is_damaged_is_refused(everything_is_large, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    content = bad.saved(bad.noisy(60, 40), "PNG")
    with pytest.raises(ValidationError, match="is damaged"):
        uploads.check(ContentFile(content[: len(content) // 2], name="half.png"))


def test_a_second_large_picture_waits_for_the_first_and_not_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(apart, "PATIENCE", 0.2)
    with open(tmp_path / "large-picture.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(apart.CannotDraw, match="Upload it again in a minute"):
            apart.rewritten(b"", "PNG", folder=tmp_path, most=1 << 30)
