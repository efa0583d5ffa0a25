"""What did not come in as it was: counted, kept beside the post for editors, and gone once they have seen to it."""

import pytest
from django.urls import reverse

from posts.models import Post
from tests.factories import make_post, make_user
from tests.wordpress.parts import item, upload
from wordpress.models import Leftover

pytestmark = pytest.mark.django_db
LIST = "/admin/wordpress/leftover/"
BODY = (
    "Before it all.\n\n[poll id=4]\n\n<!-- wp:acme/map /-->\n\nThen <form action='/x'><input></form>\n\n"
    "[gallery ids='99']\n\n<iframe src='https://maps.example/m'></iframe>"
)


@pytest.fixture
def editor(client):
    client.force_login(make_user(group="Editor"))
    return client


def found():
    return [(one.kind, one.name, one.after) for one in Leftover.objects.filter(done_at=None)]


def page(post):
    return reverse("admin:posts_post_leftovers", args=[post.pk])


def form(post):
    return reverse("admin:posts_post_change", args=[post.pk])


def test_what_nobody_knows_is_kept_with_its_place_and_counted(take):
    report = take(item(body=BODY))
    assert found() == [
        ("shortcode", "poll", "Before it all."),
        ("block", "acme/map", "Before it all."),
        ("element", "form", "Before it all. Then"),
        ("shortcode", "gallery", "Before it all. Then"),
        ("element", "iframe of maps.example", "Before it all. Then"),
    ]
    assert report.notes["shortcode [poll] left as text"] == 1
    assert "[poll id=4]" in Post.objects.get().body


def test_a_second_run_keeps_what_is_seen_to_and_a_changed_text_its_new_leftovers(take):
    take(item(body=BODY))
    assert take(item(body=BODY)).did("unchanged") == 1
    assert len(found()) == 5
    Leftover.objects.filter(name="poll").update(done_at="2026-01-01T00:00Z")
    take(item(body=f"{BODY}\n\n[quiz a=1]"))
    assert [name for _kind, name, _after in found()].count("poll") == 0
    assert "quiz" in [name for _kind, name, _after in found()]


def test_an_editor_sees_them_beside_the_text_until_each_is_seen_to(editor, take):
    take(upload(99), item(body="[poll id=4]\n\nA line between the two, for the place.\n\n[quiz id=5]"))
    post = Post.objects.get()
    shown = editor.get(form(post)).content.decode()
    assert "[poll id=4]" in shown
    assert "Left from the old site" in shown
    first = Leftover.objects.first()
    answer = editor.post(page(post), {"deed": "done", "about": first.pk}, headers={"X-Panel": "1"})
    assert answer.json()["said"] == "Seen to."
    assert "[poll id=4]" not in answer.json()["html"]
    assert Leftover.objects.get(pk=first.pk).done_by is not None
    again = editor.post(page(post), {"deed": "done", "about": first.pk}, headers={"X-Panel": "1"})
    assert again.status_code == 422
    assert "1 seen to." in editor.post(page(post), {"deed": "all_done"}, follow=True).content.decode()
    assert "Left from the old site" not in editor.get(form(post)).content.decode()


def test_one_who_may_only_read_a_post_changes_no_list(client, take):
    take(item(body=BODY))
    client.force_login(make_user(group="Author"))
    assert client.post(page(Post.objects.get()), {"deed": "all_done"}).status_code in (403, 404)
    assert len(found()) == 5


def test_a_post_written_here_has_no_such_panel(editor):
    assert "Left from the old site" not in editor.get(form(make_post())).content.decode()


def test_all_of_them_stand_in_one_list_where_many_are_ticked_off_at_once(
    editor, take, django_assert_max_num_queries
):
    take(item(1, body="[poll id=4]"), item(2, kind="page", slug="about", title="About", body="[quiz id=5]"))
    with django_assert_max_num_queries(24):
        shown = editor.get(LIST).content.decode()
    assert "[poll id=4]" in shown
    assert ">About</a>" in shown
    numbers = list(Leftover.objects.values_list("pk", flat=True))
    editor.post(LIST, {"action": "see_to", "_selected_action": numbers})
    assert not found()
    assert "[poll id=4]" not in editor.get(LIST).content.decode()
    assert "[poll id=4]" in editor.get(f"{LIST}?state=done").content.decode()


def test_the_list_is_for_those_who_edit_texts(client):
    client.force_login(make_user(group="Author"))
    assert client.get(LIST).status_code == 403
