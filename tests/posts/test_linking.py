"""What the link dialog finds as the words are typed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from posts.searching import words
from tests.factories import make_author, make_category, make_page, make_post, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(client):
    client.force_login(make_user(group="Editor"))

    def ask(typed):
        return client.get("/admin/posts/post/links/", {"q": typed}).json()["results"]

    return ask


def titles(rows):
    return [row["title"] for row in rows]


def test_posts_are_found_by_words_of_title_or_text_newest_first(ask):
    old = make_post(title="Elections in Iran", published_at=timezone.now() - timedelta(days=4000))
    make_post(title="Harvest", body="<p>Nothing on the elections.</p>")
    make_post(title="Iran today")
    make_post(title="Else")
    assert titles(ask("elections")) == ["Harvest", "Elections in Iran"]
    [row] = ask("elections iran")
    assert row == {
        "title": "Elections in Iran",
        "kind": "Post",
        "status": "Published",
        "date": f"{timezone.localtime(old.published_at):%-d %B %Y}",
        "address": old.permalink,
    }


@pytest.mark.parametrize("typed", ["ele", "elec", "electio", "election", "elections", "the elec", "Électi"])
def test_a_word_half_typed_is_found_at_every_letter(ask, typed):
    make_post(title="The elections")
    words.learn()
    assert titles(ask(typed)) == ["The elections"]


def test_a_draft_has_no_address_and_says_so(ask):
    make_post(title="Rivers at dusk", status="draft", published_at=None)
    make_post(title="Rivers at noon", published_at=timezone.now() + timedelta(days=2))
    make_post(title="Rivers thrown away", status="trashed", trashed_from="draft", trashed_at=timezone.now())
    rows = ask("rivers")
    assert [(row["title"], row["status"], bool(row["address"])) for row in rows] == [
        ("Rivers at noon", "Scheduled", True),
        ("Rivers at dusk", "Draft", False),
    ]


def test_a_writer_does_not_see_the_drafts_of_others(client):
    user = make_user(group="Author")
    client.force_login(user)
    make_post(title="Rivers of others", status="draft", published_at=None)
    make_post(title="Rivers of mine", status="draft", published_at=None, created_by=user)
    make_post(title="Rivers for all")
    rows = client.get("/admin/posts/post/links/", {"q": "rivers"}).json()["results"]
    assert set(titles(rows)) == {"Rivers of mine", "Rivers for all"}


def test_sections_pages_tags_and_authors_are_found_by_name(ask):
    make_category("Water and land")
    make_author(name="Walter Water")
    make_page(title="About water")
    make_page(title="Water unfinished", is_published=False)
    make_post(title="Post", tags=["Watershed"])
    rows = ask("water")
    assert [(row["kind"], row["title"]) for row in rows][:4] == [
        ("Page", "About water"),
        ("Category", "Water and land"),
        ("Author", "Walter Water"),
        ("Tag", "Watershed"),
    ]


@pytest.mark.parametrize(
    "typed", ["", " ", "%", "'", "a\\", "(", "&|!:*", "x" * 5000, "'\":*", "or", "-iran", "the", "_"]
)
def test_no_words_break_the_search(ask, typed):
    make_post(title="Iran")
    assert len(ask(typed)) <= 10


def test_ten_rows_at_most_and_few_queries(ask, django_assert_max_num_queries):
    for n in range(12):
        make_post(title=f"Iran {n}", tags=["Iran"])
    with django_assert_max_num_queries(20):
        assert len(ask("iran")) == 10


def test_only_staff_who_see_posts_may_search(client):
    client.force_login(make_user())
    assert client.get("/admin/posts/post/links/", {"q": "iran"}).status_code == 403
