"""Comments of the old site: read-only, in threads, in pages, and without anything readers should not see."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from informed_comment import editions
from posts import reader_comments
from posts.models import ReaderComment
from tests.factories import make_comment, make_post, make_user

pytestmark = pytest.mark.django_db
BEGAN = datetime(2010, 5, 1, tzinfo=UTC)


def said(post, *parents, **fields):
    """A comment a minute, each answering the one at that place, or nobody; in order."""
    made = []
    for minute, above in enumerate(parents):
        parent = made[above] if above is not None else None
        moment = BEGAN + timedelta(minutes=minute)
        made.append(make_comment(post, parent=parent, published_at=moment, name=f"R{minute}", **fields))
    reader_comments.put_in_order([post.pk])
    return made


def page_of(client, path):
    return client.get(path).content.decode()


def names(page):
    return re.findall(r'<b class="comment__name"[^>]*>(?:<a[^>]*>)?([^<]*)', page)


def test_comments_stand_under_the_post_with_their_number_and_answers_under_what_they_answer(client):
    post = make_post()
    said(post, None, None, 0, 2)
    page = page_of(client, post.permalink)
    assert names(page) == ["R0", "R2", "R3", "R1"]
    assert "Comments (4)" in page
    assert "Comments are closed." in page
    assert "comment--under-2" in page
    assert "in reply to <a href=" in page
    assert '"commentCount": 4' in page


def test_a_post_without_comments_says_nothing_of_them(client):
    page = page_of(client, make_post().permalink)
    assert "omments" not in page


def test_circles_orphans_and_answers_without_end_are_put_in_order_quickly():
    post = make_post()
    made = said(post, *[None] * 4)
    first, second, third, _ = made
    ReaderComment.objects.filter(pk=first.pk).update(parent=second)
    ReaderComment.objects.filter(pk=second.pk).update(parent=third)
    ReaderComment.objects.filter(pk=third.pk).update(parent=first)
    reader_comments.put_in_order([post.pk])
    order = ReaderComment.objects.in_order().values_list("name", "depth")
    assert sorted(order, key=lambda row: row[1])[0][1] == 0
    assert [name for name, _ in order] == ["R0", "R2", "R1", "R3"]
    chain = [
        ReaderComment(pk=n, published_at=BEGAN + timedelta(minutes=n), post=post) for n in range(1, 5001)
    ]
    for one in chain[1:]:
        one.parent_id = one.pk - 1
    reader_comments.arrange(chain)
    assert [one.position for one in chain] == list(range(5000))
    assert max(one.depth for one in chain) == reader_comments.DEEPEST


def test_many_comments_go_on_pages_of_their_own_and_each_is_on_one(client, django_assert_max_num_queries):
    post = make_post()
    said(post, *[None] * 120)
    client.get("/")
    with django_assert_max_num_queries(10):
        first = page_of(client, post.permalink)
    second, third = (page_of(client, f"{post.permalink}/comment-page-{n}/") for n in (2, 3))
    assert "Comments (120)" in first
    assert [*names(first), *names(second), *names(third)] == [f"R{n}" for n in range(120)]
    assert 'content="noindex"' in second
    assert "Page 2 of 3" in second
    assert f'href="{post.permalink}#comments"' in second


def test_long_comments_make_shorter_pages():
    post = make_post()
    said(post, *[None] * 5, text=f"<p>{'word ' * 2500}</p>")
    assert list(ReaderComment.objects.in_order().values_list("page", flat=True)) == [1, 2, 3, 4, 5]


def test_an_old_link_to_a_page_of_comments_or_to_a_comment_finds_where_it_stands_now(client):
    post = make_post()
    made = said(post, *[None] * 60)
    to_post = f"{post.permalink}#comments"
    for path, target in {
        f"{post.permalink}/comment-page-1/": to_post,
        f"{post.permalink}/comment-page-12/": to_post,
        f"{post.permalink}/comment-page-2": f"{post.permalink}/comment-page-2/",
        f"{post.permalink}/comments/{made[55].anchor}/": f"{post.permalink}/comment-page-2/#{made[55].anchor}",
        f"{post.permalink}/comments/{made[5].anchor}/": f"{post.permalink}#{made[5].anchor}",
        f"{post.permalink}/comments/comment-999999/": to_post,
        f"{post.permalink}/comments/said-999999999999999999/": to_post,
    }.items():
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (301, target), path
    assert client.get("/2001/01/nothing.html/comment-page-2/").status_code == 404
    assert f'id="{made[5].anchor}"' in page_of(client, post.permalink)


def test_what_strangers_wrote_loads_nothing_and_lends_no_weight(client):
    post = make_post()
    text = (
        '<p>Look <img src="https://spy.example/x.gif"><a href="https://shop.example/" title="<a ">here</a> '
        '<a href="mailto:ann@example.org">me</a><script>alert(1)</script></p><h2>Big</h2>'
    )
    make_comment(post, text=text, name="<b>Bob</b>", website="https://bob.example/?a=1&b=2")
    page = page_of(client, post.permalink)
    section = page[page.index('id="comments"') :]
    assert "spy.example" not in page
    assert "alert(1)" not in page
    assert '<a href="https://shop.example/" rel="nofollow ugc">here</a>' in section
    assert "mailto:" not in section
    assert (
        '<a href="https://bob.example/?a=1&amp;b=2" rel="nofollow ugc">&lt;b&gt;Bob&lt;/b&gt;</a>' in section
    )
    assert "<h2>Big" not in section


def test_mentions_elsewhere_are_links_apart_and_not_counted(client):
    post = make_post()
    said(post, None)
    make_comment(post, kind="mention", name="A weblog", website="https://weblog.example/7/", text="")
    reader_comments.put_in_order([post.pk])
    page = page_of(client, post.permalink)
    assert "Comments (1)" in page
    assert '<a href="https://weblog.example/7/" rel="nofollow ugc" dir="auto">A weblog</a>' in page


def test_hiding_takes_a_comment_off_at_once_and_leaves_its_answers(client):
    post = make_post()
    made = said(post, None, 0, None)
    client.get(post.permalink)
    before = editions.current()
    reader_comments.hide(ReaderComment.objects.filter(pk=made[0].pk))
    editions.forget()
    assert editions.current() != before
    page = page_of(client, post.permalink)
    assert names(page) == ["R1", "R2"]
    assert "Comments (2)" in page
    assert "in reply to" not in page
    reader_comments.show(ReaderComment.objects.filter(pk=made[0].pk))
    editions.forget()
    assert names(page_of(client, post.permalink)) == ["R0", "R1", "R2"]


def test_deleting_one_leaves_its_answers_on_their_own():
    post = make_post()
    made = said(post, None, 0)
    reader_comments.delete(ReaderComment.objects.filter(pk=made[0].pk))
    left = ReaderComment.objects.get()
    assert (left.parent, left.depth, left.position) == (None, 0, 0)


def test_an_editor_finds_hides_and_deletes_and_an_author_only_looks(client):
    post = make_post()
    made = said(post, None, None)
    changelist = reverse("admin:posts_readercomment_changelist")
    client.force_login(make_user(group="Editor"))
    assert "R1" in page_of(client, f"{changelist}?q=well+r1")
    assert client.get(reverse("admin:posts_readercomment_add")).status_code == 403
    change = reverse("admin:posts_readercomment_change", args=[made[0].pk])
    form = client.get(change).context["adminform"].form
    seen = {form[name].html_name: form[name].value() or "" for name in form.fields if name != "is_shown"}
    assert client.post(change, seen).status_code == 302
    assert list(ReaderComment.objects.filter(is_shown=True)) == [made[1]]
    chosen = {"action": "show_chosen", "_selected_action": [made[0].pk]}
    client.post(changelist, chosen)
    assert ReaderComment.objects.filter(is_shown=True).count() == 2
    client.post(changelist, {"action": "hide_chosen", "_selected_action": [made[1].pk]})
    assert list(ReaderComment.objects.filter(is_shown=True)) == [made[0]]
    client.post(reverse("admin:posts_readercomment_delete", args=[made[1].pk]), {"post": "yes"})
    assert list(ReaderComment.objects.all()) == [made[0]]
    client.force_login(make_user(group="Author"))
    assert client.get(changelist).status_code == 200
    client.post(changelist, {"action": "hide_chosen", "_selected_action": [made[0].pk]})
    assert ReaderComment.objects.filter(is_shown=True).count() == 1
