"""Redirects written by hand: straight, never in a circle, never away from what is there."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from informed_comment import redirects
from informed_comment.models import Redirect
from posts import publishing
from tests.factories import make_post, make_user

ADD = "/admin/informed_comment/redirect/add/"


@pytest.fixture
def editor(client, db):
    client.force_login(make_user(group="Editor"))
    return client


def test_a_redirect_to_an_old_address_leads_straight_to_todays(editor):
    post = make_post()
    redirects.lead("/older/", post.permalink)
    answer = editor.post(ADD, {"path": "/oldest/", "target": "/older/"}, follow=True)
    assert f"/older/ itself leads on to {post.permalink}" in answer.content.decode()
    assert Redirect.objects.get(path="/oldest/").target == post.permalink
    assert editor.get("/oldest/")["Location"] == post.permalink


def test_what_led_to_the_old_address_is_led_along(editor):
    post = make_post()
    redirects.lead("/oldest/", "/gone/")
    editor.post(ADD, {"path": "/gone/", "target": post.permalink})
    assert editor.get("/oldest/")["Location"] == editor.get("/gone/")["Location"] == post.permalink


@pytest.mark.parametrize(("path", "target"), [("/b/", "/a/"), ("/b/", "/a"), ("/b/", "/b/"), ("/c/", "/a/")])
def test_a_circle_is_refused_with_a_sentence(editor, path, target):
    redirects.lead("/a/", "/b/")
    if path == "/c/":
        redirects.lead("/b/", "/c/")
    answer = editor.post(ADD, {"path": path, "target": target})
    assert "readers would go round in a circle" in answer.content.decode()
    assert not Redirect.objects.filter(path=path).exists()


@pytest.mark.parametrize("path", ["", "/", "/search/", "/admin/"])
def test_nobody_is_led_away_from_what_is_there(editor, path):
    path = path or make_post().permalink
    answer = editor.post(ADD, {"path": path, "target": "/elsewhere/"})
    assert "The site itself answers at this address" in answer.content.decode()


@pytest.mark.parametrize(
    "target", ["elsewhere/", "//elsewhere.example/", "https://elsewhere.example/", "/%00/"]
)
def test_a_redirect_off_the_site_is_refused_with_a_sentence(editor, target):
    answer = editor.post(ADD, {"path": "/old/", "target": target})
    assert "it begins with one slash" in answer.content.decode()


def test_a_redirect_is_changed_and_its_old_path_leads_nowhere(editor):
    post = make_post()
    row = Redirect.objects.create(path="/mistyped/", target=post.permalink)
    editor.post(
        f"/admin/informed_comment/redirect/{row.pk}/change/", {"path": "/typed/", "target": post.permalink}
    )
    assert [row.path for row in Redirect.objects.all()] == ["/typed/"]


def test_a_withdrawn_post_may_be_replaced_by_another_and_comes_back_as_itself(editor, client):
    post, other = make_post(), make_post()
    publishing.withdraw(post)
    editor.post(ADD, {"path": post.permalink, "target": other.permalink})
    assert client.get(post.permalink)["Location"] == other.permalink
    publishing.publish(post)
    assert client.get(post.permalink).status_code == 200
    assert not Redirect.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("row", [("/b/", "/c/"), ("/z/", "/a/")])
def test_the_database_itself_refuses_a_chain(row):
    Redirect.objects.create(path="/a/", target="/b/")
    with pytest.raises(IntegrityError, match="would lead on"):
        Redirect.objects.create(path=row[0], target=row[1])


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_make_no_circle():
    """The second waits for the first, then sees it: `/a/` stands for itself again."""
    started, failed = threading.Event(), []

    def second():
        try:
            started.set()
            redirects.lead("/b/", "/a/")
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        redirects.lead("/a/", "/b/")
        thread = threading.Thread(target=second)
        thread.start()
        started.wait(5)
        thread.join(0.3)
        assert thread.is_alive()
    thread.join(5)
    assert not failed
    assert list(Redirect.objects.values_list("path", "target")) == [("/b/", "/a/")]


@pytest.mark.parametrize(("typed", "kept"), [("/caf%C3%A9/", "/café/"), ("/a%00b/", "/ab/")])
def test_an_address_in_percent_signs_is_kept_as_it_reads(editor, typed, kept):
    assert editor.post(ADD, {"path": typed, "target": "/new/"}).status_code == 302
    assert Redirect.objects.get().path == kept
