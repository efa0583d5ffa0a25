"""The bar for staff: what it leads to for whom, and that no reader ever meets it."""

import pytest
from django.test import Client
from selectolax.lexbor import LexborHTMLParser

from informed_comment import staff
from informed_comment.models import StaffSession
from posts.models import Tag
from tests.factories import make_author, make_category, make_page, make_post, make_user

pytestmark = pytest.mark.django_db
STAFF_LABELS = ["Newsroom", "New post", "Drafts", "In review"]


@pytest.fixture
def editor(client):
    user = make_user(group="Editor", first_name="Salma")
    client.force_login(user)
    return user


def links(client, address):
    """Label → address of the bar's links; None when there is no bar."""
    html = LexborHTMLParser(client.get(address).content.decode())
    bar = html.css_first(".staff-bar")
    return bar and {link.text(): link.attributes["href"] for link in bar.css("a")}


def subjects():
    """A row of each kind that has a page of its own."""
    section, author = make_category("Iran"), make_author()
    post = make_post(authors=[author], categories=[section], tags=["oil"])
    return {
        "post": post,
        "category": section,
        "author": author,
        "tag": Tag.objects.get(name="oil"),
        "page": make_page(),
    }


@pytest.mark.parametrize("kind", ["post", "category", "author", "tag", "page"])
def test_an_editor_is_led_from_a_page_to_its_form(client, editor, kind):
    subject = subjects()[kind]
    found = links(client, subject.get_absolute_url())
    form = found[f"Edit this {kind}"]
    assert str(subject.pk) in form
    assert client.get(form).status_code == 200
    numbers = ["Statistics"] * (kind != "page")
    assert list(found) == ["Newsroom", f"Edit this {kind}", *numbers, *STAFF_LABELS[1:]]


@pytest.mark.parametrize("address", ["/", "/archives/", "/popular/?window=day", "/search/?q=oil"])
def test_a_page_of_nothing_in_particular_has_the_way_to_the_newsroom(client, editor, address):
    make_post()
    found = links(client, address)
    assert list(found) == STAFF_LABELS
    assert all(client.get(url).status_code == 200 for url in found.values())


def test_the_bar_offers_only_what_the_user_may_do(client):
    client.force_login(make_user(group="Author"))
    page = subjects()["post"].permalink
    assert list(links(client, page)) == ["Newsroom", "New post", "Drafts"]
    client.force_login(make_user())
    assert list(links(client, page)) == ["Newsroom"]


def test_a_posts_statistics_are_led_to_for_whoever_may_see_them(client):
    user = make_user(group="Author")
    own, foreign = make_post(created_by=user), make_post()
    client.force_login(user)
    assert client.get(links(client, own.permalink)["Statistics"]).status_code == 200
    assert "Statistics" not in links(client, foreign.permalink)


def test_a_sections_statistics_are_led_to_for_editors_and_an_author_pages_for_its_own_author(client):
    user = make_user(group="Author")
    own, section = make_author(user=user), make_category("Iran")
    make_post(authors=[own, make_author()], categories=[section])
    client.force_login(user)
    assert client.get(links(client, own.get_absolute_url())["Statistics"]).status_code == 200
    assert "Statistics" not in links(client, section.get_absolute_url())
    client.force_login(make_user(group="Editor"))
    assert client.get(links(client, section.get_absolute_url())["Statistics"]).status_code == 200


def test_the_bar_says_how_the_post_stands_and_whose_session_it_is(client, editor):
    html = LexborHTMLParser(client.get(make_post().permalink).content.decode())
    assert html.css_first(".staff-bar__status").text() == "Published"
    assert html.css_first(".staff-bar__name").text() == "Salma"
    assert not LexborHTMLParser(client.get("/").content.decode()).css_first(".staff-bar__status")


def test_signing_out_takes_a_post_with_a_token_and_leads_back_to_the_page(editor):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(editor)
    post = make_post()
    html = LexborHTMLParser(browser.get(post.permalink).content.decode())
    form = html.css_first(".staff-bar form")
    fields = {field.attributes["name"]: field.attributes["value"] for field in form.css("input")}
    assert form.attributes["method"] == "post"
    assert browser.get(form.attributes["action"]).status_code == 405
    assert browser.post(form.attributes["action"], {}).status_code == 403
    left = browser.post(form.attributes["action"], fields)
    assert (left.status_code, left["Location"]) == (302, post.permalink)
    assert links(browser, post.permalink) is None


def test_a_page_fetched_by_staff_never_reaches_a_reader(client, editor):
    post = make_post()
    reader, later = Client(), Client()
    before = reader.get(post.permalink)
    for_staff = client.get(post.permalink)
    after = later.get(post.permalink)
    assert b"staff-bar" in for_staff.content
    assert for_staff["Cache-Control"] == "private, no-store"
    assert "ETag" not in for_staff
    assert before.content == after.content
    assert before["ETag"] == after["ETag"]
    for trace in (b"staff", b"Salma", b"csrf", b"/admin/"):
        assert trace not in after.content
    assert not after.cookies


def test_the_first_to_open_a_page_may_be_staff(client, editor):
    post = make_post()
    assert b"staff-bar" in client.get(post.permalink).content
    answer = Client().get(post.permalink)
    assert b"staff-bar" not in answer.content
    assert "public" in answer["Cache-Control"]


@pytest.mark.parametrize("key", ["k" * 32, "", "anything", "%00", '"\\000"', "k" * 5000, "' OR 1=1"])
def test_a_stale_or_made_up_session_shows_no_bar_and_harms_nothing(client, settings, key):
    post = make_post()
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    answer = client.get(post.permalink)
    assert answer.status_code == 200
    assert b"staff-bar" not in answer.content


def test_what_can_be_no_session_gets_the_readers_page_without_asking(
    client, settings, django_assert_num_queries
):
    post = make_post()
    page = Client().get(post.permalink)
    client.cookies[settings.SESSION_COOKIE_NAME] = "anything"
    with django_assert_num_queries(1):
        assert client.get(post.permalink).content == page.content


def test_a_session_whose_user_is_gone_or_no_longer_staff_shows_no_bar(client, editor):
    post = make_post()
    editor.is_staff = False
    editor.save()
    assert links(client, post.permalink) is None
    StaffSession.objects.all().delete()
    assert links(client, post.permalink) is None


def test_a_page_that_is_not_there_has_no_bar_since_caches_may_keep_it(client, editor):
    answer = client.get("/category/nowhere/")
    assert answer.status_code == 404
    assert b"staff-bar" not in answer.content


def test_a_row_without_a_screen_is_led_nowhere(rf, editor):
    request = rf.get("/")
    request.user, request.is_kept_from_caches = editor, True
    assert [link.label for link in staff.bar_of(request, object()).links] == STAFF_LABELS
    assert staff.bar_of(rf.get("/")) is None
