"""What stands on every page is rendered once an edition, and is right on each of them."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from informed_comment.models import Publication
from informed_comment.templatetags import parts
from pages.models import MenuLink, Promo
from tests.factories import make_page, make_post, make_user

pytestmark = pytest.mark.django_db

CURRENT = 'aria-current="page"'


def text_of(client, address):
    return client.get(address).content.decode()


def test_each_page_of_the_menu_is_marked_as_current_on_itself_alone(client):
    about, contact = make_page(title="About", slug="about"), make_page(title="Contact", slug="contact")
    for page in (about, contact):
        MenuLink.objects.create(label=page.title, page=page)
    for page, other in ((about, contact), (contact, about), (about, contact)):
        shown = text_of(client, page.get_absolute_url())
        assert f'href="{page.get_absolute_url()}" {CURRENT}' in shown
        assert f'href="{other.get_absolute_url()}" {CURRENT}' not in shown
    assert CURRENT not in text_of(client, "/archives/").partition("<main")[0]
    assert f'<a href="/" {CURRENT}' in text_of(client, "/")


def test_a_crawler_on_addresses_that_are_not_there_fills_no_memory(client, rf, settings):
    settings.EDITION_LOOK_SECONDS = 60
    client.get("/nothing/0/")
    kept = [len(known) for known in parts.parts(rf.get("/")).values()]
    assert kept
    for number in range(5):
        client.get(f"/nothing/{number}/")
    assert [len(known) for known in parts.parts(rf.get("/")).values()] == kept


def test_a_block_beyond_the_most_that_are_kept_is_still_shown(client, monkeypatch):
    monkeypatch.setattr(parts, "MOST", 0)
    assert text_of(client, "/archives/").count("sign-up--footer") == 1


def test_a_changed_name_a_promo_that_ends_and_a_new_year_show_at_once(client):
    eve = timezone.now().replace(year=2027, month=12, day=31, hour=20)
    Promo.objects.create(place="sidebar", heading="A book", ends_at=timezone.now() + timedelta(hours=1))
    assert "A book" in text_of(client, "/archives/")
    Promo.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert "A book" not in text_of(client, "/archives/")
    Publication.objects.update(title="Another Comment")
    assert "Another Comment</a></p>" in text_of(client, "/archives/").partition("<main")[0]
    with time_machine.travel(eve):
        assert "© 2027" in text_of(client, "/authors/")
    with time_machine.travel(eve + timedelta(days=2)):
        assert "© 2028" in text_of(client, "/nothing/")


def test_the_sign_up_page_lacks_the_forms_that_the_other_pages_have(client):
    for _ in range(2):
        assert "sign-up--sidebar" in text_of(client, "/archives/")
        assert "sign-up--sidebar" not in text_of(client, reverse("newsletter:sign_up"))
        assert "sign-up--footer" not in text_of(client, reverse("newsletter:sign_up"))


def test_staff_and_readers_share_the_parts_and_nothing_of_staff_is_in_them(client):
    post = make_post()
    read = text_of(client, post.get_absolute_url())
    client.force_login(make_user())
    seen = text_of(client, post.get_absolute_url())
    assert "staff-bar" in seen
    client.logout()
    assert text_of(client, "/archives/").count("staff-bar") == 0
    assert seen.partition("<aside")[2] == read.partition("<aside")[2]
