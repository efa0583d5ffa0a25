"""What leaves as a WordPress export comes back as it was."""

import gzip
import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as site_settings
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from authors.models import AuthorLink
from images.models import Document
from informed_comment import redirects
from pages.models import MenuLink
from posts import reader_comments
from posts.models import Byline, Post
from tests.factories import (
    make_author,
    make_category,
    make_comment,
    make_correction,
    make_image,
    make_page,
    make_post,
    make_slot,
)
from tests.wordpress import a_site
from wordpress import exporter
from wordpress.importer import import_files
from wordpress.reading.records import Item
from wordpress.wxr import read

pytestmark = pytest.mark.django_db

NOTE = '<span class="footnote">See <a href="https://example.org/a?b=1&amp;c=2">there</a>.</span>'


def a_publication():
    """A little of everything."""
    river = make_image(
        title="River & sea", caption='The "river" <at> dusk', credit="A. Nother", licence="CC BY 4.0"
    )
    face = make_image(title="Face", alt="", is_decorative=True, focal_x=0.2, width=300, height=300)
    lost = make_image(title="Lost")
    lost.file.delete()
    lost.source_url = "https://elsewhere.example/lost.jpg"
    lost.save()
    report = Document(title="The report", credit="UN")
    report.file.save("report.pdf", ContentFile(b"%PDF-1.4 a report"), save=True)
    ada = make_author(
        name="Ada O’Hara",
        slug="ada",
        role="Chief editor",
        bio="<p>She <em>writes</em>.</p>",
        email="ada@example.org",
        portrait=face,
    )
    AuthorLink.objects.create(author=ada, label="Books", url="https://example.org/books")
    arab = make_author(name="ليلى أحمد", slug="ليلى-أحمد", role="Poet")
    cap = make_author(name="Cap Haitien", slug="cap-haitien")
    east = make_category("Middle East & North", introduction="<p>All about it.</p>")
    iraq = make_category("Iraq", parent=east, is_opinion=True, position=3)
    archive = make_category("Archive")
    old_iraq = make_category("Iraq", parent=archive, slug=iraq.slug)
    body = (
        f"<p>First &amp; “second” {NOTE} paragraph.</p>\n<h2>A heading</h2>"
        f'<figure class="image left"><img src="{river.file.url}" alt="River" data-image="{river.pk}">'
        f"<figcaption>Caption {NOTE}</figcaption></figure><ul><li>one<ul><li>two</li></ul></li></ul>"
        f'<figure class="gallery"><figure class="image"><img src="{river.file.url}" alt="" data-image="{river.pk}"></figure>'
        f'<figure class="image"><img src="{face.file.url}" alt="x" data-image="{face.pk}"></figure></figure>'
        f'<p><a href="{report.file.url}">The report</a></p><dl><dt>Term</dt><dd>Said</dd></dl>'
        '<figure class="embed" data-provider="youtube" data-embed="dQw4w9WgXcQ">'
        '<a href="https://www.youtube.com/watch?v=dQw4w9WgXcQ">A film</a></figure>'
        '<figure class="pullquote left"><blockquote><p>Quoted</p></blockquote></figure><hr>'
        '<div lang="ar" dir="rtl"><p>نص</p></div><p>The word [gallery] in brackets.</p>'
        "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table><pre><code>x &lt; y\n  z</code></pre>"
    )
    lead = make_post(
        title='A "title" with <em> & entities &amp; more',
        slug="a-title",
        body=body,
        standfirst="Two\n\nparagraphs of <b>standfirst</b>.",
        authors=[ada, arab],
        categories=[iraq, old_iraq],
        tags=["oil & gas", "Iran", "النفط"],
        lead_image=river,
        lead_caption="Own caption",
        seo_title="For %%machines%%",
        seo_description="d" * 250,
        published_at=datetime(2016, 10, 30, 5, 30, 1, 123456, tzinfo=UTC),
    )
    make_correction(lead)
    make_correction(lead, kind="update", text="<p>More is known.</p>")
    redirects.lead("/2016/10/older-title.html", lead.permalink)
    redirects.lead("/?p=77", lead.permalink)
    make_slot(lead)
    translated = make_post(
        authors=[cap],
        language="ar",
        slug="مقال-عن-النفط",
        original_url="https://tomdispatch.example/a",
        original_name="Tom",
    )
    Byline.objects.create(post=translated, author=ada, role="translated", position=1)
    make_post(status="draft", published_at=None, slug="", title="")
    make_post(status="in_review", published_at=None, video_url="https://vimeo.com/123456", video_title="See")
    make_post(published_at=timezone.now() + timedelta(days=9))
    make_post(status="withdrawn", body="<p>Gone.</p>")
    make_post(status="draft", title="No author", authors=[], slug="report.php")
    make_post(status="trashed", trashed_from="withdrawn", trashed_at=timezone.now(), authors=[])
    first = make_comment(
        lead, name="Omar & Co", text="<p>One<br>\n<br>\ntwo &amp; <em>three</em></p>", anchor="comment-7"
    )
    make_comment(
        lead,
        parent=first,
        text="<p>Answer</p>\n<p>of two</p>",
        anchor="comment-9",
        website="https://o.example/",
    )
    make_comment(lead, text="<p>Hidden</p>", is_shown=False, page=None, position=None)
    make_comment(lead, kind="mention", text="", website="https://m.example/", name="M")
    reader_comments.put_in_order([lead.pk])
    about = make_page(title="About <us>", body=body)
    make_page(parent=about, standfirst="Who  we are", is_published=False)
    MenuLink.objects.create(label="East", category=east)
    MenuLink.objects.create(label="About", page=about, position=1)
    MenuLink.objects.create(label="Archives", address="/archives/", position=2)


def test_a_publication_comes_back_as_it_was(tmp_path, settings):
    a_publication()
    before, after, report = a_site.round_trip(tmp_path, settings)
    assert report.is_whole, "\n".join(report.lines())
    assert not list(a_site.differences(before, after))


def entries(*files):
    """{(type, slug): item} of exports."""
    found = [one for file in files for one in read(file) if isinstance(one, Item)]
    return {(one.type, one.slug): one for one in found}


def test_an_export_has_the_words_wordpress_has_for_things(tmp_path):
    a_publication()
    exporter.write(tmp_path / "site.xml")
    items = entries(tmp_path / "site.xml")
    post = items["post", "a-title"]
    assert post.title == "A &quot;title&quot; with &lt;em&gt; &amp; entities &amp;amp; more".replace(
        "&quot;", '"'
    )
    assert (post.status, post.is_sticky, post.creator) == ("publish", True, "ada")
    assert post.guid == Post.objects.get(slug="a-title").feed_id
    assert post.meta["_wp_old_slug"] == ["older-title"]
    assert next(one.nicename for one in post.terms if one.domain == "author") == "cap-ada"
    lead = Post.objects.get(slug="a-title").lead_image
    upload = items["attachment", f"image-{lead.pk}"]
    assert post.meta_value("_thumbnail_id") == str(upload.id)
    assert upload.attachment_url == f"{site_settings.SITE_URL}{lead.file.url}"
    assert f"wp-image-{upload.id}" in post.content
    assert post.content.count('data-fn="') == 2
    assert '{"id":' in post.meta_value("footnotes").replace('"content":', '"id":')
    statuses = sorted(one.status for one in items.values() if one.type == "post")
    assert statuses == [
        "draft",
        "draft",
        "draft",
        "future",
        "pending",
        "publish",
        "publish",
        "trash",
    ]
    menu = [one for one in items.values() if one.type == "nav_menu_item"]
    assert [one.meta_value("_menu_item_type") for one in menu] == ["taxonomy", "post_type", "custom"]
    pages = [one for one in items.values() if one.type == "page"]
    assert [one.parent for one in pages] == [None, pages[0].id]


def test_whoever_changes_a_title_in_wordpress_has_the_last_word(tmp_path):
    make_post(title="Two  blanks", slug="two-blanks", body="<p>Old.</p>\n<p>Text</p>")
    file = tmp_path / "site.xml"
    exporter.write(file)
    text = file.read_text()
    assert "<p>Old.</p>" in text
    file.write_text(text.replace("[Two  blanks]", "[Changed  there]").replace("<p>Old.</p>", "<p>New.</p>"))
    a_site.empty()
    import_files([file])
    post = Post.objects.get()
    assert (post.title, post.body) == ("Changed there", "<p>New.</p>\n<p>Text</p>")


@pytest.mark.parametrize("name", ["site.xml", "site.xml.gz", "site.zip"])
def test_an_export_in_parts_holds_everything_once(tmp_path, name):
    for _ in range(12):
        make_post(body=f"<p>{'word ' * 400}</p>")
    call_command("export_wordpress", tmp_path / name, split=0.01, stdout=io.StringIO())
    files = sorted(tmp_path.glob("site*"))
    assert not [file for file in files if file.suffix == ".partial"]
    if name == "site.zip":
        assert len(zipfile.ZipFile(files[0]).namelist()) > 2
    else:
        assert len(files) > 2
        sizes = [len(gzip.decompress(f.read_bytes()) if f.suffix == ".gz" else f.read_bytes()) for f in files]
        assert max(sizes) <= 0.01 * exporter.MEGABYTE + 6000
    found = [one for file in files for one in read(file) if isinstance(one, Item) and one.type == "post"]
    assert len(found) == len({one.id for one in found}) == 12


def test_an_export_goes_to_the_standard_output_unless_a_file_is_named():
    post = make_post()
    out = io.StringIO()
    call_command("export_wordpress", stdout=out)
    assert f"<![CDATA[{post.title}]]>" in out.getvalue()
    assert out.getvalue().endswith("</rss>\n")
    with pytest.raises(CommandError, match="need the name of a FILE"):
        call_command("export_wordpress", split=5)


def test_an_export_that_fails_leaves_no_file(tmp_path, monkeypatch):
    make_post()
    monkeypatch.setattr(Post, "is_scheduled", property(lambda self: 1 / 0))
    with pytest.raises(ZeroDivisionError):
        exporter.write(tmp_path / "site.xml")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("posts", [3, 40])
def test_an_export_asks_as_often_for_forty_posts_as_for_three(posts, tmp_path, django_assert_num_queries):
    image = make_image()
    for _ in range(posts):
        make_post(
            tags=["a", "b"],
            categories=[make_category()],
            lead_image=image,
            body=f'<p><img src="/media/x.jpg" data-image="{image.pk}"></p>',
            authors=2,
        )
    with django_assert_num_queries(27):
        exporter.write(tmp_path / "site.xml")
