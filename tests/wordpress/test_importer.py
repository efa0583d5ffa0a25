"""Taking an export in: what becomes public, what is never touched again, and what is told."""

import io
from datetime import UTC, datetime, timedelta
from html import escape

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from authors.models import Author
from images.models import Image
from informed_comment.models import Redirect
from pages.models import Page
from posts import front, publishing, states
from posts.models import Category, FrontSlot, Post, Tag
from tests.factories import make_author
from tests.wordpress.parts import HEAD, category, filed, item, meta, odd, upload
from wordpress.importer import Importer, import_files
from wordpress.management.commands.import_wordpress import Progress
from wordpress.models import Imported
from wordpress.people import People
from wordpress.report import Report

pytestmark = pytest.mark.django_db


def test_a_post_comes_in_with_all_that_belongs_to_it(take):
    take(
        category("world", "World"),
        category("iran", "Iran", parent="world"),
        upload(extra=meta("_wp_attachment_image_alt", "A bridge")),
        item(
            title="The <em>bridge</em> &amp; the river",
            body="One\n\ntwo",
            wp__is_sticky="1",
            extra=filed("category", "iran", "Iran")
            + filed("post_tag", "oil", "Oil")
            + filed("author", "cap-ada", "Ada L.")
            + filed("author", "ben", "Ben")
            + meta("_thumbnail_id", "9")
            + meta("_yoast_wpseo_title", "For search")
            + meta("_yoast_wpseo_metadesc", "%%excerpt%%")
            + "<excerpt:encoded><![CDATA[<b>In short</b>]]></excerpt:encoded>",
        ),
    )
    post = Post.objects.get()
    assert (post.title, post.slug, post.standfirst) == ("The bridge & the river", "title", "In short")
    assert post.body == "<p>One</p>\n<p>two</p>"
    assert post.published_at == datetime(2010, 5, 4, 12, tzinfo=UTC)
    assert (post.status, post.language) == ("published", "en")
    assert (post.seo_title, post.seo_description) == ("For search", "")
    assert (post.lead_image.alt, post.lead_image.file.name) == ("A bridge", "")
    assert [line.author.name for line in post.bylines.all()] == ["Ada L.", "Ben"]
    assert [(row.category.path, row.is_direct) for row in post.filings.all()] == [
        ("world/iran", True),
        ("world", False),
    ]
    assert [tag.name for tag in post.tags.all()] == ["Oil"]
    assert post.word_count == 2
    assert post.updated_at == post.published_at
    assert post.revisions.get().state == states.state_of(post)


def test_feeds_go_on_calling_a_post_what_the_old_site_called_it(take, client):
    take(item(guid="https://old.example/?p=1"), item(2, slug="other"))
    known, unknown = (Post.objects.get(slug=slug).feed_id for slug in ("title", "other"))
    assert known == "https://old.example/?p=1"
    assert unknown.startswith("urn:uuid:")
    assert b'<guid isPermaLink="false">https://old.example/?p=1</guid>' in client.get("/feed/").content


@pytest.mark.parametrize(
    ("canonical", "kept"),
    [
        ("https://www.quarterly.example/tides", "https://www.quarterly.example/tides"),
        ("https://www.old.example/2010/05/title/", ""),
        ("/2010/05/title/", ""),
        ("https://[quarterly", ""),
    ],
)
def test_a_post_search_engines_were_led_away_from_came_out_elsewhere(take, canonical, kept):
    take(item(extra=meta("_yoast_wpseo_canonical", canonical)))
    assert Post.objects.get().original_url == kept


@pytest.mark.parametrize(
    ("status", "password", "kept"),
    [
        ("publish", "", "published"),
        ("publish", "secret", "draft"),
        ("private", "", "draft"),
        ("draft", "", "draft"),
        ("pending", "", "in_review"),
        ("some-plugin", "", "draft"),
        ("", "", "draft"),
        ("trash", "", None),
        ("auto-draft", "", None),
        ("inherit", "", None),
    ],
)
def test_only_what_was_public_there_is_public_here(take, client, status, password, kept):
    report = take(
        item(1, status=status, wp__post_password=password),
        item(
            2,
            kind="page",
            slug="about",
            status=status,
            link="https://old.example/about/",
            wp__post_password=password,
        ),
    )
    assert [post.status for post in Post.objects.all()] == ([kept] if kept else [])
    assert [page.is_published for page in Page.objects.all()] == ([kept == "published"] if kept else [])
    assert Post.objects.published().count() == (kept == "published")
    codes = [client.get(path, follow=True).status_code for path in ("/2010/05/title/", "/about/")]
    assert codes == ([200, 200] if kept == "published" else [404, 404])
    assert sum(report.items.values()) == 2


def test_the_newest_sticky_post_leads_the_front_page_until_an_editor_arranges_it(take):
    sticky = [
        item(n, slug=f"s{n}", wp__is_sticky="1", wp__post_date_gmt=f"201{n}-05-04 12:00:00") for n in (1, 2)
    ]
    take(*sticky, item(3, slug="s3", wp__post_date_gmt="2013-05-04 12:00:00"))
    slot = FrontSlot.objects.running().get()
    assert (slot.place, slot.post.slug) == ("lead", "s2")
    front.take_off(slot)
    FrontSlot.objects.create(place="lead", post=Post.objects.get(slug="s3"))
    take(*sticky)
    assert FrontSlot.objects.running().get().post.slug == "s3"


def test_a_future_post_waits_for_its_time(take, client):
    soon = timezone.now() + timedelta(hours=3)
    take(item(status="future", wp__post_date_gmt=f"{soon:%Y-%m-%d %H:%M:%S}"))
    path = Post.objects.get().permalink
    assert client.get(path).status_code == 404
    with time_machine.travel(soon + timedelta(seconds=2)):
        assert client.get(path).status_code == 200


def test_old_addresses_lead_to_the_post_in_one_step(take, client):
    take(
        upload(parent=1),
        item(extra=meta("_wp_old_slug", "older")),
        item(2, kind="page", slug="about", link="https://old.example/about-us/"),
    )
    post = Post.objects.get()
    for path in ("/2010/05/title/", "/2010/05/title", "/?p=1", "/2010/05/older/", "/2010/05/file-9/"):
        response = client.get(path)
        assert (response.status_code, response.headers["Location"]) == (301, post.permalink)
    assert client.get("/?page_id=2").headers["Location"] == "/about/"
    assert client.get("/about-us/").headers["Location"] == "/about/"


def test_the_addresses_of_authors_and_sections_lead_to_theirs(take, client):
    take(
        "<wp:author><wp:author_id>4</wp:author_id><wp:author_login>a.da</wp:author_login>"
        "<wp:author_display_name>Ada</wp:author_display_name></wp:author>",
        category("world", "World"),
        category("iran", "Iran", parent="world"),
        item(dc__creator="a.da", extra=filed("category", "iran", "Iran")),
    )
    assert client.get("/author/a-da/").status_code == 200
    assert client.get("/?author=4").headers["Location"] == "/author/a-da/"
    assert client.get("/category/iran/").headers["Location"] == "/category/world/iran/"


def test_a_change_at_the_source_comes_in_and_its_old_address_stays(take, client):
    take(item(body="Before"), item(2, kind="page", slug="about", body="Before"))
    old = Post.objects.get().permalink
    report = take(item(body="After", slug="new-title"), item(2, kind="page", slug="about", body="After"))
    assert dict(report.items) == {("post/publish", "changed"): 1, ("page/publish", "changed"): 1}
    post = Post.objects.get()
    assert (post.body, Page.objects.get().body) == ("<p>After</p>", "<p>After</p>")
    assert client.get(old).headers["Location"] == post.permalink
    assert post.revisions.count() == 2
    assert client.get(post.permalink).status_code == 200


def test_what_was_edited_here_is_never_overwritten(take):
    first = item(body="Theirs"), item(2, kind="page", slug="about", body="Theirs")
    take(*first)
    post, page = Post.objects.get(), Page.objects.get()
    post.body = page.body = "<p>Ours</p>"
    publishing.save(post)
    page.save()
    assert {deed for _, deed in take(*first).items} == {"unchanged"}
    report = take(item(body="Theirs again"), item(2, kind="page", slug="about", body="Theirs again"))
    assert {deed for _, deed in report.items} == {"kept"}
    assert (Post.objects.get().body, Page.objects.get().body) == ("<p>Ours</p>", "<p>Ours</p>")


def test_what_was_deleted_here_does_not_come_back(take):
    take(upload(), item(), item(2, kind="page", slug="about"))
    for model in (Post, Page, Image):
        model.objects.all().delete()
    report = take(upload(), item(), item(2, kind="page", slug="about"))
    assert {deed for _, deed in report.items} == {"skipped"}
    assert not Post.objects.exists()
    assert not Page.objects.exists()


def test_ids_and_addresses_used_twice_lose_no_post(take, client):
    report = take(
        item(1, title="One", slug="one"),
        item(1, title="Two", slug="two", link="https://old.example/2010/05/one/"),
        item(3, title="Three", slug="one"),
    )
    assert report.did("new") == 3
    posts = {post.title: post.permalink for post in Post.objects.all()}
    assert set(posts.values()) == {"/2010/05/one.html", "/2010/05/two.html", "/2010/05/one-2.html"}
    assert client.get("/?p=1").headers["Location"] == posts["One"]
    assert client.get("/2010/05/one/").headers["Location"] == posts["One"]
    assert take(item(1, title="One", slug="one"), item(1, title="Two", slug="two")).did("unchanged") == 2


def test_a_post_in_two_files_comes_in_once(take, tmp_path):
    paths = [tmp_path / "a.xml", tmp_path / "b.xml"]
    for path in paths:
        path.write_text(HEAD + item() + "</channel></rss>")
    report = import_files(paths)
    assert (report.did("new"), report.did("unchanged"), Post.objects.count()) == (1, 1, 1)


def test_posts_of_two_sites_do_not_mix(tmp_path):
    for name in ("one.example", "two.example"):
        path = tmp_path / f"{name}.xml"
        path.write_text((HEAD + item(title=name) + "</channel></rss>").replace("old.example", name))
        import_files([path])
    assert set(Post.objects.values_list("title", "permalink")) == {
        ("one.example", "/2010/05/title.html"),
        ("two.example", "/2010/05/title-2.html"),
    }


def test_pages_keep_their_tree_whatever_their_order(take, client):
    page = {"kind": "page", "body": "x"}
    report = take(
        item(3, slug="deep", wp__post_parent=2, link="https://old.example/top/middle/deep/", **page),
        item(2, slug="middle", wp__post_parent=1, link="https://old.example/top/middle/", **page),
        item(1, slug="top", link="https://old.example/top/", **page),
        item(4, slug="orphan", wp__post_parent=99, link="https://old.example/gone/orphan/", **page),
    )
    assert report.did("new") == 4
    assert set(Page.objects.values_list("path", flat=True)) == {
        "top",
        "top/middle",
        "top/middle/deep",
        "orphan",
    }
    assert client.get("/top/middle/deep/").status_code == 200
    assert client.get("/gone/orphan/").headers["Location"] == "/orphan/"
    assert "parent 99 is not in the export" in odd(report)


def test_categories_in_a_loop_or_without_their_parent_become_top_sections(take):
    report = take(
        category("a", "A", "b"), category("b", "B", "a"), category("c", "C", "gone"), category("", "Ünïcode")
    )
    assert set(Category.objects.values_list("path", flat=True)) == {"b", "b/a", "c", "ünïcode"}
    assert "lies below itself" in odd(report)
    assert "parent gone of category c is not in the export" in odd(report)


def test_an_author_that_cannot_be_written_takes_no_other_along(take, monkeypatch):
    def refuse(self, record):
        if record.login == "bad":
            raise ValueError("no room")
        return declare(self, record)

    declare = People.declare
    monkeypatch.setattr(People, "declare", refuse)
    logins = [
        f"<wp:author><wp:author_login>{login}</wp:author_login></wp:author>" for login in ("a", "bad", "b")
    ]
    report = take(*logins, category("world", "World"))
    assert {author.slug for author in Author.objects.all()} == {"a", "b"}
    assert Category.objects.count() == 1
    assert str(report.problems[-1]) == "old.xml:7: author bad: no room"


def test_terms_nobody_declared_are_made_as_they_are_used(take):
    old = '<category domain="tag"><![CDATA[News]]></category><category><![CDATA[Essays]]></category>'
    take(item(extra=old + filed("tag", "news", "News") + filed("category", "essays", "Essays")))
    assert [tag.slug for tag in Tag.objects.all()] == ["news"]
    assert [category.slug for category in Category.objects.all()] == ["essays"]


def test_authors_nobody_declared_are_made_from_their_login_and_no_mail_address_is_shown(take):
    report = take(item(1, dc__creator="some-one"), item(2, slug="x", dc__creator="a.person@mail.example"))
    assert set(Author.objects.values_list("name", "slug")) == {
        ("some-one", "some-one"),
        ("a.person", "aperson"),
    }
    assert list(report.undeclared) == ["some-one", "a.person"]


def test_an_author_and_a_section_that_are_here_already_are_used(take):
    author, category_here = (
        make_author(slug="ada", name="Ada Here"),
        Category.objects.create(slug="iran", name="Iran!"),
    )
    take(item(extra=filed("category", "iran", "Iran")))
    assert Author.objects.get() == author
    assert Category.objects.get() == category_here


def test_what_is_not_taken_is_counted(take):
    comment = "<wp:comment><wp:comment_id>1</wp:comment_id></wp:comment>"
    report = take(
        item(1, extra=comment + filed("topics", "x", "X")),
        item(2, kind="nav_menu_item"),
        "<wp:term><wp:term_id>1</wp:term_id><wp:term_taxonomy>topics</wp:term_taxonomy></wp:term>",
    )
    assert report.not_taken == {"comments": 1, "filings under topics": 1, "terms of topics": 1}
    assert report.items["nav_menu_item/publish", "skipped"] == 1
    assert Post.objects.count() == 1


def test_a_plugins_own_type_is_taken_as_posts_or_pages_when_asked(take):
    take(item(1, kind="news"), item(2, kind="service", slug="b"), types={"news": "post", "service": "page"})
    assert (Post.objects.count(), Page.objects.count()) == (1, 1)


def test_a_post_without_title_body_date_or_slug_comes_in_all_the_same(take, client):
    report = take(
        item(
            5,
            title="",
            body="",
            slug="",
            wp__post_date=None,
            wp__post_date_gmt=None,
            link="https://old.example/?p=5",
        )
    )
    post = Post.objects.get()
    assert post.title == "Untitled"
    assert client.get("/?p=5").headers["Location"] == post.permalink
    assert client.get(post.permalink).status_code == 200
    assert "published without a date" in odd(report)


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("Short &amp; <b>plain</b>.", "Short & plain."),
        ("one two " * 20, "one two one two one two one two one two one two one two one…"),
        ("w" * 90, "w" * 60),
    ],
)
def test_what_was_public_without_a_title_is_known_by_its_first_words(take, client, body, title):
    take(item(title="", body=body))
    post = Post.objects.get()
    assert post.title == title
    assert f"<title>{escape(title)} |" in client.get(post.permalink).text


def test_a_draft_without_a_title_waits_for_one(take):
    take(item(title="", status="draft"))
    assert Post.objects.get().title == ""


def test_the_second_page_of_a_post_or_page_that_was_cut_leads_to_the_whole(take, client):
    take(
        item(1, body="a<!--nextpage-->b", link="https://old.example/2010/05/04/title/"),
        item(2, wp__post_type="page", slug="cut", body="a<!--nextpage-->b", link="https://old.example/cut/"),
    )
    whole = Post.objects.get().permalink
    for address in (f"{whole}/2/", f"{whole}/2", "/2010/05/04/title/2/"):
        assert client.get(address).headers["Location"] == whole
    assert client.get("/cut/2/").headers["Location"] == "/cut/"
    for address in ("/2010/05/other.html/2/", "/uncut/2/", "/cut/two/"):
        assert client.get(address).status_code == 404


def test_the_blogs_own_time_counts_where_the_file_has_no_other(take, settings):
    settings.TIME_ZONE = "America/New_York"
    take(item(wp__post_date_gmt="0000-00-00 00:00:00"))
    assert Post.objects.get().published_at == datetime(2010, 5, 4, 12, tzinfo=UTC)


def test_one_item_that_cannot_be_written_takes_no_other_along(take):
    deep = "/".join("x" * 240 for _ in range(1))
    pages = [item(n, kind="page", slug=f"{n}{deep}"[:240], wp__post_parent=n - 1) for n in range(1, 7)]
    report = take(item(20, slug="first"), *pages, item(21, slug="last"))
    assert Post.objects.count() == 2
    assert 0 < Page.objects.count() < 6
    assert not report.is_whole
    assert any(problem.line and problem.kind == "broken" for problem in report.problems)
    assert sum(report.items.values()) == 8


def test_posts_that_cannot_be_written_together_are_written_one_by_one(take, monkeypatch):
    def refuse(run, many):
        raise ValueError("not together")

    monkeypatch.setattr("wordpress.importer.write_posts", refuse)
    report = take(item(1, slug="a"), item(2, slug="b"))
    assert report.is_whole
    assert set(Post.objects.values_list("permalink", flat=True)) == {"/2010/05/a.html", "/2010/05/b.html"}
    assert [post.revisions.get().state for post in Post.objects.order_by("id")] == [
        states.state_of(post) for post in Post.objects.order_by("id")
    ]


def test_a_post_that_cannot_be_written_is_told_with_its_line(take, monkeypatch):
    def refuse(run, one):
        raise ValueError("no room")

    monkeypatch.setattr("wordpress.importer.write_posts", lambda run, many: refuse(run, many))
    monkeypatch.setattr("wordpress.importer.write_post", refuse)
    report = take(item())
    assert +report.items == {("post/publish", "failed"): 1}
    assert str(report.problems[-1]) == "old.xml:7: post 1: no room"
    assert not Imported.objects.filter(kind="post").exists()


def test_a_run_that_is_stopped_goes_on_where_it_was(take, tmp_path, monkeypatch):
    monkeypatch.setattr("wordpress.importer.BATCH", 2)
    items = [item(n, slug=f"s{n}") for n in range(1, 8)]

    class Killed(BaseException):
        pass

    def stop(done, total):
        if done >= 4:
            raise Killed

    path = tmp_path / "old.xml"
    path.write_text(HEAD + "".join(items) + "</channel></rss>")
    with pytest.raises(Killed):
        Importer(progress=stop).take([path])
    assert Post.objects.count() == 4
    report = take(*items)
    assert (report.did("unchanged"), report.did("new"), Post.objects.count()) == (4, 3, 7)


def test_a_permalink_pattern_with_the_post_id_is_obeyed(take, settings):
    settings.PERMALINK_PATTERN = "/archive/%post_id%/"
    take(item())
    post = Post.objects.get()
    assert post.permalink == f"/archive/{post.pk}/"


def test_broken_and_foreign_files_are_told_and_the_others_come_in(tmp_path):
    good, cut, foreign = (tmp_path / name for name in ("good.xml", "cut.xml", "foreign.xml"))
    good.write_text(HEAD + item(1) + "</channel></rss>")
    cut.write_text((HEAD + item(2, slug="b") + item(3, slug="c"))[:-30])
    foreign.write_text("<html>")
    report = import_files([foreign, cut, good])
    assert Post.objects.count() == 2
    assert not report.is_whole
    assert [problem.file for problem in report.problems if problem.kind == "broken"] == [
        "foreign.xml",
        "cut.xml",
    ]
    assert import_files([cut, good]).did("new") == 0


def test_no_script_comes_in(take):
    take(
        item(
            title="<script>alert(1)</script>x",
            body='<p onclick="x()">a<script>alert(1)</script></p><img src=x onerror=y>',
        )
    )
    post = Post.objects.get()
    assert "script" not in post.body
    assert "on" not in post.body.replace("src", "")


def test_the_command_tells_all_and_ends_with_one_when_something_is_broken(tmp_path, capsys):
    path = tmp_path / "old.xml"
    path.write_text(HEAD + upload() + item() + "</channel></rss>")
    out = io.StringIO()
    call_command("import_wordpress", str(path), "--dry-run", stdout=out)
    assert "nothing was written" in out.getvalue()
    assert not Post.objects.exists()
    out = io.StringIO()
    call_command("import_wordpress", str(path), stdout=out)
    assert "post/publish        1 came in" in out.getvalue()
    assert "Uploads without a file (1):" in out.getvalue()
    path.write_text(HEAD + item()[:-20])
    with pytest.raises(CommandError, match="the report says what"):
        call_command("import_wordpress", str(path), stdout=io.StringIO())


def test_a_terminal_sees_how_far_it_is_and_a_long_report_is_cut(capsys):
    Progress()(50, 200)
    assert "50 of 200" in capsys.readouterr().err
    report = Report()
    for number in range(300):
        report.odd(f"odd {number}")
        report.notes[f"note {number}"] += 1
    text = "\n".join(report.lines())
    assert "no posts, pages or uploads" in text
    assert "Worth a look (300):" in text
    assert "… and 100 more" in text
    assert "280  of 280 other kinds" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.xml"], "is not there"),
        (["old.xml", "--uploads", "nowhere"], "is not a folder"),
        (["old.xml", "--as", "news=thing"], "is not understood"),
    ],
)
def test_the_command_refuses_what_it_cannot_use(tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.xml").write_text("x")
    with pytest.raises(CommandError, match=words):
        call_command("import_wordpress", *arguments)


def test_the_other_command_finds_an_address_that_is_lost(take, tmp_path):
    take(item())
    out = io.StringIO()
    call_command("verify_permalinks", str(tmp_path / "old.xml"), stdout=out)
    assert out.getvalue() == "1 of 1 addresses lead where they led: 0 directly, the others by a redirect.\n"
    Redirect.objects.all().delete()
    with pytest.raises(CommandError, match="1 addresses are lost"):
        call_command("verify_permalinks", str(tmp_path / "old.xml"), stdout=out)
    assert "/2010/05/title/ answers 404" in out.getvalue()
    with pytest.raises(CommandError, match="not a WordPress export"):
        (tmp_path / "old.xml").write_text("x")
        call_command("verify_permalinks", str(tmp_path / "old.xml"), stdout=out)
