"""Bodies in WordPress's markup, and what becomes of them here."""

import gc
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordpress.bodies.comments import comment_html
from wordpress.bodies.media import candidates, original
from wordpress.content import Library, Picture, convert

VIDEO = '<figure class="embed" data-provider="youtube" data-embed="SQEQr7c0-dw">'


def html(body, **known):
    return convert(body, Library(**known)).html


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("one\ntwo\n\nthree", "<p>one<br>two</p>\n<p>three</p>"),
        ("one\r\n\r\ntwo", "<p>one</p>\n<p>two</p>"),
        ("one<br />\ntwo<br><br>three", "<p>one<br>two</p>\n<p>three</p>"),
        ("<p>one\n\ntwo</p>three", "<p>one</p>\n<p>two</p>\n<p>three</p>"),
        ("intro\n<ul>\n<li>a</li>\n<li>b\n\nc</li>\n</ul>\nend",
         "<p>intro</p>\n<ul><li>a</li><li><p>b</p><p>c</p></li></ul>\n<p>end</p>"),
        ("<blockquote>a\n\nb</blockquote>", "<blockquote><p>a</p><p>b</p></blockquote>"),
        ("<strong>a\n\nb</strong>", "<p><strong>a</strong></p>\n<p><strong>b</strong></p>"),
        ("<div>a<p>b</p>c</div>", "<p>a</p>\n<p>b</p>\n<p>c</p>"),
        ("a\n<pre>x\n\n  y</pre>\nb", "<p>a</p>\n<pre>x\n\n  y</pre>\n<p>b</p>"),
        ("<a href='/x'\ntitle=\"a\nb\">y</a>", '<p><a href="/x" title="a b">y</a></p>'),
        ("a<!--more-->b", "<p>ab</p>"),
        ("a\n<!--nextpage-->\nb", "<p>a</p>\n<hr>\n<p>b</p>"),
        ("<h1>a</h1>b<h5>c</h5>", "<h2>a</h2>\n<p>b</p>\n<h4>c</h4>"),
        ("<b>a</b> <i>b</i> <strike>c</strike> <tt>d</tt>",
         "<p><strong>a</strong> <em>b</em> <s>c</s> <code>d</code></p>"),
        ("a < b & c > d", "<p>a &lt; b &amp; c &gt; d</p>"),
        ("<p>&nbsp;</p><p></p><b> </b>", ""),
        ("<script>x()</script><style>p{}</style>kept", "<p>kept</p>"),
        ("<form>Say <input value=x><select><option>no</option></select></form>", "<p>Say</p>"),
        ("<details><summary>More</summary>text</details>", "<p><strong>More</strong></p>\n<p>text</p>"),
        ("<address>Here</address><center>there</center>", "<p>Here</p>\n<p>there</p>"),
        ("<frameset><frame></frameset>", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_classic_body_becomes_paragraphs_and_our_own_tags(body, expected):
    assert html(body) == expected


def test_the_language_and_direction_of_a_text_are_kept_even_when_its_box_goes():
    body = '<div dir="rtl" lang="ar"><p>مرحبا</p><p lang="he">שלום</p></div><p>He said <span lang="fa">سلام</span>.</p>'
    assert html(body) == (
        '<p lang="ar" dir="rtl">مرحبا</p>\n<p lang="he">שלום</p>\n<p>He said <span lang="fa">سلام</span>.</p>'
    )


def test_lists_keep_their_numbers_and_their_depth():
    body = '<ol start="8" reversed type="i"><li>a<ul><li>b</li></ul></li><ol><li>c</li></ol></ol>'
    assert (
        html(body) == '<ol start="8" reversed type="i"><li>a<ul><li>b</li></ul><ol><li>c</li></ol></li></ol>'
    )


def test_tables_keep_spans_sections_and_captions():
    body = (
        '<table width="3"><caption>C</caption><thead><tr><th scope="col" colspan="2">H</th></tr></thead>'
        '<tr><td rowspan="1">a</td><td><p>b</p><p>c</p></td></tr></table>'
    )
    assert html(body) == (
        '<table><caption>C</caption><thead><tr><th colspan="2" scope="col">H</th></tr></thead>'
        "<tbody><tr><td>a</td><td><p>b</p><p>c</p></td></tr></tbody></table>"
    )


def test_definitions_are_kept():
    assert html("<dl><dt>a</dt><dd>b</dd></dl>") == "<dl><dt>a</dt><dd>b</dd></dl>"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<img src="/a.jpg" alt="A" width="9" height="8" class="alignleft"> text',
         '<figure class="image left"><img src="/a.jpg" alt="A" width="9" height="8"></figure>\n<p>text</p>'),
        ('text <img src="/a.jpg"> goes on',
         '<p>text goes on</p>\n<figure class="image"><img src="/a.jpg" alt=""></figure>'),
        ('one\n<img src="/a.jpg">\ntwo',
         '<p>one</p>\n<figure class="image"><img src="/a.jpg" alt=""></figure>\n<p>two</p>'),
        ('<a href="/a.jpg"><img src="/a-300x200.jpg" alt=""></a>',
         '<figure class="image"><img src="/a-300x200.jpg" alt=""></figure>'),
        ('<a href="/shop/"><img src="/a.jpg" alt=""> Buy</a>',
         '<figure class="image"><a href="/shop/"><img src="/a.jpg" alt=""></a></figure>\n'
         '<p><a href="/shop/">Buy</a></p>'),
        ('Well <img class="wp-smiley" src="/s.gif" alt=":-)"> done', "<p>Well :-) done</p>"),
        ('<img src="data:image/gif;base64,R0lG" data-src="/late.jpg" alt="">',
         '<figure class="image"><img src="/late.jpg" alt=""></figure>'),
        ('<img src="//t.example/p" width="1" height="1"><img alt="x">', ""),
        ('<h2><img src="/a.jpg" alt="">Title</h2>',
         '<figure class="image"><img src="/a.jpg" alt=""></figure>\n<h2>Title</h2>'),
        ('[caption id="x" width="3"]<a href="/a.jpg"><img src="/a.jpg" alt="" /></a> It\'s <em>us</em>[/caption]More',
         '<figure class="image"><img src="/a.jpg" alt=""><figcaption>It\'s <em>us</em></figcaption></figure>\n'
         "<p>More</p>"),
        ('[caption caption="It&#039;s &lt;em&gt;us&lt;/em&gt;"]<img src="/a.jpg"/>[/caption]',
         '<figure class="image"><img src="/a.jpg" alt=""><figcaption>It\'s <em>us</em></figcaption></figure>'),
        ('<div class="wp-caption"><img src="/a.jpg"><p class="wp-caption-text">Us</p></div>',
         '<figure class="image"><img src="/a.jpg" alt=""><figcaption>Us</figcaption></figure>'),
        ('<figure class="wp-block-image alignwide"><img src="/a.jpg"><figcaption>a<br>b</figcaption></figure>',
         '<figure class="image wide"><img src="/a.jpg" alt=""><figcaption>a<br>b</figcaption></figure>'),
        ('[caption align="alignright"]<img src="/a.jpg" />Us[/caption]',
         '<figure class="image right"><img src="/a.jpg" alt=""><figcaption>Us</figcaption></figure>'),
        ('<figure class="wp-block-pullquote alignleft"><blockquote><p>Q</p></blockquote></figure>',
         '<figure class="left pullquote"><blockquote><p>Q</p></blockquote></figure>'),
        ('<figure class="wp-block-gallery alignfull"><img src="/a.jpg"></figure>',
         '<figure class="gallery wide"><figure class="image"><img src="/a.jpg" alt=""></figure></figure>'),
        ('<figure class="wp-block-pullquote"><blockquote><p>Q</p><cite>C</cite></blockquote></figure>',
         '<figure class="pullquote"><blockquote><p>Q</p><p><cite>C</cite></p></blockquote></figure>'),
    ],
)  # fmt: skip
def test_pictures_become_figures(body, expected):
    assert html(body) == expected


FIGURE = '<figure class="image"><img src="/a.jpg" alt=""></figure>'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<ul>loose<li>a</li><b>b</b></ul>", "<ul><li>loose</li><li>a</li><li><strong>b</strong></li></ul>"),
        ('<ol start="1" type="x"><li>a</li></ol><ul><li> </li></ul>', "<ol><li>a</li></ol>"),
        ("<dl>x<div><dt>a</dt></div><dd>b</dd><p>c</p></dl>", "<p>x</p>\n<dl><dt>a</dt><dd>b</dd><dd>c</dd></dl>"),
        ("<dl><dt><img src='/a.jpg'></dt><dd></dd></dl>", FIGURE),
        ("<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>", "<dl><dt>a</dt><dd>b</dd></dl>\n<p><strong>c</strong></p>"),
        ("<dl><dt>only</dt></dl>", "<p><strong>only</strong></p>"),
        ("<table><caption>C</caption></table>", "<p>C</p>"),
        ("<table><tr></tr></table>", ""),
        ('<p>a<a href="">b</a><a href="#x">c</a></p>', '<p>ab<a href="#x">c</a></p>'),
        ("<time datetime='2010'>then</time> <bdo dir='RTL'>x</bdo>",
         '<p><time datetime="2010">then</time> <bdo dir="rtl">x</bdo></p>'),
        ("<pre>a<br>b<script>c</script><b>d</b></pre><pre> </pre>", "<pre>a\nb<strong>d</strong></pre>"),
        ('<pre class="wp-block-verse">a\n b</pre>', "<p>a<br>\u00a0b</p>"),
        ("<h2>a<p>b</p>c</h2>", "<h2>a<br>b<br>c</h2>"),
        ("<h2>a <iframe src='https://youtu.be/SQEQr7c0-dw'></iframe></h2>", "<h2>a Video on YouTube</h2>"),
        ("<li>a</li>\n<li>b</li><dd>c</dd>", "<ul><li>a</li><li>b</li></ul>\n<p>c</p>"),
        ("<figure><img src='/a.jpg'><p>More</p></figure>", f"{FIGURE}\n<p>More</p>"),
        ("<figure><figcaption>Only</figcaption></figure>", "<p>Only</p>"),
        ("<figure><img><figcaption>Lost</figcaption></figure>", "<p>Lost</p>"),
        ("<figure><iframe src='/x'></iframe><figcaption>C</figcaption></figure>", "<p>C</p>"),
        ("<figure><video></video><figcaption>C</figcaption></figure>", "<p>C</p>"),
        ("<figure>https://x.example/<figcaption>C</figcaption></figure>",
         '<p><a href="https://x.example/">https://x.example/</a></p>\n<p>C</p>'),
        ("<ul class='wp-block-gallery'><li><figure><img src='/a.jpg'></figure></li><li>Words<p>x</p></li></ul>",
         f"{FIGURE}\n<p>Words</p>\n<p>x</p>"),
        ("<object data='//old.example/x.swf'><p>No Flash</p><embed src='/y'></object>",
         '<p><a href="https://old.example/x.swf">old.example</a></p>\n<p>No Flash</p>'),
        ("<td>cell", "<p>cell</p>"),
        ("<blockquote></blockquote>a<hr>", "<p>a</p>\n<hr>"),
    ],
)  # fmt: skip
def test_odd_markup_keeps_its_words_in_sound_markup(body, expected):
    assert html(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("[caption]no picture[/caption]", "<p>no picture</p>"),
        ("[audio]", ""),
        ('[video src="https://vimeo.com/12345"]', "vimeo"),
        ("[vimeo 12345]", 'data-embed="12345"'),
        ("[youtube nothing]", "<p>[youtube nothing]</p>"),
        ("[embed]https://x.example/[/embed]", '<p><a href="https://x.example/">https://x.example/</a></p>'),
        ("[embed]words[/embed]", "<p>[embed]words[/embed]</p>"),
        ("[playlist ids='8']", ""),
        ('[embed src="https://bsky.app/profile/a/post/b"]', 'data-provider="bluesky"'),
        ("[gallery]]", "<p>]</p>"),
    ],
)  # fmt: skip
def test_shortcodes_that_cannot_be_filled_stay_or_go_and_are_counted(body, expected):
    assert expected in html(body)
    assert html(body) or convert(body).notes.left


@pytest.mark.parametrize(
    "body",
    [
        "https://www.youtube.com/watch?v=SQEQr7c0-dw",
        "https://youtu.be/SQEQr7c0-dw?t=5",
        "[embed width=3]https://www.youtube.com/watch?feature=x&amp;v=SQEQr7c0-dw[/embed]",
        "[youtube https://www.youtube.com/watch?v=SQEQr7c0-dw]",
        "[youtube=http://www.youtube.com/watch?v=SQEQr7c0-dw&w=640]",
        "[youtube id='SQEQr7c0-dw']",
        '<iframe src="//www.youtube-nocookie.com/embed/SQEQr7c0-dw?rel=0"></iframe>',
        '<p><iframe src="https://www.youtube.com/embed/SQEQr7c0-dw"></iframe></p>',
        '<object><param name="movie" value="http://www.youtube.com/v/SQEQr7c0-dw&hl=en"></object>',
        '<embed src="http://www.youtube.com/v/SQEQr7c0-dw&hl=en">',
        '<!-- wp:embed {"url":"https://youtu.be/SQEQr7c0-dw"} /-->',
        '<!-- wp:embed {"url":"x"} -->\n<figure class="wp-block-embed"><div class="wp-block-embed__wrapper">\n'
        "https://www.youtube.com/watch?v=SQEQr7c0-dw\n</div></figure>\n<!-- /wp:embed -->",
    ],
)
def test_a_video_becomes_one_embed_however_it_was_put_in(body):
    assert html(body) == (
        f'{VIDEO}<a href="https://www.youtube.com/watch?v=SQEQr7c0-dw">Video on YouTube</a></figure>'
    )


def test_an_address_on_a_line_of_its_own_is_an_embed_or_a_link_and_one_in_a_sentence_is_text():
    found = html(
        "See\nhttps://vimeo.com/12345\nand\n\nhttps://old.example/?a=1&amp;b=2\n\nhttp://x.example in a line"
    )
    assert found == (
        '<p>See</p>\n<figure class="embed" data-provider="vimeo" data-embed="12345">'
        '<a href="https://vimeo.com/12345">Video on Vimeo</a></figure>\n<p>and</p>\n'
        '<p><a href="https://old.example/?a=1&amp;b=2">https://old.example/?a=1&amp;b=2</a></p>\n'
        "<p>http://x.example in a line</p>"
    )


def test_other_frames_become_links_and_are_counted():
    found = convert('<iframe src="https://maps.example/m" title="A map"></iframe>')
    assert found.html == '<p><a href="https://maps.example/m">A map</a></p>'
    assert found.notes == {"iframe of maps.example made a link": 1}


def test_sounds_and_films_become_figures_with_a_link_to_the_file():
    figure = '<figure class="audio" data-embed="/a.mp3"><a href="/a.mp3">a.mp3</a></figure>'
    assert html('[audio mp3="/a.mp3"][/audio]') == figure
    assert html('<audio controls><source src="/a.mp3"></audio>') == figure
    assert 'class="video" data-embed="/a.mp4"' in html('<video src="/a.mp4"></video>')


def test_galleries_and_playlists_take_their_files_from_the_library():
    files = {
        1: Picture(1, "/one.jpg", alt="One", caption="<em>1</em>", image=7),
        2: Picture(2, "/two.mp3", title="Two"),
    }
    assert html('[gallery ids="1,9"]', picture=files.get) == (
        '<figure class="gallery"><figure class="image"><img src="/one.jpg" alt="One" data-image="7">'
        "<figcaption><em>1</em></figcaption></figure></figure>"
    )
    assert '<img src="/one.jpg"' in html("[gallery]", pictures=lambda: [files[1]], picture=files.get)
    assert ">Two</a>" in html('[playlist ids="2"]', picture=files.get)
    assert convert("[gallery ids=9]").notes == {"gallery with pictures that are not in the export": 1}


def test_a_gallery_of_blocks_keeps_every_caption():
    body = (
        '<!-- wp:gallery --><figure class="wp-block-gallery"><ul class="blocks-gallery-grid">'
        '<li class="blocks-gallery-item"><figure><img src="/a.jpg"><figcaption>A</figcaption></figure></li>'
        "</ul><figcaption>All</figcaption></figure><!-- /wp:gallery -->"
    )
    assert html(body) == (
        '<figure class="gallery"><figure class="image"><img src="/a.jpg" alt=""><figcaption>A</figcaption></figure>'
        "<figcaption>All</figcaption></figure>"
    )


@pytest.mark.parametrize(
    ("body", "notes"),
    [
        ('[plugin id="3"] text', {"shortcode [plugin] left as text": 1}),
        ("[box]text[/box]", {"shortcode [box] left as text": 1}),
        ("[sic] and [1] and [Editor's note: no]", {}),
    ],
)
def test_unknown_shortcodes_stay_visible_and_are_counted(body, notes):
    found = convert(body)
    assert found.html == f"<p>{body}</p>"
    assert found.notes == notes


def test_doubled_brackets_show_a_shortcode_instead_of_running_it():
    assert html("[[gallery]] and [[other]]") == "<p>[gallery] and [[other]]</p>"


def test_blocks_lose_their_comments_and_nothing_else():
    body = (
        "<!-- wp:paragraph {\"a\":{\"b\":1}} -->\n<p>One\ntwo</p>\n<!-- /wp:paragraph -->\n\n"
        '<!-- wp:group --><div class="wp-block-group"><!-- wp:quote --><blockquote><!-- wp:paragraph --><p>Q</p>'
        "<!-- /wp:paragraph --></blockquote><!-- /wp:quote --></div><!-- /wp:group -->"
        "<!-- wp:nextpage --><!--nextpage--><!-- /wp:nextpage -->Classic\n\ntext"
        '<!-- wp:acme/thing --><div>Kept</div><!-- /wp:acme/thing --><!-- wp:latest-posts /--><!-- wp:image {broken -->'
    )  # fmt: skip
    found = convert(body)
    assert found.html == (
        "<p>One two</p>\n<blockquote><p>Q</p></blockquote>\n<hr>\n<p>Classic</p>\n<p>text</p>\n<p>Kept</p>"
    )
    assert found.notes == {"block latest-posts without content left out": 1}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<!-- wp:accordion-heading --><h3><button><span>Q</span><span class="wp-block-accordion-heading__toggle-icon">+'
         "</span></button></h3><!-- /wp:accordion-heading --><!-- wp:accordion-panel --><div><p>A</p></div>"
         "<!-- /wp:accordion-panel -->", "<h3>Q</h3>\n<p>A</p>"),
        ('<!-- wp:social-links --><ul><!-- wp:social-link {"url":"https://x.example/us","service":"youtube"} /--></ul>'
         "<!-- /wp:social-links -->", '<ul><li><a href="https://x.example/us">YouTube</a></li></ul>'),
        ('<!-- wp:navigation --><!-- wp:navigation-submenu {"label":"A","url":"/a/"} -->'
         '<!-- wp:navigation-link {"label":"B","url":"/b/"} /--><!-- /wp:navigation-submenu --><!-- /wp:navigation -->',
         '<ul><li><a href="/a/">A</a><ul><li><a href="/b/">B</a></li></ul></li></ul>'),
        ("<!-- wp:math --><div><math><mi>x</mi><annotation>x^2</annotation></math></div><!-- /wp:math -->",
         "<p><code>x^2</code></p>"),
        ('<!-- wp:file --><div><object class="wp-block-file__embed" data="/r.pdf"></object><a href="/r.pdf">R</a></div>'
         "<!-- /wp:file -->", '<p><a href="/r.pdf">R</a></p>'),
        ("<!-- wp:separator /--><!-- wp:paragraph --><p>x</p><!-- /wp:paragraph -->", "<hr>\n<p>x</p>"),
        ("<button>Press</button>", "<p>Press</p>"),
        ('<a href="//x.example/">X</a>', '<p><a href="https://x.example/">X</a></p>'),
        ('<a href="/x"><h2>T</h2></a>', '<h2><a href="/x">T</a></h2>'),
        ('[caption]<img src="/a.jpg" /> A [caption]<img src="/b.jpg" /> B[/caption] C[/caption]',
         '<figure class="image"><img src="/a.jpg" alt=""><figcaption>A B</figcaption></figure>\n'
         '<figure class="image"><img src="/b.jpg" alt=""></figure>\n<p>C[/caption]</p>'),
        ('a [caption width="3"]<img src="/a.jpg"> b', '<p>a b</p>\n<figure class="image"><img src="/a.jpg" alt=""></figure>'),
        ("[[caption]x[/caption]]", "<p>[caption]x[/caption]</p>"),
        ("<ul><li>https://vimeo.com/12345</li></ul>", "<ul><li>https://vimeo.com/12345</li></ul>"),
        ('<img src="wp-content/uploads/a.jpg">', '<figure class="image"><img src="/wp-content/uploads/a.jpg" alt=""></figure>'),
        ('<img src="//cdn.example/a.jpg">', '<figure class="image"><img src="https://cdn.example/a.jpg" alt=""></figure>'),
        ('<a rel="attachment wp-att-5" href="/bridge/"><img src="/a.jpg"></a>', FIGURE),
    ],
)  # fmt: skip
def test_newer_blocks_and_classic_oddities_show_what_wordpress_shows(body, expected):
    assert html(body) == expected


def test_a_gallery_of_another_post_shows_that_ones_pictures():
    there = {7: [Picture(1, "/one.jpg")]}
    assert "/one.jpg" in html('[gallery id="7"]', pictures_of=there.get)


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("<!-- wp:query --><div><!-- wp:post-template --><!-- wp:post-title /--><!-- wp:post-date /-->"
         "<!-- /wp:post-template --></div><!-- /wp:query -->", [("block", "query")]),
        ("<!-- wp:acme/form --><div><!-- wp:acme/name /--><!-- wp:acme/mail /--></div><!-- /wp:acme/form -->",
         [("block", "acme/form")]),
        ("<!-- wp:acme/thing --><div>Words</div><!-- /wp:acme/thing --><!-- wp:spacer /-->", []),
        ("before\n[donate-box]\nafter [sic] [Applause]", [("shortcode", "donate-box")]),
        ("<form><input><button>Go</button></form>", [("element", "form")]),
        ('<script src="https://platform.twitter.com/widgets.js"></script><script>x()</script>', [("element", "script")]),
        ('<svg><path d="x"/></svg>', [("element", "svg")]),
        ('<img src="webkit-fake-url://x/a.jpg">', [("element", "img")]),
        ("[audio]", [("shortcode", "audio")]),
    ],
)  # fmt: skip
def test_what_an_editor_may_miss_is_left_once_and_what_nobody_misses_is_not(body, left):
    assert [(one.kind, one.name) for one in convert(body).notes.left] == left


def test_blocks_that_point_elsewhere_are_filled_from_the_library():
    bodies = {
        5: "<!-- wp:paragraph --><p>Reused</p><!-- /wp:paragraph -->",
        6: '<!-- wp:block {"ref":6} /-->',
    }
    assert html('<!-- wp:block {"ref":5} /-->', reusable=bodies.get) == "<p>Reused</p>"
    assert html('<!-- wp:block {"ref":6} /-->', reusable=bodies.get) == ""


def test_links_pass_through_the_library_and_scripts_do_not_pass():
    body = '<a href="http://old.example/x">a</a> <a href="javascript:alert(1)">b</a> <a name="c">c</a>'
    assert (
        html(body, link=lambda url: url.replace("http://old.example", "")) == '<p><a href="/x">a</a> b c</p>'
    )


def test_uploads_are_listed_once_without_their_sizes():
    body = '<a href="/up/a.jpg"><img src="/up/a.jpg?w=300"></a><img src="https://i0.wp.com/old.example/b.png?ssl=1">'
    assert convert(body).media == ["/up/a.jpg", "https://old.example/b.png"]


def test_pictures_known_to_the_library_point_to_it():
    picture = Picture(9, "/media/a.jpg", alt="Known", image=4)
    expected = '<figure class="image"><img src="/media/a.jpg" alt="Known" data-image="4"></figure>'
    assert html('<img src="/x.jpg" width="3">', picture_at={"/x.jpg": picture}.get) == expected
    assert html('<img src="/y.jpg" class="wp-image-9">', picture={9: picture}.get) == expected


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://a.example/2020/01/file-300x200.jpg", "https://a.example/2020/01/file.jpg"),
        ("https://a.example/file.jpg?w=640&h=480", "https://a.example/file.jpg"),
        ("https://a.example/file-300x200@2x.jpg", "https://a.example/file.jpg"),
        ("https://a.example/file-300x200.jpg.webp", "https://a.example/file.jpg"),
        ("https://a.example/file.jpg?v=2", "https://a.example/file.jpg?v=2"),
        ("https://i2.wp.com/a.example/file-1x1.png?resize=3%2C4&ssl=1", "https://a.example/file.png"),
        ("http://[broken", "http://[broken"),
    ],
)
def test_sizes_lead_back_to_the_upload(url, source):
    assert original(url) == source


def test_an_upload_is_looked_for_by_its_own_name_first():
    assert candidates("/a-800x600.jpg") == [
        "/a-800x600.jpg",
        "/a.jpg",
        "/a-scaled.jpg",
        "/a-rotated.jpg",
    ]
    assert candidates("/a-scaled.jpg") == ["/a-scaled.jpg", "/a-rotated.jpg", "/a.jpg"]


def cost(body):
    """Seconds of this process's time, whatever else the machine is doing, and the memory of other tests."""
    gc.disable()
    try:
        begun = time.process_time()
        assert isinstance(html(body), str)
        return time.process_time() - begun
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("piece", "times", "end"),
    [
        ("<div>", 10_000, ""),
        ("<ul><li>", 4_000, ""),
        ("<b><i>", 4_000, ""),
        ("<table><tr><td>", 1_000, ""),
        ("<blockquote>", 1_000, "</blockquote>"),
        ("[caption]", 1_000, ""),
        ("<!-- wp:group -->", 1_000, ""),
        ('<a href="', 1_000, ""),
        ("<p>", 10_000, ""),
        ("<pre>", 1_000, ""),
    ],
)
def test_four_times_a_body_made_to_be_slow_takes_no_sixteen_times_as_long(piece, times, end):
    small = cost(piece * times + "x" + end * times)
    large = cost(piece * times * 4 + "x" + end * times * 4)
    assert large < small * 12 + 0.1


@given(st.text(alphabet=st.sampled_from(list("<>/[]=\"'! -apb&;\n")), max_size=60))
def test_no_body_whatever_makes_it_fail(body):
    assert convert(convert(body).html).html is not None


def test_what_was_converted_converts_to_itself():
    body = '<h2>T</h2><p>a<br>b</p><ul><li>c</li></ul><blockquote><p>q</p></blockquote><figure class="image"><img src="/a.jpg" alt=""></figure>'
    once = html(body)
    assert html(once) == once


def test_an_embed_of_ours_that_says_nothing_is_passed_over():
    html = '<figure class="embed" data-embed><a>x</a></figure><figure class="embed"></figure><p>y</p>'
    assert "y" in convert(html, is_html=True).html


@pytest.mark.parametrize("text", ["<!--" * 20_000, "a<!-- b -->c" + "<!--" * 20_000])
def test_comments_without_end_take_no_time(text):
    begun = time.process_time()
    assert "<!--" not in convert(text).html
    comment_html(text)
    assert time.process_time() - begun < 1
