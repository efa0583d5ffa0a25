"""Ghost's JSON: posts with what other tables say of them, in constant memory, whatever the version."""

import io
import json
import zipfile

import pytest
from django.core.management import CommandError, call_command

from pages.models import MenuLink, Page
from posts.models import Post, ReaderComment
from wordpress import formats
from wordpress.importer import import_files
from wordpress.reading import ghost
from wordpress.reading.records import Author, Hints, Item, Problem, Site, Tag, WxrError
from wordpress.verify import verify

ADA = {
    "id": "u1",
    "name": "Ada Author",
    "slug": "ada",
    "email": "ada@old.example",
    "bio": "Writes <here>.",
    "facebook": "ada",
}
BO = {"id": "u2", "name": "Bo Writer", "slug": "bo", "website": "https://bo.example/"}


def post(number=1, **fields):
    plain = {
        "id": f"5f{number}",
        "title": f"Post {number}",
        "slug": f"post-{number}",
        "html": "<p>Text.</p>",
        "type": "post",
        "status": "published",
        "visibility": "public",
        "published_at": "2022-05-01T08:00:00.000Z",
        "updated_at": "2022-05-02T08:00:00.000Z",
    }
    return plain | fields


def data(*posts, **tables):
    plain = {
        "posts": list(posts),
        "posts_authors": [
            {"post_id": "5f1", "author_id": "u2", "sort_order": 1},
            {"post_id": "5f1", "author_id": "u1", "sort_order": 0},
        ],
        "posts_tags": [
            {"post_id": "5f1", "tag_id": "t2", "sort_order": 1},
            {"post_id": "5f1", "tag_id": "t1", "sort_order": 0},
            {"post_id": "5f1", "tag_id": "t3", "sort_order": 2},
        ],
        "tags": [
            {"id": "t1", "name": "Oil", "slug": "oil"},
            {"id": "t2", "name": "Grain", "slug": "grain"},
            {"id": "t3", "name": "#internal", "slug": "hash-internal", "visibility": "internal"},
        ],
        "users": [ADA, BO],
        "settings": [
            {"key": "title", "value": "Old Ghost"},
            {"key": "timezone", "value": "America/New_York"},
        ],
    }
    return {"db": [{"meta": {"version": "5.1"}, "data": plain | tables}]}


def records(told, hints=None, name="ghost.json"):
    stream = io.BytesIO(told if isinstance(told, bytes) else json.dumps(told).encode())
    stream.name = name
    return list(ghost.read(stream, hints))


def items(*args, **kwargs):
    return [record for record in records(*args, **kwargs) if isinstance(record, Item)]


def test_a_post_has_its_authors_and_tags_in_their_order_though_other_tables_come_later():
    found = records(data(post()))
    site = next(one for one in found if isinstance(one, Site))
    item = next(one for one in found if isinstance(one, Item))
    assert site.title == "Old Ghost"
    assert [(one.domain, one.name) for one in item.terms] == [
        ("author", "Ada Author"),
        ("author", "Bo Writer"),
        ("post_tag", "Oil"),
        ("post_tag", "Grain"),
    ]
    assert item.notes == {"filing under an internal tag (#) left out": 1}
    assert item.link == "/post-1/"
    assert [one.login for one in found if isinstance(one, Author)] == ["ada", "bo"]
    assert [one.slug for one in found if isinstance(one, Tag)] == ["oil", "grain"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, "publish"),
        ({"status": "draft"}, "draft"),
        ({"status": "scheduled"}, "future"),
        ({"status": "sent"}, "sent as mail only"),
        ({"visibility": "members"}, "for members only"),
        ({"visibility": "paid", "status": "scheduled"}, "for paid only"),
        ({"visibility": "paid", "status": "draft"}, "draft"),
    ],
)
def test_what_a_reader_without_an_account_could_not_see_is_said_so(fields, status):
    assert items(data(post(**fields)))[0].status == status


def test_mail_only_is_known_by_the_table_of_meta_too():
    told = data(post(), posts_meta=[{"id": "m", "post_id": "5f1", "email_only": 1, "meta_title": "SEO"}])
    item = items(told)[0]
    assert item.status == "sent as mail only"
    assert item.meta == {"_yoast_wpseo_title": ["SEO"]}


def test_addresses_follow_the_routes_named_in_the_time_of_the_site():
    told = data(post(published_at="2022-06-01T02:00:00.000Z"), post(2, type="page"))
    hints = Hints("https://old.example", "/{year}/{month}/{slug}/", True)
    first, page = items(told, hints)
    assert first.link == "/2022/05/post-1/"
    assert page.link == "/post-2/"
    assert ("category", "Oil") in [(one.domain, one.name) for one in first.terms]


def test_the_first_versions_are_read_too():
    old = post(
        1,
        id=1,
        page=0,
        author_id=7,
        published_at=1426078349156,
        html=None,
        markdown="*Hello*",
        image="/content/images/2015/a.jpg",
    )
    del old["type"], old["visibility"]
    told = {
        "meta": {"version": "003"},
        "data": {"posts": [old], "users": [{"id": 7, "name": "Zoe", "slug": "zoe"}]},
    }
    item = items(told)[0]
    assert item.content.strip() == "<p><em>Hello</em></p>"
    assert item.published_at.year == 2015
    assert item.lead.address == "/content/images/2015/a.jpg"
    assert item.terms[0].name == "Zoe"


def test_lexical_and_mobiledoc_are_read_where_there_is_no_html():
    lexical = {
        "root": {
            "type": "root",
            "children": [
                {
                    "type": "paragraph",
                    "children": [
                        {"type": "extended-text", "text": "a <b", "format": 3},
                        {"type": "linebreak"},
                        {
                            "type": "link",
                            "url": "__GHOST_URL__/x/",
                            "children": [{"type": "text", "text": "x"}],
                        },
                    ],
                },
                {
                    "type": "image",
                    "src": "__GHOST_URL__/content/images/size/w600/2022/a.png",
                    "alt": "A",
                    "caption": "<i>C</i>",
                    "cardWidth": "wide",
                },
                {"type": "callout", "calloutEmoji": "!", "calloutText": "Mind"},
                {"type": "toggle", "heading": "Q", "content": "<p>A</p>"},
                {"type": "signup"},
                {"type": "never-heard-of", "text": "kept"},
            ],
        }
    }
    mobiledoc = {
        "version": "0.3.1",
        "atoms": [["soft-return", "", {}]],
        "cards": [["markdown", {"markdown": "# H"}], ["hr", {}]],
        "markups": [["strong"]],
        "sections": [
            [1, "p", [[0, [0], 1, "bold"], [1, [], 0, 0], [0, [], 0, "plain"]]],
            [10, 0],
            [10, 1],
            [10, 9],
        ],
    }
    first, second = items(
        data(
            post(html=None, lexical=json.dumps(lexical)), post(2, html=None, mobiledoc=json.dumps(mobiledoc))
        )
    )
    assert "<em><strong>a &lt;b</strong></em><br>" in first.content
    assert '<a href="/x/">x</a>' in first.content
    assert (
        '<figure class="alignwide"><img src="/content/images/2022/a.png" alt="A"><figcaption><i>C</i>'
        in first.content
    )
    assert "<blockquote><p>! Mind</p></blockquote>" in first.content
    assert "<p><strong>Q</strong></p><p>A</p>" in first.content
    assert "kept" in first.content
    assert first.notes["sign-up form left out"] == 1
    assert first.notes["card never-heard-of not understood"] == 1
    assert "<p><strong>bold</strong><br>plain</p>" in second.content
    assert "<h1>H</h1>" in second.content
    assert second.notes["piece of a text that was not understood"] == 1


def test_a_text_that_is_no_json_is_told_and_its_post_comes_in():
    found = records(data(post(html="", lexical="{oops")))
    problem = next(one for one in found if isinstance(one, Problem) and one.kind == "broken")
    assert "posts, record 1 (post-1): its Lexical text is no JSON" in problem.message
    assert [one.title for one in found if isinstance(one, Item)] == ["Post 1"]


CARDS = """<figure class="kg-card kg-bookmark-card"><a class="kg-bookmark-container" href="https://x.example/"><div>
<div class="kg-bookmark-title">Title</div><div class="kg-bookmark-description">About</div></div><img src="icon.png"></a></figure>
<div class="kg-card kg-audio-card"><img class="kg-audio-thumbnail"><div class="kg-audio-title">Talk</div><audio src="/content/media/t.mp3"></audio><button>1x</button><span>0:00</span></div>
<div class="kg-card kg-file-card"><a class="kg-file-card-container" href="/content/files/r.pdf"><div class="kg-file-card-title">Report</div><div class="kg-file-card-filesize">1 MB</div></a></div>
<div class="kg-card kg-signup-card"><form><h2>Join us</h2></form></div><p>End</p>"""


def test_cards_in_html_become_plain_text_and_links_without_the_themes_boxes():
    item = items(data(post(html=CARDS)))[0]
    assert '<a href="https://x.example/">Title</a><br>About' in item.content
    assert "icon.png" not in item.content
    assert (
        '<figure class="audio" data-embed="/content/media/t.mp3"><a href="/content/media/t.mp3">Talk</a>'
        in item.content
    )
    assert "0:00" not in item.content
    assert '<a href="/content/files/r.pdf">Report</a>' in item.content
    assert "Join us" not in item.content
    assert item.notes["sign-up form left out"] == 1


def test_a_file_cut_off_gives_all_before_the_cut_and_says_where():
    whole = json.dumps(data(post(1), post(2), post(3))).encode()
    found = records(whole[: whole.index(b'"Post 3"')])
    assert [one.title for one in found if isinstance(one, Item)] == ["Post 1", "Post 2"]
    assert "posts, record 3: the file ends in the middle" in str(found[0])


def test_a_broken_record_costs_only_itself():
    told = json.dumps(data(post(1), post(2), post(3))).replace('"Post 2"', '"Post 2",,')
    found = records(told.encode())
    assert [one.title for one in found if isinstance(one, Item)] == ["Post 1", "Post 3"]
    assert any("posts, record 2" in str(one) for one in found if isinstance(one, Problem))


@pytest.mark.parametrize(
    "told",
    [b"", b"nonsense", b"[1, 2]", b'{"a": ' * 3000, b'{"db": [{"data": {"tags": []}}]}', b'{"posts": 7}'],
)
def test_what_is_no_export_of_ghost_is_refused_with_a_sentence(told):
    with pytest.raises(WxrError, match="is not an export of Ghost"):
        records(told)


def test_rows_of_any_other_shape_are_told_and_take_none_along():
    told = data(post(1), 7, None, {"id": "x"}, posts_authors=[3], tags="none", users={"id": "u1"})
    assert [one.title for one in items(told)] == ["Post 1", ""]


@pytest.mark.django_db
def test_an_export_in_a_zip_comes_in_whole_and_a_second_run_changes_nothing(tmp_path, client):
    told = data(
        post(
            html='<p>See <a href="__GHOST_URL__/post-2/">it</a>.</p>',
            feature_image="__GHOST_URL__/content/images/a.png",
            feature_image_alt="A",
        ),
        post(2, visibility="paid"),
        post(3, type="page", slug="about"),
        settings=[
            {
                "key": "navigation",
                "value": json.dumps(
                    [{"label": "Home", "url": "/"}, {"label": "Us", "url": "__GHOST_URL__/about/"}]
                ),
            }
        ],
        comments=[
            {
                "id": "c1",
                "post_id": "5f1",
                "status": "published",
                "html": "<p>Nice</p>",
                "created_at": "2022-05-03 10:00:00",
            },
            {
                "id": "c2",
                "post_id": "5f1",
                "parent_id": "c1",
                "status": "published",
                "html": "<p>Yes</p>",
                "created_at": "2022-05-03 11:00:00",
            },
            {
                "id": "c3",
                "post_id": "5f1",
                "status": "hidden",
                "html": "<p>No</p>",
                "created_at": "2022-05-03 11:00:00",
            },
        ],
    )
    path = tmp_path / "backup.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data/old.ghost.json", json.dumps(told))
        archive.writestr("data/members.csv", "email\n")
    assert formats.system_of(path) == "ghost"
    report = import_files([path], address="https://old.example")
    assert report.is_whole
    one, paid = Post.objects.order_by("title")
    assert (one.status, paid.status) == ("published", "draft")
    assert [line.author.name for line in one.bylines.all()] == ["Ada Author", "Bo Writer"]
    assert one.bylines.all()[0].author.bio == "<p>Writes &lt;here&gt;.</p>"
    assert (one.lead_image.alt, one.lead_image.source_url) == (
        "A",
        "https://old.example/content/images/a.png",
    )
    assert client.get("/post-1/").headers["Location"] == one.permalink
    assert [c.depth for c in ReaderComment.objects.in_order()] == [0, 1]
    assert Page.objects.get().path == "about"
    assert [(link.label, link.address) for link in MenuLink.objects.all()] == [
        ("Home", "/"),
        ("Us", "/about/"),
    ]
    again = import_files([path], address="https://old.example")
    assert again.did("unchanged") == 3
    assert again.comments == {("comment", "unchanged"): 2}
    answers = list(verify([path]))
    assert [(one.wanted.path, one.fault) for one in answers if not one.wanted.is_hidden] == [
        ("/post-1/", ""),
        ("/about/", ""),
    ]
    assert [one.page.status for one in answers if one.wanted.is_hidden] == [404]


@pytest.mark.django_db
def test_an_export_comes_in_under_one_address_and_is_refused_under_another(tmp_path):
    path = tmp_path / "ghost.json"
    path.write_text(json.dumps(data(post())))
    call_command("import_ghost", path, old_site="https://old.example", stdout=io.StringIO())
    path.write_text(json.dumps(data(post(), post(2))))  # exported anew
    with pytest.raises(CommandError, match=r"give the same address \(https://old\.example\)"):
        call_command("import_ghost", path, stdout=io.StringIO())
    with pytest.raises(CommandError, match="would come in a second time"):
        call_command("import_ghost", path, old_site="https://odl.example", stdout=io.StringIO())
    assert Post.objects.count() == 1
    call_command("import_ghost", path, old_site="https://old.example/", stdout=io.StringIO())
    assert Post.objects.count() == 2
