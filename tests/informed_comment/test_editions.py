from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from informed_comment import editions
from informed_comment.models import Edition, Publication
from pages import around
from pages.models import MenuLink, Promo
from posts import publishing
from posts.models import Category, PopularList, Post, Tag
from tests.factories import make_author, make_category, make_image, make_page, make_post

pytestmark = pytest.mark.django_db


def number():
    return Edition.objects.get().number


CHANGES = {
    "a published post's title": lambda post: Post.objects.filter(pk=post.pk).update(title="Another"),
    "its withdrawal": lambda post: publishing.withdraw(post),
    "its removal": lambda post: post.delete(),
    "its byline": lambda post: post.bylines.all().delete(),
    "its tags": lambda post: post.tags.add("oil"),
    "a tag's name": lambda _: Tag.objects.create(name="Water", slug="water"),
    "a category": lambda _: Category.objects.create(name="Energy", slug="energy"),
    "an author's name": lambda post: post.authors.update(name="Somebody Else"),
    "an image's credit": lambda _: make_image(credit="Another"),
    "a page": lambda _: make_page(),
    "the menu": lambda _: MenuLink.objects.create(label="Archives", address="/archives/"),
    "a promo": lambda _: Promo.objects.create(heading="A book"),
    "the publication's title": lambda _: Publication.objects.update(title="Another Comment"),
    "the popular list": lambda post: PopularList.objects.create(window="day", post_ids=[post.pk]),
    "raw SQL": lambda _: connection.cursor().execute("UPDATE posts_post SET title = 'By hand'"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_edition_goes_up_with(change):
    post = make_post()
    before = number()
    CHANGES[change](post)
    assert number() > before


def test_a_draft_changes_nothing_that_readers_see():
    post = make_post(status="draft", published_at=None)
    category = make_category()
    before = number()
    post.title = "A better title"
    publishing.save(post)
    post.bylines.create(author=make_author_quietly())
    post.filings.create(category=category)
    assert number() == before


def make_author_quietly():
    """An author, and the edition as if the author had always been there."""
    before = number()
    author = make_author()
    Edition.objects.update(number=before)
    return author


def test_a_popular_list_computed_to_the_same_raises_nothing():
    kept = PopularList.objects.create(window="day", post_ids=[1, 2])
    before = number()
    kept.save()
    assert number() == before


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_raises_nothing():
    before = number()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        make_category()
        raise ZeroDivisionError
    assert number() == before


def test_the_label_changes_when_a_scheduled_posts_hour_comes():
    make_post(published_at=timezone.now() + timedelta(seconds=1.5))
    before = editions.current()
    connection.cursor().execute("SELECT pg_sleep(1.6)")
    assert editions.current() != before


def test_a_scheduled_post_comes_out_though_our_clock_is_behind_the_databases(client):
    hour = timezone.now() - timedelta(minutes=5)
    make_post(title="The dam at Haditha", published_at=hour)
    with time_machine.travel(hour - timedelta(minutes=1)):  # past for the database, to come for us
        assert b"Haditha" not in client.get("/").content
    assert b"Haditha" in client.get("/").content


def test_an_edition_is_looked_up_at_most_twice_a_second(settings, django_assert_num_queries):
    settings.EDITION_LOOK_SECONDS = 0.5
    editions.forget()
    with time_machine.travel(timezone.now(), tick=False), django_assert_num_queries(1):
        assert editions.current() == editions.current()


def test_what_many_pages_show_is_read_once_an_edition(rf, django_assert_num_queries):
    make_post()
    MenuLink.objects.create(label="Archives", address="/archives/")
    first, second = rf.get("/"), rf.get("/")
    assert [link.label for link in around.menu(first)] == ["Archives"]
    editions.of_request(second)
    with django_assert_num_queries(0):
        assert [link.label for link in around.menu(second)] == ["Archives"]


def test_a_change_shows_in_what_many_pages_show_with_the_next_request(rf):
    assert around.menu(rf.get("/")) == []
    MenuLink.objects.create(label="Archives", address="/archives/")
    assert [link.label for link in around.menu(rf.get("/"))] == ["Archives"]


def test_staff_see_their_own_change_though_the_last_look_is_fresh(client, settings):
    client.get("/")
    settings.EDITION_LOOK_SECONDS = 60
    client.get("/")
    MenuLink.objects.create(label="Archives", address="/archives/")
    assert b'href="/archives/">Archives' not in client.get("/popular/").content
    client.cookies[settings.SESSION_COOKIE_NAME] = "k" * 32
    assert b'href="/archives/">Archives' in client.get("/").content
