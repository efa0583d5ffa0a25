"""Somebody without an account sees a draft by a signed link, says something about it, and gets at nothing else."""

from datetime import timedelta

import pytest
from django.core.signing import Signer
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from informed_comment.models import Edition, Publication
from posts import commenting, previewing, publishing, states
from posts.models import DraftComment, PendingChange, Post, PreviewLink
from tests.factories import make_category, make_post, make_user

pytestmark = pytest.mark.django_db
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


def draft(**fields):
    return make_post(
        **{
            "status": "draft",
            "published_at": None,
            "slug": "",
            "title": "Not out yet",
            "body": "<p>Secret.</p>",
        }
        | fields
    )


def linked(post, **fields):
    return previewing.make_link(post, **{"label": "Nadia Guest"} | fields)


def address(link, name="preview"):
    return reverse(f"posts:{name}", args=[previewing.token_of(link)])


def everything():
    return (
        list(Post.objects.order_by("pk").values()),
        list(DraftComment.objects.values()),
        list(PreviewLink.objects.defer("opened_at").values_list("pk", "label", "revoked_at", "approved_at")),
        Edition.objects.get().number,
    )


def test_a_link_shows_the_draft_says_for_whom_and_until_when_and_changes_only_when_it_was_opened(client):
    post = draft(categories=[make_category("Iran")])
    link = linked(post, days=3)
    before = everything()
    answer = client.get(address(link), headers=BROWSER)
    page = answer.content.decode()
    assert "Secret." in page
    assert "A preview for <strong><bdi>Nadia Guest</bdi></strong>; not published." in page
    assert f"{timezone.localtime(link.expires_at):%B %-d, %Y}" in page
    assert everything() == before
    link.refresh_from_db()
    assert link.opened_at


def test_a_preview_by_link_is_kept_by_nobody_sets_no_cookie_and_counts_no_read(client):
    link = linked(draft())
    client.cookies["sessionid"] = "a" * 32
    for answer in (client.get(address(link)), client.head(address(link))):
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Robots-Tag"] == "noindex"
        assert answer["Referrer-Policy"] == "same-origin"
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")
        assert "ETag" not in answer
    page = client.get(address(link)).content.decode()
    assert '<meta name="robots" content="noindex">' in page
    assert '<meta name="post"' not in page
    assert "og:title" not in page
    assert "canonical" not in page
    assert "staff-bar" not in page
    assert "/2026/" not in page.partition("<article")[2].partition("</article>")[0]


def test_an_editor_or_a_chat_that_looks_at_a_link_does_not_count_as_having_opened_it(client):
    link = linked(draft())
    client.get(address(link), headers={"User-Agent": "Slackbot-LinkExpanding 1.0"})
    client.head(address(link), headers=BROWSER)
    client.force_login(make_user(group="Editor"))
    page = client.get(address(link), headers=BROWSER).content.decode()
    assert "staff-bar" not in page
    link.refresh_from_db()
    assert link.opened_at is None


@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        "1.",
        "1.AAAA",
        "%00",
        "99999999999999999999.x",
        Signer(salt="another").sign("1"),
        Signer(salt="posts.previewing", sep=".").sign("no number"),
        Signer(salt="posts.previewing", sep=".").sign("999999"),
    ],
)
def test_a_forged_token_shows_nothing_and_says_whom_to_ask(client, token):
    linked(draft())
    Publication.objects.update(contact_email="desk@example.org")
    for end in ("", "write/"):
        answer = client.get(f"/preview/{token}/{end}")
        assert answer.status_code in (404, 410)
        assert "Secret." not in answer.content.decode()
        if answer.status_code == 410:
            assert "desk@example.org" in answer.content.decode()
            assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("how", ["revoked", "expired", "trashed"])
def test_a_link_that_has_ended_shows_nothing_and_takes_nothing_but_gives_back_what_was_written(client, how):
    post = draft()
    link = linked(post, may_write=True)
    if how == "revoked":
        previewing.revoke(link)
    elif how == "expired":
        PreviewLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    else:
        publishing.trash(post)
    for name in ("preview", "guest_write"):
        answer = client.get(address(link, name))
        assert answer.status_code == 410
        assert "Secret." not in answer.content.decode()
        assert answer["Cache-Control"] == "no-store"
    answer = client.post(address(link), {"name": "N", "text": "My <long> comment."})
    assert answer.status_code == 410
    assert "My &lt;long&gt; comment." in answer.content.decode()
    assert not DraftComment.objects.exists()
    was = Post.objects.get().body
    answer = client.post(
        address(link, "guest_write"), {"title": "T", "body": "<p>Mine.</p>", "seen_version": 1}
    )
    assert "&lt;p&gt;Mine.&lt;/p&gt;" in answer.content.decode()
    assert Post.objects.get().body == was


def test_revoking_twice_keeps_the_first_time(db):
    link = linked(draft())
    previewing.revoke(link)
    first = PreviewLink.objects.get().revoked_at
    previewing.revoke(link)
    assert PreviewLink.objects.get().revoked_at == first


def test_once_the_post_is_out_the_link_leads_to_it_and_back_to_a_preview_while_changes_wait(client):
    post = draft()
    link = linked(post)
    publishing.publish(post, at=timezone.now() + timedelta(hours=1))
    assert client.get(address(link)).status_code == 200
    Post.objects.update(published_at=timezone.now() - timedelta(seconds=1))
    answer = client.get(address(link))
    assert answer.status_code == 302
    assert answer.url == post.permalink
    assert answer["Cache-Control"] == "no-store"
    state = states.state_of(post)
    PendingChange.objects.create(
        post=post, state=state | {"title": "As it will be"}, base=state, base_version=post.version
    )
    page = client.get(address(link)).content.decode()
    assert "As it will be" in page
    assert "these changes are not published yet" in page
    assert "As it will be" not in client.get(post.permalink).content.decode()


def test_a_draft_is_to_be_found_nowhere_but_by_its_link(client):
    post = draft(categories=[make_category()], tags=["Secrecy"])
    client.get(address(linked(post)))
    for path in ("/", "/feed/", "/sitemap.xml", "/search/?q=secret", "/archives/", "/tag/secrecy/"):
        assert "Not out yet" not in client.get(path).content.decode(), path
    assert "Disallow: /preview/" in client.get("/robots.txt").content.decode()


def test_a_comment_is_said_under_a_name_and_answers_of_editors_stand_under_theirs(client):
    post = draft()
    link = linked(post)
    assert 'value="Nadia Guest"' in client.get(address(link)).content.decode()
    answer = client.post(address(link), {"name": "Nadia", "text": "The second <b>date</b> is wrong."})
    comment = DraftComment.objects.get()
    assert answer.status_code == 303
    assert answer.url == f"{address(link)}#comment-{comment.pk}"
    assert not answer.cookies
    assert (comment.post, comment.link, comment.user, comment.name) == (post, link, None, "Nadia")
    commenting.say(post, "Thank you, mended.", user=make_user(first_name="Chief", last_name="Editor"))
    page = client.get(address(link)).content.decode()
    assert "The second &lt;b&gt;date&lt;/b&gt; is wrong." in page
    assert "Chief Editor" in page
    assert "Thank you, mended." in page


@pytest.mark.parametrize(
    ("data", "headers", "status", "said"),
    [
        ({"name": "N", "text": "  "}, {}, 400, "The comment is empty"),
        ({"name": "", "text": "Words."}, {}, 400, "Write your name"),
        ({"name": "N", "text": "x" * 10_001}, {}, 400, "at most 10000 characters"),
        ({"name": "N" * 101, "text": "Words."}, {}, 400, "at most 100 characters"),
        ({"name": "N", "text": "Words.\x00"}, {}, 400, "Null characters are not allowed"),
        ({"name": "N", "text": "Words."}, {"Sec-Fetch-Site": "cross-site"}, 403, "sent from another site"),
        ({"name": "N", "text": "Words."}, {"Origin": "https://evil.example"}, 403, "sent from another site"),
        ({"name": "N", "text": "Buy!", "website": "https://evil.example"}, {}, 303, ""),
    ],
)
def test_a_comment_that_cannot_be_taken_is_kept_in_the_form_and_told_why(client, data, headers, status, said):
    answer = client.post(address(linked(draft())), data, headers=headers)
    assert answer.status_code == status
    assert said in answer.content.decode()
    assert not DraftComment.objects.exists()
    if status != 303 and len(data["text"]) < 100:
        assert data["text"].strip().strip("\x00") in answer.content.decode()


def test_so_many_comments_an_hour_come_through_one_link(client, monkeypatch):
    monkeypatch.setattr(commenting, "IN_AN_HOUR", 2)
    post = draft()
    link, other = linked(post), linked(post, label="Omar")
    for n in range(2):
        assert client.post(address(link), {"name": "N", "text": f"Number {n}"}).status_code == 303
    refused = client.post(address(link), {"name": "N", "text": "One too many"})
    assert refused.status_code == 429
    assert "One too many" in refused.content.decode()
    assert client.post(address(other), {"name": "O", "text": "Another link"}).status_code == 303
    DraftComment.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    assert client.post(address(link), {"name": "N", "text": "An hour later"}).status_code == 303


def test_a_comment_on_a_page_that_has_come_out_meanwhile_is_taken(client):
    post = draft()
    link = linked(post)
    publishing.publish(post)
    assert client.post(address(link), {"name": "N", "text": "Too late?"}).status_code == 303
    assert DraftComment.objects.get().text == "Too late?"


def test_forms_behind_a_link_need_no_cookie_and_no_token():
    strict = Client(enforce_csrf_checks=True)
    link = linked(draft(), may_write=True)
    assert strict.post(address(link), {"name": "N", "text": "Words."}).status_code == 303
    data = {"title": "T", "body": "<p>B</p>", "seen_version": 1, "deed": "save"}
    assert strict.post(address(link, "guest_write"), data).status_code == 303
    assert strict.post(address(link, "approve"), {"version": 1}).status_code == 409
    assert not strict.cookies


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client, method):
    assert getattr(client, method)(address(linked(draft()))).status_code == 405
    assert client.get(address(linked(draft()), "approve")).status_code == 405


def test_a_preview_by_link_costs_a_bounded_number_of_queries(client, django_assert_max_num_queries):
    post = make_post(status="draft", published_at=None, slug="", authors=4, categories=[make_category()])
    link = linked(post)
    for n in range(20):
        commenting.say(post, f"Number {n}", user=make_user())
    client.get(address(link))
    with django_assert_max_num_queries(24):
        client.get(address(link))


# In the newsroom


@pytest.fixture
def chief(client):
    user = make_user(group="Editor")
    client.force_login(user)
    return user


def change(post):
    return reverse("admin:posts_post_change", args=[post.pk])


def test_an_editor_makes_a_link_sees_how_it_fares_and_takes_it_back(client, chief):
    post = draft()
    screen = reverse("admin:posts_post_preview_links", args=[post.pk])
    answer = client.post(screen, {"label": " Nadia  Guest ", "days": 30, "may_write": "on"}, follow=True)
    link = PreviewLink.objects.get()
    assert (link.label, link.may_write, link.created_by) == ("Nadia Guest", True, chief)
    assert timedelta(days=29) < link.expires_at - timezone.now() <= timedelta(days=30)
    assert address(link) in answer.content.decode()
    beside = client.get(change(post)).content.decode()
    assert address(link) in beside
    assert "not opened yet" in beside
    type(client)().get(address(link), headers=BROWSER)
    assert "last opened" in client.get(change(post)).content.decode()
    client.post(reverse("admin:posts_post_preview_link_revoke", args=[post.pk, link.pk]))
    assert address(link) not in client.get(change(post)).content.decode()
    assert "Revoked on" in client.get(screen).content.decode()


def test_the_script_gets_the_panel_back_or_the_form_with_what_is_wrong(client, chief):
    post = draft()
    screen = reverse("admin:posts_post_preview_links", args=[post.pk], query={"panel": 1})
    assert "data-link-form" in client.get(screen).content.decode()
    answer = client.post(screen, {"label": "", "days": 91})
    assert answer.status_code == 400
    assert "This field is required." in answer.content.decode()
    assert "less than or equal to 90" in answer.content.decode()
    assert not PreviewLink.objects.exists()
    answer = client.post(screen, {"label": "Omar", "days": 14})
    assert "The link for Omar is made." in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_a_guest_author_is_not_offered_where_the_text_is_not_theirs_to_write(client, chief):
    post = make_post()
    screen = reverse("admin:posts_post_preview_links", args=[post.pk])
    client.post(screen, {"label": "Omar", "days": 14, "may_write": "on"})
    assert PreviewLink.objects.get().may_write is False


def test_only_whoever_may_change_a_post_makes_and_revokes_its_links(client):
    post, other = draft(), draft()
    link = linked(post)
    revoke = reverse("admin:posts_post_preview_link_revoke", args=[post.pk, link.pk])
    screen = reverse("admin:posts_post_preview_links", args=[post.pk])
    assert client.post(screen, {"label": "X", "days": 1}).status_code == 302
    author = make_user(group="Author")
    client.force_login(author)
    assert client.post(screen, {"label": "X", "days": 1}).status_code == 404
    assert client.post(revoke).status_code == 404
    out = make_post(created_by=author)
    assert client.get(reverse("admin:posts_post_preview_links", args=[out.pk])).status_code == 403
    client.force_login(make_user(group="Editor"))
    assert (
        client.post(reverse("admin:posts_post_preview_link_revoke", args=[other.pk, link.pk])).status_code
        == 404
    )
    assert PreviewLink.objects.get().revoked_at is None
    assert client.get(revoke).status_code == 200
    assert PreviewLink.objects.get().revoked_at is None


def test_a_post_that_is_out_needs_no_links(client, chief):
    assert "data-preview-links" not in client.get(change(make_post())).content.decode()
    assert "data-preview-links" in client.get(change(draft())).content.decode()
