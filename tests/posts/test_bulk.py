"""Deeds on many posts: looked at before, done post by post, undone exactly; what somebody else changed is left alone."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from posts import bulk, publishing
from posts.models import Announcement, BulkDeed, BulkRow, Category, Notice, Post, Revision
from tests.factories import make_author, make_category, make_post, make_user

pytestmark = pytest.mark.django_db
Deed = BulkDeed.Deed
LIST = "/admin/posts/post/"


@pytest.fixture
def chief(client):
    user = make_user(group="Editor", first_name="Chief")
    client.force_login(user)
    return user


def propose(client, deed, posts, *, query="", **across):
    """What the list sends; the page that shows what would change."""
    data = {"action": f"bulk_{deed}", "_selected_action": [post.pk for post in posts], "index": 0} | across
    return client.post(LIST + query, data, follow=True)


def press(client, what, **data):
    address = f"{LIST}bulk/{BulkDeed.objects.get().pk}/"
    return client.post(address, {"do": what} | data, follow=True).content.decode()


def stands(*posts):
    """What of the posts a bulk deed could have changed."""
    found = []
    for post in Post.objects.filter(pk__in=[post.pk for post in posts]).order_by("pk"):
        direct = post.filings.filter(is_direct=True).order_by("id").values_list("category__name", flat=True)
        names = [line.author.name for line in post.bylines.all()]
        tags = sorted(tag.name for tag in post.tags.all())
        found.append(
            (post.status, post.published_at, post.trashed_from, post.trashed_at, list(direct), tags, names)
        )
    return found


def draft(**fields):
    return make_post(**{"status": "draft", "published_at": None} | fields)


def test_what_would_change_is_shown_and_nothing_is_done(client, chief):
    ready, empty, out = (
        draft(title="Ready"),
        draft(title="Empty one", body=""),
        make_post(title="Out already"),
    )
    page = propose(client, "publish", [ready, empty, out]).content.decode()
    assert "<strong>1 post</strong> will change, 2 will be left as they are. Nothing is done yet." in page
    assert "Draft → Published" in page
    assert "the body is empty" in page
    assert "It is published already." in page
    assert not Post.objects.get(pk=ready.pk).is_public


def test_posts_are_published_with_all_that_follows_and_the_message_undoes_it(client, chief):
    posts = [draft(title=f"Ready {n}") for n in range(3)]
    propose(client, "publish", posts, query="?status=draft")
    page = press(client, "begin")
    assert "3 posts are published" in page
    assert 'form="changelist-form"' in page
    assert all(post.is_public and post.permalink for post in Post.objects.all())
    assert Announcement.objects.count() == 3
    assert {revision.created_by for revision in Revision.objects.filter(deed="publish")} == {chief}
    page = press(client, "undo")
    assert "Undone: 3 posts are as before." in page
    assert set(Post.objects.values_list("status", "published_at")) == {("draft", None)}


def test_the_way_back_leads_to_the_list_as_it_was_narrowed(client, chief):
    post = draft()
    answer = propose(client, "publish", [post], query="?status=draft&q=Post")
    assert "?status=draft&amp;q=Post" in answer.content.decode()
    done = client.post(answer.request["PATH_INFO"] + "?" + answer.request["QUERY_STRING"], {"do": "begin"})
    assert done.url == f"{LIST}?status=draft&q=Post"


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/?a", "javascript:alert(1)"])
def test_the_way_back_never_leaves_the_newsroom(client, chief, back):
    propose(client, "trash", [draft()])
    address = f"{LIST}bulk/{BulkDeed.objects.get().pk}/"
    assert client.post(f"{address}?back={back}", {"do": "begin"}).url.startswith(LIST)


CASES = {
    "publish": lambda: draft(),
    "withdraw": lambda: make_post(),
    "trash": lambda: make_post(),
    "untrash": lambda: thrown(),
    "add_category": lambda: make_post(categories=[make_category("Old one")]),
    "remove_category": lambda: make_post(
        categories=[make_category("Old one"), make_category("Rivers", slug="r")]
    ),
    "add_tags": lambda: make_post(tags=["Oil"]),
    "remove_tags": lambda: make_post(tags=["Oil", "Iran"]),
    "add_author": lambda: make_post(authors=2),
}


def thrown():
    post = make_post()
    publishing.trash(post)
    return post


def given_to(deed):
    if "category" in deed:
        section = Category.objects.filter(name="Rivers").first() or make_category("Rivers")
        return {"category": section.pk}
    if "tags" in deed:
        return {"tags": "iran, Water"}
    return {"author": make_author(name="Nadia Own").pk} if "author" in deed else {}


@pytest.mark.parametrize("deed", CASES)
def test_every_deed_is_done_and_undone_to_exactly_what_was(client, chief, deed):
    post = CASES[deed]()
    was = stands(post)
    propose(client, deed, [post], query="?status=trashed" if deed == "untrash" else "")
    if given := given_to(deed):
        assert "→" in press(client, "choose", **given)
    press(client, "begin")
    assert BulkRow.objects.get().outcome == "done"
    assert stands(post) != was
    press(client, "undo")
    assert stands(post) == was
    assert Post.objects.get().revisions.first().deed == "undo"


def test_tags_are_told_apart_as_the_site_does_and_authors_are_added_last(client, chief):
    post = make_post(tags=["Iran", "Oil"], authors=[make_author(name="Omar")])
    propose(client, "remove_tags", [post])
    assert "Iran, Oil → Oil" in press(client, "choose", tags="IRAN")
    press(client, "begin")
    assert [tag.name for tag in post.tags.all()] == ["Oil"]
    BulkDeed.objects.all().delete()
    propose(client, "add_author", [post])
    press(client, "choose", author=make_author(name="Nadia").pk)
    press(client, "begin")
    assert [line.author.name for line in post.bylines.all()] == ["Omar", "Nadia"]


def test_another_choice_is_judged_anew(client, chief):
    here, there = make_category("Here"), make_category("There")
    post = make_post(categories=[here])
    propose(client, "add_category", [post])
    assert "It is filed there already." in press(client, "choose", category=here.pk)
    assert "Here → Here, There" in press(client, "choose", category=there.pk)
    assert "This field is required." in press(client, "choose", category="")
    assert BulkDeed.objects.get().given == there.pk


def test_nothing_is_done_before_it_is_said_what(client, chief):
    post = make_post()
    propose(client, "add_tags", [post])
    press(client, "begin")
    assert not BulkDeed.objects.get().begun_at


def test_a_post_somebody_changed_meanwhile_is_named_and_left(client, chief):
    mine, theirs = make_post(title="Mine"), make_post(title="Theirs")
    propose(client, "withdraw", [mine, theirs])
    publishing.save(Post.objects.get(pk=theirs.pk))
    page = press(client, "begin")
    assert "1 post is taken off the site. 1 was left as it was." in page
    report = client.get(f"{LIST}bulk/{BulkDeed.objects.get().pk}/").content.decode()
    assert "Somebody changed it after you looked." in report
    assert Post.objects.get(pk=theirs.pk).is_public


def test_undoing_keeps_what_was_changed_since_and_says_which(client, chief):
    kept, back = make_post(title="Kept"), make_post(title="Back")
    propose(client, "withdraw", [kept, back])
    press(client, "begin")
    publishing.save(Post.objects.get(pk=kept.pk))
    page = press(client, "undo")
    assert "1 post could not be undone" in page
    assert "It was changed since, and that change is kept." in page
    assert (Post.objects.get(pk=kept.pk).status, Post.objects.get(pk=back.pk).status) == (
        "withdrawn",
        "published",
    )


def test_done_or_undone_twice_is_done_once(client, chief):
    post = make_post()
    propose(client, "withdraw", [post])
    press(client, "begin")
    assert "done already" in press(client, "begin")
    assert Post.objects.get().version == 2
    press(client, "undo")
    assert "undone already" in press(client, "undo")
    assert Post.objects.get().version == 3


def test_a_deleted_post_stops_nothing(client, chief):
    gone, there = make_post(title="Gone one"), make_post()
    propose(client, "withdraw", [gone, there])
    gone.delete()
    page = press(client, "begin")
    assert "1 post is taken off the site. 1 was left as it was." in page
    assert "Gone one" in client.get(f"{LIST}bulk/{BulkDeed.objects.get().pk}/").content.decode()


def test_one_post_that_fails_stops_no_other(client, chief, caplog):
    posts = [draft(title="One", slug="same"), draft(title="Two")]
    propose(client, "add_category", posts)
    section = make_category()
    press(client, "choose", category=section.pk)
    section.delete()
    page = press(client, "begin")
    assert "2 were left as they were" in page
    assert "could not change post" in caplog.text
    assert BulkDeed.objects.get().done_at


def test_all_that_match_are_chosen_without_their_ids(client, chief):
    for n in range(60):
        draft(title=f"Found {n}")
    make_post(title="Out")
    page = propose(
        client, "trash", [Post.objects.filter(status="draft").first()], query="?status=draft", select_across=1
    )
    assert "<strong>60 posts</strong> will change" in page.content.decode()


def test_more_than_can_be_done_at_once_is_refused_in_a_sentence(client, chief, monkeypatch):
    monkeypatch.setattr(bulk, "MOST", 2)
    page = propose(client, "trash", [draft() for _ in range(3)]).content.decode()
    assert "Narrow the list" in page
    assert not BulkDeed.objects.exists()


def test_many_posts_are_one_mail_to_their_writer(client, chief):
    nadia = make_user(email="nadia@example.org")
    author = make_author(user=nadia)
    propose(client, "withdraw", [make_post(authors=[author]) for _ in range(3)])
    press(client, "begin")
    assert Notice.objects.waiting().filter(user=nadia, kind="withdrawn").count() == 3


def test_an_author_does_with_own_drafts_what_they_may_and_no_more(client):
    author = make_user(group="Author")
    client.force_login(author)
    own, out, foreign = draft(created_by=author), make_post(title="Out one", created_by=author), draft()
    page = client.get(LIST).content.decode()
    assert "bulk_trash" in page
    assert "bulk_publish" not in page
    propose(client, "publish", [own])
    assert not BulkDeed.objects.exists()
    page = propose(client, "trash", [own, out, foreign]).content.decode()
    assert "<strong>1 post</strong> will change, 1 will be left" in page
    assert "You may not change it" in page
    press(client, "begin")
    assert stands(own)[0][0] == "trashed"
    assert {stands(out)[0][0], stands(foreign)[0][0]} == {"published", "draft"}


def test_nobody_begins_or_undoes_what_is_not_theirs(client):
    chief, author = make_user(group="Editor"), make_user(group="Author")
    post = make_post(created_by=author)
    deed = bulk.propose(Post.objects.all(), Deed.TRASH, by=chief)
    client.force_login(author)
    assert client.post(f"{LIST}bulk/{deed.pk}/", {"do": "begin"}).status_code == 404
    assert f"bulk/{deed.pk}/" not in client.get(f"{LIST}bulk/").content.decode()
    bulk.begin(deed, by=chief)
    client.post(f"{LIST}bulk/{deed.pk}/", {"do": "undo"})
    assert stands(post)[0][0] == "trashed"


def test_recent_deeds_are_listed_with_their_undo(client, chief):
    propose(client, "withdraw", [make_post()])
    assert "Nothing yet." in client.get(f"{LIST}bulk/").content.decode()
    press(client, "begin")
    page = client.get(f"{LIST}bulk/").content.decode()
    assert "1 post is taken off the site." in page
    assert "Undo: Withdraw" in page


def test_undoing_says_what_cannot_be_called_back(client, chief):
    propose(client, "publish", [draft()])
    press(client, "begin")
    Announcement.objects.update(made_at=timezone.now())
    report = client.get(f"{LIST}bulk/{BulkDeed.objects.get().pk}/").content.decode()
    assert "1 of them have been announced; that cannot be called back." in report


def test_a_proposal_nobody_took_up_is_forgotten_after_a_day(client, chief):
    bulk.propose(Post.objects.all(), Deed.TRASH, by=chief)
    BulkDeed.objects.update(created_at=timezone.now() - timedelta(days=2))
    kept = bulk.propose(Post.objects.all(), Deed.TRASH, by=chief)
    assert BulkDeed.objects.get() == kept


@pytest.mark.parametrize("rows", [1, 40])
def test_its_screens_cost_the_same_however_many_posts(client, chief, rows, django_assert_max_num_queries):
    author = make_author()
    posts = [make_post(authors=[author], tags=["Oil"], categories=[make_category()]) for _ in range(rows)]
    propose(client, "withdraw", posts)
    address = f"{LIST}bulk/{BulkDeed.objects.get().pk}/"
    with django_assert_max_num_queries(18):
        client.get(address)
    press(client, "begin")
    for page in (address, f"{LIST}bulk/"):
        with django_assert_max_num_queries(18):
            client.get(page)


@pytest.mark.django_db(transaction=True)
def test_many_are_the_workers_and_the_page_tells_how_far_it_is(client, work, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    chief = make_user(is_superuser=True)
    client.force_login(chief)
    propose(client, "withdraw", [make_post() for _ in range(30)])
    page = press(client, "begin")
    assert "Being done: 0 of 30 posts." in page
    work()
    page = client.get(f"{LIST}bulk/{BulkDeed.objects.get().pk}/").content.decode()
    assert "30 posts are taken off the site." in page


@pytest.mark.django_db(transaction=True)
def test_two_processes_at_once_do_each_post_once(monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK", 3)
    chief = make_user(is_superuser=True)
    for _ in range(12):
        make_post()
    deed = bulk.propose(Post.objects.all(), Deed.WITHDRAW, by=chief)
    BulkDeed.objects.update(begun_at=timezone.now())
    together = threading.Barrier(2)

    def process():
        together.wait()
        bulk.run(deed.pk)
        connection.close()

    threads = [threading.Thread(target=process) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bulk.run(deed.pk)
    assert set(Post.objects.values_list("status", "version")) == {("withdrawn", 2)}
    assert set(BulkRow.objects.values_list("outcome", flat=True)) == {"done"}
    assert BulkDeed.objects.get().done_at


@pytest.mark.django_db(transaction=True)
def test_what_a_dead_process_left_is_finished_by_the_worker(client, work):
    chief = make_user(is_superuser=True)
    posts = [make_post() for _ in range(3)]
    deed = bulk.propose(Post.objects.all(), Deed.WITHDRAW, by=chief)
    BulkDeed.objects.update(begun_at=timezone.now())
    bulk.jobs.defer("posts.tasks.do_bulk", bulk_id=deed.pk)
    work()
    assert {stand[0] for stand in stands(*posts)} == {"withdrawn"}
    assert BulkDeed.objects.get().done_at
