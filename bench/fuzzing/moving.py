"""Exports of other systems: whatever they hold, reading them ends in records or in a WxrError, never in anything else."""

import io
import json
import zipfile

from bench.fuzzing.given import text
from bench.fuzzing.markup import check_harmless
from informed_comment.html import clean_html, strangers_html
from tests.payloads import PAYLOADS
from tests.wordpress.exports import FOLDER
from tests.wordpress.parts import HEAD, filed, item, meta, upload
from wordpress import formats
from wordpress.bodies.comments import comment_html
from wordpress.content import convert
from wordpress.reading.records import Item, Problem, WxrError

SHORTCODES = [
    '[caption id="a" width="3"]<img src="x"> <b>c</b>[/caption]',
    '[gallery ids="1,2"][embed]https://youtu.be/aqz-KE-bpKQ[/embed]',
    '<!-- wp:image {"id":7} --><figure class="wp-block-image"><img src="a.jpg"/></figure><!-- /wp:image -->',
    "a\n\nb<ul><li>x\n<p>y</ul><table><tr><td>z<!--more--><!--nextpage-->[[x]][footnote]n[/footnote]",
]
COMMENT = "<wp:comment><wp:comment_id>1</wp:comment_id><wp:comment_content><![CDATA[<b>x]]></wp:comment_content></wp:comment>"
GHOST = {
    "db": [
        {
            "meta": {"version": "5.1"},
            "data": {
                "posts": [
                    {
                        "id": "1",
                        "title": "T",
                        "slug": "t",
                        "html": "<p>x</p>",
                        "status": "published",
                        "type": "post",
                    },
                    {
                        "id": "2",
                        "title": "L",
                        "lexical": '{"root":{"children":[{"type":"paragraph","children":[{"type":"text","format":3,"text":"x"}]}]}}',
                    },
                    {
                        "id": "3",
                        "mobiledoc": '{"version":"0.3.1","cards":[["image",{"src":"a"}]],"atoms":[],"markups":[["a",["href","x"]]],"sections":[[10,0],[1,"p",[[0,[0],1,"y"]]]]}',
                    },
                ],
                "tags": [{"id": "t", "name": "Oil", "slug": "oil"}],
                "posts_tags": [{"post_id": "1", "tag_id": "t"}],
                "users": [{"id": "u", "name": "Ada", "slug": "ada", "website": "javascript:x"}],
            },
        }
    ]
}
ATOM = (
    "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom' xmlns:blogger='http://schemas.google.com/blogger/2018'>"
    "<id>tag:blogger.com,1999:blog-1</id><title>t</title><entry><id>tag:blogger.com,1999:blog-1.post-2</id><blogger:type>POST</blogger:type>"
    "<blogger:status>LIVE</blogger:status><title>x</title><content type='html'>&lt;p&gt;y</content><published>2020-01-01T00:00:00Z</published>"
    "<blogger:filename>/2020/01/x.html</blogger:filename></entry></feed>"
)
FRONT = [
    "---\ntitle: A\ndate: 2020-01-02\ntags: [a, b]\n---\n# Hi\n\n![x](a.png)[^1]\n\n[^1]: note\n",
    '+++\ntitle = "A"\n+++\n{{< figure src="x" >}}',
    ';;;\n{"title": 1}\n;;;\nx',
    '{"title": "x"}\nbody {% include a %}',
    "---\na: &a [1]\nb: [*a, *a]\n---\n",
]


def zipped(**entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def seeds(name):
    wxr = (
        HEAD
        + item(1, extra=filed("category", "a", "A") + meta("_k", "v") + COMMENT)
        + upload()
        + "</channel></rss>"
    )
    made = {
        "bodies": [*SHORTCODES, *PAYLOADS],
        "wxr": [wxr],
        "ghost": [json.dumps(GHOST)],
        "blogger": [ATOM],
        "markdown": FRONT,
        "substack": [
            "post_id,post_date,is_published,type,audience,title,subtitle\n1.a,2021-03-01T10:00:00Z,true,newsletter,everyone,T,S\n\x1e<p>One</p>"
        ],
        "zips": [],
    }[name]
    if name == "zips":
        return [
            zipped(a=wxr),
            zipped(**{"a.xml": wxr, "../b.xml": wxr}),
            zipped(**{"posts.csv": "post_id\n"}),
            b"\x1f\x8b\x08\x00",
        ]
    if name == "wxr" and FOLDER is not None:
        made += [
            file.read_text(errors="replace")[:8000] for file in sorted((FOLDER / "importer").glob("*.xml"))
        ]
    return [one.encode("utf-8", "replace") for one in made]


def bodies(data):
    given = text(data)
    for is_html in (False, True):
        check_body(convert(given, is_html=is_html).html)
    check_harmless(strangers_html(comment_html(given)))


def check_body(body):
    check_harmless(clean_html(body))


def read(stream, system=""):
    try:
        for number, record in enumerate(formats.read(stream, system=system)):
            if isinstance(record, Problem):
                str(record)
            if isinstance(record, Item):
                check_body(convert(record.content, is_html=True).html)
            if number > 50:
                return
    except WxrError:
        return


def named(data, name):
    stream = io.BytesIO(data)
    stream.name = name
    return stream


def wxr(data):
    read(named(data, "old.xml"), "wordpress")


def ghost(data):
    read(named(data, "old.json"), "ghost")


def blogger(data):
    read(named(data, "feed.atom"), "blogger")


def markdown(data):
    read(named(zipped(**{"content__a.md": data, "_config.yml": data[:200]}), "old.zip"), "markdown")


def substack(data):
    table, _, body = data.partition(b"\x1e")
    read(named(zipped(**{"posts.csv": table, "posts__1.a.html": body}), "old.zip"), "substack")


def zips(data):
    read(named(data, "old.zip"))
