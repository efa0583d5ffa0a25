"""Stored HTML opens in the editor and comes out again: nothing that clean_html() keeps is lost on the way."""

import re

import pytest
from django.urls import reverse

from informed_comment.html import ATTRIBUTES, BLOCKS, INLINE, PICTURES, TABLE, clean_html, plain_text
from posts.models import Post
from tests.browser.test_newsroom import text_of
from tests.factories import make_post

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VARIED = "".join(
    [
        "<p>Plain, <strong>bold <em>and slanted</em></strong>, <s>gone</s>, <u>under</u>, H<sub>2</sub>O, x<sup>2</sup>.</p>",
        '<p>A <a href="https://example.org/a?b=1&amp;c=2" title="Why" hreflang="fa">link</a>,<br>a line, <code>code</code>.</p>',
        '<p><cite>Book</cite> <q>said</q> <abbr title="United Nations">UN</abbr> <del>old</del> <ins>new</ins> '
        '<mark>seen</mark> <small>small</small> <kbd>Ctrl</kbd> <time datetime="2026-11-22">today</time></p>',
        '<p>He said <span lang="ar" dir="rtl">سلام</span> and <bdo dir="rtl">abc</bdo>.</p>',
        '<p lang="fa" dir="rtl">یک بند</p><div lang="he" dir="rtl"><p>שלום</p><p>עולם</p></div>',
        '<h2>Two</h2><h3 lang="de">Drei</h3><h4>Four</h4><hr>',
        "<ul><li>One<ul><li>Beneath<ol><li>Deep</li></ol></li></ul></li><li>Two</li></ul>",
        '<ol start="3" reversed="" type="a"><li>Three</li><li><p>First</p><p>Second</p></li></ol>',
        '<blockquote lang="fr"><p>Dit.</p><p>Encore.</p></blockquote>',
        "<pre>a\n  b <strong>c</strong></pre>",
        "<dl><dt>Term</dt><dd>Meaning</dd><dd><p>One</p><p>Two</p></dd></dl>",
        '<figure class="image wide"><img src="/media/a.jpg" alt="A river" width="1200" height="800" data-image="7">'
        "<figcaption>Caption with <em>stress</em> <small>Credit</small></figcaption></figure>",
        '<figure class="image left"><img src="/media/f.jpg" alt="A quay"><figcaption>Beside</figcaption></figure>',
        '<figure class="image"><a href="https://example.org/"><img src="/media/b.jpg" alt=""></a></figure>',
        '<figure class="embed" data-provider="youtube" data-embed="dQw4w9WgXcQ">'
        '<a href="https://www.youtube.com/watch?v=dQw4w9WgXcQ">A film</a><figcaption>Seen</figcaption></figure>',
        '<figure class="audio" data-embed="/media/a.mp3"><a href="/media/a.mp3">A sound</a></figure>',
        '<figure class="pullquote right"><blockquote><p>At the side.</p></blockquote></figure>',
        '<figure class="pullquote"><blockquote><p>Drawn out.</p></blockquote></figure>',
        '<figure class="gallery"><figure class="image"><img src="/media/c.jpg" alt="C"></figure>'
        '<figure class="image"><img src="/media/d.jpg" alt="D"></figure><figcaption>Both</figcaption></figure>',
        '<table><caption>A <em>table</em></caption><thead><tr><th scope="col">H</th><th>I</th></tr></thead>'
        '<tbody><tr><td rowspan="2">1</td><td>2</td></tr><tr><td>3</td></tr></tbody>'
        '<tfoot><tr><td colspan="2">Foot</td></tr></tfoot></table>',
        '<p>Noted<span class="footnote">See <em>there</em>, <a href="https://example.org/">p.&nbsp;3</a>,<br>and '
        '<span lang="ar" dir="rtl">كتاب</span>.</span>, <strong>bold<span class="footnote" lang="fr">Oui.</span></strong>'
        "<sup>2</sup>.</p>",
        '<ul><li>Item<span class="footnote">In a list</span></li></ul>',
        '<p>A picture <img src="/media/e.jpg" alt="E" width="10" height="10" data-image="9"> in a line.</p>',
    ]
)
# What the editor writes more plainly than it was stored; meaning and words stay.
PLAINER = {
    "<div><p>In a division</p></div>": "<p>In a division</p>",
    "<p>An <span>empty</span> span</p>": "<p>An empty span</p>",
    "<ul><li><p>One</p></li></ul>": "<ul><li>One</li></ul>",
    "<table><tbody><tr><td><p>1</p></td></tr></tbody></table>": "<table><tbody><tr><td>1</td></tr></tbody></table>",
    "Bare words": "<p>Bare words</p>",
    "<em><strong>Both</strong></em>": "<p><strong><em>Both</em></strong></p>",
}


def through_the_editor(page, html):
    post = make_post(status="draft", published_at=None, body=html)
    page.goto(reverse("admin:posts_post_change", args=[post.pk]))
    page.click(".ProseMirror")
    page.evaluate("id_body.editor.chain().focus('end').insertContent('¶').run()")
    assert "¶" in text_of(page)
    page.evaluate("id_body.editor.commands.undo()")
    return clean_html(text_of(page))


def test_the_example_holds_all_that_is_allowed():
    missing = [tag for tag in BLOCKS | TABLE | INLINE | PICTURES if f"<{tag}" not in VARIED]
    assert not missing
    named = {name for names in ATTRIBUTES.values() for name in names}
    assert not [name for name in named if f"{name}=" not in VARIED]
    assert clean_html(VARIED) == clean_html(clean_html(VARIED))


def test_a_varied_text_comes_out_as_it_went_in(desk):
    went_in = clean_html(VARIED)
    came_out = through_the_editor(desk, VARIED)
    assert ordered(came_out) == ordered(went_in)


@pytest.mark.parametrize("stored", PLAINER)
def test_what_is_written_more_plainly_is_known(desk, stored):
    came_out = through_the_editor(desk, stored)
    assert came_out == PLAINER[stored]
    assert plain_text(came_out) == plain_text(stored)


def test_a_save_without_a_change_changes_nothing(desk):
    post = make_post(status="draft", published_at=None, body=VARIED)
    before = Post.objects.get(pk=post.pk).body
    desk.goto(reverse("admin:posts_post_change", args=[post.pk]))
    desk.wait_for_selector(".ProseMirror")
    desk.click("button[value=save]")
    desk.wait_for_selector(".messagelist .success")
    assert Post.objects.get(pk=post.pk).body == before


def ordered(html):
    """The elements one a line, each with its attributes in alphabetical order."""

    def sort(found):
        attributes = sorted(re.findall(r'[\w-]+="[^"]*"', found[2]))
        return f"\n<{' '.join([found[1], *attributes])}>"

    return re.sub(r"<(\w+)((?:\s[^>]*)?)>", sort, html).split("\n")
