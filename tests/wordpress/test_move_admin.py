"""The screens of moving in: files are brought, looked at, imported by the worker, followed and reported."""

import gzip
import io
import json
import zipfile

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile

from posts.models import Post
from tests.factories import make_user
from tests.wordpress.parts import HEAD, item, upload
from wordpress import tasks
from wordpress.models import Imported, Move, MoveLine, MovePiece
from wordpress.moving import arriving, clearing, course
from wordpress.reading import containers

pytestmark = pytest.mark.django_db
MOVES = "/admin/wordpress/move/"
FOOT = "</channel></rss>"
LONG = f"<!--{'word ' * 1_200_000}-->"


@pytest.fixture
def chief(client):
    user = make_user(group="Administrator", username="ada")
    client.force_login(user)
    return user


@pytest.fixture
def lying(settings, tmp_path):
    settings.IMPORTS_DIR = tmp_path / "imports"
    settings.IMPORTS_DIR.mkdir()
    return settings.IMPORTS_DIR


def export(*parts):
    return (HEAD + "".join(parts or [item(1, body="Hello")]) + FOOT).encode()


def bring(client, content, name="old.xml", **data):
    files = {"files": SimpleUploadedFile(name, content)} if content is not None else {}
    return client.post(f"{MOVES}add/", files | data, follow=True)


def page_of(move, rest="change/"):
    return f"{MOVES}{move.pk}/{rest}"


def looked(client, *parts, **data):
    bring(client, export(*parts), **data)
    return worked(Move.objects.first())


def worked(move):
    tasks.move(move.pk)
    move.refresh_from_db()
    return move


def begun(client, move):
    return client.post(page_of(move, "start/"), follow=True)


@pytest.mark.usefixtures("chief")
def test_a_site_is_brought_looked_at_begun_and_reported(client):
    assert "What to bring" in client.get(MOVES).text
    page = bring(
        client, export(item(1), item(2, kind="page", slug="about"), item(3, status="draft", slug="d"))
    )
    assert "Being looked at" in page.text
    assert "data-following" in page.text

    move = worked(Move.objects.get())
    page = client.get(page_of(move)).text
    assert "<strong>2 posts, 1 page</strong> would come in. Nothing is imported yet." in page
    assert "Will come in" in page
    assert not Post.objects.exists()

    page = client.get(page_of(move, "start/")).text
    assert "<strong>2 posts, 1 page</strong> will come in from old.xml." in page
    assert "2 of them are public at once" in page
    assert "Being imported" in begun(client, move).text

    move = worked(move)
    page = client.get(page_of(move)).text
    assert "<strong>2 posts, 1 page</strong> came in, and every file was read to its end." in page
    assert "The posts that came in" in page
    assert Post.objects.count() == 2
    assert (move.created_by, move.begun_by) == ("ada", "ada")
    listed = client.get(MOVES).text
    for said in ("old.xml", "Imported", "2 posts, 1 page", "ada"):
        assert said in listed
    said = LogEntry.objects.order_by("id").values_list("change_message", flat=True)
    assert list(said) == ["Brought old.xml.", "Began to import."]


@pytest.mark.usefixtures("chief")
def test_two_who_begin_the_same_import_begin_it_once(client):
    move = looked(client)
    begun(client, move)
    page = begun(client, move)
    assert "The import is being imported; nothing was done." in page.text
    assert LogEntry.objects.filter(change_message="Began to import.").count() == 1
    assert "found nothing to import" in client.get(page_of(move, "start/"), follow=True).text


@pytest.mark.usefixtures("chief")
def test_an_import_is_stopped_gone_on_with_imported_again_and_forgotten(client):
    move = looked(client)
    begun(client, move)
    page = client.post(page_of(move), {"do": "stop"}, follow=True).text
    assert "Stopped" in page
    assert "Go on" in page
    client.post(page_of(move), {"do": "resume"})
    assert worked(move).state == "done"
    client.post(page_of(move), {"do": "again"})
    assert worked(move).report["items"] == [["post/publish", "unchanged", 1]]
    page = client.post(page_of(move), {"do": "stop"}, follow=True)
    assert "nothing was done" in page.text
    page = client.post(page_of(move), {"do": "drop"}, follow=True)
    assert "What came in by it stays." in page.text
    assert (Move.objects.count(), MovePiece.objects.count(), Post.objects.count()) == (0, 0, 1)


@pytest.mark.usefixtures("chief")
def test_what_a_plugin_added_is_named_and_taken_as_chosen(client):
    parts = [item(1), item(2, kind="film", slug="film"), item(3, kind="nav_menu_item", slug="menu")]
    move = looked(client, *parts)
    page = client.get(page_of(move)).text
    assert 'name="option-type-film"' in page
    assert "option-type-nav_menu_item" not in page
    client.post(page_of(move), {"do": "look", "option-type-film": "post"})
    page = client.get(page_of(worked(move))).text
    assert "<strong>2 posts</strong> would come in" in page
    assert "taken as posts" in page


# What is brought


def in_a_zip(name, content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.usefixtures("chief")
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (None, "Choose a file first."),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 300, "Export it again in the old system"),
        (b"<html><body>Log in</body></html>", "Export it again in the old system"),
        (b'<?xml version="1.0"?><feed xmlns="x"><odd/></feed>', "Export it again in the old system"),
        (b"PK\x03\x04 broken", "Export it again in the old system"),
        (in_a_zip("readme.txt", b"Nothing"), "Export it again in the old system"),
    ],
)
def test_a_wrong_file_is_refused_with_the_cure_and_nothing_is_kept(client, content, said):
    page = bring(client, content)
    assert said in page.text
    assert not Move.objects.exists()
    assert not MovePiece.objects.exists()


@pytest.mark.usefixtures("chief")
def test_a_file_that_swells_out_of_all_proportion_is_told_of(client, monkeypatch):
    monkeypatch.setattr(containers, "ALWAYS_ALLOWED", 1024 * 1024)
    filler = b"<!--" + b"0" * (4 * 1024 * 1024) + b"-->"
    bomb = gzip.compress(HEAD.encode() + filler + FOOT.encode(), 9)
    page = bring(client, bomb, "bomb.xml.gz")
    move = Move.objects.first()
    said = page.text if move is None else client.get(page_of(worked(move))).text
    assert "swells out of all proportion" in said
    assert "Import this…" not in said
    assert not Post.objects.exists()


@pytest.mark.usefixtures("chief")
def test_too_large_a_file_is_refused(client, settings):
    settings.MOVE_FILE_MAX_BYTES = 1024 * 1024
    assert "larger than 1 MB" in bring(client, export(item(1, body="x" * 1_100_000))).text
    assert not MovePiece.objects.exists()


@pytest.mark.usefixtures("chief")
def test_only_what_lies_in_the_folder_for_imports_is_offered(client, lying, tmp_path):
    (lying / "whole.xml").write_bytes(export())
    (lying / "wp-content" / "uploads" / "2010" / "05").mkdir(parents=True)
    (tmp_path / "secret.xml").write_bytes(export())
    (lying / "out.xml").symlink_to(tmp_path / "secret.xml")
    page = client.get(f"{MOVES}add/").text
    assert "whole.xml" in page
    assert "wp-content/uploads" in page
    assert "out.xml" not in page
    for name in ("../secret.xml", str(tmp_path / "secret.xml"), "out.xml", "whole.xml/.."):
        assert "is not there any more" in bring(client, None, here=[name]).text
    assert not Move.objects.exists()
    data = {"here": ["whole.xml"], "option-folder": "wp-content/uploads"}
    assert "wp-content/uploads" in bring(client, None, **data).text
    assert worked(Move.objects.get()).foretold["items"] == [["post/publish", "new", 1]]


# In parts


def send(client, content, *, name="old.xml", skip=()):
    listed = json.dumps([{"name": name, "size": len(content)}])
    way = client.post(f"{MOVES}arrive/", {"list": listed}).json()
    for at in range(0, len(content), way["size"]):
        if at not in skip:
            body = content[at : at + way["size"]]
            answer = client.post(f"{way['parts']}0/{at}/", body, content_type="application/octet-stream")
            assert answer.status_code == 200, answer.json()
    return way


@pytest.mark.usefixtures("chief")
def test_a_file_arrives_in_parts_some_of_them_twice(client):
    content = export(LONG, item(1))
    way = send(client, content)
    part = content[: way["size"]]
    client.post(f"{way['parts']}0/0/", part, content_type="application/octet-stream")
    assert "On its way here" in client.get(MOVES).text
    answer = client.post(way["end"]).json()
    assert answer["page"] == page_of(Move.objects.get())
    assert worked(Move.objects.get()).foretold["items"] == [["post/publish", "new", 1]]


@pytest.mark.usefixtures("chief")
@pytest.mark.parametrize(
    ("content", "skip", "said"),
    [("whole", [0], "has not come whole"), (b"nothing of the kind", [], "Export it again")],
)
def test_a_file_that_came_in_part_or_is_of_another_kind_leaves_nothing(client, content, skip, said):
    way = send(client, export(LONG, item(1)) if content == "whole" else content, skip=skip)
    answer = client.post(way["end"])
    assert answer.status_code == 400
    assert said in answer.json()["refusal"]
    assert not Move.objects.exists()
    late = client.post(f"{way['parts']}0/0/", b"x", content_type="a/b")
    assert "no longer under way" in late.json()["refusal"]


@pytest.mark.usefixtures("chief")
@pytest.mark.parametrize(
    "listed", ["", "[]", "{}", '[{"name": "a"}]', '[{"name": "a", "size": 0}]', "[1]", "null"]
)
def test_a_list_of_files_that_is_none_is_refused(client, listed):
    answer = client.post(f"{MOVES}arrive/", {"list": listed})
    assert answer.status_code == 400
    assert answer.json()["refusal"]


@pytest.mark.usefixtures("chief")
def test_parts_that_do_not_fit_are_refused(client):
    way = client.post(f"{MOVES}arrive/", {"list": '[{"name": "a.xml", "size": 2000000}]'}).json()
    for place, size in [("0/1", 10), ("0/0", 10), ("1/0", 10), ("0/1048576", 1_048_576), ("0/0", 0)]:
        answer = client.post(f"{way['parts']}{place}/", b"x" * size, content_type="a/b")
        assert answer.status_code == 400
    client.force_login(make_user(group="Administrator"))
    answer = client.post(f"{way['parts']}0/0/", b"x" * 1_048_576, content_type="a/b")
    assert answer.status_code == 400
    assert not MovePiece.objects.exists()


def test_uploads_that_were_given_up_and_files_of_old_imports_are_cleared(client, chief, settings):
    settings.IMPORTS_KEPT_DAYS = -1
    move = looked(client)
    begun(client, move)
    worked(move)
    arriving.begin([("a.xml", 9)], options=course.Options(), by="ada")
    clearing.clear()
    assert Move.objects.filter(state="arriving").exists()
    assert not MovePiece.objects.exists()
    assert "Import it again" not in client.get(page_of(move)).text
    clearing.SENDING = -clearing.SENDING
    clearing.clear()
    clearing.SENDING = -clearing.SENDING
    assert not Move.objects.filter(state="arriving").exists()


# The report


@pytest.mark.usefixtures("chief")
def test_every_line_of_a_report_can_be_read_and_taken_out(client):
    address = "https://old.example/wp-content/uploads/2010/05/{}.jpg"
    move = looked(client, item(1), *(upload(n, url=address.format(f"={n}")) for n in range(100, 220)))
    page = client.get(page_of(move)).text
    assert "All 120" in page
    first = client.get(page_of(move, "foretold/missing/"))
    assert first.text.count(".jpg") == 100
    second = client.get(page_of(move, "foretold/missing/") + "?p=" + first.context["after"])
    assert second.text.count(".jpg") == 20
    MoveLine.objects.filter(pk=MoveLine.objects.filter(kind="missing").first().pk).update(message="=1+1")
    rows = client.get(page_of(move, "foretold/missing/csv/")).getvalue().decode().splitlines()
    assert rows[0] == "file,line,column,times,what"
    assert len(rows) == 121
    assert rows[1] == ",,,1,'=1+1"
    for rest in ("foretold/nonsense/", "else/missing/", "else/missing/csv/"):
        assert client.get(page_of(move, rest)).status_code == 404


@pytest.mark.usefixtures("chief")
def test_hostile_words_of_an_export_are_shown_as_text(client):
    evil = "<script>alert(1)</script>"
    move = looked(client, item(1), item(2, kind="x&lt;script&gt;alert(1)&lt;/script&gt;", slug="x"))
    MoveLine.objects.create(move=move, is_foretold=True, kind="odd", message=evil, file=evil, line=3)
    for rest in ("change/", "start/", "foretold/odd/"):
        page = client.get(page_of(move, rest)).text
        assert evil not in page


# Following


@pytest.mark.usefixtures("chief")
def test_progress_is_told_and_a_missing_worker_too(client):
    bring(client, export())
    move = Move.objects.get()
    now = client.get(page_of(move, "now/")).json()
    assert now["state"] == "looking"
    assert "no worker is running" in now["trouble"]
    assert "no worker is running" in client.get(page_of(move)).text
    values = {"state": "running", "phase": "texts", "done": 300, "total": 1200, "rate": 10}
    Move.objects.update(begun_at=move.created_at, beat_at=course.timezone.now(), **values)
    now = client.get(page_of(move, "now/")).json()
    assert (now["count"], now["left"], now["trouble"]) == (
        "300 of 1,200",
        "10 a second, about 2 minutes left",
        "",
    )
    assert "300 of 1,200" in client.get("/admin/").text


@pytest.mark.usefixtures("chief")
def test_a_failure_says_why_and_can_be_gone_on_with(client):
    move = looked(client)
    Move.objects.update(state="failed", problem="The disk is full. Make room.", begun_at=move.created_at)
    page = client.get(page_of(move)).text
    assert "The disk is full. Make room." in page
    assert "Go on" in page


# Who may


@pytest.mark.parametrize(("group", "code"), [("Administrator", 200), ("Editor", 403), ("Author", 403)])
def test_moving_in_is_the_administrators_affair(client, chief, group, code):
    move = looked(client)
    client.force_login(make_user(group=group))
    lists = (
        "",
        "add/",
        f"{move.pk}/change/",
        f"{move.pk}/now/",
        f"{move.pk}/start/",
        f"{move.pk}/foretold/odd/",
    )
    for rest in (*lists, f"{move.pk}/foretold/odd/csv/"):
        assert client.get(MOVES + rest).status_code == code, rest
    assert client.get("/admin/wordpress/imported/").status_code == code
    for rest in ("arrive/", f"{move.pk}/arrived/", f"{move.pk}/arrive/0/0/"):
        assert client.post(MOVES + rest).status_code == (400 if code == 200 else code)
    assert (MOVES in client.get("/admin/").text) == (code == 200)
    assert ("Move in" in client.get("/admin/find/?q=move").text) == (code == 200)


def test_beginning_and_forgetting_take_permissions_of_their_own(client, chief):
    move = looked(client)
    user = make_user()
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_move", "change_move"]))
    client.force_login(user)
    page = client.get(page_of(move)).text
    assert "Import this…" not in page
    assert "Forget this import" not in page
    assert begun(client, move).status_code == 403
    for do in ("drop", "again"):
        assert client.post(page_of(move), {"do": do}).status_code == 403
    assert client.get(f"{MOVES}x/change/").status_code == 404
    assert client.post(page_of(move, "delete/"), {"post": "yes"}).status_code == 403


@pytest.mark.usefixtures("chief")
@pytest.mark.parametrize("step", ["received", "looked", "running", "done"])
def test_no_page_of_moving_in_takes_more_than_24_queries(client, django_assert_max_num_queries, step):
    parts = [item(n, slug=f"s{n}") for n in range(1, 9)] + [upload(n) for n in range(20, 30)]
    bring(client, export(*parts))
    move = Move.objects.first()
    if step != "received":
        worked(move)
    if step in ("running", "done"):
        begun(client, move)
    if step == "done":
        worked(move)
    which = "report" if step == "done" else "foretold"
    for rest in ("change/", "start/", f"{which}/missing/", "now/"):
        with django_assert_max_num_queries(24):
            assert client.get(page_of(move, rest)).status_code in (200, 302)
    for path in (MOVES, f"{MOVES}add/", "/admin/wordpress/imported/?kind__exact=post", "/admin/"):
        with django_assert_max_num_queries(24):
            assert client.get(path).status_code == 200


@pytest.mark.usefixtures("chief")
def test_what_came_in_is_listed_with_the_way_to_it(client):
    begun(client, move := looked(client, item(7, title="A bridge")))
    worked(move)
    page = client.get("/admin/wordpress/imported/?kind__exact=post&source=old.example").text
    post = Post.objects.get()
    assert f'/admin/posts/post/{post.pk}/change/">A bridge</a>' in page
    Post.objects.all().delete()
    assert "deleted here" in client.get("/admin/wordpress/imported/").text
    assert Imported.objects.filter(kind="post").count() == 1


def test_the_first_line_of_a_text_becomes_the_byline_where_that_is_chosen(client, chief):
    move = looked(client, item(1, body="By Ann Bee |\n\nText"), **{"option-signs_from_text": "on"})
    page = client.get(page_of(move)).text
    assert move.options["signs_from_text"] is True
    assert "1</span> first line “By …” made the byline" in page
    assert "1</span> byline taken out of the text" in page


# Files that are missing


@pytest.mark.usefixtures("chief")
def test_missing_files_are_named_and_fetched_from_the_hosts_ticked(client):
    page = client.get(f"{MOVES}files/").text
    assert "No file is missing." in page
    url = "https://pictures.example/wp-content/uploads/2010/05/{}.jpg"
    begun(
        client,
        move := looked(
            client, item(1), upload(8, url=url.format("bridge")), upload(9, url=url.format("sea"))
        ),
    )
    worked(move)
    assert "Fetch the files that are missing" in client.get(page_of(move)).text
    page = client.get(f"{MOVES}files/").text
    assert "pictures.example (2 files)" in page
    assert "not asked for yet" in page
    rows = client.get(f"{MOVES}files/csv/").getvalue().decode().splitlines()
    assert rows[0] == "address,used in,reason,asked at"
    assert len(rows) == 3
    for chosen, said in [([], "Tick the hosts"), (["else.example"], "holds none of the files")]:
        assert said in client.post(f"{MOVES}files/", {"hosts": chosen}).text
    assert client.get(f"{MOVES}files/now/").json()["state"] == "idle"
    page = client.post(f"{MOVES}files/", {"hosts": ["pictures.example"]}, follow=True).text
    assert "2 still missing" in page
    assert "data-following" in page
    page = client.post(f"{MOVES}files/", {"hosts": ["pictures.example"]}, follow=True).text
    assert "nothing was begun again" in page
    assert client.get(f"{MOVES}files/now/").json()["state"] == "running"


@pytest.mark.parametrize(("group", "code"), [("Administrator", 200), ("Editor", 403), ("Author", 403)])
def test_fetching_is_the_administrators_affair(client, group, code):
    client.force_login(make_user(group=group))
    for rest in ("files/", "files/now/", "files/csv/"):
        assert client.get(MOVES + rest).status_code == code
    assert client.post(f"{MOVES}files/").status_code == code
