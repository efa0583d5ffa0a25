"""Taking an export in again, from several files, or with something broken: nothing is lost, overwritten or left untold."""

import io

import pytest
from django.core.management import CommandError, call_command

from images.models import Image
from pages.models import Page
from posts import publishing, states
from posts.models import Post
from tests.wordpress.parts import HEAD, item, upload
from wordpress.importer import import_files
from wordpress.models import Imported
from wordpress.taking.report import Report

pytestmark = pytest.mark.django_db


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
    first = item(body="Theirs"), item(2, kind="page", title="About", slug="about", body="Theirs")
    take(*first)
    post, page = Post.objects.get(), Page.objects.get()
    post.body = page.body = "<p>Ours</p>"
    publishing.save(post)
    page.save()
    assert {deed for _, deed in take(*first).items} == {"unchanged"}
    report = take(
        item(body="Theirs again"), item(2, kind="page", title="About", slug="about", body="Theirs again")
    )
    assert {deed for _, deed in report.items} == {"kept"}
    assert {told.message.partition(";")[0] for told in report.problems} == {
        "“About” was changed there and here",
        "“Title” was changed there and here",
    }
    assert (Post.objects.get().body, Page.objects.get().body) == ("<p>Ours</p>", "<p>Ours</p>")


def test_what_was_deleted_here_does_not_come_back(take):
    take(upload(), item(), item(2, kind="page", slug="about"))
    for model in (Post, Page, Image):
        model.objects.all().delete()
    report = take(upload(), item(), item(2, kind="page", slug="about"))
    assert {deed for _, deed in report.items} == {"skipped"}
    assert not Post.objects.exists()
    assert not Page.objects.exists()


def test_a_post_in_two_files_comes_in_once(take, tmp_path):
    paths = [tmp_path / "a.xml", tmp_path / "b.xml"]
    for path in paths:
        path.write_text(HEAD + item() + f"</channel></rss><!-- {path.name} -->")
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

    monkeypatch.setattr("wordpress.taking.texts.write_posts", refuse)
    report = take(item(1, slug="a"), item(2, slug="b"))
    assert report.is_whole
    assert set(Post.objects.values_list("permalink", flat=True)) == {"/2010/05/a.html", "/2010/05/b.html"}
    assert [post.revisions.get().state for post in Post.objects.order_by("id")] == [
        states.state_of(post) for post in Post.objects.order_by("id")
    ]


def test_a_post_that_cannot_be_written_is_told_with_its_line(take, monkeypatch):
    def refuse(run, one):
        raise ValueError("no room")

    monkeypatch.setattr("wordpress.taking.texts.write_posts", lambda run, many: refuse(run, many))
    monkeypatch.setattr("wordpress.taking.texts.write_post", refuse)
    report = take(item())
    assert +report.items == {("post/publish", "failed"): 1}
    assert str(report.problems[-1]) == "old.xml:7: post 1: no room"
    assert not Imported.objects.filter(kind="post").exists()


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


def test_a_long_report_is_cut():
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
