"""What lists show of posts, and that what is remembered of them is never old."""

from datetime import UTC, datetime

import pytest

from authors.models import Author
from informed_comment.remembered import Remembered, html
from posts import teasers
from posts.models import Category, Post
from tests.factories import make_author, make_category, make_image, make_post

pytestmark = pytest.mark.django_db


def card(post):
    (teaser,) = teasers.of(lambda: Post.objects.filter(pk=post.pk))()
    return html(teaser, "posts/_card.html", heading="h2", size="river")


def test_a_byline_names_roles_and_joins_names():
    post = make_post(authors=[make_author(name=name) for name in ("Ada", "Bo & Co", "Cem")])
    post.bylines.create(author=make_author(name="Dov"), role="translated", position=9)
    line = card(post).partition('<span class="byline">')[2].partition("<time")[0]
    for link in Author.objects.all():
        line = line.replace(f'<a class="byline__author" href="{link.get_absolute_url()}" rel="author">', "")
    plain = line.replace("</a>", "").replace("</span>", "").replace('<span class="byline__role">', "")
    assert plain.replace('<span class="byline__gap">', "").strip() == (
        "By Ada, Bo &amp; Co and Cem, translated by Dov"
    )


def test_a_long_standfirst_is_cut_and_a_post_without_a_title_has_a_name():
    shown = card(make_post(title="", standfirst="word  " * 40 + "<b>last</b>"))
    assert f"{'word ' * 39}word…" in shown
    assert ">Untitled</a>" in shown
    assert "&lt;b&gt;whole&lt;/b&gt;</p>" in card(make_post(standfirst="The <b>whole</b>"))


def test_a_date_is_that_of_the_publications_zone():
    shown = card(make_post(published_at=datetime(2016, 11, 1, 2, tzinfo=UTC)))
    assert '<time class="date" datetime="2016-10-31T22:00:00-0400">October 31, 2016</time>' in shown


CHANGES = {
    "title": lambda post: Post.objects.filter(pk=post.pk).update(title="Another"),
    "standfirst": lambda post: Post.objects.filter(pk=post.pk).update(standfirst="Another"),
    "address": lambda post: Post.objects.filter(pk=post.pk).update(permalink="/another/"),
    "language": lambda post: Post.objects.filter(pk=post.pk).update(language="ar"),
    "date": lambda post: Post.objects.filter(pk=post.pk).update(
        published_at=datetime(2001, 2, 3, tzinfo=UTC)
    ),
    "author's name": lambda post: Author.objects.update(name="Another"),
    "author's address": lambda post: Author.objects.update(slug="another"),
    "role": lambda post: post.bylines.update(role="photographs"),
    "section": lambda post: Category.objects.update(name="Another"),
    "alternative text": lambda post: type(post.lead_image).objects.update(alt="Another"),
    "sizes": lambda post: type(post.lead_image).objects.update(
        renditions=[{"crop": "3x2", "format": "jpeg", "width": 480, "height": 320, "name": "another.jpg"}]
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_remembered_of_a_card_does_not_outlive_a_change(change):
    post = make_post(categories=[make_category()], lead_image=make_image())
    before = card(post)
    assert card(post) == before
    CHANGES[change](post)
    assert card(post) != before


def test_lists_are_given_the_cut_of_their_shape_and_all_sizes_where_there_is_none():
    of_list, own = (
        {"crop": crop, "format": "jpeg", "width": 480, "height": 320, "name": f"{crop}.jpg"}
        for crop in ("3x2", "own")
    )
    assert "own.jpg" not in card(make_post(lead_image=make_image(renditions=[own, of_list])))
    assert "own.jpg" in card(make_post(lead_image=make_image(renditions=[own])))
    assert "<picture" not in card(make_post(lead_image=make_image(renditions=[])))


def test_what_is_remembered_stays_within_its_bytes_and_the_least_asked_for_go_first():
    remembered = Remembered(100)
    for key in "abcde":
        remembered.put(key, key.upper(), 25)
        remembered.get("b")
    remembered.put("large", "L", 101)
    assert [remembered.get(key) for key in "abcde"] == [None, "B", "C", "D", "E"]
    assert remembered.get("large") is None
    for key in "fgh":
        remembered.get("b")
        remembered.put(key, key.upper(), 25)
    assert [remembered.get(key) for key in "bcdefgh"] == ["B", None, None, None, "F", "G", "H"]
    assert remembered.bytes == 100
