"""“Find”: anything somebody may open, by a few letters of it, and nothing else."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from posts import publishing
from posts.searching import words
from tests.factories import make_author, make_category, make_page, make_post, make_user

pytestmark = pytest.mark.django_db
HITS = "/admin/find/hits/"


def found(client, typed="", *kinds):
    """(kind, label) of what is found, of some kinds or all."""
    hits = client.get(HITS, {"q": typed}).json()["hits"]
    return [(hit["kind"], hit["label"]) for hit in hits if not kinds or hit["kind"] in kinds]


@pytest.fixture
def signed_in(client):
    def sign_in(group):
        user = make_user(group=group)
        client.force_login(user)
        return client, user

    return sign_in


@pytest.fixture
def editor(signed_in):
    return signed_in("Editor")[0]


def test_whatever_bears_a_name_is_found_by_its_beginning(editor):
    make_post(title="Hormuz at dawn", authors=[make_author(name="Horatio Vale")], tags=["Hormuz"])
    make_category("Horn of Africa")
    make_page(title="Horizons")
    hits = found(editor, "hor")
    assert {("Post", "Hormuz at dawn"), ("Author", "Horatio Vale"), ("Tag", "Hormuz")} <= set(hits)
    assert {("Category", "Horn of Africa"), ("Page", "Horizons")} <= set(hits)
    assert hits[-1] == ("Search", "Posts with “hor” anywhere")


def test_screens_and_deeds_are_found_by_any_of_their_words(editor):
    assert ("Deed", "Write a post") in found(editor, "writ")
    assert ("Screen", "Calendar") in found(editor, "cal")
    assert ("Screen", "Tags") in found(editor, "tags")
    assert ("Deed", "Sign out") in found(editor, "log out")
    assert ("Deed", "Add redirect") in found(editor, "add redir")
    assert ("Screen", "Scheduled") in found(editor, "posts sched")


def test_before_a_letter_is_typed_there_are_the_days_deeds(editor):
    assert ("Deed", "Write a post") in found(editor)
    assert not found(editor, "", "Post", "Author", "Search")


def test_a_post_is_found_by_words_of_its_head_while_the_last_is_unfinished(editor):
    make_post(title="The long road", standfirst="Through the refinery at Abadan.")
    make_post(title="Draft of a road", status="draft", published_at=None, standfirst="Refineries of Basra.")
    assert found(editor, "refinery abadan", "Post") == [("Post", "The long road")]
    assert found(editor, "basra refin", "Post") == [("Post", "Draft of a road")]
    assert found(editor, "road refi", "Post") == [("Post", "Draft of a road")]
    words.learn()
    assert found(editor, "road refi", "Post") == [("Post", "Draft of a road"), ("Post", "The long road")]
    assert found(editor, "road xyz", "Post") == []


def test_a_post_is_found_by_its_number_and_its_address(editor):
    post = make_post(title="Wanted")
    make_post(title="Other")
    assert found(editor, str(post.pk), "Post")[0] == ("Post", "Wanted")
    assert found(editor, f"https://example.org{post.permalink}", "Post") == [("Post", "Wanted")]


def test_the_trash_is_not_found(editor):
    publishing.trash(make_post(title="Hormuz at dawn"))
    assert found(editor, "hormuz", "Post") == []


def test_a_scheduled_post_is_found_long_before_its_day(editor):
    make_post(title="To come", standfirst="Hormuz", published_at=timezone.now().replace(year=2090))
    assert found(editor, "hormuz", "Post") == [("Post", "To come")]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "a",
        "hor",
        "sub",
        "users",
        "log",
        "“",
        "(",
        "'; --",
        "!!",
        "-hor",
        "the",
        "%",
        "\\",
        "|&",
        "א",
        "x" * 500,
    ],
)
def test_nobody_finds_what_they_may_not_open(signed_in, typed):
    client, user = signed_in("Author")
    make_post(title="Hormuz of others", authors=[make_author(name="Horatio Vale")])
    make_post(title="Hormuz of mine", created_by=user)
    make_page(title="Horizons")
    hits = client.get(HITS, {"q": typed}).json()["hits"]
    for hit in hits:
        assert hit["is_deed"] or client.get(hit["url"], follow=True).status_code == 200, hit
    assert not [
        hit for hit in hits if hit["label"] in ("Hormuz of others", "Horizons", "Subscribers", "Users")
    ]
    if typed == "hor":
        assert ("Post", "Hormuz of mine") in [(hit["kind"], hit["label"]) for hit in hits]


def test_an_editor_opens_whatever_is_found(editor):
    make_post(title="Hormuz", tags=["Hormuz"], authors=[make_author(name="Hormuz Own")])
    for typed in ("", "hormuz", "add", "p"):
        for hit in editor.get(HITS, {"q": typed}).json()["hits"]:
            assert hit["is_deed"] or editor.get(hit["url"], follow=True).status_code == 200, hit


def test_who_may_write_but_not_see_the_tags_finds_none(client):
    user = make_user()
    user.user_permissions.set(Permission.objects.filter(codename__in=["add_post", "change_post"]))
    make_post(tags=["Hormuz"], authors=[make_author(name="Hormuz Own")])
    client.force_login(user)
    assert found(client, "hormuz", "Tag", "Author") == []
    assert ("Deed", "Write a post") in found(client, "write")


@pytest.mark.parametrize("address", [HITS, "/admin/find/"])
def test_without_a_session_there_is_nothing_to_find(client, address):
    make_post(title="Hormuz")
    assert client.get(address, {"q": "hormuz"}).status_code == 302
    client.force_login(make_user(is_staff=False))
    assert client.get(address, {"q": "hormuz"}).status_code == 302


def test_browsers_without_scripts_find_on_a_page_of_its_own(editor):
    post = make_post(title="Hormuz <b>at dawn")
    page = editor.get("/admin/find/?q=hormuz").content.decode()
    assert f'href="/admin/posts/post/{post.pk}/change/"' in page
    assert "Hormuz &lt;b&gt;at dawn" in page
    assert 'action="/admin/logout/"' in editor.get("/admin/find/?q=sign").content.decode()
    assert "Nothing" not in editor.get("/admin/find/").content.decode()
    assert 'href="/admin/find/"' in editor.get("/admin/").content.decode()


def test_what_is_found_takes_few_queries_however_much_there_is(editor):
    def queries():
        with CaptureQueriesContext(connection) as context:
            editor.get(HITS, {"q": "hormuz"})
        return len(context)

    make_post(title="Hormuz", tags=["Hormuz"], authors=[make_author(name="Hormuz")])
    few = queries()
    for n in range(12):
        make_post(title=f"Hormuz {n}", tags=[f"Hormuz {n}"], authors=[make_author(name=f"Hormuz {n}")])
    assert queries() <= few <= 16
