"""Any HTML that may be stored opens in the editor and comes out again: no word, address, picture or note is lost."""

import re
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from selectolax.lexbor import LexborHTMLParser

from informed_comment.html import clean_html, plain_text
from tests.browser.test_newsroom import write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
THROUGH = "(html) => { id_body.editor.commands.setContent(html, { emitUpdate: true }); return id_body.value }"
WORDS = some.sampled_from(["river", "بند", "sea & salt", "1 < 2", "“so”", "a  b", "naïve"])


def text(words):
    return words.replace("&", "&amp;").replace("<", "&lt;")


def around(*tags):
    return lambda inner: some.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag.split()[0]}>",
        some.sampled_from(tags),
        some.lists(inner, min_size=1, max_size=3),
    )


WORD = some.builds(text, WORDS)
INLINE = some.recursive(
    WORD | some.sampled_from(["<br>", '<img src="/media/a.jpg" alt="A">', " "]),
    around(
        *(
            "strong",
            "em",
            "s",
            "u",
            "sub",
            "sup",
            "code",
            "cite",
            "q",
            "del",
            "ins",
            "mark",
            "small",
            "kbd",
            "bdo",
        ),
        *('a href="https://example.org/"', 'a href="/about/"', 'span lang="ar" dir="rtl"', 'abbr title="T"'),
        *('span class="footnote"', 'time datetime="2026-11-22"'),
    ),
    max_leaves=6,
)
FIGURE = some.sampled_from(
    [
        '<figure class="image wide"><img src="/media/b.jpg" alt="B" data-image="7"><figcaption>Seen</figcaption></figure>',
        '<figure class="image"><a href="https://example.org/b"><img src="/media/b.jpg" alt=""></a></figure>',
        '<figure class="embed" data-provider="youtube" data-embed="dQw4w9WgXcQ">'
        '<a href="https://www.youtube.com/watch?v=dQw4w9WgXcQ">Film</a></figure>',
        '<figure class="pullquote"><blockquote><p>Drawn</p></blockquote></figure>',
        "<figure><table><tr><td>In a figure</td></tr></table><figcaption>Under</figcaption></figure>",
        "<hr>",
    ]
)
LINE = around("p", "h2", "h3", "h4", "pre", 'p lang="fa" dir="rtl"')(INLINE)
BLOCK = some.recursive(
    LINE | FIGURE | INLINE,
    lambda inner: (
        around("blockquote", "div", 'div lang="he"', "li", "dd", "td")(inner)
        | around("ul", "ol", 'ol start="3"')(around("li")(inner))
        | around("dl")(around("dt")(INLINE) | around("dd")(inner))
        | around("table")(around("tr")(around("td", "th", 'td colspan="2"')(inner)))
    ),
    max_leaves=8,
)


def unspaced(html):
    """Without blanks, and without what marks nothing else: one that begins or ends a paragraph goes."""
    html, marks = re.sub(r"\s+", "", html), 1
    while marks:
        html, marks = re.subn(r"<(strong|em|s|u|sub|sup|code|cite|q|del|ins|mark|small|kbd)></\1>", "", html)
    return html


def words_of(html):
    return unspaced(plain_text(html))


def held(html):
    """How often each address, picture and note stands in it."""
    body = LexborHTMLParser(html, is_fragment=True)
    links = {
        node.attributes["href"]
        for node in body.css("a[href]")
        if node.text().strip() or node.css_first("img")
    }
    return (
        links,
        Counter(node.attributes["src"] for node in body.css("img[src]")),
        len(body.css("span.footnote")),
    )


def test_nothing_is_lost_of_whatever_may_be_stored(desk):
    write(desk)

    @settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(some.lists(BLOCK, min_size=1, max_size=4))
    def check(parts):
        stored = clean_html("".join(parts))
        out = clean_html(desk.evaluate(THROUGH, stored))
        assert sorted(words_of(out)) == sorted(words_of(stored)), (stored, out)
        assert held(out) == held(stored), (stored, out)
        again = clean_html(desk.evaluate(THROUGH, out))
        assert unspaced(again) == unspaced(out), (stored, out, again)

    check()
