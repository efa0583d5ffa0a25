"""Folders of Markdown with front matter, in the habits of Jekyll, Hugo, Astro and Eleventy."""

import zipfile
from datetime import UTC, datetime

import pytest

from posts.models import Post
from tests.factories import make_picture
from wordpress import formats
from wordpress.importer import import_files
from wordpress.reading import front_matter, markdown
from wordpress.reading.making import moment
from wordpress.reading.marked import marked
from wordpress.reading.records import Author, Hints, Item, Problem, WxrError
from wordpress.reading.templating import plain
from wordpress.verify import verify


@pytest.fixture
def read(tmp_path):
    """The records of a folder of these files, name → text."""

    def made(files, hints=None):
        for name, text in files.items():
            path = tmp_path / "site" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return list(markdown.read(tmp_path / "site", hints))

    return made


def items(found):
    return {one.guid: one for one in found if isinstance(one, Item)}


JEKYLL = """---
title: No
date: 2020-03-01 10:00:00 +0200
tags: [oil, "Middle East"]
categories: politics
author: Ada Author
image: {path: ../img/a.jpg, alt: A river}
redirect_from:
  - /old/hello/
slug: 012
---
Text[^1] and ![pic](../img/a.jpg), see [other]({% post_url 2020-03-02-other %}).

[^1]: A *note*.
"""


def test_a_post_of_jekyll_has_its_date_address_terms_pictures_and_redirects(read):
    found = items(
        read(
            {
                "_posts/2020-03-01-hello.md": JEKYLL,
                "_posts/2020-03-02-other.md": "---\ntitle: Other\n---\nX",
                "img/a.jpg": b"x",
            }
        )
    )
    post = found["_posts/2020-03-01-hello.md"]
    assert (post.title, post.slug, post.type) == ("No", "012", "post")
    assert post.published_at == datetime(2020, 3, 1, 8, tzinfo=UTC)
    assert [(one.domain, one.name) for one in post.terms] == [
        ("author", "Ada Author"),
        ("category", "politics"),
        ("post_tag", "oil"),
        ("post_tag", "Middle East"),
    ]
    assert post.aliases == ["/old/hello/"]
    assert (post.lead.address, post.lead.alt) == ("/img/a.jpg", "A river")
    assert 'Text<span class="footnote">A <em>note</em>.</span>' in post.content
    assert 'src="/img/a.jpg"' in post.content
    assert 'href="/2020/03/02/other.html"' in post.content
    assert found["_posts/2020-03-02-other.md"].link == "/2020/03/02/other.html"
    assert found["_posts/2020-03-02-other.md"].published_local == datetime(2020, 3, 2)  # noqa: DTZ001


def test_hugo_astro_and_eleventy_keep_their_addresses_and_drafts(read):
    found = items(
        read(
            {
                "content/posts/Bundle/index.md": '+++\ntitle = "B"\ndate = 2021-01-01T10:00:00Z\ndraft = true\n[cover]\nimage = "c.png"\n+++\n{{< figure src="c.png" caption="C" >}}',
                "content/posts/Bundle/c.png": b"x",
                "content/about.md": "---\ntitle: About\n---\nUs",
                "content/posts/_index.md": "---\ntitle: Posts\n---\n",
                "src/content/blog/astro.md": "---\ntitle: A\npubDate: Jul 08 2022\nheroImage: /hero.jpg\n---\nX",
                "public/hero.jpg": b"x",
                "drafts.md": "---\ntitle: D\ndate: 2020-01-01\npublished: false\n---\nX",
                "json.md": '{"title": "J", "date": "2020-01-01", "permalink": "/:year/:title/"}\n\nText',
            }
        )
    )
    bundle = found["content/posts/Bundle/index.md"]
    assert (bundle.link, bundle.status, bundle.lead.address) == (
        "/posts/bundle/",
        "draft",
        "/content/posts/Bundle/c.png",
    )
    assert '<img src="/content/posts/Bundle/c.png" alt=""><figcaption>C</figcaption>' in bundle.content
    assert (found["content/about.md"].type, found["content/about.md"].link) == ("page", "/about/")
    astro = found["src/content/blog/astro.md"]
    assert (astro.link, astro.type, astro.published_local.year) == ("/blog/astro/", "post", 2022)
    assert astro.lead.address == "/public/hero.jpg"
    assert found["drafts.md"].status == "draft"
    assert found["json.md"].link == "/2020/json/"
    assert "content/posts/_index.md" not in found


def test_the_settings_of_the_site_and_its_authors_are_read(read):
    found = read(
        {
            "_config.yml": "title: Old\nurl: https://old.example\npermalink: pretty\n",
            "_data/authors.yml": "ada:\n  name: Ada Author\n  bio: Writes.\n",
            "_posts/2020-03-01-hello.md": "---\ntitle: H\ncategories: [News]\nauthor: ada\n---\nX",
            "README.md": "# About this folder",
            "notes.adoc": "= X",
        }
    )
    assert found[0].address == "https://old.example"
    assert items(found)["_posts/2020-03-01-hello.md"].link == "/news/2020/03/01/hello/"
    assert next(one for one in found if isinstance(one, Author)).display_name == "Ada Author"
    skipped = [str(one) for one in found if isinstance(one, Problem)]
    assert skipped == [
        "site/README.md: it is about the folder, not a text of the site",
        "site/notes.adoc: AsciiDoc is not read",
    ]
    assert (
        items(read({}, Hints(pattern="/{year}/{slug}/")))["_posts/2020-03-01-hello.md"].link == "/2020/hello/"
    )


def test_templates_are_put_in_counted_or_left_as_code():
    notes = {}
    text = plain(
        '{{< youtube abcdefghijk >}}\n{{< odd x="1" >}}inner{{< /odd >}}\n{% include toc.html %}{{ page.x }}'
        "{{ '/a.css' | relative_url }}\n{% highlight py %}\nx = '{{ y }}'\n{% endhighlight %}\n`{{ z }}`\n{% raw %}{{ r }}{% endraw %}\nimport X from './x'\n",
        notes,
    )
    assert "watch?v=abcdefghijk" in text
    assert "inner" in text
    assert "/a.css" in text
    assert "```py\nx = '{{ y }}'\n```" in text
    assert "`{{ z }}`" in text
    assert "{{ r }}" in text
    assert "import X" not in text
    assert notes == {
        "shortcode odd left out, what it enclosed kept": 1,
        "Liquid tag include left out": 1,
        "Liquid value left out": 1,
        "line of a program (import, export) left out": 1,
    }


def test_tables_tasks_definitions_and_code_are_read():
    html = marked(
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n- [ ] t\n- [x] d\n\n```js\n1 < 2\n```\n\nTerm\n: Meaning\n\n<mark>raw</mark>\n"
    )
    assert "<td>1</td>" in html
    assert "☐ t" in html
    assert "☑ d" in html
    assert '<pre><code class="language-js">1 &lt; 2' in html
    assert "<dd>Meaning</dd>" in html
    assert "<mark>raw</mark>" in html


BOMB = (
    "---\na: &a [x, x]\n"
    + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(24))
    + "tags: *y\ntitle: Bomb\n---\nText"
)


def test_what_is_broken_is_told_with_file_and_line_and_the_rest_comes_in(read):
    found = read(
        {
            "_posts/2020-01-01-good.md": "---\ntitle: Good\n---\nX",
            "yaml.md": "---\ntitle: ok\ntags: [x\n---\nX",
            "toml.md": "+++\ntitle = \n+++\nX",
            "endless.md": "+++\ntitle = 'x'\n",
            "json.md": '{"title": ',
            "deep.md": "---\nx: " + "[" * 5000 + "\n---\nX",
            "object.md": "---\n!!python/object/apply:os.system ['true']\n---\nX",
            "list.md": "---\n- a\n---\nX",
            "bomb.md": BOMB,
            "bytes.md": b"---\ntitle: Caf\xe9\n---\nX",
            "long.md": "---\nx: " + "y" * 200_000 + "\n---\nX",
            "_posts/bad-date.md": "---\ntitle: D\ndate: 2020-13-45\n---\nX",
        }
    )
    broken = {one.file: one for one in found if isinstance(one, Problem) and one.kind == "broken"}
    assert sorted(broken) == [
        f"site/{n}.md" for n in ("deep", "endless", "json", "list", "long", "object", "toml", "yaml")
    ]
    assert broken["site/yaml.md"].line == 4
    assert "_posts/2020-01-01-good.md" in items(found)
    assert items(found)["bomb.md"].title == "Bomb"
    assert sum(len(one.name) for one in items(found)["bomb.md"].terms) < 1000
    assert any("'2020-13-45', is none" in one.message for one in found if isinstance(one, Problem))


def test_a_rule_at_the_head_of_a_text_is_no_front_matter():
    assert front_matter.split("---\nA text that begins with a rule.\n")[0] == {}


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("2020-01-02", (2020, 1, 2)),
        ("2020-01-02T03:04:05Z", (2020, 1, 2)),
        ("2020-01-02 03:04:05 -0700", (2020, 1, 2)),
        ("2020/01/02", (2020, 1, 2)),
        ("2 January 2020", (2020, 1, 2)),
        ("Jan 02, 2020", (2020, 1, 2)),
        ("Thu, 02 Jan 2020 03:04:05 GMT", (2020, 1, 2)),
        (1577934245000, (2020, 1, 2)),
        ("1577934245", (2020, 1, 2)),
        ("0000-00-00", None),
        ("yesterday", None),
        ("", None),
        (10**40, None),
        ([], None),
    ],
)
def test_dates_of_any_kind_are_understood_or_none(written, wanted):
    found = moment(written)
    assert (found and (found.year, found.month, found.day)) == wanted


def test_a_folder_without_markdown_is_refused(tmp_path):
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(WxrError, match="There is no Markdown file"):
        list(markdown.read(tmp_path))


def test_what_lies_outside_the_folder_is_never_read(tmp_path, read):
    (tmp_path / "secret.md").write_text("---\ntitle: Secret\n---\n")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "link.md").symlink_to(tmp_path / "secret.md")
    found = read({"a.md": "---\ntitle: A\nimage: ../secret.md\n---\n![x](../../../etc/passwd)"})
    assert list(items(found)) == ["a.md"]
    assert any("leads out of the folder" in one.message for one in found if isinstance(one, Problem))
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("../out.md", "---\ntitle: Out\n---\n")
        archive.writestr("in.md", "---\ntitle: In\n---\n")
    assert list(items(markdown.read(tmp_path / "evil.zip"))) == ["in.md"]


@pytest.mark.django_db
def test_a_folder_comes_in_with_its_pictures_and_redirects_and_a_second_run_changes_nothing(
    tmp_path, read, client
):
    read({"_posts/2020-03-01-hello.md": JEKYLL.replace("slug: 012\n", ""), "img/a.jpg": make_picture(60, 40)})
    folder = tmp_path / "site"
    assert formats.system_of(folder) == "markdown"
    report = import_files([folder], folder=folder, system="markdown")
    assert report.is_whole
    post = Post.objects.get()
    assert post.lead_image.file
    assert post.lead_image.alt == "A river"
    assert f'data-image="{post.lead_image.pk}"' in post.body
    assert client.get("/old/hello/").headers["Location"] == post.permalink
    assert client.get("/2020/03/01/hello.html").headers["Location"] == post.permalink
    assert import_files([folder], folder=folder, system="markdown").did("unchanged") == 1
    assert [(one.wanted.path, one.fault) for one in verify([folder])] == [("/2020/03/01/hello.html", "")]


@pytest.mark.django_db
def test_an_export_of_another_system_than_the_command_is_for_is_refused_with_the_right_command(tmp_path):
    (tmp_path / "ghost.json").write_text('{"db": [{"meta": {"exported_on": 1}, "data": {"posts": []}}]}')
    report = import_files([tmp_path / "ghost.json"], system="wordpress")
    assert "take it in with import_ghost" in str(report.problems[0])
    assert not report.is_whole
