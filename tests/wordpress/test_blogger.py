"""Blogger's Atom, of Takeout and of old: posts and pages with the comments that stand elsewhere in the file."""

import io
import zipfile
from html import escape

import pytest

from posts.models import Post, ReaderComment
from wordpress import formats
from wordpress.importer import import_files
from wordpress.reading import blogger
from wordpress.reading.blogger_html import full_size, plain
from wordpress.reading.records import Item, Problem, Refused, Site, WxrError

FEED = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns='http://www.w3.org/2005/Atom' xmlns:blogger='http://schemas.google.com/blogger/2018' xmlns:thr='http://purl.org/syndication/thread/1.0' xmlns:app='http://www.w3.org/2007/app'>
<id>tag:blogger.com,1999:blog-1</id><title>Old blog</title>
"""
KIND = "http://schemas.google.com/blogger/2008/kind#"


def takeout(number, kind="POST", *, status="LIVE", body="Text", name="/2011/05/a-slug.html", extra=""):
    return (
        f"<entry><id>tag:blogger.com,1999:blog-1.{'page' if kind == 'PAGE' else 'post'}-{number}</id><blogger:type>{kind}</blogger:type>"
        f"<blogger:status>{status}</blogger:status><author><name>Ada</name></author><title>Title {number}</title>"
        f"<content type='html'>{escape(body)}</content><published>2011-05-0{number % 9 + 1}T08:00:00-07:00</published>"
        f"<blogger:filename>{name}</blogger:filename>{extra}</entry>\n"
    )


def comment(number, post=1, **fields):
    parent = f"<blogger:parent>tag:blogger.com,1999:blog-1.post-{post}</blogger:parent>"
    return takeout(number, "COMMENT", name="", **fields | {"extra": parent + fields.get("extra", "")})


def classic(number, kind="post", *, extra=""):
    return (
        f"<entry><id>tag:blogger.com,1999:blog-1.post-{number}</id><published>2009-01-02T03:04:05.000Z</published>"
        f"<category scheme='http://schemas.google.com/g/2005#kind' term='{KIND}{kind}'/>"
        f"<category scheme='http://www.blogger.com/atom/ns#' term='Oil'/><title type='text'>Classic {number}</title>"
        f"<content type='html'>Body</content><author><name>Bo</name><uri>http://www.blogger.com/profile/1</uri></author>{extra}</entry>\n"
    )


def read(*entries, name="feed.atom"):
    stream = io.BytesIO((FEED + "".join(entries) + "</feed>").encode())
    stream.name = name
    return list(blogger.read(stream))


def test_takeout_gives_posts_pages_labels_and_comments_wherever_they_stand():
    label = "<category scheme='tag:blogger.com,1999:blog-1' term='Oil &amp; gas'/>"
    found = read(
        comment(12, extra="<blogger:inReplyTo>tag:blogger.com,1999:blog-1.post-11</blogger:inReplyTo>"),
        comment(11),
        takeout(1, extra=label),
        takeout(2, "PAGE", name="/p/about.html"),
        takeout(3, status="DRAFT"),
        takeout(4, extra="<blogger:trashed>2020-01-01T00:00:00Z</blogger:trashed>"),
        comment(13, status="SPAM"),
    )
    post, page, draft, gone = [one for one in found if isinstance(one, Item)]
    assert (post.link, post.slug, post.status) == ("/2011/05/a-slug.html", "a-slug", "publish")
    assert [(one.domain, one.name) for one in post.terms] == [("author", "Ada"), ("post_tag", "Oil & gas")]
    assert [(one.id, one.parent, one.approved, one.anchor) for one in post.comments] == [
        (12, 11, "1", "c12"),
        (11, None, "1", "c11"),
        (13, None, "0", "c13"),
    ]
    assert (page.type, page.link) == ("page", "/p/about.html")
    assert (draft.status, gone.status) == ("draft", "trash")


def test_the_older_export_is_read_too_and_its_settings_and_templates_are_passed_over():
    found = read(
        classic(9, "settings"),
        classic(8, "template"),
        classic(1, extra="<link rel='alternate' href='http://old.blogspot.com/2009/01/classic.html'/>"),
        classic(2, extra="<app:control><app:draft>yes</app:draft></app:control>"),
        classic(
            3,
            "comment",
            extra="<thr:in-reply-to ref='tag:blogger.com,1999:blog-1.post-1'/><link rel='related' href='http://www.blogger.com/feeds/1/1/comments/default/77'/>",
        ),
    )
    post, draft = [one for one in found if isinstance(one, Item)]
    assert next(one for one in found if isinstance(one, Site)).address == "http://old.blogspot.com"
    assert (post.title, post.comments[0].parent, post.comments[0].url) == ("Classic 1", 77, "")
    assert draft.status == "draft"


def test_pictures_are_asked_for_in_full_size():
    assert (
        full_size("//1.bp.blogspot.com/-x/AAA/s320/a b.jpg")
        == "https://1.bp.blogspot.com/-x/AAA/s1600/a b.jpg"
    )
    assert (
        full_size("https://lh3.googleusercontent.com/abc=w640-h480")
        == "https://lh3.googleusercontent.com/abc=s0"
    )
    assert full_size("https://blogger.googleusercontent.com/img/b/R29v/AVv/s72-w640-h400-c/a.png").endswith(
        "/AVv/s1600/a.png"
    )
    assert full_size("https://other.example/s320/a.jpg") == "https://other.example/s320/a.jpg"


def test_captions_leave_their_tables():
    html = plain(
        '<table class="tr-caption-container"><tbody><tr><td><a href="https://1.bp.blogspot.com/-x/s1600-h/a.jpg">'
        '<img src="https://1.bp.blogspot.com/-x/s320/a.jpg" width="320"></a></td></tr><tr><td class="tr-caption">Of a <i>river</i></td></tr></tbody></table>One<br /><br />Two',
        {},
    )
    assert (
        '<img src="https://1.bp.blogspot.com/-x/s1600/a.jpg" alt=""><figcaption>Of a <i>river</i></figcaption>'
        in html
    )
    assert "One<p>Two" in html


def test_a_broken_entry_costs_itself_and_a_cut_file_what_follows():
    found = read(
        takeout(1), "<entry><id>x</id><title>Bad<b></title></entry>\n", takeout(2, name="/2011/05/b.html")
    )
    assert [one.title for one in found if isinstance(one, Item)] == ["Title 1", "Title 2"]
    assert "feed.atom:5: mismatched tag" in str(found[0])
    whole = FEED + takeout(1) + takeout(2)
    stream = io.BytesIO(whole[: whole.index("Title 2")].encode())
    found = list(blogger.read(stream))
    assert [one.title for one in found if isinstance(one, Item)] == ["Title 1"]
    assert isinstance(found[0], Problem)


def test_other_feeds_and_doctypes_are_refused():
    with pytest.raises(WxrError, match="is not an export of Blogger"):
        read("<entry><title>x</title></entry>")
    stream = io.BytesIO(b'<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "b">]><feed/>')
    with pytest.raises(Refused):
        list(blogger.read(stream))


@pytest.mark.django_db
def test_a_takeout_comes_in_with_its_comments_and_its_old_links_work(tmp_path, client):
    path = tmp_path / "takeout.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "Takeout/Blogger/Blogs/Old/feed.atom", FEED + takeout(1) + comment(11) + comment(12) + "</feed>"
        )
        archive.writestr("Takeout/Blogger/Blogs/Old/theme.xml", "<x/>")
    assert formats.system_of(path) == "blogger"
    report = import_files([path], address="http://old.blogspot.com", system="blogger")
    assert report.is_whole
    post = Post.objects.get()
    assert [line.author.name for line in post.bylines.all()] == ["Ada"]
    assert client.get("/2011/05/a-slug.html?m=1").status_code == 200
    assert 'id="c11"' in client.get(post.permalink).content.decode()
    assert import_files([path], address="http://old.blogspot.com").did("unchanged") == 1
    assert ReaderComment.objects.count() == 2
