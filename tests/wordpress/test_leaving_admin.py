"""Taking everything out in the newsroom: streamed, whole, logged, and for those alone who may."""

import gzip
import hashlib
import io
import json
import zipfile
import zlib

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from posts.models import Post
from tests.factories import make_page, make_post, make_user
from tests.wordpress.test_whole_site import a_whole_site, empty
from wordpress import wxr
from wordpress.admin import leaving
from wordpress.leaving.packing import Packed
from wordpress.leaving.site import going
from wordpress.leaving.site.coming import import_site
from wordpress.reading.records import Item

OUT = "/admin/wordpress/move/out/"


def said():
    return list(LogEntry.objects.order_by("id").values_list("change_message", flat=True))


@pytest.mark.usefixtures("chief")
def test_the_wordpress_export_comes_as_a_whole_with_its_checksum_in_the_log(client):
    make_post(title="A bridge")
    make_page(slug="about")
    answer = client.post(OUT, {"do": "wxr"})
    assert answer["Content-Disposition"].endswith('.xml.gz"')
    data = answer.getvalue()
    file = io.BytesIO(gzip.decompress(data))
    file.name = "out.xml"
    items = [one for one in wxr.read(file) if isinstance(one, Item)]
    assert {"A bridge"} <= {one.title for one in items}
    began, ended = said()
    assert began == "WordPress export: taking everything out began."
    assert "1 page/publish, 1 post/publish" in ended
    assert hashlib.sha256(data).hexdigest() in ended


def test_the_head_comes_at_once_and_a_broken_download_is_noted(chief, rf):
    request = rf.post(OUT)
    request.user = chief
    for begun in (True, False):
        assert leaving.slots.acquire(blocking=False)
        download = leaving.Download(Packed(), request, "WordPress export", str)
        if begun:
            assert b"<rss" in zlib.decompressobj(31).decompress(next(iter(download)))
        download.close()
    assert said()[1:] == ["WordPress export: taking everything out was broken off."]


@pytest.mark.usefixtures("chief")
def test_the_archive_is_what_export_site_writes(client, tmp_path, settings):
    a_whole_site()
    data = client.post(OUT, {"do": "archive", "with_subscribers": "on"}).getvalue()
    assert hashlib.sha256(data).hexdigest() in said()[-1]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path)
    (folder,) = tmp_path.glob("everything-*")
    going.export_site(tmp_path / "out", with_subscribers=True)
    archived, written = (
        json.loads((one / "manifest.json").read_text()) for one in (folder, tmp_path / "out")
    )
    for one in (archived, written):
        one["files"].pop("media.jsonl")  # in another order
        del one["written_at"]
    assert archived == written
    lists = [(one / "media.jsonl").read_text().splitlines() for one in (folder, tmp_path / "out")]
    assert sorted(lists[0]) == sorted(lists[1])
    empty()
    settings.MEDIA_ROOT = tmp_path / "fresh"
    import_site(folder)  # which looks at every checksum
    assert Post.objects.exists()


@pytest.mark.usefixtures("chief")
def test_one_download_at_a_time(client):
    assert leaving.slots.acquire(blocking=False)
    try:
        page = client.post(OUT, {"do": "archive"}, follow=True)
        assert "Everything is being taken out already." in page.text
    finally:
        leaving.slots.release()


@pytest.mark.django_db
@pytest.mark.parametrize(("group", "code"), [("Administrator", 200), ("Editor", 403), ("Author", 403)])
def test_taking_everything_out_is_the_administrators_affair(client, group, code):
    client.force_login(make_user(group=group))
    assert client.get(OUT).status_code == code
    assert client.post(OUT, {"do": "nothing"}).status_code == code
    assert ("Take everything out" in client.get("/admin/find/?q=take").text) == (code == 200)


@pytest.mark.django_db
def test_subscribers_go_out_with_a_permission_of_their_own(client):
    user = make_user()
    user.user_permissions.set(Permission.objects.filter(codename="export_site"))
    client.force_login(user)
    assert "With the subscribers" not in client.get(OUT).text
    assert client.post(OUT, {"do": "archive", "with_subscribers": "on"}).status_code == 403
    client.post(OUT, {"do": "archive"}).getvalue()
    assert "Archive: taking everything out ended" in said()[-1]
