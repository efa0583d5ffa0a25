"""Tags and categories in the newsroom: renamed, merged after a look at the effect, tidied, and brought back."""

import pytest
from django.urls import reverse

from pages.models import MenuLink
from posts.models import Category, Merger, Tag
from tests.factories import make_category, make_post, make_user

pytestmark = pytest.mark.django_db
TAGS, CATEGORIES = "/admin/posts/tag/", "/admin/posts/category/"


@pytest.fixture
def editor(client):
    client.force_login(make_user(group="Editor"))
    return client


@pytest.fixture
def tags(db):
    for names in (["Iran"], ["Iran"], ["iran "], ["Irán", "Iran"]):
        make_post(tags=names)
    return Tag.objects.get(name="Irán"), Tag.objects.get(name="Iran")


def page(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_effect_is_shown_before_two_tags_are_merged(editor, tags):
    gone, kept = tags
    asked = editor.post(TAGS, {"action": "merge_chosen", "_selected_action": [gone.pk, kept.pk]})
    shown = page(editor.get(asked["Location"]))
    assert "Merge into “Iran”" in shown
    assert "1 post gets “Iran” instead; 1 of them has both and keeps it once." in shown
    assert "/tag/ir%C3%A1n/ leads to /tag/iran/" in shown
    assert Tag.objects.count() == 2
    answer = editor.post(f"{TAGS}merge/", {"ids": [gone.pk, kept.pk], "into": kept.pk}, follow=True)
    assert "“Irán” merged into “Iran”" in page(answer)
    assert list(Tag.objects.values_list("name", flat=True)) == ["Iran"]


def test_a_merger_is_undone_from_the_list(editor, tags):
    editor.post(f"{TAGS}merge/", {"ids": [tag.pk for tag in tags], "into": tags[1].pk})
    assert "Tag “Irán” into “Iran”" in page(editor.get("/admin/posts/merger/"))
    address = reverse("admin:posts_merger_undo", args=[Merger.objects.get().pk])
    assert "comes back with its address, and with those of its 1 post" in page(editor.get(address))
    assert "“Irán” is back" in page(editor.post(address, follow=True))
    assert Tag.objects.filter(name="Irán").exists()
    assert "already" not in page(editor.get("/admin/posts/merger/"))


def test_one_tag_is_merged_into_another_by_its_name(editor, tags):
    gone, kept = tags
    assert "There is no tag called “Nowhere”" in page(
        editor.post(f"{TAGS}merge/", {"ids": [gone.pk], "other": "Nowhere"}, follow=True)
    )
    editor.post(f"{TAGS}merge/", {"ids": [gone.pk], "other": "IRAN"})
    assert list(Tag.objects.all()) == [kept]


@pytest.mark.parametrize("query", ["", "?ids=abc", "?ids=0", "?ids=1&into=zz", "?ids=9999999999999999999999"])
def test_nonsense_leads_back_to_the_list(editor, tags, query):
    for name in ("tag", "category"):
        assert editor.get(f"/admin/posts/{name}/merge/{query}", follow=True).status_code == 200


def test_tags_that_look_alike_are_named_together(editor, tags):
    make_post(tags=["Hormuz Strait"])
    make_post(tags=["Hormuz Straits"])
    Tag.objects.create(name="Elections 2016", slug="e16")
    Tag.objects.create(name="Elections 2020", slug="e20")
    shown = page(editor.get(f"{TAGS}alike/"))
    assert '“Iran” <span class="alike__posts">4 posts</span>, “Irán”' in shown
    assert "“Hormuz Strait”" in shown
    assert "Elections" not in shown


def test_unused_tags_are_named_and_deleted_in_one_go(editor, tags):
    Tag.objects.create(name="Nobody", slug="nobody")
    assert "not even a draft: Nobody." in page(editor.get(f"{TAGS}unused/"))
    assert "1 unused tag deleted." in page(editor.post(f"{TAGS}unused/", follow=True))
    assert "Every tag is on some post." in page(editor.get(f"{TAGS}unused/"))


def test_a_tag_is_renamed_and_its_address_follows_only_if_asked(editor, client, tags):
    address = reverse("admin:posts_tag_change", args=[tags[1].pk])
    editor.post(address, {"name": "Persia", "slug": "iran"})
    assert client.get("/tag/iran/").status_code == 200
    editor.post(address, {"name": "Old  Persia ", "slug": "iran", "slug_follows": "on"})
    assert Tag.objects.get(pk=tags[1].pk).name == "Old Persia"
    assert client.get("/tag/iran/feed/")["Location"] == "/tag/old-persia/feed/"


def test_a_name_that_is_taken_leads_to_merging(editor, tags):
    answer = editor.post(reverse("admin:posts_tag_change", args=[tags[0].pk]), {"name": "iran", "slug": "x"})
    assert "Another tag is called “Iran”" in page(answer)
    assert f"ids={tags[0].pk}&amp;ids={tags[1].pk}&amp;into={tags[1].pk}" in page(answer)


def test_deleting_a_tag_says_from_how_many_posts_it_is_taken(editor, tags, client):
    address = reverse("admin:posts_tag_delete", args=[tags[1].pk])
    assert "4 times it is taken off a post" in page(editor.get(address))
    editor.post(address, {"post": "yes"})
    assert client.get("/tag/iran/").status_code == 404


def test_a_category_with_posts_is_merged_instead_of_deleted(editor):
    iran, gulf = make_category("Iran", slug="iran"), make_category("Gulf", slug="gulf")
    make_category("Oil", slug="oil", parent=iran)
    make_post(categories=[iran])
    MenuLink.objects.create(label="On Iran", category=iran)
    answer = editor.get(reverse("admin:posts_category_delete", args=[iran.pk]), follow=True)
    assert "1 post and 1 category would lose their place" in page(answer)
    shown = page(editor.get(f"{CATEGORIES}merge/", {"ids": iran.pk, "other": gulf.pk}))
    assert "/category/iran/oil/ leads to /category/gulf/oil/" in shown
    assert "The menu link “On Iran” leads to “Gulf”" in shown
    editor.post(f"{CATEGORIES}merge/", {"ids": iran.pk, "other": gulf.pk})
    assert sorted(Category.objects.values_list("path", flat=True)) == ["gulf", "gulf/oil"]


def test_an_empty_category_is_deleted(editor):
    empty = make_category()
    editor.post(reverse("admin:posts_category_delete", args=[empty.pk]), {"post": "yes"})
    assert not Category.objects.exists()


def test_what_stands_in_the_way_is_said_and_nothing_can_be_sent(editor):
    iran, gulf = make_category("Iran", slug="iran"), make_category("Gulf", slug="gulf")
    make_category("Oil", slug="oil", parent=iran)
    make_category("Oil", slug="oil", parent=gulf)
    shown = page(editor.get(f"{CATEGORIES}merge/", {"ids": [iran.pk, gulf.pk], "into": gulf.pk}))
    assert "“Oil” lies under both" in shown
    assert "Nothing can be merged until" in shown
    answer = editor.post(f"{CATEGORIES}merge/", {"ids": [iran.pk, gulf.pk], "into": gulf.pk})
    assert "“Oil” lies under both" in page(answer)
    assert Category.objects.count() == 4


@pytest.mark.parametrize("path", ["tag/merge/?ids=1", "tag/unused/", "category/merge/?ids=1", "merger/"])
def test_authors_merge_nothing(client, path):
    client.force_login(make_user(group="Author"))
    assert client.get(f"/admin/posts/{path}").status_code == 403


def test_a_preview_costs_the_same_for_many_posts(editor, tags, django_assert_max_num_queries):
    for _ in range(5):
        make_post(tags=["Irán"], categories=[make_category()])
    with django_assert_max_num_queries(24):
        editor.get(f"{TAGS}merge/", {"ids": [tag.pk for tag in tags]})
    with django_assert_max_num_queries(24):
        categories = list(Category.objects.values_list("pk", flat=True))[:3]
        editor.get(f"{CATEGORIES}merge/", {"ids": categories})
