"""The library's files in a bucket: everything that is done with files, against a server that speaks S3."""

import io
import logging
import re

import boto3
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from moto.server import ThreadedMotoServer

from bench import proxied
from images import cards, keeping, renditions
from images.models import Document, Image
from informed_comment import media
from informed_comment.files import StoreAway
from tests.factories import make_image, make_picture, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def s3():
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3, settings):
    """An empty bucket, which the site's files lie in and readers see at an address of its own."""
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    client = boto3.client("s3", endpoint_url=s3, **keys)
    client.create_bucket(Bucket="pictures")
    options = {"bucket_name": "pictures", "endpoint_url": s3, "region_name": "us-east-1"}
    options |= {"access_key": "key", "secret_key": "secret"}
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "informed_comment.buckets.Bucket", "OPTIONS": options}
    }
    settings.MEDIA_URL = f"{s3}/pictures/"
    yield client
    for name in names_in(client):
        client.delete_object(Bucket="pictures", Key=name)
    client.delete_bucket(Bucket="pictures")


def names_in(client):
    return [entry["Key"] for entry in client.list_objects_v2(Bucket="pictures").get("Contents", [])]


def told_of(client, name):
    """What the bucket says of a file whenever it gives it out."""
    return client.head_object(Bucket="pictures", Key=name)


def test_a_picture_and_its_sizes_lie_in_the_bucket_for_ever(bucket):
    image = make_image(width=300, height=200)
    renditions.make(image)
    image.refresh_from_db()
    assert set(names_in(bucket)) == {image.file.name, *(entry["name"] for entry in image.renditions)}
    for entry in image.renditions[:3]:
        told = told_of(bucket, entry["name"])
        assert told["CacheControl"] == "public, max-age=31536000, immutable"
        assert told["ContentType"] == f"image/{entry['format']}"
        assert "ContentDisposition" not in told
        assert told["ContentLength"]


def test_a_moved_focus_a_replaced_and_a_discarded_picture_leave_nothing_behind(bucket):
    image = make_image(width=300, height=200)
    renditions.make(image)
    image.refresh_from_db()
    first = {image.file.name, *(entry["name"] for entry in image.renditions)}
    image.focal_x = 0.1
    keeping.save_image(image)
    renditions.make(image)
    image.file = ContentFile(make_picture(240, 150), name="another.jpg")
    keeping.save_image(image)
    renditions.remove(image.pk, list(first))
    renditions.make(image)
    image.refresh_from_db()
    now = {image.file.name, *(entry["name"] for entry in image.renditions)}
    assert now <= set(names_in(bucket))
    assert not first & set(names_in(bucket)) - now
    keeping.discard_image(image)
    renditions.remove(image.pk, names_in(bucket))
    assert names_in(bucket) == []


def test_a_document_is_given_out_to_be_kept_and_no_page_of_it_is_opened(bucket):
    for name, kind in (("a.html", "application/octet-stream"), ("b.svg", "image/svg+xml")):
        document = Document(title=name)
        document.file.save(name, ContentFile(b"<script>alert(1)</script>"))
        told = told_of(bucket, document.file.name)
        assert told["ContentType"] == kind
        assert told["ContentDisposition"] == "attachment"


def test_a_card_is_drawn_once_and_goes_when_nothing_names_it(bucket, monkeypatch):
    assert cards.remove_unused(set()) == 0
    default_storage.save(f"{cards.FOLDER}/ab/card.png", ContentFile(b"drawn"))
    assert cards.remove_unused(set()) == 0  # for a week
    monkeypatch.setattr(cards, "KEPT_FOR", cards.KEPT_FOR * 0)
    assert cards.remove_unused({f"{cards.FOLDER}/ab/card.png"}) == 0
    assert cards.remove_unused(set()) == 1
    assert names_in(bucket) == []


def test_a_file_that_breaks_off_leaves_nothing_behind(bucket):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            if self.tell() > 9_000_000:
                raise OSError("the line broke")
            return super().read(size)

    file = ContentFile(b"")
    file.file = Broken(b"x" * 20_000_000)
    with pytest.raises(OSError, match="the line broke"):
        default_storage.save("images/large.jpg", file)
    assert names_in(bucket) == []
    assert not bucket.list_multipart_uploads(Bucket="pictures").get("Uploads")


def test_an_editor_is_told_in_a_sentence_that_the_bucket_is_away(bucket, settings):
    away = settings.STORAGES["default"]["OPTIONS"] | {"endpoint_url": "http://127.0.0.1:9"}
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "informed_comment.buckets.Bucket", "OPTIONS": away}
    }
    with pytest.raises(ValidationError, match="the store of pictures does not answer"):
        keeping.keep_image(io.BytesIO(make_picture()), name="a.jpg")
    assert not Image.objects.exists()
    with pytest.raises(StoreAway):
        default_storage.open("a.jpg")


def test_two_files_of_one_name_are_two(bucket):
    names = [default_storage.save("documents/a.pdf", ContentFile(b"1")) for _ in range(2)]
    assert len(set(names_in(bucket))) == len(set(names)) == 2


def test_what_leaves_takes_the_files_along(bucket, settings, tmp_path):
    image = make_image(width=300, height=200)
    post = make_post(body=f'<p><img src="{image.file.url}" alt="" data-image="{image.pk}"></p>')
    call_command("export_site", tmp_path / "out", verbosity=0)
    files = [path for path in (tmp_path / "out").rglob("*.jpg") if path.is_file()]
    with default_storage.open(image.file.name) as stored:
        assert [path.read_bytes() for path in files] == [stored.read()]
    call_command("export_wordpress", tmp_path / "site.xml", verbosity=0)
    exported = (tmp_path / "site.xml").read_text()
    assert f"<wp:attachment_url>{image.file.url}" in exported.replace("<![CDATA[", "")
    assert post.title in exported


def test_types_are_those_of_the_proxy():
    block = re.search(r"location /media/ \{.*?types \{(.*?)\}", proxied.SHIPPED.read_text(), re.DOTALL)[1]
    told = {kind: endings for kind, endings in re.findall(r"([\w+-]+/[\w+-]+) ([\w ]+);", block)}
    assert told == media.TYPES


def test_an_address_in_an_old_text_leads_to_the_place_of_the_files(client, settings, bucket):
    settings.ROOT_URLCONF = "tests.informed_comment.urls_of_a_bucket"
    answer = client.get("/media/images/2026/11/a%20b.jpg")
    assert answer.status_code == 302
    assert answer["Location"] == f"{settings.MEDIA_URL}images/2026/11/a%20b.jpg"
