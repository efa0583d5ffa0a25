"""Making renditions."""

import io
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone
from PIL import Image as Picture
from procrastinate.contrib.django.models import ProcrastinateJob

from images import renditions
from images.models import Image
from tests.factories import make_image

pytestmark = pytest.mark.django_db


def opened(image, entry):
    with image.file.storage.open(entry["name"]) as stored:
        picture = Picture.open(io.BytesIO(stored.read()))
        picture.load()
        return picture


def made(**fields):
    image = make_image(**fields)
    renditions.make(image)
    image.refresh_from_db()
    return image


def with_picture(picture, suffix="png", **fields):
    out = io.BytesIO()
    picture.save(out, suffix.upper())
    image = Image(**fields)
    image.file.save(f"drawn.{suffix}", ContentFile(out.getvalue(), name=f"drawn.{suffix}"))
    return image


def test_every_size_and_format_is_what_it_says():
    image = made(width=820, height=820)
    assert {(e["crop"], e["width"]) for e in image.renditions} == {
        *(("own", 480), ("own", 800), ("own", 820)),
        *(("3x2", 480), ("3x2", 800), ("3x2", 820)),
        ("social", 820),
    }
    for entry in image.renditions:
        picture = opened(image, entry)
        assert picture.format.lower() == entry["format"]
        assert picture.size == (entry["width"], entry["height"])


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (3, 2), (479, 2), (480, 320), (481, 700)])
def test_odd_shapes_are_never_enlarged(size):
    image = made(width=size[0], height=size[1])
    for entry in image.renditions:
        assert 1 <= entry["width"] <= size[0]
        assert 1 <= entry["height"] <= size[1]
        assert opened(image, entry).size == (entry["width"], entry["height"])


@pytest.mark.parametrize(
    ("focus", "colour"), [((0.0, 0.5), (255, 0, 0)), ((1.0, 0.5), (0, 0, 255)), ((0.5, 0.5), (0, 255, 0))]
)
def test_a_cut_keeps_its_focus(focus, colour):
    picture = Picture.new("RGB", (900, 150), (0, 255, 0))
    picture.paste((255, 0, 0), (0, 0, 300, 150))
    picture.paste((0, 0, 255), (600, 0, 900, 150))
    image = with_picture(picture, focal_x=focus[0], focal_y=focus[1])
    renditions.make(image)
    image.refresh_from_db()
    cut = opened(image, renditions.of(image, "3x2")["jpeg"][0])
    seen = cut.getpixel((cut.width // 2, cut.height // 2))
    assert all(abs(a - b) < 12 for a, b in zip(seen, colour, strict=True))


def test_making_twice_makes_nothing():
    image = made(width=500, height=300)
    assert renditions.make(image) is False


def test_one_update_records_them(django_assert_num_queries):
    image = make_image(width=300, height=200)
    with django_assert_num_queries(6):  # the row and the UPDATE, each in a transaction
        renditions.make(image)


def test_names_do_not_change_when_made_again():
    image = made(width=500, height=300)
    names = [entry["name"] for entry in image.renditions]
    Image.objects.filter(pk=image.pk).update(renditions=[])
    renditions.make(image)
    image.refresh_from_db()
    assert [entry["name"] for entry in image.renditions] == names


def test_a_new_focus_renames_only_the_cuts():
    image = made(width=600, height=300)
    before = {entry["name"] for entry in image.renditions}
    Image.objects.filter(pk=image.pk).update(focal_x=0.1)
    assert renditions.make(image)
    image.refresh_from_db()
    kept = {entry["name"] for entry in image.renditions} & before
    assert kept == {name for name in before if "-own-" in name}


def test_a_half_written_file_is_written_again():
    image = make_image(width=300, height=200)
    name = renditions.planned(image)[0][0]["name"]
    image.file.storage.save(name, ContentFile(b"half"))
    renditions.make(image)
    image.refresh_from_db()
    assert image.renditions[0]["name"] == name
    assert opened(image, image.renditions[0])


def test_transparency_is_kept_and_laid_on_white_for_jpeg():
    image = with_picture(Picture.new("RGBA", (600, 400), (200, 0, 0, 0)))
    renditions.make(image)
    image.refresh_from_db()
    of = renditions.of(image)
    assert opened(image, of["webp"][0]).convert("RGBA").getpixel((5, 5))[3] == 0
    assert opened(image, of["avif"][0]).convert("RGBA").getpixel((5, 5))[3] == 0
    assert opened(image, of["jpeg"][0]).getpixel((5, 5)) == (255, 255, 255)


def test_a_focus_moved_meanwhile_is_obeyed(monkeypatch):
    image = make_image(width=600, height=300)
    write, moved = renditions.write, []

    def write_while_an_editor_moves_the_focus(image, plan):
        write(image, plan)
        if not moved:
            moved.append(Image.objects.filter(pk=image.pk).update(focal_x=0.0))

    monkeypatch.setattr(renditions, "write", write_while_an_editor_moves_the_focus)
    renditions.make(image)
    image.refresh_from_db()
    assert [e["name"] for e in image.renditions] == [e["name"] for e, _ in renditions.planned(image)]


@pytest.mark.parametrize("content", [None, b"", b"no picture"])
def test_an_original_that_cannot_be_read_is_named(content):
    image = make_image(title="The strait")
    image.file.storage.delete(image.file.name)
    if content is not None:
        image.file.storage.save(image.file.name, ContentFile(content))
    with pytest.raises(renditions.CannotMake, match="The strait"):
        renditions.make(image)


def test_a_picture_that_is_gone_or_has_no_file_needs_none():
    image = make_image()
    empty = Image.objects.create()
    image.delete()
    assert renditions.make(image) is False
    assert renditions.make(empty) is False
    assert not renditions.missing()


def test_the_social_picture_has_its_size():
    assert renditions.social(made(width=2400, height=1600))[1:] == (1200, 630)
    image = make_image()
    assert renditions.social(image) == (image.file.url, 1200, 800)
    assert renditions.social(Image()) is renditions.social(None) is None


def test_the_pictures_of_a_body_cost_one_query(django_assert_num_queries):
    images = [make_image(), make_image()]
    missing = Image.objects.create()
    with django_assert_num_queries(1):
        found = renditions.for_body([images[0].pk, str(images[1].pk), missing.pk, 10**12])
    assert set(found) == {image.pk for image in images}
    with django_assert_num_queries(0):
        assert renditions.for_body([]) == {}


def test_a_list_cut_of_another_focus_replaces_the_files_an_hour_later():
    image = made(width=1000, height=600)
    storage, old = image.file.storage, [e["name"] for e in image.renditions if "-3x2-" in e["name"]]
    Image.objects.filter(pk=image.pk).update(focal_x=0.1)
    renditions.make(image)
    job = ProcrastinateJob.objects.get(task_name="images.tasks.remove_files")
    assert job.args == {"image_id": image.pk, "names": old}
    assert timedelta(minutes=59) < job.scheduled_at - timezone.now() < timedelta(minutes=61)
    assert all(storage.exists(name) for name in old)
    renditions.remove(**job.args)
    image.refresh_from_db()
    assert not any(storage.exists(name) for name in old)
    assert all(storage.exists(entry["name"]) for entry in image.renditions)


def test_files_that_are_used_again_are_not_removed():
    image = made(width=600, height=600)
    names = [entry["name"] for entry in image.renditions]
    renditions.remove(image.pk, [*names, image.file.name, "renditions/never-there.jpg"])
    assert all(image.file.storage.exists(name) for name in [*names, image.file.name])


def test_the_command_makes_what_is_missing_and_names_what_it_cannot_read(capsys):
    good, broken = make_image(width=300, height=300), make_image(title="The strait")
    broken.file.storage.delete(broken.file.name)
    call_command("make_renditions")
    said = capsys.readouterr()
    assert "Made the sizes of 1 pictures; 1 could not be read." in said.out
    assert "The strait" in said.err
    good.refresh_from_db()
    assert good.renditions
    call_command("make_renditions")
    assert "Made the sizes of 0 pictures; 1 could not be read." in capsys.readouterr().out


def test_the_command_shows_how_far_it_is_on_a_terminal():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    make_image(width=30, height=20)
    terminal = Terminal()
    call_command("make_renditions", stdout=terminal)
    assert terminal.getvalue() == "\r1 of 1\nMade the sizes of 1 pictures; 0 could not be read.\n"


def test_a_picture_that_never_stands_still_is_named(monkeypatch):
    image = make_image(title="The strait")
    monkeypatch.setattr(renditions, "write", lambda image, plan: None)
    monkeypatch.setattr(renditions, "record", lambda image, entries: False)
    with pytest.raises(renditions.CannotMake, match="keeps changing"):
        renditions.make(image)
