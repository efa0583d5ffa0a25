"""Substack's zip: posts.csv and the texts beside it, without the widgets."""

import html
import json
import zipfile

import pytest

from posts.models import Post
from wordpress import formats
from wordpress.importer import import_files
from wordpress.reading import substack
from wordpress.reading.records import Hints, Item, Problem, Refused, WxrError
from wordpress.reading.substack_html import full_size, plain

HEAD = "post_id,post_date,is_published,email_sent_at,type,audience,title,subtitle,podcast_url\n"


def exported(path, rows, texts, **more):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("posts.csv", HEAD + "".join(rows))
        for name, text in texts.items():
            archive.writestr(f"posts/{name}.html", text)
        for name, text in more.items():
            archive.writestr(name, text)
    return path


def row(
    number="101.first", *, published="true", kind="newsletter", audience="everyone", title="First", podcast=""
):
    return f'{number},2021-03-01T10:00:00.000Z,{published},,{kind},{audience},"{title}","A ""quoted"" line",{podcast}\n'


def test_posts_have_their_texts_addresses_and_states(tmp_path):
    path = exported(
        tmp_path / "export.zip",
        [
            row(),
            row("102.draft", published="false"),
            row("103.paid", audience="only_paid"),
            row("104.about", kind="page"),
            row("105.talk", kind="podcast", podcast="https://api.substack.com/a.mp3"),
            row("106.gone"),
            row("107.chat", kind="thread"),
            ",,,,,,,,\n",
        ],
        {
            "101.first": "<p>One</p>",
            "102.draft": "",
            "103.paid": "<p>Paid</p>",
            "104.about": "<p>Us</p>",
            "105.talk": "",
        },
    )
    found = list(substack.read(path, Hints("https://old.substack.com")))
    items = [one for one in found if isinstance(one, Item)]
    assert [(one.type, one.status, one.link) for one in items[:4]] == [
        ("post", "publish", "/p/first"),
        ("post", "draft", "/p/draft"),
        ("post", "for paid only", "/p/paid"),
        ("page", "publish", "/p/about"),
    ]
    assert items[0].excerpt == 'A "quoted" line'
    assert '<figure class="audio"' in items[4].content
    problems = [str(one) for one in found if isinstance(one, Problem)]
    assert problems == [
        "export.zip/posts.csv:7: there is no posts/106.gone.html; it comes in without a text",
        "export.zip/posts.csv:9: a row without post_id; it is lost",
    ]


def attributes(**values):
    return html.escape(json.dumps(values))


def test_figures_notes_and_players_stay_and_widgets_go():
    notes = {}
    text = plain(
        '<p>One<a class="footnote-anchor" id="footnote-anchor-1" href="#footnote-1">1</a>.</p>'
        '<div class="captioned-image-container"><figure><a class="image-link image2" href="https://substackcdn.com/image/fetch/f_auto/https%3A%2F%2Fx.s3.amazonaws.com%2Fa.png">'
        f'<div><picture><img src="https://substackcdn.com/image/fetch/w_9/https%3A%2F%2Fx.s3.amazonaws.com%2Fa.png" alt="Alt"></picture></div></a><figcaption>Cap</figcaption></figure></div>'
        '<p class="button-wrapper"><a class="button" href="%%checkout_url%%">Subscribe now</a></p>'
        '<p class="button-wrapper"><a class="button" href="https://shop.example/">Buy the book</a></p>'
        f'<div class="youtube-wrap" data-attrs="{attributes(videoId="abcdefghijk")}"><iframe></iframe></div>'
        f'<div class="tweet" data-attrs="{attributes(url="https://twitter.com/a/status/1?s=2", full_text="Hi <b>")}"></div>'
        '<div class="subscription-widget-wrap"><div class="subscription-widget"><form><p>Thanks for reading!</p></form></div></div>'
        '<div class="digest-post-embed" data-attrs="not json">Other</div>'
        '<div class="footnote"><a id="footnote-1" class="footnote-number" href="#">1</a><div class="footnote-content"><p>A <em>note</em>.</p></div></div>',
        "",
        notes,
    )
    assert 'One<span class="footnote">A <em>note</em>.</span>.' in text
    assert '<img src="https://x.s3.amazonaws.com/a.png" alt="Alt"><figcaption>Cap</figcaption>' in text
    assert '<a href="https://shop.example/">Buy the book</a>' in text
    assert "https://www.youtube.com/watch?v=abcdefghijk" in text
    assert "Hi &lt;b&gt;" in text
    assert "https://twitter.com/a/status/1" in text
    assert "Subscribe now" not in text
    assert "Thanks for reading" not in text
    assert notes == {"button to subscribe, share or comment left out": 1, "form to subscribe left out": 1}


def test_pictures_are_the_ones_uploaded():
    cdn = "https://substackcdn.com/image/fetch/w_1456,c_limit/https%3A%2F%2Fbucketeer-e05.s3.amazonaws.com%2Fpublic%2Fimages%2Fa_1x2.jpeg"
    assert full_size(cdn) == "https://substack-post-media.s3.amazonaws.com/public/images/a_1x2.jpeg"
    assert full_size("https://x.example/a.png") == "https://x.example/a.png"


def test_what_is_no_export_and_what_would_lead_out_of_it_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(WxrError, match=r"There is no posts\.csv"):
        list(substack.read(tmp_path / "other.zip"))
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04 nonsense")
    with pytest.raises(WxrError, match="cannot be opened"):
        list(substack.read(tmp_path / "bad.zip"))
    path = exported(
        tmp_path / "evil.zip", [row("5.x/../../../../etc/passwd")], {"101.first": "x"}, **{"../out.html": "x"}
    )
    problems = [str(one) for one in substack.read(path) if isinstance(one, Problem)]
    assert any("leads out of the zip" in one for one in problems)
    assert any("comes in without a text" in one for one in problems)


def test_a_zip_bomb_is_not_read_further(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("posts.csv", HEAD + row(title="x" * 80_000_000))
    with pytest.raises(Refused):
        list(substack.read(path))


@pytest.mark.django_db
def test_an_export_comes_in_and_old_addresses_lead_to_its_posts(tmp_path, client):
    path = exported(tmp_path / "export.zip", [row()], {"101.first": "<p>One</p>"})
    assert formats.system_of(path) == "substack"
    import_files([path], address="https://old.substack.com", system="substack")
    post = Post.objects.get()
    assert post.standfirst == 'A "quoted" line'
    assert client.get("/p/first").headers["Location"] == post.permalink
