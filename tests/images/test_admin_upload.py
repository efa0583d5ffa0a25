"""Pictures that scripts send, one a request: kept and described, known already, or refused with a sentence."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from images.models import Image
from tests.factories import make_image, make_picture, make_user
from tests.images import bad_pictures as bad

pytestmark = pytest.mark.django_db
UPLOAD = "/admin/images/image/upload/"


def file(content=None, name="river.jpg"):
    return SimpleUploadedFile(name, make_picture() if content is None else content)


@pytest.fixture
def editor(client):
    client.user = make_user(group="Editor")
    client.force_login(client.user)
    return client


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def test_a_picture_is_kept_and_comes_back_as_the_editor_needs_it(editor):
    answer = editor.post(UPLOAD, {"file": file()})
    image = Image.objects.get()
    assert answer.status_code == 201
    assert answer.json()["is_known"] is False
    picture = answer.json()["image"]
    assert (picture["id"], picture["src"], picture["width"]) == (image.pk, image.file.url, 1200)
    assert image.created_by == editor.user


def test_the_same_picture_is_not_kept_twice(editor):
    first = editor.post(UPLOAD, {"file": file()}).json()
    answer = editor.post(UPLOAD, {"file": file(name="the same again.jpg")})
    assert answer.status_code == 200
    assert answer.json() == first | {"is_known": True}
    assert Image.objects.count() == 1


LIES = {
    "an SVG with a script": (bad.SVG, "scripts"),
    "HTML that calls itself a JPEG": (
        b"<html><script>alert(1)</script></html>",
        "cannot be read as a picture",
    ),
    "nothing": (b"", "empty"),
    "a decompression bomb": (bad.announced_png(30_000, 30_000), "million pixels"),
    "a picture from a phone": (bad.HEIC, "HEIC"),
    "half a picture": (make_picture()[:2000], "damaged"),
}


@pytest.mark.parametrize(("content", "part"), LIES.values(), ids=LIES)
def test_what_is_no_picture_is_refused_with_a_sentence_and_leaves_nothing(editor, settings, content, part):
    answer = editor.post(UPLOAD, {"file": file(content, "holiday.jpg")})
    assert answer.status_code == 422
    assert answer.json()["refusal"].startswith("“holiday.jpg”")
    assert part in answer.json()["refusal"]
    assert not Image.objects.exists()
    assert not files_in(settings.MEDIA_ROOT)


GOOD = {
    "CMYK": (bad.saved(bad.halves("CMYK"), "JPEG"), ".jpg"),
    "16 bits": (bad.sixteen_bit_grey(), ".png"),
    "a polyglot": (make_picture() + b"PK\x03\x04<?php echo 1 ?>", ".jpg"),
    "one that says where it was taken": (bad.located_jpeg(), ".jpg"),
}


@pytest.mark.parametrize(("content", "suffix"), GOOD.values(), ids=GOOD)
def test_an_odd_picture_is_kept_as_a_plain_one(editor, content, suffix):
    assert editor.post(UPLOAD, {"file": file(content, "odd.png")}).status_code == 201
    with Image.objects.get().file as stored:
        content = stored.read()
    assert stored.name.endswith(suffix)
    assert not any(trace in content for trace in (b"php", b"Exif", b"Somebody"))


def test_a_request_without_a_file_is_told_so(editor):
    answer = editor.post(UPLOAD, {"file": "a word"})
    assert answer.status_code == 400
    assert "Choose it again" in answer.json()["refusal"]


def test_only_who_may_add_pictures_uploads_them(client):
    client.force_login(make_user())
    assert client.post(UPLOAD, {"file": file()}).status_code == 403
    client.force_login(make_user(group="Author"))
    assert client.post(UPLOAD, {"file": file()}).status_code == 201
    client.logout()
    assert client.post(UPLOAD, {"file": file()}).status_code == 302
    assert client.get(UPLOAD).status_code == 302


def test_an_upload_costs_the_same_however_large_the_library(editor, django_assert_max_num_queries):
    for _ in range(3):
        make_image()
    with django_assert_max_num_queries(16):
        editor.post(UPLOAD, {"file": file()})


# What a text said of a picture


def remember(client, image, **said):
    return client.post(reverse("admin:images_image_remember", args=[image.pk]), said)


def test_the_library_remembers_what_it_did_not_know(editor):
    image = make_image(alt="", credit="Known before")
    answer = remember(editor, image, alt="A quay", credit="Somebody", caption="At noon")
    image.refresh_from_db()
    assert answer.json()["image"]["alt"] == "A quay"
    assert (image.alt, image.caption, image.credit) == ("A quay", "At noon", "Known before")


def test_a_described_picture_does_not_become_decorative_and_a_mute_one_may(editor):
    described, mute = make_image(alt="A quay"), make_image(alt="")
    for image in (described, mute):
        remember(editor, image, is_decorative="on")
        image.refresh_from_db()
    assert (described.is_decorative, mute.is_decorative) == (False, True)


def test_authors_describe_their_own_pictures_only(client):
    user = make_user(group="Author")
    client.force_login(user)
    own, foreign = make_image(alt="", created_by=user), make_image(alt="")
    assert remember(client, own, alt="Mine").status_code == 200
    assert remember(client, foreign, alt="Not mine").status_code == 403
    foreign.refresh_from_db()
    assert foreign.alt == ""


# Many at once, without a script


def test_many_come_in_by_a_plain_form_each_with_its_fate(editor):
    known = editor.post(UPLOAD, {"file": file()}).json()["image"]["id"]
    files = [file(), file(make_picture(300, 200), "new.jpg"), file(b"", "empty.jpg")]
    page = editor.post(reverse("admin:images_image_add_many"), {"files": files}).content.decode()
    new = Image.objects.exclude(pk=known).get()
    assert "Already in the library" in page
    assert "“empty.jpg” is empty" in page
    assert f"?ids={known},{new.pk}" in page


def described(client, images, for_all=None, **rows):
    form = {"form-TOTAL_FORMS": len(images), "form-INITIAL_FORMS": len(images), **(for_all or {})}
    for n, image in enumerate(images):
        form |= {f"form-{n}-id": image.pk, f"form-{n}-alt": image.alt, f"form-{n}-credit": image.credit}
    ids = ",".join(str(image.pk) for image in images)
    return client.post(f"{reverse('admin:images_image_describe')}?ids={ids}", form | rows)


def test_many_are_described_in_one_form_and_what_is_the_same_for_all_is_said_once(editor):
    images = [make_image(alt="", credit=""), make_image(alt="", credit="Ada")]
    rows = {"form-0-alt": "A quay", "form-1-is_decorative": "on"}
    answer = described(editor, images, {"credit": "Bert", "licence": "CC BY 4.0"}, **rows)
    assert answer.url == reverse("admin:images_image_changelist")
    first, second = Image.objects.order_by("pk")
    assert (first.alt, first.credit, first.licence) == ("A quay", "Bert", "CC BY 4.0")
    assert (second.is_decorative, second.credit, second.licence) == (True, "Ada", "CC BY 4.0")


def test_a_fault_in_one_row_keeps_all_that_was_typed(editor):
    images = [make_image(alt=""), make_image(alt="")]
    rows = {"form-0-alt": "A quay that I described", "form-1-alt": "x" * 501}
    page = described(editor, images, **rows).content.decode()
    assert "One field needs another look" in page
    assert "A quay that I described" in page
    assert not Image.objects.exclude(alt="").exists()


def test_authors_find_only_their_own_to_describe(client):
    user = make_user(group="Author")
    client.force_login(user)
    own, foreign = make_image(title="Own", created_by=user), make_image(title="Foreign")
    address = f"{reverse('admin:images_image_describe')}?ids={own.pk},{foreign.pk},x,{'9' * 30}"
    page = client.get(address).content.decode()
    assert "Own" in page
    assert "Foreign" not in page


def test_describing_many_costs_no_more_than_describing_few(editor, django_assert_max_num_queries):
    images = [make_image() for _ in range(12)]
    with django_assert_max_num_queries(24):
        editor.get(f"{reverse('admin:images_image_describe')}?ids={','.join(str(i.pk) for i in images)}")
