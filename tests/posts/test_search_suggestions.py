"""What a reader may have meant."""

from datetime import timedelta

import pytest
from django.utils import timezone

from posts.models import KnownWord, Post
from posts.searching import words
from tests.factories import make_author, make_post
from tests.posts.searches import answer

pytestmark = pytest.mark.django_db


def test_a_mistyped_word_finds_what_was_meant_and_says_so(client):
    make_post(title="Elections in Iran", body="<p>Khamenei and the parliament.</p>")
    words.learn()
    page = client.get("/search/", {"q": "khamanei"}).content.decode()
    assert "Elections in Iran" in page
    assert 'No post has <strong dir="auto">khamanei</strong>' in page
    assert '<a href="/search/?q=khamenei">' in page


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("irna", "iran"),
        ("iarn", "iran"),
        ("iraan parliment", "iran parliament"),
        ('"iran parlament" -oil', '"iran parliament" -oil'),
        ("Netanyau, iran", "netanyahu iran"),
        ("erdgoan", "erdoğan"),
        ("الانتحابات", "الانتخابات"),
        ("تهرن", "تهران"),
        ("ירושלם", "ירושלים"),
    ],
)
def test_slips_of_a_letter_are_put_right_in_any_script(typed, meant):
    make_post(title="Iran, parliament", body="<p>Netanyahu Erdoğan الانتخابات تهران ירושלים</p>")
    words.learn()
    told = answer(typed)
    assert told.is_corrected
    assert told.question.words == meant
    assert told.found.total == 1


def test_a_word_far_from_all_others_is_not_guessed_at(client):
    make_post(title="Elections in Iran")
    words.learn()
    told = answer("zyzzyva")
    assert not told.is_corrected
    assert told.found.total == 0
    assert "No post has" in client.get("/search/", {"q": "zyzzyva"}).content.decode()


def test_a_name_is_known_from_the_byline():
    make_post(title="Letters", authors=[make_author(name="Layla Haddad")])
    words.learn()
    assert answer("hadad letters").question.words == "haddad letters"


def test_words_of_drafts_are_not_learned_until_readers_may_see_them():
    post = make_post(title="Secretariat", status="draft")
    assert words.learn() == 0
    assert not KnownWord.objects.filter(word="secretariat").exists()
    at = timezone.now() - timedelta(minutes=1)
    Post.objects.filter(pk=post.pk).update(status="published", published_at=at, permalink="/s.html")
    assert words.learn() == 1
    assert words.learn() == 0
    assert answer("secreteriat").question.words == "secretariat"


def test_the_words_of_a_withdrawn_post_are_never_suggested():
    post = make_post(title="Secretariat")
    words.learn()
    Post.objects.filter(pk=post.pk).update(status="withdrawn")
    told = answer("secreteriat")
    assert not told.is_corrected
    assert told.meant is None


def test_a_slip_some_posts_share_still_gets_the_usual_spelling(client):
    make_post(title="Khamanei spoke")
    for n in range(25):
        make_post(title=f"Khamenei {n}", authors=0)
    words.learn()
    told = answer("khamanei")
    assert [post.title for post in told.found.posts] == ["Khamanei spoke"]
    assert told.meant.words == "khamenei"
    assert "Did you mean" in client.get("/search/", {"q": "khamanei"}).content.decode()


def test_the_worker_learns_words(work):
    make_post(title="Secretariat")
    work(until=lambda: KnownWord.objects.filter(word="secretariat").exists())
    assert answer("secreteriat").question.words == "secretariat"


def test_limits_stay_when_a_word_is_put_right():
    old = timezone.now() - timedelta(days=1500)
    make_post(title="Parliament then", published_at=old)
    make_post(title="Parliament now")
    words.learn()
    told = answer("parlament", year=str(timezone.localtime(old).year))
    assert [post.title for post in told.found.posts] == ["Parliament then"]


@pytest.mark.parametrize(
    "typed", ["a" * 200, "aaaa " * 40, '""" - or or', "٪؟", "x-y-z/q", "don't o'brien's"]
)
def test_odd_words_are_no_trouble(typed):
    make_post(title="Iran")
    words.learn()
    assert answer(typed).found.total == 0
