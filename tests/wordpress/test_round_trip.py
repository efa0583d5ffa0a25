"""What came in from elsewhere, or was made up, leaves and comes in again as the same publication."""

import os
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from authors.models import Author
from informed_comment.html import clean_html
from posts.models import Byline, Category, Post
from tests.factories import make_image, make_post
from tests.wordpress import a_site
from tests.wordpress.exports import CENSUS, FOLDER, needs_exports
from wordpress.bodies import returned
from wordpress.content import convert
from wordpress.importer import import_files
from wordpress.leaving.blocks import Around, Body
from wordpress.reading.records import Item
from wordpress.wxr import read

SITE = "https://site.example"

# ROUND_TRIP=all takes all of them out and in again, which takes two minutes.
CHOSEN = [entry["file"] for entry in CENSUS]
if os.environ.get("ROUND_TRIP") != "all":
    CHOSEN = [
        name for name in CHOSEN if name.startswith(("ghost/posts-only", "pelican", "importer/valid-wxr-1.1"))
    ]

# Bodies

inline = st.deferred(lambda: st.lists(words | marked, min_size=1, max_size=4).map("".join))
words = st.text("abcxyz  \n'\"éאس,.-[]&;#", min_size=1, max_size=12).map(
    lambda text: text.replace("&", "&amp;")
)
marked = st.one_of(
    st.builds(
        "<{0}{1}>{2}</{0}>".format,
        st.sampled_from(
            [
                "strong",
                "em",
                "s",
                "u",
                "sub",
                "sup",
                "code",
                "cite",
                "q",
                "mark",
                "small",
                "kbd",
                "bdo",
                "del",
            ]
        ),
        st.sampled_from(["", ' lang="ar"', ' dir="rtl"']),
        inline,
    ),
    st.builds(
        '<a href="{}">{}</a>'.format,
        st.sampled_from(
            ["/2020/01/a.html", "/media/a.pdf", f"{SITE}/media/b.pdf", "https://x.example/?a=1&amp;b=2", "#a"]
        ),
        words,
    ),
    st.builds('<span class="footnote"{}>{}</span>'.format, st.sampled_from(["", ' lang="fr"']), words),
    st.sampled_from(
        [
            "<br>",
            "[gallery]",
            "[caption]x[/caption]",
            "&lt;!-- wp:html --&gt;",
            "--",
            "]]>",
            "\\",
            "\u2028",
            '<time datetime="2020-01-01">then</time>',
        ]
    ),
)
picture = st.builds(
    '<img src="{}" alt="{}"{}>'.format,
    st.sampled_from(["/media/a.jpg", "https://x.example/b.jpg"]),
    st.sampled_from(["", "A &quot;river&quot;"]),
    st.sampled_from(["", ' data-image="3"', ' width="10" height="20"']),
)
caption = st.just("") | inline.map("<figcaption>{}</figcaption>".format)
place = st.sampled_from(["", " left", " right", " wide"])
image = st.builds('<figure class="image{}">{}{}</figure>'.format, place, picture, caption)
address = st.sampled_from(
    [
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://x.com/a/status/1",
        "/media/a.mp3",
        "https://mastodon.example/@a/1",
    ]
)
block = st.deferred(
    lambda: st.one_of(
        st.builds(
            "<{0}{1}>{2}</{0}>".format,
            st.sampled_from(["p", "h2", "h3", "h4"]),
            st.sampled_from(["", ' dir="rtl"', ' lang="fa"']),
            inline,
        ),
        inline,
        st.builds(
            "<{0}>{1}</{0}>".format,
            st.sampled_from(["ul", "ol", 'ol start="4"', "ol reversed", 'ol type="a"']),
            items,
        ),
        st.builds("<blockquote>{}</blockquote>".format, st.lists(block, min_size=1, max_size=2).map("".join)),
        st.builds("<pre>{}</pre>".format, inline),
        st.builds("<pre><code>{}</code></pre>".format, words),
        st.just("<hr>"),
        st.builds("<dl><dt>{}</dt><dd>{}</dd></dl>".format, inline, inline),
        st.builds('<div lang="ar" dir="rtl">{}</div>'.format, st.lists(block, max_size=2).map("".join)),
        st.builds(
            "<table>{}<thead><tr><th>{}</th></tr></thead><tr><td colspan=2>{}</td></tr></table>".format,
            st.just("") | inline.map("<caption>{}</caption>".format),
            inline,
            inline,
        ),
        image,
        st.builds(
            '<figure class="gallery">{}{}</figure>'.format,
            st.lists(image, min_size=1, max_size=3).map("".join),
            caption,
        ),
        st.builds(
            '<figure class="pullquote{}"><blockquote><p>{}</p><cite>{}</cite></blockquote></figure>'.format,
            place,
            inline,
            words,
        ),
        st.builds(
            '<figure class="{}" data-provider="{}" data-embed="{}"><a href="{}">{}</a>{}</figure>'.format,
            st.sampled_from(["embed", "audio", "video"]),
            st.sampled_from(["youtube", "x", "other"]),
            address,
            address,
            words,
            caption,
        ),
    )
)
items = st.lists(
    st.builds(
        "<li>{}{}</li>".format,
        inline,
        st.just("") | st.deferred(lambda: items).map("<ul>{}</ul>".format) | block,
    ),
    min_size=1,
    max_size=3,
).map("".join)
body = st.lists(
    st.tuples(block, st.sampled_from(["\n", "\n", "", "\n\n", " "])).map("".join), max_size=6
).map(lambda made: clean_html("".join(made)))


def back(html):
    """(a body once it was block markup, that markup)."""
    around = Around(
        "key",
        lambda url: f"{SITE}{url}" if url.startswith("/media/") else url,
        lambda url: url.removeprefix(SITE) if url.startswith(f"{SITE}/media/") else url,
        lambda number: (number * 8 + 3, "/media/a.jpg", "A river"),
    )
    markup = Body(around).markup(html)
    known = returned.Known({note["id"]: note["content"] for note in markup.notes}, around.relative)
    return returned.body(markup.text, markup.between, known), markup.text


@given(body)
@settings(
    max_examples=int(os.environ.get("BODIES", 60)), deadline=None, suppress_health_check=list(HealthCheck)
)
def test_any_body_comes_back_from_block_markup_to_the_letter(html):
    absolute = html.replace(f"{SITE}/media/", "/media/")  # an address is kept as a path of this site
    assert back(absolute)[0] == absolute


@needs_exports
def test_every_body_of_the_public_exports_comes_back_from_block_markup_to_the_letter():
    bodies = [
        clean_html(convert(one.content).html)
        for entry in CENSUS
        if "large" not in entry["file"]
        for one in read(FOLDER / entry["file"])
        if isinstance(one, Item)
    ]
    assert len(bodies) > 700
    assert [html for html in bodies if back(html)[0] != html] == []


# Publications

title = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=40) | st.sampled_from(
    ["A <b>bold</b> & “odd” title", "  ", "&amp;", "0", "Tom &lt; Jerry"]
)
slug = st.sampled_from(["a-slug", "نفط-وماء", "report.php", "-edge-", "ünïcödé", "x" * 120, "2016"])
date = st.datetimes(
    datetime.fromisoformat("2001-01-01"), datetime.fromisoformat("2031-01-01"), timezones=st.just(UTC)
)


@st.composite
def a_post(draw):
    status = draw(st.sampled_from(["draft", "in_review", "published", "withdrawn"]))
    is_out = status in ("published", "withdrawn")
    return {
        "title": draw(title).replace("\x00", ""),
        "slug": draw(slug),
        "body": draw(body),
        "standfirst": draw(title),
        "status": status,
        "published_at": draw(date) if is_out else draw(st.none() | date),
        "seo_title": draw(title),
        "language": draw(st.sampled_from(["en", "ar"])),
        "lead_caption": draw(title),
    }


@pytest.mark.django_db
@given(st.lists(a_post(), min_size=1, max_size=5), st.data())
@settings(
    max_examples=int(os.environ.get("PUBLICATIONS", 3)),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
def test_any_publication_comes_back(tmp_path_factory, a_folder, posts, data):
    a_site.empty()
    authors = [
        Author.objects.create(name=f"Author {n}", slug=slug)
        for n, slug in enumerate(["ada", "cap-x", "author-2", "ليلى"])
    ]
    top = Category.objects.create(name="Top & first", slug="top")
    below = Category.objects.create(name="Below", slug="below", parent=top)
    again = Category.objects.create(name="Below again", slug="below", parent=below)
    shown = make_image()
    for number, fields in enumerate(posts):
        fields["body"] = (
            fields["body"]
            .replace('data-image="3"', f'data-image="{shown.pk}"')
            .replace('src="/media/a.jpg"', f'src="{shown.file.url}"')
        )
        signed = data.draw(
            st.lists(
                st.tuples(st.sampled_from(authors), st.sampled_from(Byline.Role.values)),
                unique=True,
                max_size=3,
            )
        )
        filed = data.draw(st.lists(st.sampled_from([top, below, again]), unique=True, max_size=2))
        tags = data.draw(st.lists(st.sampled_from(["Iran", "oil & gas", "النفط"]), unique=True, max_size=2))
        post = make_post(
            **fields | {"slug": f"{fields['slug']}{number}"}, authors=[], categories=filed, tags=tags
        )
        Byline.objects.bulk_create(
            Byline(post=post, author=one, role=role, position=place)
            for place, (one, role) in enumerate(signed)
        )
    before, after, report = a_site.round_trip(tmp_path_factory.mktemp("round"), a_folder)
    assert report.is_whole, "\n".join(report.lines())
    assert "\n".join(a_site.differences(before, after)) == ""
    assert Post.objects.count() == len(posts)


@pytest.fixture
def a_folder(settings):
    return settings


@pytest.mark.django_db
@needs_exports
@pytest.mark.parametrize("name", CHOSEN)
def test_a_public_export_is_the_same_after_leaving_and_coming_in_again(name, tmp_path, settings):
    import_files([FOLDER / name])
    before, after, _report = a_site.round_trip(tmp_path, settings)
    assert not list(a_site.differences(before, after))
