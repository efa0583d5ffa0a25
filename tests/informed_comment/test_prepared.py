import threading
from datetime import timedelta

import pytest
from django.core.exceptions import FieldFetchBlocked
from django.db import connection
from django.db.models import Prefetch
from django.utils import timezone

from authors.models import Author
from informed_comment.prepared import SKIPPED, Present, Slot, any_of, prepared
from posts import reading
from posts.models import Byline, Post
from tests.factories import make_author, make_category, make_image, make_post

pytestmark = pytest.mark.django_db


def cards_by_ids():
    return prepared(
        lambda: Post.objects.published().filter(any_of("pk", Slot("ids"))).newest_first().for_cards()
    )


def told(post):
    """What a card says."""
    image = post.lead_image.pk if post.lead_image else None
    bylines = [(byline.author.name, byline.post) for byline in post.bylines.all()]
    return post.title, post.published_at, image, bylines, [f.category.name for f in post.filings.all()]


def test_it_gives_what_the_queryset_gives():
    section = make_category(name="Water")
    posts = [
        make_post(authors=2, categories=[section], lead_image=make_image()),
        make_post(authors=0),
        make_post(),
    ]
    ids = [post.pk for post in posts]
    expected = Post.objects.published().filter(pk__in=ids).newest_first().for_cards()
    assert [told(post) for post in cards_by_ids()(ids=ids)] == [told(post) for post in expected]


def test_the_large_queryset_of_a_post_with_all_its_annotations():
    section = make_category()
    posts = [make_post(categories=[section], tags=["oil"], published_at=ago(hours)) for hours in (3, 2, 1)]
    whole = prepared(lambda: reading.whole(Post.objects.published()).filter(permalink=Slot("path")))
    (post,) = whole(path=posts[1].permalink)
    expected = reading.whole(Post.objects.published()).get(permalink=posts[1].permalink)
    assert (post.newer, post.older, post.related) == (expected.newer, expected.older, expected.related)
    assert [told["name"] for told in post.tags_told] == ["oil"]
    assert post.newer["title"] == posts[2].title


def ago(hours):
    return timezone.now() - timedelta(hours=hours)


def test_sql_is_written_once_and_the_values_are_new_each_time(django_assert_num_queries):
    made = []

    def titled():
        made.append(1)
        return Post.objects.filter(title=Slot("title"))

    first, second = make_post(title="100% “one”"), make_post(title="It's %s")
    by_title = prepared(titled)
    with django_assert_num_queries(2):
        assert by_title(title=first.title) == [first]
        assert by_title(title=second.title) == [second]
    assert made == [1]


def test_the_present_is_that_of_the_execution(time_machine):
    published = prepared(lambda: Post.objects.published())
    make_post(published_at=timezone.now() + timedelta(hours=1))
    assert published() == []
    time_machine.move_to(timezone.now() + timedelta(hours=2))
    assert len(published()) == 1


def test_the_present_in_a_queryset_that_is_not_prepared(time_machine):
    queryset = Post.objects.filter(published_at__lte=Present())
    make_post(published_at=timezone.now() + timedelta(hours=1))
    assert not queryset.exists()
    time_machine.move_to(timezone.now() + timedelta(hours=2))
    assert queryset.exists()


def test_prefetched_rows_cost_one_query_each_whatever_the_number(django_assert_num_queries):
    by_ids = cards_by_ids()
    ids = [make_post(categories=[make_category()]).pk for _ in range(5)]
    by_ids(ids=ids)
    with django_assert_num_queries(3):
        for post in by_ids(ids=ids):
            told(post)


def test_where_there_are_no_rows_nothing_more_is_asked(django_assert_num_queries):
    by_ids = cards_by_ids()
    with django_assert_num_queries(1):
        assert by_ids(ids=[]) == []


def test_a_relation_that_was_forgotten_fails_as_in_the_queryset():
    made = make_post(authors=[make_author(portrait=make_image())])
    (post,) = cards_by_ids()(ids=[made.pk])
    with pytest.raises(FieldFetchBlocked):
        _ = post.body
    with pytest.raises(FieldFetchBlocked):
        _ = post.bylines.all()[0].author.portrait


def test_values_and_lists_of_them():
    post = make_post(title="A")
    assert prepared(lambda: Post.objects.filter(pk=Slot("pk")).values_list("pk", "title"))(pk=post.pk) == [
        (post.pk, "A")
    ]
    assert prepared(lambda: Post.objects.filter(pk=Slot("pk")).values("title"))(pk=post.pk) == [
        {"title": "A"}
    ]
    assert prepared(lambda: Post.objects.values_list("pk", flat=True))() == [post.pk]


def test_a_place_in_a_list():
    posts = [make_post(published_at=ago(hours)) for hours in range(1, 6)]
    two = prepared(lambda: Post.objects.filter(status="published").newest_first()[SKIPPED : SKIPPED + 2])
    assert two(skipped=0) == posts[:2]
    assert two(skipped=3) == posts[3:5]
    assert two(skipped=9) == []


def test_a_place_in_a_list_of_ids_within_the_statement():
    posts = [make_post(published_at=ago(hours)) for hours in range(1, 6)]
    ids = Post.objects.newest_first().values("pk")[SKIPPED : SKIPPED + 2]
    two = prepared(lambda: Post.objects.filter(pk__in=ids, slug=Slot("slug")))
    assert two(skipped=2, slug=posts[3].slug) == [posts[3]]
    assert two(skipped=0, slug=posts[3].slug) == []


def test_rows_under_a_name_of_their_own():
    post = make_post(authors=[make_author(name="Ada")])
    named = Prefetch("bylines", Byline.objects.select_related("author"), to_attr="signed")
    (found,) = prepared(lambda: Post.objects.prefetch_related(named))()
    assert [byline.author.name for byline in found.signed] == ["Ada"]
    assert found == post


def test_a_queryset_that_is_empty_by_itself_asks_nothing(django_assert_num_queries):
    nothing = prepared(lambda: Post.objects.none())
    with django_assert_num_queries(0):
        assert nothing() == []


@pytest.mark.parametrize("values", [{}, {"path": "/", "number": 2}, {"pfad": "/"}])
def test_values_that_do_not_fit_the_slots_are_an_error(values):
    by_path = prepared(lambda: Post.objects.filter(permalink=Slot("path")))
    with pytest.raises(TypeError, match=r"expected: \['path'\]"):
        by_path(**values)


@pytest.mark.parametrize("lookup", ["bylines", "bylines__author", Prefetch("authors", Author.objects.all())])
def test_a_prefetch_it_cannot_do_is_refused(lookup):
    make_post()
    with pytest.raises(TypeError, match="cannot prefetch"):
        prepared(lambda: Post.objects.prefetch_related(lookup))()


def test_a_slot_in_a_queryset_that_is_not_prepared_is_an_error():
    with pytest.raises(TypeError, match="only in a prepared queryset"):
        list(Post.objects.filter(permalink=Slot("path")))


@pytest.mark.django_db(transaction=True)
def test_threads_share_a_statement():
    posts = [make_post(authors=2) for _ in range(8)]
    by_ids, wrong = cards_by_ids(), []

    def ask(post):
        try:
            for _ in range(20):
                (found,) = by_ids(ids=[post.pk])
                if told(found) != told(post):
                    wrong.append(post)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=[post]) for post in posts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_querysets_that_are_put_together():
    posts = [make_post(title=title) for title in ("A", "B", "C")]
    ids = Post.objects.order_by().values_list("pk", flat=True)
    one, other = (ids.filter(title=Slot(name)) for name in ("one", "other"))
    both = prepared(lambda: one.union(other, all=True).order_by())
    assert sorted(both(one="A", other="C")) == [posts[0].pk, posts[2].pk]
