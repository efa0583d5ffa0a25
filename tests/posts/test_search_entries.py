"""What search reads follows what is written, whoever writes it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from authors.models import Author
from posts import filing, publishing
from posts.models import Byline, Filing, Post, SearchEntry, Tag, TaggedPost
from posts.searching import words
from tests.factories import make_author, make_category, make_post, make_user
from tests.posts.searches import answer, titles

pytestmark = pytest.mark.django_db


def chosen(name, query="zebra"):
    """{label: posts} of a facet."""
    facets = {facet.name: facet for facet in answer(query).found.facets}
    return {choice.label: choice.posts for choice in facets[name].choices} if name in facets else {}


def test_a_changed_text_is_found_by_its_new_words_alone():
    post = make_post(title="Basalt")
    post.title = "Granite"
    post.save()
    assert titles("basalt") == []
    assert titles("granite") == ["Granite"]


def test_a_bulk_update_and_sql_by_hand_count_as_well():
    post = make_post(title="Basalt", body="<p>Amber.</p>")
    Post.objects.filter(pk=post.pk).update(body="<p>Jade.</p>")
    assert titles("amber") == []
    assert titles("jade") == ["Basalt"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE posts_post SET standfirst = 'Coral' WHERE id = %s", [post.pk])
    assert titles("coral") == ["Basalt"]


def test_posts_written_in_bulk_are_found_with_names_tags_and_sections():
    author, section, tag = (
        make_author(name="Layla Haddad"),
        make_category("Gulf"),
        Tag.objects.create(name="Dhow"),
    )
    at = timezone.now() - timedelta(days=1)
    posts = Post.objects.bulk_create(
        Post(title=f"Zebra {n}", slug=f"z{n}", status="published", published_at=at, permalink=f"/z{n}.html")
        for n in range(3)
    )
    Byline.objects.bulk_create(Byline(post=post, author=author) for post in posts)
    Filing.objects.bulk_create(Filing(post=post, category=section) for post in posts[:2])
    TaggedPost.objects.bulk_create(TaggedPost(content_object=post, tag=tag) for post in posts[1:])
    make_post(title="Zebra alone", categories=[make_category("Asia")])
    assert len(titles("zebra haddad")) == 3
    assert sorted(titles("zebra dhow")) == ["Zebra 1", "Zebra 2"]
    assert chosen("Category") == {"Gulf": 2, "Asia": 1}


def test_a_renamed_author_or_tag_is_found_by_the_new_name():
    author = make_author(name="Layla Haddad")
    make_post(title="One", authors=[author], tags=["Dhow"])
    author.name = "Layla Khoury"
    author.save()
    Tag.objects.filter(name="Dhow").update(name="Felucca")
    assert titles("haddad") == titles("dhow") == []
    assert titles("khoury") == titles("felucca") == ["One"]


def test_an_author_or_tag_of_many_posts_is_renamed_at_once_and_found_after_the_worker():
    author, tag = make_author(name="Layla Haddad"), Tag.objects.create(name="Dhow", slug="dhow")
    Post.objects.bulk_create(Post(title=f"No. {number}") for number in range(501))
    posts = list(Post.objects.all())
    Byline.objects.bulk_create(Byline(post=post, author=author) for post in posts)
    TaggedPost.objects.bulk_create(TaggedPost(content_object=post, tag=tag) for post in posts)
    read = make_post(title="One", authors=[author], tags=["Dhow"])
    Author.objects.update(name="Layla Khoury")
    Tag.objects.update(name="Felucca")
    assert titles("haddad") == ["One"]
    assert words.name(most=words.BATCH) == words.BATCH
    assert words.name() == 502 - words.BATCH
    assert words.name() == 0
    assert titles("haddad") == titles("dhow") == []
    assert titles("khoury") == titles("felucca") == [read.title]


def test_another_byline_is_another_name():
    first, second = make_author(name="Layla Haddad"), make_author(name="Omar Nasser")
    post = make_post(title="One", authors=[first])
    post.bylines.update(author=second)
    assert titles("haddad") == []
    assert titles("nasser") == ["One"]
    post.bylines.all().delete()
    assert titles("nasser") == []


def test_a_post_loses_the_tag_that_is_deleted():
    make_post(title="One", tags=["Dhow"])
    Tag.objects.all().delete()
    assert titles("dhow") == []


def test_a_refiled_post_counts_in_its_new_section_and_the_branches_above():
    top = make_category("World")
    leaf, other = make_category("Asia", parent=top), make_category("Books")
    post = make_post(title="Zebra", categories=[other])
    make_post(title="Zebra again", categories=[other])
    filing.file_under(post, [leaf])
    assert chosen("Category") == {"World": 1, "Asia": 1, "Books": 1}


def test_a_category_moved_takes_its_posts_to_the_new_branch():
    old, new = make_category("World"), make_category("Region")
    leaf = make_category("Asia", parent=old)
    make_post(title="Zebra", categories=[leaf])
    leaf.parent = new
    filing.save_category(leaf)
    assert chosen("Category") == {"Region": 1, "Asia": 1}


def test_a_withdrawn_post_is_gone_and_found_again_when_it_returns():
    editor = make_user(group="Editor")
    post = make_post(title="Zebra")
    publishing.withdraw(post, by=editor)
    assert titles("zebra") == []
    publishing.publish(post, by=editor)
    assert titles("zebra") == ["Zebra"]


def test_a_post_put_off_is_not_found_before_its_hour():
    post = make_post(title="Zebra")
    Post.objects.filter(pk=post.pk).update(published_at=timezone.now() + timedelta(hours=1))
    assert titles("zebra") == []
    Post.objects.filter(pk=post.pk).update(published_at=timezone.now() - timedelta(days=800))
    assert titles("zebra") == ["Zebra"]


def test_text_and_date_changed_at_once_are_both_seen():
    post = make_post(title="Basalt", status="draft", published_at=None)
    at = timezone.now() - timedelta(days=400)
    Post.objects.filter(pk=post.pk).update(
        title="Zebra", status="published", published_at=at, permalink="/z.html"
    )
    year = timezone.localtime(at).year
    assert titles("zebra", year=str(year)) == ["Zebra"]


def test_a_deleted_post_leaves_nothing_behind():
    post = make_post(title="Zebra", tags=["Dhow"], categories=[make_category()])
    post.delete()
    assert not SearchEntry.objects.exists()
    assert titles("zebra") == []


def test_an_author_deleted_with_the_byline_is_no_longer_counted():
    kept, gone = make_author(name="Layla Haddad"), make_author(name="Omar Nasser")
    make_post(title="Zebra", authors=[kept, gone])
    Byline.objects.filter(author=gone).delete()
    Author.objects.filter(pk=gone.pk).delete()
    assert SearchEntry.objects.get().authors == [kept.pk]


def test_rows_written_before_their_post_count_too():
    """Keys are checked at the end of a transaction, so an import may write in any order."""
    author = make_author(name="Layla Haddad")
    Byline.objects.bulk_create([Byline(post_id=10**9, author=author)])
    Post.objects.bulk_create(
        [Post(pk=10**9, title="Zebra", status="published", published_at=timezone.now(), permalink="/z.html")]
    )
    assert titles("haddad zebra") == ["Zebra"]


def test_what_search_does_not_read_leaves_the_entry_alone():
    post = make_post(title="Zebra", tags=["Dhow"])
    SearchEntry.objects.update(is_learned=True)
    Post.objects.filter(pk=post.pk).update(version=7, word_count=9)
    Byline.objects.update(position=3)
    assert SearchEntry.objects.get().is_learned
    Post.objects.filter(pk=post.pk).update(body="<p>New.</p>")
    assert not SearchEntry.objects.get().is_learned
