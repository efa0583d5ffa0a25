"""export_site and import_site: the same site again, or nothing."""

import hashlib
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.utils import timezone

from images.models import Image
from informed_comment.models import Publication
from newsletter.models import ConsentEvent, Subscriber, Suppression
from posts import states
from posts.models import (
    DraftComment,
    HostTally,
    KeptOffPopular,
    PendingChange,
    PopularList,
    PopularSidebar,
    Post,
    ReadDay,
    ReaderComment,
    ReadHour,
    ReadTotal,
    Referral,
    ReferringHost,
    Revision,
    SiteTally,
)
from posts.reads import popular, tallies
from tests.factories import make_comment, make_mailing, make_post, make_subscriber, make_user
from tests.wordpress import a_site
from tests.wordpress.test_leaving import a_publication
from wordpress.leaving.site import coming, going
from wordpress.leaving.site.kinds import (
    FIELDS_LEFT_OUT,
    KINDS,
    LEFT_OUT,
    exported_models,
    fields_of,
    is_account,
    own_models,
)
from wordpress.leaving.site.manifest import DumpError

pytestmark = pytest.mark.django_db


def a_whole_site():
    a_publication()
    post = Post.objects.exclude(body="").first()
    editor = make_user()
    states.keep_revision(post, Revision.Deed.SAVE, by=editor)
    PendingChange.objects.create(
        post=post, state={"title": "New"}, base={}, base_version=1, created_by=editor
    )
    DraftComment.objects.create(post=post, user=editor, name="Ed", text="Is this right?")
    ReadHour.objects.create(
        post=post, hour=timezone.now().replace(minute=0, second=0, microsecond=0), reads=7
    )
    ReadDay.objects.create(post=post, day=timezone.localdate(), reads=7, search=2)
    ReadTotal.objects.create(post=post, reads=77, brought=70)
    host = ReferringHost.objects.create(name="news.example.org")
    Referral.objects.create(post=post, host=host, day=timezone.localdate(), reads=3)
    KeptOffPopular.objects.create(post=post, by=editor)
    PopularSidebar.objects.update(window="rising", length=7)
    answer = make_comment(post)
    said = make_comment(post)
    ReaderComment.objects.filter(pk=answer.pk).update(parent=said)  # an answer may have the smaller number
    make_mailing().lines.create(post=post)
    Publication.objects.update(title="Another name")
    reader = make_subscriber()
    ConsentEvent.objects.create(subscriber=reader, address_hash="0" * 64, what="imported", how="import")
    Suppression.objects.suppress("gone@example.org", "erased")


def empty():
    """Every table that an import fills."""
    tables = {model._meta.db_table for model in exported_models()} - {
        "informed_comment_publication",
        "newsletter_digestplan",
        "posts_popularsidebar",
    }
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {', '.join(sorted(tables))} CASCADE")
    Publication.objects.update(title="Fresh")
    PopularSidebar.objects.update(window="week", length=5)


def digests(folder):
    return json.loads((folder / "manifest.json").read_text())["files"]


def test_a_site_is_the_same_once_it_is_out_and_in_again(tmp_path, settings):
    a_whole_site()
    going.export_site(tmp_path / "out", with_subscribers=True)
    before = a_site.told()
    empty()
    settings.MEDIA_ROOT = tmp_path / "fresh"
    coming.import_site(tmp_path / "out")
    assert a_site.told() == before
    assert Publication.objects.get().title == "Another name"
    assert Revision.objects.get().created_by is None
    again = going.export_site(tmp_path / "again", with_subscribers=True)
    assert digests(tmp_path / "again") == digests(tmp_path / "out")
    assert again.rows["posts"] == Post.objects.count() > 5
    assert tallies.add_up() == 1
    assert SiteTally.objects.get(unit="day").reads == 7
    assert HostTally.objects.get(unit="day").reads == 3
    assert ReadTotal.objects.values_list("reads", "brought").get() == (77, 70)
    assert PopularSidebar.objects.values_list("window", "length").get() == ("rising", 7)
    kept_off = KeptOffPopular.objects.get()
    popular.refresh()
    assert kept_off.by is None
    assert kept_off.post_id not in PopularList.objects.get(window="all").post_ids
    newest = Post.objects.order_by("pk").last().pk
    assert make_post().pk > newest
    for image in Image.objects.with_file():
        assert image.file.storage.exists(image.file.name)


def test_subscribers_leave_only_if_asked_for(tmp_path):
    reader = make_subscriber(email="somebody@example.org")
    make_post()
    going.export_site(tmp_path / "out")
    assert not any(b"somebody@example.org" in path.read_bytes() for path in (tmp_path / "out").glob("*.*"))
    going.export_site(tmp_path / "all", with_subscribers=True)
    assert reader.email in (tmp_path / "all" / "subscribers.jsonl").read_text()
    empty()
    coming.import_site(tmp_path / "all", without_subscribers=True)
    assert (Post.objects.count(), Subscriber.objects.count()) == (1, 0)


def test_suppressions_are_not_restored_under_a_key_that_does_not_know_them(tmp_path, settings):
    Suppression.objects.suppress("gone@example.org", "erased")
    going.export_site(tmp_path / "out", with_subscribers=True)
    empty()
    was, settings.NEWSLETTER_KEY = settings.NEWSLETTER_KEY, "another key"
    with pytest.raises(DumpError, match="NEWSLETTER_KEY_FALLBACKS"):
        coming.import_site(tmp_path / "out")
    settings.NEWSLETTER_KEY_FALLBACKS = [was]
    coming.import_site(tmp_path / "out")
    assert Suppression.objects.covering("gone@example.org").exists()


def test_every_model_of_ours_goes_out_or_says_why_not():
    out, stays = {model._meta.label for model in exported_models()}, set(LEFT_OUT)
    assert not out & stays
    assert {model._meta.label for model in own_models()} == out | stays
    assert all(LEFT_OUT.values())
    assert len(own_models()) > 60
    assert all(kind.file in going.README_TEXT for kind in KINDS)


def test_what_goes_out_can_come_in_without_what_stays():
    """A field that is left out is filled without anybody: by its default, by PostgreSQL, or with nothing."""
    for model in exported_models():
        gone = {
            column.name
            for kind in KINDS
            for _n, (m, column_name) in kind.within.items()
            if m is model
            for column in [model._meta.get_field(column_name)]
        }
        for column in set(model._meta.concrete_fields) - set(fields_of(model)):
            if column.name not in gone and not column.generated:
                assert column.null or column.has_default() or column.blank, (
                    f"{model._meta.label}.{column.name}"
                )
                assert (
                    is_account(column)
                    or column.is_relation
                    or f"{model._meta.label}.{column.name}" in FIELDS_LEFT_OUT
                )
        assert not any(isinstance(column, models.BinaryField) for column in fields_of(model))
    labels = {
        f"{model._meta.label}.{column.name}"
        for model in own_models()
        for column in model._meta.concrete_fields
    }
    assert set(FIELDS_LEFT_OUT) <= labels


@pytest.fixture
def dump(tmp_path):
    make_post(title="First", slug="first")
    make_post(title="Second", slug="second")
    going.export_site(tmp_path / "out")
    empty()
    return tmp_path / "out"


def seal(folder):
    """The manifest believes the files as they are now."""
    told = json.loads((folder / "manifest.json").read_text())
    for name, about in told["files"].items():
        data = (folder / name).read_bytes()
        about.update(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
    (folder / "manifest.json").write_text(json.dumps(told))


def change(old, new, name="posts.jsonl"):
    def changed(folder):
        path = folder / name
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))
        seal(folder)

    return changed


def unlisted(folder):
    (folder / "more.txt").write_text("x")


def tampered(folder):
    path = folder / "posts.jsonl"
    path.write_bytes(path.read_bytes().replace(b"First", b"Fir5t"))


def cut_off(folder):
    path = folder / "posts.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    seal(folder)


def linked(folder):
    path = folder / "posts.jsonl"
    path.rename(folder.parent / "elsewhere")
    path.symlink_to(folder.parent / "elsewhere")


def outside(folder):
    (folder / "media.jsonl").write_text('{"name":"../../evil","bytes":1,"sha256":"x"}\n')
    seal(folder)


def newer(folder):
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"version": 1', '"version": 9'))


def lacking(folder):
    (folder / "authors.jsonl").unlink()


def no_manifest(folder):
    (folder / "manifest.json").unlink()


BROKEN = [
    (tampered, "posts.jsonl is not as it was written: its checksum is another"),
    (cut_off, r"posts.jsonl, line 2: the line has no end"),
    (linked, "posts.jsonl cannot be read"),
    (unlisted, "more.txt is not in manifest.json. Take it out"),
    (lacking, "authors.jsonl is missing. Copy the export again"),
    (outside, "media.jsonl, line 1: this is no file within media"),
    (newer, "version 9 of its format, and this site reads up to 1. Update"),
    (no_manifest, "holds no manifest.json"),
    (change('"title":"Second"', '"titel":"Second"'), "posts.jsonl, line 2: post has no field called titel"),
    (
        change('"slug":"second"', '"slug":null'),
        "posts.jsonl, line 2: slug is empty, and has to say something",
    ),
    (
        change('"status":"published"', '"status":"famous"'),
        "line 1: status is “famous”, which is none of draft",
    ),
    (
        change('"title":"Second"', '"title":"' + "x" * 501 + '"'),
        "line 2: title is longer than 500 characters",
    ),
    (change('"title":"Second"', '"title":"\\u0000"'), "line 2: title holds a NUL"),
    (change('{"id"', '["id"'), "posts.jsonl, line 1: Expecting"),
    (
        change('"lead_image":null', '"lead_image":99'),
        r"posts.jsonl, line 1: .*\(lead_image_id\)=\(99\) is not present",
    ),
    (change("second.html", "first.html"), r"posts.jsonl, line 2: .*permalink.* already exists"),
    (change("+00:00", ""), "line 1: published_at has no time zone"),
]


@pytest.mark.filterwarnings("ignore:DateTimeField")
@pytest.mark.parametrize(("breaks", "words"), BROKEN, ids=[words[:40] for _, words in BROKEN])
def test_a_broken_export_says_where_and_leaves_nothing(dump, breaks, words):
    breaks(dump)
    with pytest.raises(DumpError, match=words):
        coming.import_site(dump)
    assert not any(kind.model.objects.exists() for kind in KINDS if not kind.is_given)
    assert Publication.objects.get().title == "Fresh"


def test_a_script_smuggled_into_an_export_is_cleaned_away(dump):
    change("<p>The text of the post.</p>", "<p>Text<script>alert(1)</script></p>")(dump)
    coming.import_site(dump)
    assert set(Post.objects.values_list("body", flat=True)) == {"<p>Text</p>"}


def test_an_older_export_lacks_a_field_that_is_new(dump):
    change('"video_title":"",', "")(dump)
    coming.import_site(dump)
    assert Post.objects.filter(video_title="").count() == 2


def test_an_export_is_restored_into_an_empty_site_only(dump):
    make_post()
    with pytest.raises(
        CommandError, match=r"it holds authors, posts. .* Name a fresh database in DATABASE_URL"
    ):
        call_command("import_site", dump)
    assert Post.objects.count() == 1


def test_files_in_the_way_are_not_written_over(tmp_path, settings):
    a_publication()
    going.export_site(tmp_path / "out")
    empty()
    image = next((tmp_path / "out" / "media").rglob("*.jpg")).relative_to(tmp_path / "out" / "media")
    settings.MEDIA_ROOT = tmp_path / "fresh"
    there = tmp_path / "fresh" / image
    there.parent.mkdir(parents=True)
    there.write_bytes(b"something else")
    with pytest.raises(DumpError, match="Another file lies at"):
        coming.import_site(tmp_path / "out")
    assert there.read_bytes() == b"something else"
    assert [path for path in (tmp_path / "fresh").rglob("*") if path.is_file()] == [there]
    assert not Post.objects.exists()


def test_an_export_that_breaks_off_leaves_no_folder_and_can_be_begun_again(tmp_path, monkeypatch):
    make_post()
    folder = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(going, "as_line", lambda row: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            going.export_site(folder)
    assert list(tmp_path.iterdir()) == []
    partial = Path(f"{folder}.partial")
    partial.mkdir()
    with pytest.raises(DumpError, match="in the way"):
        going.export_site(folder)
    (partial / "README.txt").write_text(going.README_TEXT)  # what a kill leaves
    out = io.StringIO()
    call_command("export_site", folder, stdout=out)
    assert "1  posts" in out.getvalue()
    with pytest.raises(CommandError, match="is there already"):
        call_command("export_site", folder)


def test_a_picture_whose_file_is_gone_is_told_and_goes_out_without_it(tmp_path, capsys):
    a_publication()
    image = Image.objects.with_file().first()
    image.file.storage.delete(image.file.name)
    call_command("export_site", tmp_path / "out", stdout=io.StringIO())
    assert f"{image.file.name} is not in the media folder" in capsys.readouterr().err
    empty()
    coming.import_site(tmp_path / "out")
    assert Image.objects.get(pk=image.pk).file.name == image.file.name


@pytest.mark.django_db(transaction=True)
def test_an_export_shows_one_moment_whatever_is_written_meanwhile(tmp_path):
    make_post(title="Before")

    seen = []
    original = going.kinds

    def slow(**chosen):
        for kind in original(**chosen):
            yield kind
            if kind.name == "images":
                seen.append(kind.name)
                _elsewhere("UPDATE posts_post SET title = 'After'")

    going.kinds = slow
    try:
        going.export_site(tmp_path / "out")
    finally:
        going.kinds = original
    assert seen
    assert '"title":"Before"' in (tmp_path / "out" / "posts.jsonl").read_text()
    assert Post.objects.get().title == "After"


def _elsewhere(statement):
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(statement)
    finally:
        other.close()
