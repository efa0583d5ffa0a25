"""Which posts are related: what makes two alike, when lists are chosen anew, and what readers see of them."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from selectolax.lexbor import LexborHTMLParser

from informed_comment.jobs import defer
from informed_comment.models import Edition
from posts import filing, publishing, reading, relating, tasks
from posts.models import Post, RelatedPosts
from tests.factories import make_category, make_image, make_post

pytestmark = pytest.mark.django_db
NOON = datetime(2016, 10, 4, 12, tzinfo=UTC)


def like(post):
    """Titles of the posts most like a post, best first."""
    posts = Post.objects.in_bulk(relating.rank(post.pk))
    return [posts[pk].title for pk in relating.rank(post.pk)]


def kept(post):
    return RelatedPosts.objects.get(post=post).post_ids


def shown(client, post):
    """Headlines of the related cards on a post's page."""
    html = LexborHTMLParser(client.get(post.permalink).content.decode())
    return [link.text() for link in html.css(".related__link")]


def edition():
    return Edition.objects.get().number


def wordless(title, **fields):
    """A post whose text shares nothing with another's."""
    return make_post(**{"title": title, "standfirst": "", "body": "<p>–</p>", "published_at": NOON} | fields)


# What makes two posts alike


def test_a_rare_tag_in_common_counts_more_than_a_common_one():
    for number in range(8):
        wordless(f"x{number}", tags=["politics"], published_at=NOON - timedelta(days=400))
    post = wordless("a1", tags=["politics", "qanats"])
    wordless("b2", tags=["politics"])
    wordless("c3", tags=["qanats"])
    assert like(post)[:2] == ["c3", "b2"]


def test_two_tags_in_common_count_more_than_one():
    post = wordless("a1", tags=["oil", "ports"])
    wordless("b2", tags=["oil"])
    wordless("c3", tags=["oil", "ports"])
    assert like(post) == ["c3", "b2"]


def test_of_two_as_like_the_newer_comes_first():
    post = wordless("a1", tags=["oil"])
    wordless("b2", tags=["oil"], published_at=NOON - timedelta(days=300))
    wordless("c3", tags=["oil"], published_at=NOON)
    wordless("d4", tags=["oil"], published_at=NOON - timedelta(days=600))
    assert like(post) == ["c3", "b2", "d4"]


def test_age_alone_does_not_outweigh_what_is_much_more_alike():
    post = wordless("a1", tags=["oil", "qanats"])
    wordless("b2", tags=["oil"])
    wordless("c3", tags=["oil", "qanats"], published_at=NOON - timedelta(days=700))
    assert like(post) == ["c3", "b2"]


def test_posts_of_the_section_are_like_one_another_also_from_beneath_it():
    section = make_category("Energy")
    beneath = make_category("Solar", parent=section)
    post = wordless("a1", categories=[section])
    wordless("b2", categories=[beneath])
    wordless("c3", categories=[make_category("Books")])
    assert like(post) == ["b2"]


def test_words_in_common_make_two_texts_alike_without_a_tag():
    post = make_post(title="The qanats of Yazd", body="<p>A qanat carries groundwater to Yazd.</p>")
    make_post(title="On baking", body="<p>Bread rises slowly in winter.</p>")
    make_post(title="What lies beneath", body="<p>Groundwater ran through every qanat.</p>")
    assert like(post)[0] == "What lies beneath"


def test_a_word_that_many_posts_have_tells_less_than_one_that_few_have():
    for number in range(8):
        wordless(f"x{number}", body="<p>River.</p>", published_at=NOON - timedelta(days=30))
    post = wordless("a1", body="<p>River, alluvium.</p>")
    wordless("b2", body="<p>River.</p>")
    wordless("c3", body="<p>Alluvium.</p>")
    assert like(post)[:2] == ["c3", "b2"]


@pytest.mark.parametrize(
    "body", ["<p>O'Neill’s “\\backslash” &amp; 100% ':*' | ! ( http://a.example/b?c=d</p>", ""]
)
def test_any_text_can_be_compared(body):
    wordless("b2", body=body)
    assert like(wordless("a1", body=body)) == (["b2"] if body else [])


def test_a_post_in_the_same_language_comes_before_one_as_like_in_another():
    post = wordless("a1", tags=["oil"], language="ar")
    wordless("b2", tags=["oil"], language="en")
    wordless("c3", tags=["oil"], language="ar", published_at=NOON - timedelta(days=300))
    assert like(post) == ["c3", "b2"]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "draft"},
        {"status": "in_review"},
        {"status": "withdrawn"},
        {"published_at": datetime(2999, 1, 1, tzinfo=UTC)},
    ],
)
def test_what_readers_may_not_see_is_like_nothing_and_neither_is_the_post_itself(fields):
    post = wordless("a1", tags=["oil"])
    wordless("b2", tags=["oil"], **fields)
    assert like(post) == []


# When lists are chosen


def jobs():
    found = ProcrastinateJob.objects.filter(task_name="posts.tasks.relate", status="todo").order_by("id")
    return [(job.args["post_id"], job.args["tells"]) for job in found]


@pytest.mark.parametrize("deed", [publishing.publish, publishing.save, publishing.withdraw])
def test_a_deed_that_readers_see_asks_for_the_list_once(deed):
    post = make_post()
    deed(post)
    deed(post)
    assert jobs() == [(post.pk, True)]


def test_a_draft_and_a_scheduled_post_ask_for_nothing():
    publishing.save(make_post(status="draft", published_at=None))
    publishing.publish(make_post(published_at=timezone.now() + timedelta(days=1)))
    assert jobs() == []


def test_a_new_post_is_told_to_the_posts_like_it_and_to_no_others():
    old, other = make_post(tags=["oil"]), wordless("–", published_at=NOON)
    for post in (old, other):
        relating.relate(post.pk)
    new = make_post(tags=["oil"])
    relating.refresh(new.pk)
    assert jobs() == [(old.pk, False)]
    relating.refresh(old.pk, tells=False)
    assert kept(old)[0] == new.pk


def test_a_list_that_has_not_changed_is_told_to_nobody():
    first, second = make_post(tags=["oil"]), make_post(tags=["oil"])
    relating.relate(first.pk)
    relating.relate(second.pk)
    relating.refresh(second.pk)
    assert jobs() == []


def test_six_are_kept_of_however_many():
    posts = [make_post(tags=["oil"]) for _ in range(9)]
    relating.relate(posts[0].pk)
    assert len(kept(posts[0])) == 6
    assert posts[0].pk not in kept(posts[0])


def test_the_edition_rises_with_a_list_that_changed_and_with_no_other():
    post, other = make_post(tags=["oil"]), make_post(tags=["oil"])
    before = edition()
    relating.relate(post.pk)
    first = edition()
    assert first > before
    relating.relate(post.pk)
    assert edition() == first
    publishing.withdraw(other)
    withdrawn = edition()
    relating.relate(post.pk)
    assert edition() > withdrawn


def test_a_withdrawn_post_has_no_list_and_those_like_it_look_for_another():
    post, other = make_post(tags=["oil"]), make_post(tags=["oil"])
    for each in (post, other):
        relating.relate(each.pk)
    Post.objects.filter(pk=post.pk).update(status="withdrawn")
    relating.refresh(post.pk)
    assert not RelatedPosts.objects.filter(post=post).exists()
    assert jobs() == [(other.pk, False)]


def test_a_post_that_is_gone_is_passed_over():
    assert relating.relate(10**9) == []
    assert not RelatedPosts.objects.exists()


def test_posts_without_a_list_get_theirs_newest_first_and_a_bounded_number_at_a_time():
    posts = [make_post(tags=["oil"], published_at=NOON + timedelta(days=day)) for day in range(3)]
    make_post(status="draft")
    assert relating.fill(2) == 2
    assert set(RelatedPosts.objects.values_list("post", flat=True)) == {posts[1].pk, posts[2].pk}
    assert relating.fill(2) == 1
    assert relating.fill(2) == 0


def test_a_scheduled_post_gets_its_list_when_its_hour_has_come():
    old = make_post(tags=["oil"])
    relating.relate(old.pk)
    post = make_post(tags=["oil"], published_at=timezone.now() + timedelta(hours=1))
    relating.refresh_newest()
    assert not RelatedPosts.objects.filter(post=post).exists()
    Post.objects.filter(pk=post.pk).update(published_at=timezone.now())
    relating.refresh_newest()
    assert kept(post) == [old.pk]
    assert jobs() == [(old.pk, False)]


@pytest.mark.django_db(transaction=True)
def test_a_worker_relates_what_an_editor_publishes_and_what_an_import_left(work):
    section = make_category()
    imported = [make_post(categories=[section], tags=["oil"]) for _ in range(2)]
    post = make_post(status="draft", published_at=None, categories=[section], tags=["oil"])
    publishing.publish(post)
    defer("posts.tasks.relate_newest", timestamp=0)
    work()
    assert set(kept(post)) == {one.pk for one in imported}
    assert post.pk in kept(imported[0])
    assert not ProcrastinateJob.objects.filter(status="failed").exists()


@pytest.mark.django_db(transaction=True)
def test_an_import_gets_its_lists_in_batches_that_follow_one_another(work, monkeypatch):
    monkeypatch.setattr(tasks, "FILLED_AT_ONCE", 2)
    monkeypatch.setattr(relating, "NEWEST", 1)
    for _ in range(6):
        make_post(tags=["oil"])
    defer("posts.tasks.relate_the_rest", timestamp=0)
    work()
    assert RelatedPosts.objects.count() == 6


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_one_post_keep_one_list():
    posts = [make_post(tags=["oil"]) for _ in range(3)]
    together, failed = Barrier(2), []

    def worker():
        try:
            together.wait()
            for post in posts * 3:
                relating.relate(post.pk)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert {row.post_id: len(row.post_ids) for row in RelatedPosts.objects.all()} == {
        post.pk: 2 for post in posts
    }


# What readers see


def test_the_related_posts_stand_under_a_post_best_first(client):
    post = wordless("a1", tags=["oil", "ports"], language="en")
    for title in ("b2", "c3", "d4", "e5", "f6", "g7"):
        wordless(title, tags=["oil"], published_at=NOON - timedelta(days=ord(title[0])))
    best = wordless(
        "h8",
        tags=["oil", "ports"],
        lead_image=make_image(),
        published_at=datetime(2010, 1, 1, 12, tzinfo=UTC),
    )
    relating.relate(post.pk)
    html = LexborHTMLParser(client.get(post.permalink).content.decode())
    cards = html.css(".related__post")
    assert [card.css_first(".related__link").text() for card in cards] == ["h8", "c3", "d4", "e5"]
    assert cards[0].css_first("a").attributes["href"] == best.permalink
    assert cards[0].css_first("img").attributes["loading"] == "lazy"
    assert cards[0].css_first("time").text() == "January 1, 2010"
    assert not cards[1].css_first("img")


def test_a_neighbour_is_not_shown_again_as_related(client):
    section = make_category()
    days = [
        make_post(categories=[section], tags=["oil"], published_at=NOON + timedelta(days=day))
        for day in range(7)
    ]
    relating.relate(days[3].pk)
    assert {days[2].pk, days[4].pk} <= set(kept(days[3]))
    assert set(shown(client, days[3])) == {days[day].title for day in (0, 1, 5, 6)}


def test_a_withdrawn_post_vanishes_from_under_the_others_at_once(client):
    posts = [wordless(f"p{day}", tags=["oil"], published_at=NOON + timedelta(days=day)) for day in range(5)]
    relating.relate(posts[0].pk)
    assert "p3" in shown(client, posts[0])
    publishing.withdraw(posts[3])
    assert "p3" not in shown(client, posts[0])


def test_before_the_first_list_the_newest_of_the_section_stand_in(client):
    section = make_category()
    posts = [make_post(categories=[section], published_at=NOON + timedelta(days=day)) for day in range(9)]
    make_post(title="Elsewhere")
    assert shown(client, posts[0]) == [posts[day].title for day in (8, 7, 6, 5)]
    lonely = make_post()
    assert shown(client, lonely) == []


def test_a_post_like_no_other_has_no_heading_over_nothing(client):
    post = make_post()
    relating.relate(post.pk)
    assert b"related" not in client.get(post.permalink).content


def test_under_a_post_in_arabic_each_headline_runs_its_own_way(client):
    post = wordless("سلام", tags=["oil"], language="ar")
    wordless("English", tags=["oil"], published_at=NOON - timedelta(days=9))
    wordless("نفط", tags=["oil"], language="ar", published_at=NOON - timedelta(days=8))
    wordless("–", published_at=NOON - timedelta(days=1))
    wordless("–", published_at=NOON + timedelta(days=1))
    relating.relate(post.pk)
    html = LexborHTMLParser(client.get(post.permalink).content.decode())
    cards = html.css(".related__post")
    assert [(card.attributes.get("lang"), card.attributes.get("dir")) for card in cards] == [
        ("ar", "rtl"),
        (None, None),
    ]
    assert all(card.css_first("h3").attributes["dir"] == "auto" for card in cards)


def test_related_and_neighbours_come_with_the_post_in_one_query(django_assert_num_queries):
    section = make_category()
    posts = [
        make_post(
            categories=[section],
            tags=["oil"],
            lead_image=make_image(),
            published_at=NOON + timedelta(days=day),
        )
        for day in range(7)
    ]
    relating.relate(posts[3].pk)
    wanted = reading.with_related(reading.with_neighbours(Post.objects.published()))
    with django_assert_num_queries(1):
        post = wanted.get(pk=posts[3].pk)
        cards = reading.related_to(post)
        assert [(card.title, card.published_at, card.picture.alt) for card in cards]
        assert (post.older["title"], post.newer["title"]) == (posts[2].title, posts[4].title)


# Previous and next


def around(post):
    """Permalinks of (previous, next)."""
    found = reading.with_neighbours(Post.objects.filter(pk=post.pk)).get()
    return tuple(beside and beside["permalink"] for beside in (found.older, found.newer))


def test_previous_and_next_stay_in_the_first_section_of_the_post():
    iran, books = make_category("Iran"), make_category("Books")
    first = make_post(categories=[iran], published_at=NOON)
    make_post(categories=[books], published_at=NOON + timedelta(hours=1))
    second = make_post(categories=[iran, books], published_at=NOON + timedelta(hours=2))
    make_post(categories=[books], published_at=NOON + timedelta(hours=3))
    third = make_post(categories=[books, iran], published_at=NOON + timedelta(hours=4))
    assert around(first) == (None, second.permalink)
    assert around(second) == (first.permalink, third.permalink)


def test_a_post_beneath_the_section_is_next_in_it_and_a_lone_one_has_no_neighbours():
    top = make_category("Middle East")
    beneath = make_category("Iran", parent=top)
    first = make_post(categories=[top], published_at=NOON)
    second = make_post(categories=[beneath], published_at=NOON + timedelta(hours=1))
    assert around(first) == (None, second.permalink)
    assert around(second) == (None, None)


def test_neighbours_in_a_section_at_one_moment_follow_one_another():
    section = make_category()
    first, second, third = (make_post(categories=[section], published_at=NOON) for _ in range(3))
    assert around(first) == (None, second.permalink)
    assert around(second) == (first.permalink, third.permalink)
    assert around(third) == (second.permalink, None)


def test_a_post_in_no_section_has_its_neighbours_in_the_whole_site():
    first = make_post(categories=[make_category()], published_at=NOON)
    post = make_post(published_at=NOON + timedelta(hours=1))
    last = make_post(categories=[make_category()], published_at=NOON + timedelta(hours=2))
    assert around(post) == (first.permalink, last.permalink)


@pytest.mark.parametrize(
    "fields", [{"status": "withdrawn"}, {"published_at": datetime(2999, 1, 1, tzinfo=UTC)}]
)
def test_what_readers_may_not_see_is_nobodys_neighbour(fields):
    section = make_category()
    post = make_post(categories=[section], published_at=NOON)
    make_post(**{"categories": [section], "published_at": NOON + timedelta(hours=1)} | fields)
    assert around(post) == (None, None)


def test_neighbours_follow_a_post_that_is_filed_anew_or_dated_anew():
    iran, books = make_category("Iran"), make_category("Books")
    first, second, third = (
        make_post(categories=[iran], published_at=NOON + timedelta(days=day)) for day in range(3)
    )
    filing.file_under(second, [books])
    assert around(first) == (None, third.permalink)
    third.published_at = NOON - timedelta(days=1)
    publishing.save(third)
    assert around(first) == (third.permalink, None)


def test_the_page_names_the_section_and_links_both_ways(client):
    section = make_category("Iran")
    older, post, newer = (
        make_post(categories=[section], published_at=NOON + timedelta(days=day)) for day in range(3)
    )
    html = LexborHTMLParser(client.get(post.permalink).content.decode())
    nav = html.css_first("nav.neighbours")
    assert nav.attributes["aria-label"] == "Previous and next in Iran"
    links = {link.attributes["rel"]: link.attributes["href"] for link in nav.css("a")}
    assert links == {"prev": older.permalink, "next": newer.permalink}
    assert nav.css_first("a").text().split() == ["Previous", "in", "Iran", *older.title.split()]
