"""The front page: what stands in its places and sections, and that nothing stands twice or is left out."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from informed_comment import editions
from informed_comment.caching import shelf
from posts import front
from posts.models import FrontSection, FrontSlot, Post
from tests.factories import make_category, make_post, make_slot

pytestmark = pytest.mark.django_db
PLACES = FrontSlot.Place.values


def published(count, **fields):
    """Posts, newest first."""
    now = timezone.now()
    return [make_post(authors=0, published_at=now - timedelta(hours=n + 1), **fields) for n in range(count)]


def opened(client, address="/"):
    shelf.empty(None)
    answer = client.get(address)
    assert answer.status_code == 200, address
    return LexborHTMLParser(answer.content.decode())


def addresses(html, pattern="main .card__link"):
    return [link.attributes["href"] for link in html.css(pattern)]


def links(posts):
    return [post.permalink for post in posts]


def in_sections(html):
    return {
        section.css_first("h2").text(): addresses(section, ".headline__link")
        for section in html.css("main .section")
    }


# Places


def test_posts_stand_where_an_editor_put_them_and_the_newest_elsewhere(client):
    posts = published(12)
    make_slot(posts[11], "lead")
    make_slot(posts[5], "second")
    shown = addresses(opened(client))
    rest = [post for post in posts if post not in (posts[11], posts[5])]
    assert shown == links([posts[11], rest[0], posts[5], *rest[1:8]])
    assert addresses(opened(client, "/page/2/")) == links(rest[8:])


@pytest.mark.parametrize("state", ["withdrawn", "draft", "scheduled"])
def test_where_a_post_is_not_before_readers_the_newest_stands_in(client, state):
    posts = published(3)
    put = make_post(title="Put there")
    make_slot(put, "lead")
    assert addresses(opened(client))[0] == put.permalink
    later = timezone.now() + timedelta(days=1)
    Post.objects.filter(pk=put.pk).update(
        **{"published_at": later} if state == "scheduled" else {"status": state}
    )
    assert addresses(opened(client)) == links(posts)


def test_a_post_comes_and_goes_at_its_hour_with_no_deed(client):
    first, second = published(2)
    make_slot(second, "lead", starts_in=2, ends_in=4)
    for hours, leads in [(1, first), (3, second), (5, first)]:
        with time_machine.travel(timezone.now() + timedelta(hours=hours)):
            editions.forget()
            assert addresses(opened(client))[0] == leads.permalink, hours


def test_the_edition_follows_the_beginning_and_the_end_of_a_slot():
    """The label names the newest moment already past, and a slot's moments are among them."""
    make_post(published_at=timezone.now() - timedelta(days=30))
    slot = make_slot(Post.objects.get(), starts_in=-3, ends_in=-1)
    assert float(editions.current().split(".", 1)[1]) == slot.ends_at.timestamp()
    FrontSlot.objects.update(ends_at=None)
    assert float(editions.current().split(".", 1)[1]) == slot.starts_at.timestamp()


def test_one_place_holds_one_post_at_a_time():
    first, second = published(2)
    make_slot(first, "lead", ends_in=2)
    with pytest.raises(IntegrityError, match="front_place_holds_one_post"), transaction.atomic():
        make_slot(second, "lead", starts_in=1)
    make_slot(second, "lead", starts_in=2)
    assert FrontSlot.objects.count() == 2


def test_one_post_stands_in_one_place_at_a_time():
    post = make_post()
    make_slot(post, "lead")
    with pytest.raises(IntegrityError, match="post_stands_in_one_front_place"), transaction.atomic():
        make_slot(post, "first")


def test_a_slot_ends_after_it_begins():
    with pytest.raises(IntegrityError, match="front_slot_ends_after"), transaction.atomic():
        make_slot(make_post(), starts_in=2, ends_in=1)


def test_what_stands_in_the_way_is_named_with_the_cures():
    first, second = published(2)
    make_slot(first, "lead")
    with pytest.raises(
        front.PlaceIsTaken, match=f"“{first.title}” stands in the place “Lead” since .*“Make room” to end"
    ):
        front.put(FrontSlot(post=second, place="lead"))
    make_slot(second, "third", starts_in=4, ends_in=5)
    with pytest.raises(
        front.PlaceIsTaken, match="This post is to stand in the place “Second row, third” from"
    ):
        front.put(FrontSlot(post=second, place="first"), makes_room=True)


def test_making_room_ends_what_stood_there_and_the_post_elsewhere():
    first, second = published(2)
    there, elsewhere = make_slot(first, "lead"), make_slot(second, "third")
    slot = FrontSlot(post=second, place="lead")
    front.put(slot, makes_room=True)
    there.refresh_from_db()
    elsewhere.refresh_from_db()
    assert there.ends_at == elsewhere.ends_at == slot.starts_at
    again = FrontSlot(post=first, place="lead", starts_at=slot.starts_at)
    front.put(again, makes_room=True)
    assert list(FrontSlot.objects.running()) == [again], "what began at the same minute never stood there"


def test_a_post_taken_off_ends_now_and_one_still_to_come_is_forgotten():
    first, second = published(2)
    running, coming = make_slot(first), make_slot(second, "first", starts_in=1)
    front.take_off(running)
    front.take_off(coming)
    assert list(FrontSlot.objects.gone()) == [running] == list(FrontSlot.objects.all())


def test_a_slot_that_changes_puts_out_an_edition():
    slot = make_slot(make_post())
    before = editions.current()
    slot.delete()
    assert editions.current() != before


# Never twice, nothing left out


STATES = st.lists(st.sampled_from("ppppppppwds"), max_size=34)
SLOTS = st.dictionaries(st.sampled_from(PLACES), st.integers(0, 33), max_size=4)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(states=STATES, slots=SLOTS)
def test_the_pages_together_hold_every_post_once_ten_on_each(client, states, slots):
    """Posts published, withdrawn, begun or still to come, some at one moment, and slots for some of them."""
    with transaction.atomic():
        now = timezone.now()
        kinds = {"p": "published", "w": "withdrawn", "d": "draft", "s": "published"}
        posts = [
            make_post(
                authors=0,
                status=kinds[state],
                published_at=now + timedelta(days=1) if state == "s" else now - timedelta(hours=1 + n // 3),
            )
            for n, state in enumerate(states)
        ]
        chosen = {number: place for place, number in slots.items() if number < len(posts)}
        for number, place in chosen.items():
            make_slot(posts[number], place)
        pages = read_on(client)
        public = set(Post.objects.published().values_list("permalink", flat=True))
        leads = [posts[n].permalink for n, place in chosen.items() if place == "lead" and states[n] == "p"]
        transaction.set_rollback(True)
    seen = [address for page in pages for address in page]
    assert sorted(seen) == sorted(public)
    assert all(len(page) == 10 for page in pages[:-1])
    assert seen[: len(leads)] == leads


def read_on(client):
    """The addresses on each page, from the first by the links to older posts."""
    pages, address = [], "/"
    while address:
        html = opened(client, address)
        pages.append(addresses(html))
        older = html.css_first("[rel=next]")
        address = older.attributes["href"] if older else ""
    return pages


# Sections


def section(name, position, **fields):
    category = make_category(name, **fields)
    FrontSection.objects.create(category=category, position=position)
    return category


def test_a_section_shows_the_newest_of_its_branch_that_stand_nowhere_above(client):
    world = section("World", 0)
    iran = make_category("Iran", parent=world)
    posts = published(16, categories=[iran])
    html = opened(client)
    assert in_sections(html) == {"World": links(posts[10:14])}
    assert html.css_first(".section h2 a").attributes["href"] == world.get_absolute_url()


def test_no_section_repeats_a_post_above_not_even_another_sections(client):
    names = ["A", "B", "C"]
    a, b, c = (section(name, place) for place, name in enumerate(names))
    river = published(10, categories=[a, b, c])
    shared = [
        make_post(authors=0, categories=[a, b, c], published_at=timezone.now() - timedelta(days=n + 2))
        for n in range(9)
    ]
    html = opened(client)
    assert addresses(html) == links(river)
    assert in_sections(html) == {"A": links(shared[:4]), "B": links(shared[4:8]), "C": links(shared[8:])}


def test_a_section_without_a_post_of_its_own_is_left_out(client):
    section("Empty", 0)
    all_above = section("All above", 1)
    published(3, categories=[all_above])
    assert in_sections(opened(client)) == {}


def test_sections_stand_in_the_editors_order_on_the_first_page_only_and_eight_at_most(client):
    published(10)
    categories = [section(f"Section {n}", 20 - n) for n in range(10)]
    for category in categories:
        make_post(authors=0, categories=[category], published_at=timezone.now() - timedelta(days=5))
    assert list(in_sections(opened(client))) == [f"Section {n}" for n in range(9, 1, -1)]
    assert in_sections(opened(client, "/page/2/")) == {}


def test_a_section_that_comes_or_goes_puts_out_an_edition():
    before = editions.current()
    section("World", 0)
    assert editions.current() != before


def test_the_front_page_costs_the_same_with_all_places_and_sections_filled(
    client, django_assert_max_num_queries
):
    posts = published(4)
    for place, post in zip(PLACES, posts, strict=True):
        make_slot(post, place)
    for n in range(8):
        published(3, categories=[section(f"Section {n}", n)])
    shelf.empty(None)
    with django_assert_max_num_queries(10):
        client.get("/")


@pytest.mark.parametrize("count", [0, 1, 2, 5, 12])
def test_a_front_page_with_few_posts_is_whole(client, count):
    posts = published(count)
    html = opened(client)
    assert addresses(html) == links(posts[:10])
    assert len(html.css("main h1")) == 1
    assert bool(html.css_first(".page--short")) == (count < 8)
    if not posts:
        assert "Nothing has been published yet" in html.css_first(".empty").text()
        assert html.css_first('.empty a[href="/newsletter/"]')
