"""Addresses of posts: one that is taken, two that change places, and what every address a post ever had answers."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from informed_comment import caching, redirects
from informed_comment.models import Redirect
from posts import publishing
from posts.models import Post
from posts.publishing import ChangedMeanwhile
from posts.swapping import swap
from tests.factories import make_category, make_page, make_post, make_user
from tests.posts.test_admin_post import change, form

pytestmark = pytest.mark.django_db
PHASES = [Phase.generate]  # a failure is reported as it was found
DAY = datetime(2016, 10, 5, 12, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def editor(client):
    client.force_login(make_user(group="Editor"))
    return client


@pytest.fixture
def pair():
    return make_post(slug="dawn", published_at=DAY), make_post(slug="dusk", published_at=DAY)


def leads():
    return dict(Redirect.objects.values_list("path", "target"))


def test_two_posts_swap_addresses_and_nothing_leads_astray(client, pair):
    dawn, dusk = pair
    was = dawn.permalink, dusk.permalink
    redirects.lead("/?p=1", dawn.permalink)
    redirects.lead("/?p=2", dusk.permalink)
    swap(dawn, dusk, by=(chief := make_user()))
    assert (dusk.permalink, dawn.permalink) == was
    assert (dawn.slug, dusk.slug) == ("dusk", "dawn")
    assert leads() == {"/?p=1": dawn.permalink, "/?p=2": dusk.permalink}
    for post in pair:
        assert post.title in client.get(post.permalink).content.decode()
        post.refresh_from_db()
        assert post.version == 2
        assert post.revisions.get().created_by == chief
        assert post.revisions.get().state["permalink"] == post.permalink


def test_swapping_back_leaves_nothing_stale(pair):
    before = [(post.slug, post.permalink) for post in pair]
    swap(*pair)
    swap(*pair)
    assert [(post.slug, post.permalink) for post in pair] == before
    assert leads() == {}


def test_three_posts_take_turns(client, pair):
    three = [*pair, make_post(slug="noon", published_at=DAY)]
    was = [post.permalink for post in three]
    swap(three[0], three[1])
    swap(three[1], three[2])
    assert [post.permalink for post in three] == [was[1], was[2], was[0]]
    assert leads() == {}
    assert all(post.title in client.get(post.permalink).content.decode() for post in three)


def test_posts_of_different_months_swap_slugs_and_their_old_addresses_lead_to_them(client):
    new = make_post(slug="dawn", published_at=DAY)
    old = make_post(slug="dusk", published_at=DAY - timedelta(days=60))
    was = new.permalink, old.permalink
    swap(new, old)
    assert (new.permalink, old.permalink) == ("/2016/10/dusk.html", "/2016/08/dawn.html")
    assert leads() == {was[0]: new.permalink, was[1]: old.permalink}


def test_a_third_post_keeps_its_address():
    new = make_post(slug="dawn", published_at=DAY)
    old = make_post(slug="dusk", published_at=DAY - timedelta(days=60))
    third = make_post(slug="dusk", published_at=DAY)
    swap(new, old)
    assert new.permalink == "/2016/10/dusk-2.html"
    assert Post.objects.get(pk=third.pk).permalink == "/2016/10/dusk.html"


def test_a_post_changed_meanwhile_is_not_swapped(pair):
    dawn, dusk = pair
    publishing.save(Post.objects.get(pk=dusk.pk))
    with pytest.raises(ChangedMeanwhile):
        swap(dawn, dusk)
    assert Post.objects.get(pk=dawn.pk).slug == "dawn"


def test_a_slug_like_a_section_or_a_page_is_in_nobodys_way(client):
    section, page = make_category(slug="dawn"), make_page(slug="dawn")
    post, other = make_post(slug="dawn", published_at=DAY), make_post(slug="dusk", published_at=DAY)
    swap(post, other)
    for address in (section.get_absolute_url(), page.get_absolute_url(), post.permalink, other.permalink):
        assert client.get(address).status_code == 200


# In the form


def test_a_taken_address_is_named_at_the_field_with_both_ways_out(editor, pair):
    dawn, dusk = pair
    answer = editor.post(change(dawn), form(dawn, slug="dusk", body="<p>Typed.</p>"))
    said = answer.context["adminform"].form.errors["slug"][0]
    assert f"“{dusk.title}” (published) has this address, /2016/10/dusk.html." in said
    assert "Swap the two addresses" in said
    assert "Use “dusk-2”" in said
    assert Post.objects.get(pk=dawn.pk).permalink == "/2016/10/dawn.html"
    assert "Typed." in answer.content.decode()


def test_the_editor_swaps_from_the_form_and_the_rest_of_it_is_saved(editor, pair):
    dawn, dusk = pair
    was = dawn.permalink, dusk.permalink
    editor.post(f"{change(dawn)}?address=swap", form(dawn, slug="dusk", body="<p>Typed.</p>"))
    dawn.refresh_from_db()
    dusk.refresh_from_db()
    assert (dusk.permalink, dawn.permalink) == was
    assert dawn.body == "<p>Typed.</p>"
    assert leads() == {}


def test_the_editor_takes_the_next_number(editor, pair):
    editor.post(f"{change(pair[0])}?address=number", form(pair[0], slug="dusk"))
    assert Post.objects.get(pk=pair[0].pk).permalink == "/2016/10/dusk-2.html"
    assert leads() == {"/2016/10/dawn.html": "/2016/10/dusk-2.html"}


def test_a_post_that_never_had_an_address_has_none_to_swap(editor, pair):
    draft = make_post(status="draft", slug="", published_at=DAY)
    answer = editor.post(f"{change(draft)}?address=swap", form(draft, slug="dusk", deed="publish"))
    said = answer.context["adminform"].form.errors["slug"][0]
    assert "Swap" not in said
    assert "Use “dusk-2”" in said


def test_an_address_made_of_the_title_is_numbered_unasked(editor, pair):
    draft = make_post(status="draft", slug="", title="Dusk", published_at=DAY)
    editor.post(change(draft), form(draft, deed="publish"))
    assert Post.objects.get(pk=draft.pk).permalink == "/2016/10/dusk-2.html"


def test_a_date_moved_into_a_taken_address_is_numbered_unasked(editor, pair):
    later = make_post(slug="dusk", published_at=DAY + timedelta(days=60))
    editor.post(change(later), form(later, published_at="2016-10-07T12:00"))
    assert Post.objects.get(pk=later.pk).permalink == "/2016/10/dusk-2.html"


def test_the_address_of_a_post_in_the_trash_is_taken_and_may_be_swapped(editor, pair):
    dawn, dusk = pair
    publishing.trash(dusk)
    answer = editor.post(change(dawn), form(dawn, slug="dusk"))
    assert "(in the trash)" in answer.context["adminform"].form.errors["slug"][0]
    editor.post(f"{change(dawn)}?address=swap", form(dawn, slug="dusk"))
    dusk.refresh_from_db()
    publishing.take_from_trash(dusk)
    assert dusk.permalink == "/2016/10/dawn.html"


# Whatever is done


class Addresses(RuleBasedStateMachine):
    """Every address a post ever had answers 200 or one 301 to the post that had it last."""

    slugs = st.sampled_from(["dawn", "dusk", "noon"])
    months = st.integers(0, 2)
    any_two = st.tuples(st.integers(0, 3), st.integers(0, 3))

    def __init__(self):
        super().__init__()
        caching.shelf.empty(None)  # the example before took its edition back, as never happens in life
        self.savepoint = transaction.savepoint_create()
        self.client = Client()
        self.last = {}
        self.pks = [make_post(slug=f"post-{n}", published_at=DAY).pk for n in range(4)]

    def post(self, number):
        return Post.objects.get(pk=self.pks[number])

    def note(self):
        for post in Post.objects.filter(pk__in=self.pks):
            self.last[post.permalink] = post.pk

    @rule(number=st.integers(0, 3), slug=slugs, month=months)
    def move(self, number, slug, month):
        post = self.post(number)
        post.slug, post.published_at = slug, DAY + timedelta(days=31 * month)
        publishing.save(post)

    @rule(two=any_two)
    def swap(self, two):
        if two[0] != two[1]:
            swap(self.post(two[0]), self.post(two[1]))

    @rule(number=st.integers(0, 3))
    def withdraw_or_publish(self, number):
        post = self.post(number)
        if post.status == "trashed":
            publishing.take_from_trash(post)
        elif post.is_public:
            publishing.withdraw(post)
        else:
            publishing.publish(post)

    @rule(number=st.integers(0, 3))
    def trash(self, number):
        post = self.post(number)
        if post.status != "trashed":
            publishing.trash(post)

    @precondition(lambda self: len(self.last) > 1)
    @rule(number=st.integers(0, 30))
    def lead_by_hand(self, number):
        """An old path that an importer or an editor leads to a post of today."""
        post = self.post(number % 4)
        if post.is_public and f"/?p={number}" not in self.last:
            redirects.lead(f"/?p={number}", post.permalink)
            self.last[f"/?p={number}"] = post.pk

    @invariant()
    def every_address_leads_home(self):
        """As the views and the middleware find it, without a page being made."""
        self.note()
        posts, led = {post.pk: post for post in Post.objects.filter(pk__in=self.pks)}, leads()
        assert not set(led.values()) & led.keys()
        for address, pk in self.last.items():
            if address == posts[pk].permalink:
                assert address not in led
            else:
                assert redirects.where_now(address) == posts[pk].permalink
                assert not Post.objects.filter(permalink=address).exists()

    def teardown(self):
        posts = Post.objects.in_bulk(self.pks)
        for address, pk in self.last.items():
            answer = self.client.get(address)
            if answer.status_code == 301:
                assert answer["Location"] == posts[pk].permalink
            else:
                assert answer.status_code == (200 if posts[pk].is_public else 404)
                assert address == posts[pk].permalink
        transaction.savepoint_rollback(self.savepoint)


@pytest.mark.django_db
def test_every_address_a_post_ever_had_leads_home():
    run_state_machine_as_test(
        Addresses,
        settings=settings(max_examples=8, stateful_step_count=12, deadline=None, phases=PHASES),
    )
