"""The screens of moving in: files are brought, looked at, imported by the worker, followed and reported."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection

from posts.models import Post
from tests.factories import make_user
from tests.wordpress.moves import MOVES, begun, bring, export, looked, page_of, worked
from tests.wordpress.parts import item, upload
from wordpress.importer import import_files
from wordpress.models import Imported, Move, MoveLine, MovePiece
from wordpress.moving import course

pytestmark = pytest.mark.django_db


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
def test_the_list_tells_an_import_that_is_not_whole(client, tmp_path):
    for name, content in (("whole.xml", export()), ("cut.xml", export()[:-60] + b"<x")):
        (tmp_path / name).write_bytes(content)
        import_files([tmp_path / name])
    page = client.get(MOVES).text
    assert page.count("Imported, but not all of it") == 1
    assert page.index("cut.xml") < page.index("but not all of it") < page.index("whole.xml")


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
def test_an_import_that_waits_for_another_says_so(client):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    for _ in range(2):
        bring(client, export())
    assert "Another import is under way." in client.get(page_of(Move.objects.first())).text


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
