"""Tags and categories that are renamed, moved and merged: readers, addresses and order follow, and all can be undone."""

import pytest

from informed_comment import redirects
from informed_comment.models import Edition, Redirect
from pages.models import MenuLink
from posts import filing, mergers, publishing, tagging
from posts.mergers import CannotMerge
from posts.models import (
    Category,
    Filing,
    FrontSection,
    MergedPost,
    Merger,
    Post,
    SearchEntry,
    Tag,
    TaggedPost,
)
from tests.factories import make_category, make_post, make_user
from wordpress.models import Imported

pytestmark = pytest.mark.django_db


def tags_of(post):
    return sorted(post.tags.values_list("name", flat=True))


def filed(post):
    return [category.name for category in Post.objects.get(pk=post.pk).filed_under]


def branches(post):
    return sorted(Filing.objects.filter(post=post).values_list("category__path", "is_direct"))


def listed(client, address):
    """The titles of the posts that a list shows, without those beside it."""
    return {post.title for post in client.get(address).context["page"].posts}


@pytest.fixture
def tags(db):
    """Two tags of one thing, posts with either, and one with both."""
    posts = make_post(tags=["Iran"]), make_post(tags=["Irán", "Oil"]), make_post(tags=["Irán", "Iran"])
    return Tag.objects.get(name="Irán"), Tag.objects.get(name="Iran"), posts


# Renaming


def test_a_renamed_tag_is_found_by_its_old_address_its_feeds_and_its_old_name(client):
    post = make_post(tags=["Persia"])
    tag = Tag.objects.get()
    tag.name, tag.slug = "Iran", "iran"
    tagging.save_tag(tag)
    for below in ("", "feed/", "feed/atom/", "feed/json/"):
        answer = client.get(f"/tag/persia/{below}")
        assert (answer.status_code, answer["Location"]) == (301, f"/tag/iran/{below}")
    assert client.get("/tag/persia/page/2/")["Location"] == "/tag/iran/"  # as far as that goes
    other = make_post(tags=["persia"])
    assert tags_of(other) == tags_of(post) == ["Iran"]
    assert set(SearchEntry.objects.matching("Iran").values_list("post", flat=True)) == {post.pk, other.pk}


def test_a_tag_renamed_back_answers_for_itself(client):
    make_post(tags=["Persia"])
    tag = Tag.objects.get()
    for name in ("Iran", "Persia"):
        tag.name, tag.slug = name, name.lower()
        tagging.save_tag(tag)
    assert client.get("/tag/persia/").status_code == 200
    assert client.get("/tag/iran/")["Location"] == "/tag/persia/"
    assert Redirect.objects.count() == 1


def test_a_new_tag_of_a_former_name_is_a_tag_of_its_own():
    make_post(tags=["Persia"])
    tag = Tag.objects.get()
    tag.name = "Iran"
    tagging.save_tag(tag)
    tagging.save_tag(Tag(name="Persia", slug="old-persia"))
    assert tags_of(make_post(tags=["Persia"])) == ["Persia"]


# Merging tags


def test_a_merged_tag_gives_its_posts_its_address_and_its_name(client, tags):
    gone, kept, posts = tags
    was = gone.get_absolute_url()
    assert client.get(was).status_code == client.get(kept.get_absolute_url()).status_code == 200
    merger = mergers.merge(gone, kept)
    assert merger.state == "done"
    assert [tags_of(post) for post in posts] == [["Iran"], ["Iran", "Oil"], ["Iran"]]
    for below in ("", "feed/", "feed/json/"):
        assert client.get(f"{was}{below}")["Location"] == f"/tag/iran/{below}"
    assert listed(client, "/tag/iran/") == {post.title for post in posts}
    feed = client.get("/tag/iran/feed/").content.decode()
    assert all(post.title in feed for post in posts)
    assert "/tag/iran/" in (map_of_tags := client.get("/sitemap-tags.xml").content.decode())
    assert "ir%C3%A1n" not in map_of_tags
    assert "Irán" not in client.get(posts[2].permalink).content.decode()
    assert set(SearchEntry.objects.matching("Iran").values_list("post", flat=True)) == {p.pk for p in posts}


def test_an_older_text_that_names_the_merged_tag_gets_the_other(tags):
    gone, kept, posts = tags
    publishing.save(posts[1])
    then = posts[1].revisions.first()
    mergers.merge(gone, kept)
    post = Post.objects.get(pk=posts[1].pk)
    publishing.restore(post, then)
    assert tags_of(post) == ["Iran", "Oil"]
    assert not Tag.objects.filter(name="Irán").exists()


def test_a_tag_merger_is_undone(client, tags):
    gone, kept, posts = tags
    was, key = gone.get_absolute_url(), gone.pk
    row = Imported.objects.create(source="old", kind="tag", key="iran", tag=gone)
    merger = mergers.merge(gone, kept)
    row.refresh_from_db()
    assert row.tag == kept
    posts[0].tags.add("Gulf")
    mergers.undo(merger)
    assert [tags_of(post) for post in posts] == [["Gulf", "Iran"], ["Irán", "Oil"], ["Iran", "Irán"]]
    assert client.get(was).status_code == 200
    row.refresh_from_db()
    assert row.tag_id == key
    assert not Redirect.objects.exists()
    assert not MergedPost.objects.exists()
    assert tags_of(make_post(tags=["irán"])) == ["Irán"]


def test_undoing_leaves_alone_what_an_editor_has_changed_since(tags):
    gone, kept, posts = tags
    merger = mergers.merge(gone, kept)
    posts[1].tags.remove("Iran")
    mergers.undo(merger)
    assert tags_of(posts[1]) == ["Oil"]


def test_mergers_in_a_row_lead_straight_and_are_undone_backwards(client, tags):
    gone, kept, posts = tags
    was = gone.get_absolute_url()
    first = mergers.merge(gone, kept)
    second = mergers.merge(Tag.objects.get(name="Iran"), Tag.objects.get(name="Oil"))
    assert client.get(was)["Location"] == client.get("/tag/iran/")["Location"] == "/tag/oil/"
    assert tags_of(make_post(tags=["Irán"])) == ["Oil"]
    with pytest.raises(CannotMerge, match="undo that merger first"):
        mergers.undo(first)
    mergers.undo(second)
    mergers.undo(first)
    assert [tags_of(post) for post in posts] == [["Iran"], ["Irán", "Oil"], ["Iran", "Irán"]]
    assert client.get(was).status_code == 200


def test_a_name_taken_since_is_said(tags):
    gone, kept, _ = tags
    merger = mergers.merge(gone, kept)
    tagging.save_tag(Tag(name="Irán", slug="other"))
    with pytest.raises(CannotMerge, match="has the name or address"):
        mergers.undo(merger)


@pytest.mark.django_db(transaction=True)
def test_a_merger_of_many_posts_is_done_and_undone_by_the_worker(work, monkeypatch, rows_of_the_edition):
    monkeypatch.setattr(mergers, "AT_ONCE", 2)
    monkeypatch.setattr(mergers, "BATCH", 2)
    posts = [make_post(tags=["Irán"]) for _ in range(5)]
    make_post(tags=["Iran"])
    merger = mergers.merge(Tag.objects.get(name="Irán"), Tag.objects.get(name="Iran"))
    assert merger.state == "running"
    assert tags_of(make_post(tags=["Irán"])) == ["Iran"]
    with pytest.raises(CannotMerge, match="being merged already"):
        mergers.merge(Tag.objects.get(name="Irán"), Tag.objects.get(name="Iran"))
    work()
    merger.refresh_from_db()
    assert merger.state == "done"
    assert {tuple(tags_of(post)) for post in posts} == {("Iran",)}
    mergers.undo(merger)
    work()
    merger.refresh_from_db()
    assert merger.state == "undone"
    assert {tuple(tags_of(post)) for post in posts} == {("Irán",)}


@pytest.fixture
def rows_of_the_edition(transactional_db):
    Edition.objects.get_or_create(pk=1)


def test_unused_tags_go_and_used_ones_stay(tags):
    Tag.objects.create(name="Nobody", slug="nobody")
    make_post(status="draft", published_at=None, tags=["Draft"])
    assert tagging.delete_unused() == 1
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["Draft", "Iran", "Irán", "Oil"]


# Categories


@pytest.fixture
def sections(db):
    """world › middle-east › iran, and gulf; posts in them."""
    world = make_category("World", slug="world")
    east = make_category("Middle East", slug="middle-east", parent=world)
    iran = make_category("Iran", slug="iran", parent=east)
    gulf = make_category("Gulf", slug="gulf")
    return world, east, iran, gulf


def test_a_moved_category_takes_its_posts_along_and_leaves_the_branches_it_was_under(client, sections):
    world, _, iran, gulf = sections
    post = make_post(categories=[iran, gulf])
    other = make_post(categories=[iran, world])
    iran.parent = gulf
    filing.save_category(iran)
    assert branches(post) == [("gulf", True), ("gulf/iran", True)]
    assert branches(other) == [("gulf", False), ("gulf/iran", True), ("world", True)]
    assert filed(post) == ["Iran", "Gulf"]
    assert listed(client, "/category/gulf/") == {post.title, other.title}
    assert listed(client, "/category/world/") == {other.title}
    assert client.get("/category/world/middle-east/iran/feed/")["Location"] == "/category/gulf/iran/feed/"
    assert set(SearchEntry.objects.get(post=other).categories) == {gulf.pk, iran.pk, world.pk}


def test_a_renamed_category_writes_no_filing(sections, django_assert_max_num_queries):
    world, _, iran, _ = sections
    for _ in range(3):
        make_post(categories=[iran])
    world.slug = "the-world"
    with django_assert_max_num_queries(24):
        filing.save_category(world)
    assert Category.objects.get(pk=iran.pk).path == "the-world/middle-east/iran"
    assert Filing.objects.filter(category=world).count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_category_of_many_posts_is_refiled_by_the_worker(work, monkeypatch, rows_of_the_edition):
    monkeypatch.setattr(filing, "AT_ONCE", 2)
    monkeypatch.setattr(filing, "BATCH", 2)
    gulf, iran = make_category(slug="gulf"), make_category(slug="iran")
    posts = [make_post(categories=[iran]) for _ in range(5)]
    iran.parent = gulf
    filing.save_category(iran)
    assert Filing.objects.filter(category=gulf).count() == 2
    work()
    assert all(branches(post) == [("gulf", False), ("gulf/iran", True)] for post in posts)


def test_a_merged_category_gives_its_posts_children_links_and_addresses(client, sections):
    world, _, iran, gulf = sections
    oil = make_category("Oil", slug="oil", parent=iran)
    alone = make_post(categories=[iran])
    below = make_post(categories=[oil])
    first, last = make_post(categories=[iran, world, gulf]), make_post(categories=[gulf, world, iran])
    link = MenuLink.objects.create(label="Iran", category=iran)
    front = FrontSection.objects.create(category=iran)
    mergers.merge(iran, gulf)
    assert branches(alone) == [("gulf", True)]
    assert branches(below) == [("gulf", False), ("gulf/oil", True)]
    assert (filed(first), filed(last)) == (["Gulf", "World"], ["Gulf", "World"])
    assert branches(first) == [("gulf", True), ("world", True)]
    for row in (link, front):
        row.refresh_from_db()
        assert row.category == gulf
    was = "/category/world/middle-east/iran/"
    assert client.get(was)["Location"] == "/category/gulf/"
    assert client.get(f"{was}feed/atom/")["Location"] == "/category/gulf/feed/atom/"
    assert client.get(f"{was}oil/page/2/")["Location"] == "/category/gulf/oil/"
    assert listed(client, "/category/gulf/") == {post.title for post in (alone, below, first, last)}
    assert listed(client, "/category/world/") == {first.title, last.title}
    assert "middle-east/iran" not in client.get("/sitemap-sections.xml").content.decode()
    assert SearchEntry.objects.get(post=alone).categories == [gulf.pk]


def test_a_category_merger_is_undone_with_order_and_branches(client, sections):
    world, _, iran, gulf = sections
    oil = make_category("Oil", slug="oil", parent=iran)
    posts = [
        make_post(categories=order) for order in ([iran], [oil], [iran, world, gulf], [gulf, world, iran])
    ]
    changed = make_post(categories=[world, iran])
    front = [FrontSection.objects.create(category=one).category for one in (iran, gulf)]
    before = [(branches(post), filed(post)) for post in posts]
    was = iran.get_absolute_url()
    merger = mergers.merge(iran, gulf)
    assert FrontSection.objects.get().category == gulf
    filing.file_under(changed, [world])
    mergers.undo(merger)
    assert [(branches(post), filed(post)) for post in posts] == before
    assert branches(changed) == [("world", True)]
    assert {row.category for row in FrontSection.objects.all()} == set(front)
    assert client.get(was).status_code == client.get(f"{was}oil/").status_code == 200
    assert client.get("/category/gulf/oil/")["Location"] == f"{was}oil/"


def test_what_stands_in_the_way_of_a_category_is_said(sections):
    world, _, iran, gulf = sections
    assert "lies under “World”" in mergers.obstacles(world, iran)[0]
    make_category("Oil here", slug="oil", parent=iran)
    make_category("Oil there", slug="oil", parent=gulf)
    assert "“Oil here” lies under both" in mergers.obstacles(iran, gulf)[0]
    with pytest.raises(CannotMerge, match="into itself"):
        mergers.merge(iran, iran)
    assert Category.objects.count() == 6


def test_a_child_is_merged_into_what_it_lies_under(sections):
    world, _, iran, _ = sections
    post = make_post(categories=[iran])
    mergers.merge(iran, world)
    assert branches(post) == [("world", True)]


def test_many_rows_raise_the_edition_once_and_always(tags):
    before = Edition.objects.get().number
    mergers.merge(tags[0], tags[1], by=make_user())
    after = Edition.objects.get().number
    assert before < after <= before + 6
    TaggedPost.objects.all().delete()
    assert Edition.objects.get().number > after
    assert Merger.objects.get().created_by is not None


def test_old_addresses_of_a_tag_follow_it(client, tags):
    redirects.lead("/?tag=persia", tags[0].get_absolute_url())
    mergers.merge(tags[0], tags[1])
    assert client.get("/?tag=persia")["Location"] == "/tag/iran/"


def test_addresses_in_other_scripts_lead_too(client):
    section = make_category("ایران", slug="ایران")
    make_post(categories=[section])
    was = section.get_absolute_url()
    section.slug = "iran"
    filing.save_category(section)
    assert client.get(was)["Location"] == "/category/iran/"
    assert client.get(f"{was}feed/")["Location"] == "/category/iran/feed/"


def test_spare_blanks_make_no_other_tag():
    assert tags_of(make_post(tags=[" Red   Sea", "red sea ", " "])) == ["Red Sea"]
