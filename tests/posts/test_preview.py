"""The preview in the newsroom: the very page readers will get, of any text the post has, and nothing left behind."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from informed_comment import editions
from informed_comment.models import Edition, Redirect
from posts import states
from posts.models import Autosave, Byline, PendingChange, Post, Revision
from posts.reads import popular
from tests.factories import (
    make_author,
    make_category,
    make_correction,
    make_image,
    make_post,
    make_user,
)

pytestmark = pytest.mark.django_db
ARTICLE = re.compile(r"<article.*?</article>.*?(?=</main>)", re.DOTALL)


def draft(**fields):
    return make_post(**{"status": "draft", "published_at": None, "slug": ""} | fields)


def address(post, name="", **query):
    return reverse(f"admin:posts_post_preview{name}", args=[post.pk], query=query)


def type_into(post, user, *, key=None, saved_at=None, **fields):
    """An autosave as the browser would have made it."""
    data = {
        "title": post.title if post else "",
        "standfirst": post.standfirst if post else "",
        "body": post.body if post else "",
        "language": "en",
    } | fields
    text = json.dumps({name: value if isinstance(value, list) else [value] for name, value in data.items()})
    values = {"text": text, "typed_at": timezone.now()} | ({"key": key} if key else {})
    return Autosave.objects.create(user=user, post=post, **values)


def jobs():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        return cursor.fetchone()[0]


def everything():
    """What a preview might have written."""
    return (
        list(Post.objects.order_by("pk").values()),
        list(Byline.objects.order_by("pk").values()),
        list(Redirect.objects.values()),
        Revision.objects.count(),
        Edition.objects.get().number,
        jobs(),
    )


@pytest.fixture
def chief():
    return make_user(group="Editor")


@pytest.fixture
def editor(client, chief):
    client.force_login(chief)
    return client


def test_the_page_of_a_published_post_and_its_preview_are_the_same(editor, client):
    section = make_category("Iran")
    post = make_post(
        categories=[section],
        tags=["Oil"],
        authors=[make_author(bio="<p>Writes.</p>")],
        lead_image=make_image(caption="A river."),
        body='<p>Text.<span class="footnote">Aside.</span></p><h2>More</h2>',
        video_url="https://youtu.be/abcdefghijk",
    )
    make_correction(post)
    make_post(categories=[section])
    make_post(categories=[section], published_at=timezone.now() - timedelta(days=2))
    popular.refresh()
    seen = editor.get(address(post, "_page", text="saved")).content.decode()
    read = type(client)().get(post.permalink).content.decode()
    assert ARTICLE.search(seen)[0] == ARTICLE.search(read)[0]
    for style in re.findall(r"<link rel=\"stylesheet\"[^>]*>", read):
        assert style in seen


def test_the_page_of_a_draft_is_the_page_it_gets_when_published(editor, client):
    section = make_category("Iran")
    post = draft(categories=[section], tags=["Oil"], title="On rivers")
    make_post(categories=[section], published_at=timezone.now() - timedelta(days=2))
    seen = editor.get(address(post, "_page")).content.decode()
    editor.post(
        reverse("admin:posts_post_change", args=[post.pk]),
        {
            "title": "On rivers",
            "standfirst": post.standfirst,
            "body": post.body,
            "language": "en",
            "categories": [section.pk],
            "tags": "Oil",
            "seen_version": 1,
            "_deed": "publish",
            "bylines-TOTAL_FORMS": 1,
            "bylines-INITIAL_FORMS": 0,
            "bylines-0-author": post.bylines.get().author_id,
            "bylines-0-role": "by",
            "bylines-0-position": 0,
        },
    )
    post.refresh_from_db()
    assert post.is_public
    read = type(client)().get(post.permalink).content.decode()

    def but_for_the_second(page):
        return re.sub(r'datetime="[^"]*"', "", ARTICLE.search(page)[0])

    assert but_for_the_second(seen) == but_for_the_second(read)


def test_a_preview_leaves_nothing_behind(editor, chief):
    post = draft(title="On rivers")
    public = make_post(title="Out")
    autosave = type_into(public, chief, title="Another title", slug="another", tags="New tag")
    PendingChange.objects.create(
        post=public,
        state=states.state_of(public) | {"title": "Changed", "slug": "changed"},
        base=states.state_of(public),
        base_version=1,
    )
    new = type_into(None, chief, title="Never saved")
    before = everything()
    for one in (post, public):
        for text in ("typed", "pending", "saved"):
            for name in ("", "_page", "_card"):
                assert editor.get(address(one, name, text=text)).status_code == 200
    for name in ("", "_page", "_card"):
        assert editor.get(reverse(f"admin:posts_post_preview_new{name}", args=[new.key])).status_code == 200
    assert everything() == before
    autosave.refresh_from_db()


def test_what_pages_keep_for_an_edition_is_not_made_within_a_preview(editor, client, settings):
    settings.EDITION_LOOK_SECONDS = 60
    public = make_post(title="Out")
    PendingChange.objects.create(
        post=public,
        state=states.state_of(public) | {"title": "Changed"},
        base=states.state_of(public),
        base_version=1,
    )
    editions.forget()
    label = editions.current()
    editor.get(address(public, "_page", text="pending"))
    assert {kept for kept, _ in editions._kept.values()} == {label}


def test_typed_text_is_shown_before_it_is_saved_and_what_is_not_valid_is_named(editor, chief):
    author, section = make_author(name="Nadia Own"), make_category("Rivers")
    post = draft(title="Stored title")
    type_into(
        post,
        chief,
        title="Typed  title",
        body="<p>Typed text.</p><script>alert(1)</script>",
        published_at="the day after tomorrow",
        categories=[str(section.pk)],
        tags='Iran, "Oil, gas"',
        original_name="Elsewhere",
        **{
            "bylines-TOTAL_FORMS": "2",
            "bylines-0-author": str(author.pk),
            "bylines-0-role": "by",
            "bylines-1-author": "no number",
        },
    )
    page = editor.get(address(post, "_page")).content.decode()
    assert '<h1 class="article__title">Typed title</h1>' in page
    assert "<p>Typed text.</p>" in page
    assert "alert(1)" not in page
    assert "Nadia Own" in page
    assert "Rivers" in page
    assert "Oil, gas" in page
    frame = editor.get(address(post)).content.decode()
    assert "Publication date: Enter a valid date/time." in frame
    stored = editor.get(address(post, "_page", text="saved")).content.decode()
    assert "Stored title" in stored
    assert "Typed text" not in stored


def test_a_correction_that_is_typed_is_shown_once_it_is_whole(editor, chief):
    post = make_post()
    had = make_correction(post, text="<p>Nine, not ten.</p>")
    rows = {
        "corrections-TOTAL_FORMS": "3",
        "corrections-INITIAL_FORMS": "1",
        "corrections-0-id": str(had.pk),
        "corrections-0-kind": "correction",
        "corrections-0-text": "<p>Nine, not ten.</p>",
        "corrections-0-made_at": f"{timezone.localtime(had.made_at):%Y-%m-%dT%H:%M}",
        "corrections-1-kind": "update",
        "corrections-1-text": "<p>The ship has sailed.</p>",
        "corrections-1-made_at": f"{timezone.localtime():%Y-%m-%dT%H:%M}",
        "corrections-2-kind": "update",
        "corrections-2-text": "<p>Half a</p>",
        "corrections-2-made_at": "soon",
    }
    type_into(post, chief, published_at=f"{timezone.localtime(post.published_at):%Y-%m-%dT%H:%M}", **rows)
    page = editor.get(address(post, "_page", text="typed")).content.decode()
    assert page.count("The ship has sailed.") == 1
    assert page.count("Nine, not ten.") == 1
    assert "Half a" not in page
    assert "A correction is not complete yet." in editor.get(address(post, text="typed")).content.decode()


def test_a_post_never_saved_can_be_previewed_by_whoever_types_it_only(editor, client, chief):
    new = type_into(None, chief, title="Never saved", body="<p>Begun.</p>")
    page = reverse("admin:posts_post_preview_new_page", args=[new.key])
    shown = editor.get(page).content.decode()
    assert "Never saved" in shown
    assert f"{timezone.localtime():%B %-d, %Y}" in shown
    other = type(client)()
    other.force_login(make_user(group="Editor"))
    assert other.get(page).status_code == 404


def test_pending_changes_and_what_readers_see_stand_side_by_side(editor):
    post = make_post(title="As it is")
    state = states.state_of(post)
    PendingChange.objects.create(
        post=post, state=state | {"title": "As it will be"}, base=state, base_version=1
    )
    frame = editor.get(address(post)).content.decode()
    assert "Pending changes" in frame
    assert "What readers see" in frame
    assert "As it will be" in editor.get(address(post, "_page")).content.decode()
    assert "As it is" in editor.get(address(post, "_page", text="saved")).content.decode()


@pytest.mark.parametrize("status", ["draft", "in_review", "withdrawn", "trashed"])
def test_a_post_that_is_not_out_has_a_page_with_todays_date(editor, status):
    trashed = {"trashed_from": "draft", "trashed_at": timezone.now()} if status == "trashed" else {}
    post = draft(status=status, title="", **trashed)
    page = editor.get(address(post, "_page"))
    assert page.status_code == 200
    assert f"{timezone.localtime():%B %-d, %Y}" in page.content.decode()


def test_no_read_is_counted_no_cache_keeps_it_and_only_the_newsroom_frames_it(editor):
    post = make_post()
    page = editor.get(address(post, "_page"))
    assert '<meta name="post"' not in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert page["X-Robots-Tag"] == "noindex"
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in page["Content-Security-Policy"]
    public = type(editor)().get(post.permalink)["Content-Security-Policy"]
    assert (
        page["Content-Security-Policy"].replace("frame-ancestors 'self'", "frame-ancestors 'none'") == public
    )
    assert "no-store" in editor.get(address(post))["Cache-Control"]


def test_the_search_result_and_the_social_card_are_those_of_the_text_shown(editor, chief):
    post = draft(title="Stored")
    type_into(post, chief, title="Typed", seo_title="For engines", seo_description="What engines say.")
    frame = editor.get(address(post)).content.decode()
    assert '<p class="result__title">For engines</p>' in frame
    assert "What engines say." in frame
    assert address(post, "_card", text="typed") in frame
    card = editor.get(address(post, "_card", text="typed"))
    assert card["Content-Type"] == "image/png"
    assert card.content != editor.get(address(post, "_card", text="saved")).content
    post.lead_image = make_image()
    post.save()
    assert "The lead image" in editor.get(address(post, text="saved")).content.decode()


def test_nobody_previews_what_they_may_not_see(client):
    post = draft()
    assert client.get(address(post)).status_code == 302
    client.force_login(make_user(group="Author"))
    assert client.get(address(post)).status_code == 404
    assert client.get(address(post, "_page")).status_code == 404
    own = draft(created_by=make_user(group="Author"))
    client.force_login(own.created_by)
    assert client.get(address(own, "_page")).status_code == 200


@pytest.mark.parametrize("name", ["", "_page"])
def test_a_preview_costs_a_bounded_number_of_queries(editor, chief, django_assert_max_num_queries, name):
    post = make_post(authors=4, categories=[make_category(), make_category()], tags=["One", "Two"])
    type_into(
        post,
        chief,
        published_at=f"{timezone.localtime(post.published_at):%Y-%m-%dT%H:%M}",
        categories=[str(make_category().pk), str(make_category().pk)],
        tags="One, Two",
        **{"bylines-TOTAL_FORMS": "1", "bylines-0-author": str(make_author().pk)},
    )
    editor.get(address(post, name))
    with django_assert_max_num_queries(48):
        editor.get(address(post, name, text="typed"))
    with django_assert_max_num_queries(24):
        editor.get(address(post, name, text="saved"))
