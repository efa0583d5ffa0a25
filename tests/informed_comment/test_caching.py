import gzip
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from informed_comment.caching import shelf
from posts import publishing
from tests.factories import make_post, make_user

pytestmark = pytest.mark.django_db


def test_an_unchanged_page_answers_304_for_one_query(client, django_assert_num_queries):
    make_post()
    etag = client.get("/")["ETag"]
    with django_assert_num_queries(1):
        answer = client.get("/", headers={"If-None-Match": etag})
    assert answer.status_code == 304
    assert answer["ETag"] == etag
    assert not answer.content


def test_a_finished_page_is_served_again_for_one_query(client, django_assert_num_queries):
    post = make_post()
    first = client.get(post.permalink)
    with django_assert_num_queries(1):
        second = client.get(post.permalink)
    assert second.content == first.content


def test_a_published_post_stands_on_the_homepage_at_once_and_a_withdrawn_one_is_gone(client):
    post = make_post(status="draft", published_at=None, title="The dam at Haditha")
    assert b"Haditha" not in client.get("/").content
    publishing.publish(post)
    assert b"Haditha" in client.get("/").content
    publishing.withdraw(post)
    assert b"Haditha" not in client.get("/").content
    assert client.get(post.permalink).status_code == 404


def test_unknown_parameters_neither_vary_nor_poison_what_is_kept(client, django_assert_num_queries):
    make_post()
    first = client.get("/?utm_source=mail")
    with django_assert_num_queries(1):
        second = client.get("/?fbclid=1")
    assert second.content == first.content
    assert b"utm_source" not in second.content


def test_a_page_travels_compressed_to_whoever_reads_gzip(client):
    make_post()
    plain = client.get("/")
    packed = client.get("/", headers={"Accept-Encoding": "gzip, deflate"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert "Accept-Encoding" in packed["Vary"]


def test_staff_get_fresh_pages_that_nobody_keeps(client):
    client.force_login(make_user())
    answer = client.get("/")
    assert "no-store" in answer["Cache-Control"]
    assert "ETag" not in answer


def test_readers_get_no_cookie_and_proxies_a_second(client):
    answer = client.get(make_post().permalink)
    assert not answer.cookies
    assert "s-maxage=1" in answer["Cache-Control"]
    assert "public" in answer["Cache-Control"]


def test_the_shelf_keeps_to_its_budget(client, settings):
    settings.PAGE_CACHE_BYTES = 400_000
    for _ in range(40):
        client.get(make_post().permalink)
    for number in range(1, 5):
        client.get(f"/page/{number}/")
    assert shelf.bytes <= 400_000


def test_an_answer_that_was_not_found_is_not_kept(client):
    post = make_post(published_at=timezone.now() + timedelta(days=1))
    assert client.get(post.permalink).status_code == 404
    assert shelf.bytes == 0


def test_head_and_get_agree(client):
    make_post()
    assert client.head("/")["ETag"] == Client().get("/")["ETag"]
