"""No room: a full disk and a spent limit are said in a sentence, and leave neither a row nor a file."""

import resource
from contextlib import contextmanager

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from images.models import Document, Image
from tests.factories import make_image, make_user
from tests.images import bad_pictures as bad
from tests.images.test_admin_upload import UPLOAD, files_in

pytestmark = pytest.mark.django_db
ROOM = 2000  # bytes


@contextmanager
def files_may_hold(size):
    """The operating system refuses to write more into any file of this process, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def editor(client):
    client.force_login(make_user(group="Editor"))
    return client


def noise():
    """A PNG that cannot be made small."""
    return bad.saved(bad.noisy(200, 200))


def test_a_full_disk_is_said_and_leaves_nothing(editor, settings):
    with files_may_hold(ROOM):
        answer = editor.post(UPLOAD, {"file": SimpleUploadedFile("river.png", noise())})
    assert answer.status_code == 507
    assert "“river.png” could not be kept: the server's disk is full" in answer.json()["refusal"]
    assert not Image.objects.exists()
    assert not files_in(settings.MEDIA_ROOT)
    assert editor.post(UPLOAD, {"file": SimpleUploadedFile("river.png", noise())}).status_code == 201


def test_a_disk_too_full_for_the_upload_itself_is_said_too(editor, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 100
    with files_may_hold(ROOM):
        answer = editor.post(UPLOAD, {"file": SimpleUploadedFile("river.png", noise())})
    assert answer.status_code == 507
    assert "disk is full" in answer.json()["refusal"]


def test_the_form_comes_back_with_all_that_was_typed(editor, settings):
    form = {"file": SimpleUploadedFile("river.png", noise()), "alt": "A river", "caption": "What I wrote"}
    with files_may_hold(ROOM):
        answer = editor.post("/admin/images/image/add/", form)
    page = answer.content.decode()
    assert answer.status_code == 507
    assert "disk is full" in page
    assert "What I wrote" in page
    assert not Image.objects.exists()
    assert not files_in(settings.MEDIA_ROOT)


def test_a_picture_keeps_its_file_when_there_is_no_room_for_another(editor):
    image = make_image()
    form = {"file": SimpleUploadedFile("new.png", noise()), "alt": "A", "focal_x": 0.5, "focal_y": 0.5}
    with files_may_hold(ROOM):
        answer = editor.post(reverse("admin:images_image_change", args=[image.pk]), form)
    assert answer.status_code == 507
    assert Image.objects.get().file == image.file
    assert image.file.storage.exists(image.file.name)


def test_a_document_without_room_is_refused_in_its_form(editor, settings):
    form = {
        "file": SimpleUploadedFile("report.pdf", b"%PDF-1.7\n" + b"x" * 9000 + b"\n%%EOF\n"),
        "title": "A report",
    }
    with files_may_hold(ROOM):
        answer = editor.post("/admin/images/document/add/", form)
    assert answer.status_code == 507
    assert "“report.pdf” could not be kept" in answer.content.decode().replace("&#x27;", "'")
    assert not Document.objects.exists()
    assert not files_in(settings.MEDIA_ROOT)


def test_a_library_that_holds_what_it_may_takes_no_more(editor, settings):
    settings.LIBRARY_MAX_BYTES = 150_000
    for n, answer in ((1, 201), (2, 507)):
        sent = SimpleUploadedFile("river.png", bad.saved(bad.noisy(200, 200, seed=n)))
        refused = editor.post(UPLOAD, {"file": sent})
        assert refused.status_code == answer
    assert "Delete pictures that nothing uses" in refused.json()["refusal"]
    assert Image.objects.count() == 1
    assert len(files_in(settings.MEDIA_ROOT)) == 1


def test_a_new_file_for_a_picture_counts_instead_of_the_old_one(editor, settings):
    settings.LIBRARY_MAX_BYTES = 150_000
    editor.post(UPLOAD, {"file": SimpleUploadedFile("river.png", noise())})
    image = Image.objects.get()
    new = SimpleUploadedFile("new.png", bad.saved(bad.noisy(200, 200, seed=2)))
    form = {"file": new, "alt": "A", "focal_x": 0.5, "focal_y": 0.5}
    assert editor.post(reverse("admin:images_image_change", args=[image.pk]), form).status_code == 302
    assert Image.objects.get().file != image.file


def test_a_file_has_its_name_only_when_it_is_whole(settings):
    with files_may_hold(ROOM), pytest.raises(OSError, match="File too large"):
        default_storage.save("a/b.txt", ContentFile(b"x" * 3000))
    assert not files_in(settings.MEDIA_ROOT)
    name = default_storage.save("a/b.txt", ContentFile(b"x" * 3000))
    assert (name, default_storage.size(name)) == ("a/b.txt", 3000)
    assert default_storage.save("a/b.txt", ContentFile(b"y")) != name
    assert oct((settings.MEDIA_ROOT / name).stat().st_mode)[-3:] == "644"
