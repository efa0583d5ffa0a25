"""Taking pictures into the library, changing and discarding them."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from images import keeping, renditions
from images.models import Image
from tests.factories import make_user
from tests.images import bad_pictures as bad

pytestmark = pytest.mark.django_db


def png(**options):
    return bad.saved(bad.halves(**options))


def keep(content=None, name="A Strait.png", **fields):
    return keeping.keep_image(io.BytesIO(content or png()), name=name, **fields)


def waiting(task="make_renditions"):
    jobs = ProcrastinateJob.objects.filter(task_name=f"images.tasks.{task}", status="todo").order_by("id")
    return list(jobs.values_list("args", flat=True))


def test_a_picture_is_kept_with_what_is_known_of_it():
    user = make_user()
    image = keep(alt="A strait", credit="Staff", by=user, focal_x=0.2)
    image.refresh_from_db()
    assert image.file.name.startswith("images/")
    assert "/a-strait-" in image.file.name
    assert (image.width, image.height, image.alt, image.focal_x) == (64, 48, "A strait", 0.2)
    assert image.created_by == user
    assert image.size == image.file.size > 0
    assert len(image.sha256) == 64
    assert waiting() == [{"image_id": image.pk}]


def test_the_same_picture_is_kept_once():
    first = keep(alt="A strait")
    assert keep(name="another name.png", alt="Something else") == first
    assert Image.objects.get().alt == "A strait"
    assert keep(png(left="green")) != first


def test_a_refused_picture_leaves_nothing():
    with pytest.raises(ValidationError, match="SVG drawing"):
        keep(bad.SVG, "drawing.svg")
    assert not Image.objects.exists()
    assert waiting() == []


def test_a_picture_that_cannot_be_saved_leaves_no_file(monkeypatch):
    stored = []
    storage = Image._meta.get_field("file").storage
    save = storage.save
    monkeypatch.setattr(storage, "save", lambda *a, **k: stored.append(save(*a, **k)) or stored[-1])
    with pytest.raises(Exception, match="image_focus_lies_inside"), transaction.atomic():
        keep(focal_x=7)
    assert len(stored) == 1
    assert not storage.exists(stored[0])


def test_a_new_focus_has_the_sizes_made_again_and_other_changes_do_not():
    image = keep()
    renditions.make(image)
    ProcrastinateJob.objects.all().delete()
    image = Image.objects.get()
    image.alt = "Another text"
    keeping.save_image(image)
    assert waiting() == []
    image.focal_y = 0.9
    keeping.save_image(image)
    keeping.save_image(image)
    assert waiting() == [{"image_id": image.pk}]
    assert Image.objects.get().alt == "Another text"


def test_a_form_opened_before_the_worker_was_done_does_not_undo_its_work():
    image = keep()
    stale = Image.objects.get()
    renditions.make(image)
    stale.alt = "Another text"
    keeping.save_image(stale)
    assert Image.objects.get().renditions


def test_a_new_file_is_checked_and_replaces_the_old_one():
    image = keep()
    renditions.make(image)
    image = Image.objects.get()
    old = keeping.files_of(image)
    image.file = ContentFile(bad.SVG, name="x.png")
    with pytest.raises(ValidationError):
        keeping.save_image(image)
    image = Image.objects.get()
    image.file = ContentFile(bad.located_jpeg(), name="x.png")
    keeping.save_image(image)
    image = Image.objects.get()
    assert image.file.name.endswith(".jpg")
    assert (image.width, image.height, image.renditions) == (48, 64, [])
    assert waiting("remove_files") == [{"image_id": image.pk, "names": old}]
    renditions.remove(image.pk, old)
    assert not any(image.file.storage.exists(name) for name in old)
    assert image.file.storage.exists(image.file.name)


def test_details_of_a_picture_without_a_file_can_be_saved():
    image = Image.objects.create(source_url="https://example.org/a.jpg")
    image.alt = "Lost"
    keeping.save_image(image)
    assert waiting() == []
    keeping.discard_image(image)
    assert waiting("remove_files") == []


def test_a_discarded_picture_takes_its_files_along():
    image = keep()
    renditions.make(image)
    image = Image.objects.get()
    names, storage = keeping.files_of(image), image.file.storage
    keeping.discard_image(image)
    (job,) = waiting("remove_files")
    renditions.remove(**job)
    assert not Image.objects.exists()
    assert not any(storage.exists(name) for name in names)


def test_the_worker_makes_the_sizes_and_a_rolled_back_upload_asks_for_none(work):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        keep(png(left="green"))
        1 / 0  # noqa: B018
    image = keep()
    work()
    image.refresh_from_db()
    assert {entry["format"] for entry in image.renditions} == {"avif", "webp", "jpeg"}
    jobs = ProcrastinateJob.objects.filter(task_name="images.tasks.make_renditions")
    assert [job.status for job in jobs] == ["succeeded"]
