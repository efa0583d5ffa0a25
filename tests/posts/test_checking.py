"""Checks before publishing: each finds what it is for, leads to its place, and leaves a sound post alone."""

import pytest
from django.core.checks import run_checks
from django.utils import timezone

from informed_comment import redirects
from posts import checking
from posts.models import OutgoingLink, Post
from tests.factories import make_author, make_category, make_image, make_page, make_post, make_user
from tests.posts.test_admin_post import ADD, change, form

pytestmark = pytest.mark.django_db


def found(post=None, **fields):
    """{code: [(field, place)]} of a sound post but for the fields named."""
    post = post or sound(**fields)
    said = {}
    for problem in checking.problems(post):
        said.setdefault(problem.code, []).append((problem.field, problem.place))
    return said


def sound(**fields):
    return make_post(categories=[make_category()], **fields)


def test_a_sound_post_has_nothing_to_mend():
    image = make_image(width=1400, height=800)
    body = (
        f'<h2>A</h2><h3>B</h3><h2>C</h2><figure class="image"><img src="/media/a.jpg" alt="" data-image="{image.pk}"></figure>'
        '<figure class="image"><img src="/media/b.jpg" alt="Boats"><figcaption>At sea <small>Ada</small></figcaption></figure>'
        '<p><a href="/archives/">All</a> <a href="mailto:ada@example.org">Ada</a> <a href="https://example.org/">There</a></p>'
        "<table><thead><tr><th>Year</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"
        '<figure class="embed" data-provider="youtube" data-embed="dQw4w9WgXcQ">'
        '<a href="https://youtu.be/dQw4w9WgXcQ">The speech of Tuesday</a></figure>'
        "<p>He said [sic], and [Editor’s note: no] more [1]. Write <code>[gallery ids=1]</code>.</p>"
    )
    assert found(body=body, lead_image=image, seo_title="x" * 60) == {}


@pytest.mark.parametrize(
    ("code", "body", "place"),
    [
        ("alt", '<p>a</p><p><img src="/media/a.jpg"></p>', ("picture", 0)),
        ("credit", '<figure class="image"><img src="/media/a.jpg" alt="A"></figure>', ("picture", 0)),
        ("heading", "<h2>One</h2><h4>Deep</h4>", ("heading", 1)),
        ("heading", "<h3>Begins low</h3>", ("heading", 0)),
        ("table_heading", "<table><tbody><tr><td>1</td></tr></tbody></table>", ("table", 0)),
        (
            "embed_title",
            '<figure class="embed" data-provider="youtube" data-embed="dQw4w9WgXcQ">'
            '<a href="https://youtu.be/dQw4w9WgXcQ">Video on YouTube</a></figure>',
            ("embed", 0),
        ),
        (
            "link_without_words",
            '<p><a href="/archives/">x</a><a href="/popular/"> </a></p>',
            ("link", 1),
        ),
        ("empty_link", '<p><a href="#">x</a></p>', ("link", 0)),
        ("dead_link", '<p><a href="#below">x</a></p>', ("link", 0)),
        ("dead_link", '<p><a href="/2016/10/never.html">x</a></p>', ("link", 0)),
        ("dead_link", '<p><a href="example.org">x</a></p>', ("link", 0)),
        ("shortcode", '<p>Vote: [poll id="4"] now</p>', None),
        ("shortcode", "<ul><li>[contact-form]</li></ul>", None),
        ("shortcode", "<p>One.</p>\n[poll id=4]\n<p>Two.</p>", None),
    ],
)
def test_each_check_finds_its_fault_and_the_place(code, body, place):
    assert ("body", place) in found(body=body).get(code, [])


def test_what_lacks_beside_the_text_is_found_at_its_field():
    image = make_image(width=800, height=500, alt="", credit="")
    post = make_post(
        standfirst=" ", authors=0, lead_image=image, seo_title="x" * 61, seo_description="x" * 161
    )
    assert {(code, field) for code, places in found(post).items() for field, _ in places} == {
        ("standfirst", "standfirst"),
        ("category", "categories"),
        ("byline", "bylines"),
        ("seo_title", "seo_title"),
        ("seo_description", "seo_description"),
        ("alt", "lead_image"),
        ("credit", "lead_image"),
        ("card", "lead_image"),
    }


def test_a_decorative_picture_needs_no_words():
    image = make_image(alt="", is_decorative=True)
    body = f'<p><img src="/media/a.jpg" alt="" data-image="{image.pk}"></p>'
    assert "alt" not in found(body=body)


def test_links_within_the_site_are_followed_as_a_reader_would(settings, django_assert_max_num_queries):
    settings.SITE_URL = "https://paper.example"
    there = make_post(tags=["Iran"], authors=[make_author(slug="ada")])
    make_category(slug="war")
    make_page(slug="about-it")
    make_page(slug="unfinished", is_published=False)
    draft = make_post(status="withdrawn")
    redirects.lead("/old/", there.permalink)
    redirects.lead("/?p=12", there.permalink)
    alive = [
        *(there.permalink, there.permalink + "#note-1", f"https://paper.example{there.permalink}?utm=1"),
        *(
            "/",
            "/archives/",
            "/2016/",
            "/category/war/",
            "/category/war/page/2/",
            "/tag/iran/",
            "/author/ada/",
        ),
        *("/about-it/", "/about-it", "/old/", "/old", "/old/feed/", "/?p=12", "/search/?q=oil", "/feed/"),
    ]
    dead = [
        *("/2016/10/none.html", "/category/peace/", "/tag/none/", "/author/none/", "/unfinished/", "/?p=13"),
        *(draft.permalink, "https://paper.example/nowhere/", "/media/none.pdf", "/old/more/"),
    ]
    body = "".join(f'<p><a href="{address}">words</a></p>' for address in alive + dead)
    post = sound(body=body)
    with django_assert_max_num_queries(45):
        said = found(post)
    assert [place[1] for _, place in said["dead_link"]] == list(range(len(alive), len(alive) + len(dead)))


def test_a_thousand_links_cost_no_more_queries_than_a_few(django_assert_max_num_queries):
    post = sound(body="".join(f'<p><a href="/2016/10/none-{n}.html">n</a></p>' for n in range(1000)))
    with django_assert_max_num_queries(40):
        said = checking.problems(post)
    assert len(said) == checking.SHOWN
    assert "There are 988 more like it." in said[-1].sentence


def test_a_link_elsewhere_is_dead_by_its_sites_word_or_after_a_day_out_of_reach():
    now = timezone.now()
    urls = {
        "https://a.example/gone": {"status": 404},
        "https://b.example/": {"trouble": "There is no host b.example", "is_never": True},
        "https://c.example/": {"trouble": "slow", "first_failed_at": now - timezone.timedelta(hours=30)},
        "https://d.example/": {"trouble": "slow", "first_failed_at": now},
        "https://e.example/": {"status": 403},
        "https://f.example/": {"status": 200},
    }
    for url, fields in urls.items():
        OutgoingLink.objects.create(url=url, checked_at=now, **fields)
    links = [*urls, "https://g.example/unknown"]
    post = sound(body="".join(f'<p><a href="{url}#part">w</a></p>' for url in links))
    assert found(post) == {"dead_link": [("body", ("link", n)) for n in range(3)]}


@pytest.mark.parametrize("level", ["block", "warn", "off"])
def test_the_setting_says_how_a_check_is_taken(settings, level):
    settings.PUBLISH_CHECKS = {"category": level}
    post = make_post()
    assert [problem.level for problem in checking.problems(post)] == ([] if level == "off" else [level])
    assert bool(checking.blocking(post)) == (level == "block")


@pytest.mark.parametrize(
    "levels", [{"alt": "forbid"}, {"alternative": "warn"}, {"title": "warn"}, {"body": "off"}]
)
def test_a_setting_nobody_knows_is_refused_by_name(settings, levels):
    settings.PUBLISH_CHECKS = levels
    [error] = [error for error in run_checks() if error.id == "posts.E003"]
    assert next(iter(levels)) in error.msg


def lacking(client, **more):
    return client.post(ADD, form(title="T", body="<p>B</p>", deed="publish") | {"seen_warnings": ""} | more)


@pytest.fixture
def editor(client):
    client.force_login(make_user(group="Editor"))
    return client


def test_warnings_are_shown_once_and_then_stand_in_nobodys_way(editor):
    page = lacking(editor)
    words = page.content.decode()
    assert not Post.objects.exists()
    assert "Publish all the same" in words
    assert "File the post under a category" in words
    seen = page.context["adminform"].form["seen_warnings"].value()
    lacking(editor, seen_warnings=seen)
    assert Post.objects.get().is_public


def test_a_new_warning_is_shown_though_others_were_seen(editor):
    seen = lacking(editor).context["adminform"].form["seen_warnings"].value()
    page = lacking(editor, seen_warnings=seen, body="<h4>B</h4>")
    assert "leaves out a level" in page.content.decode()
    assert not Post.objects.exists()


def test_a_bar_comes_back_at_its_field_with_everything_kept(editor, settings):
    settings.PUBLISH_CHECKS = {"standfirst": "block", "alt": "block"}
    page = lacking(editor, body='<p>A sentence I like.<img src="/media/a.jpg"></p>', tags="Oil")
    errors = page.context["adminform"].form.errors
    assert set(errors) == {"standfirst", "body"}
    assert "A sentence I like." in page.content.decode()
    assert "Must be mended" in page.content.decode()


def test_what_is_before_readers_already_is_held_by_no_bar(editor, settings):
    settings.PUBLISH_CHECKS = {"standfirst": "block"}
    for hours in (-1, 1):
        post = make_post(standfirst="", published_at=timezone.now() + timezone.timedelta(hours=hours))
        editor.post(change(post), form(post, title="Changed") | {"seen_warnings": ""})
        post.refresh_from_db()
        assert post.title == "Changed"


def test_the_form_is_checked_as_it_stands_and_nothing_is_saved(editor):
    answer = editor.post("/admin/posts/post/check/", form(title="", body="<h4>Low</h4>")).content.decode()
    assert "Give the post a title" in answer
    assert 'data-kind="heading" data-at="0"' in answer
    assert not Post.objects.exists()


@pytest.mark.parametrize(
    "data", [{}, {"lead_image": "9" * 30, "bylines-TOTAL_FORMS": "x", "body": "<table>"}]
)
def test_no_form_breaks_the_check(editor, data):
    assert editor.post("/admin/posts/post/check/", data).status_code == 200


def test_only_who_writes_may_ask_for_a_check(client):
    client.force_login(make_user())
    assert client.post("/admin/posts/post/check/", {}).status_code == 403
