"""How an editor arranges the front page: by its own screen, and from the form of a post."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from posts.models import FrontSection, FrontSlot
from posts.models.front import MOST_SECTIONS
from tests.factories import make_category, make_post, make_slot, make_user
from tests.posts.test_admin_post import change, form

pytestmark = pytest.mark.django_db
LIST, ADD = "/admin/posts/frontslot/", "/admin/posts/frontslot/add/"


def moment(hours):
    return f"{timezone.localtime() + timedelta(hours=hours):%Y-%m-%dT%H:%M}"


def standing():
    return dict(FrontSlot.objects.running().values_list("place", "post__title"))


@pytest.fixture
def editor(client):
    client.force_login(make_user(group="Editor"))
    return client


# The screen of the front page


def test_an_editor_puts_a_post_in_a_place_and_readers_see_it(editor):
    post = make_post(title="Old and good", published_at=timezone.now() - timedelta(days=900))
    make_post(title="New")
    answer = editor.post(ADD, {"post": post.pk, "place": "lead", "starts_at": "", "ends_at": ""})
    assert answer.status_code == 302, answer.context["errors"]
    assert standing() == {"lead": "Old and good"}
    first = LexborHTMLParser(editor.get("/").content.decode()).css_first("main .card__link")
    assert first.text() == "Old and good"


def test_a_place_that_is_taken_is_refused_with_names_and_cures_and_had_by_making_room(editor):
    make_slot(make_post(title="There already"))
    post = make_post(title="Wants in")
    wish = {"post": post.pk, "place": "lead", "starts_at": "", "ends_at": ""}
    page = editor.post(ADD, wish).content.decode()
    assert "“There already” stands in the place “Lead” since" in page
    assert "Tick “Make room”" in page
    assert standing() == {"lead": "There already"}
    assert editor.post(ADD, wish | {"makes_room": "on"}).status_code == 302
    assert standing() == {"lead": "Wants in"}
    assert FrontSlot.objects.gone().get().post.title == "There already"


def test_an_end_before_the_beginning_is_said_at_its_field(editor):
    wish = {"post": make_post().pk, "place": "lead", "starts_at": moment(3), "ends_at": moment(1)}
    answer = editor.post(ADD, wish)
    assert "ends_at" in answer.context["adminform"].form.errors
    assert not FrontSlot.objects.exists()


def test_a_slot_can_be_changed_without_standing_in_its_own_way(editor):
    slot = make_slot(make_post())
    address = reverse("admin:posts_frontslot_change", args=[slot.pk])
    wish = {"post": slot.post_id, "place": "first", "starts_at": moment(-1), "ends_at": moment(5)}
    assert editor.post(address, wish).status_code == 302
    slot.refresh_from_db()
    assert slot.place == "first"
    assert slot.ends_at > timezone.now()


def test_the_screen_shows_each_place_now_and_to_come_and_who_cannot_be_seen(editor):
    make_slot(make_post(title="Leads now"), ends_in=4)
    make_slot(make_post(title="Taken off", status="withdrawn"), "first")
    make_slot(make_post(title="Leads later"), starts_in=5)
    html = LexborHTMLParser(editor.get(LIST).content.decode())
    lead, first, second, _third = (place.text() for place in html.css(".front-place"))
    assert "Leads now" in lead
    assert "Leads later" in lead
    assert "not before readers (withdrawn): the newest stands in" in first
    assert "The newest post" in second
    assert html.css(".front-place__deed a")[2].attributes["href"].endswith("?place=second")


@pytest.mark.parametrize(
    ("when", "found"), [("now", "Now one"), ("coming", "Later one"), ("gone", "Past one")]
)
def test_the_list_narrows_by_when(editor, when, found):
    make_slot(make_post(title="Past one"), starts_in=-5, ends_in=-4)
    make_slot(make_post(title="Now one"), ends_in=2)
    make_slot(make_post(title="Later one"), starts_in=2)
    html = LexborHTMLParser(editor.get(f"{LIST}?when={when}").content.decode())
    assert [row.text() for row in html.css("#result_list .field-headline")] == [found]


def test_the_front_page_is_no_business_of_authors(client):
    client.force_login(make_user(group="Author"))
    assert client.get(LIST).status_code == 403
    assert client.get("/admin/posts/frontsection/").status_code == 403


# From the form of a post


def shown(client, post):
    """The fields of the form as the browser got them."""
    html = LexborHTMLParser(client.get(change(post)).content.decode())
    found = {}
    for field in html.css("[name*=front_]"):
        if field.tag == "select":
            chosen = field.css_first("option[selected]")
            found[field.attributes["name"]] = chosen.attributes["value"] if chosen else ""
        elif field.attributes.get("type") != "checkbox":
            found[field.attributes["name"]] = field.attributes.get("value") or ""
    return found


def test_a_post_is_put_on_the_front_page_from_its_own_form_and_taken_off_again(editor):
    post = make_post(title="Here")
    fields = shown(editor, post)
    assert editor.post(change(post), form(post, **fields | {"front_place": "second"})).status_code == 302
    assert standing() == {"second": "Here"}
    post.refresh_from_db()
    fields = shown(editor, post)
    assert fields["front_place"] == "second"
    assert "Front page: Second row, second" in editor.get(change(post)).content.decode()
    FrontSlot.objects.update(starts_at=timezone.now() - timedelta(days=1))
    fields = shown(editor, post)
    editor.post(change(post), form(post, **fields | {"front_place": ""}))
    assert standing() == {}
    assert FrontSlot.objects.gone().exists()


def test_a_new_post_can_lead_from_the_hour_it_comes_out(editor):
    make_post(title="Before")
    fields = {"front_place": "lead", "front_from": moment(2), "front_until": moment(9)}
    data = form(title="Comes", body="<p>B</p>", deed="publish", published_at=moment(2), **fields)
    assert editor.post("/admin/posts/post/add/", data).status_code == 302
    slot = FrontSlot.objects.get()
    assert (slot.post.title, slot.place, slot.is_coming) == ("Comes", "lead", True)
    assert slot.ends_at > slot.starts_at > timezone.now()
    assert not slot.waits_for_its_post
    assert "Front page from" in editor.get(change(slot.post)).content.decode()


def test_a_place_taken_is_said_at_its_field_and_nothing_of_the_post_is_lost_or_saved(editor):
    make_slot(make_post(title="There already"))
    post = make_post()
    data = form(post, body="<p>My sentence.</p>", front_place="lead")
    page = editor.post(change(post), data).content.decode()
    assert "“There already” stands in the place “Lead”" in page
    assert "My sentence." in page
    post.refresh_from_db()
    assert post.version == 1
    assert editor.post(change(post), data | {"front_makes_room": "on"}).status_code == 302
    assert standing() == {"lead": post.title}


def test_an_end_before_the_beginning_is_said_in_the_form_of_the_post(editor):
    post = make_post()
    data = form(post, front_place="lead", front_from=moment(3), front_until=moment(1))
    assert "front_until" in editor.post(change(post), data).context["adminform"].form.errors


def test_saving_a_post_leaves_its_slot_as_another_editor_has_made_it_meanwhile(editor):
    post = make_post(title="Mine")
    fields = shown(editor, post)
    assert fields["front_place"] == ""
    make_slot(post, "lead")
    editor.post(change(post), form(post, body="<p>More.</p>", **fields))
    assert standing() == {"lead": "Mine"}
    post.refresh_from_db()
    editor.post(change(post), form(post, body="<p>Even more.</p>"))
    assert standing() == {"lead": "Mine"}, "a form without these fields"


def test_an_author_cannot_reach_the_front_page_through_the_form(client):
    user = make_user(group="Author")
    client.force_login(user)
    data = form(title="T", body="<p>B</p>", front_place="lead")
    assert client.post("/admin/posts/post/add/", data).status_code == 302
    assert not FrontSlot.objects.exists()
    assert "front_place" not in client.get("/admin/posts/post/add/").content.decode()


def test_the_list_of_posts_marks_what_stands_on_the_front_page(editor):
    make_slot(make_post(title="Starred"))
    make_slot(make_post(title="No longer"), starts_in=-5, ends_in=-3)
    html = LexborHTMLParser(editor.get("/admin/posts/post/").content.decode())
    starred = [row.text() for row in html.css(".field-headline") if row.css_first(".star")]
    assert starred == ["★ Starred"]


# Sections


def test_a_new_section_stands_last_and_a_ninth_is_refused(editor):
    for n in range(MOST_SECTIONS):
        answer = editor.post("/admin/posts/frontsection/add/", {"category": make_category(f"S{n}").pk})
        assert answer.status_code == 302
    names = list(FrontSection.objects.values_list("category__name", flat=True))
    assert names == [f"S{n}" for n in range(MOST_SECTIONS)]
    page = editor.post("/admin/posts/frontsection/add/", {"category": make_category("Ninth").pk})
    assert "Take one off before you add another" in page.content.decode()
    assert FrontSection.objects.count() == MOST_SECTIONS
