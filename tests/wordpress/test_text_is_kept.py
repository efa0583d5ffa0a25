"""Every body of the public exports converted: no word is lost, none is added."""

import html
import re
from html.parser import HTMLParser

from informed_comment.html import clean_html
from tests.wordpress.exports import FOLDER, each_export, needs_exports
from wordpress.bodies import kept
from wordpress.content import convert
from wordpress.reading.records import Item
from wordpress.wxr import read

pytestmark = needs_exports

UNSEEN = {
    "script",
    "style",
    "noscript",
    "template",
    "select",
    "textarea",
    "svg",
    "button",
    "iframe",
    "video",
    "audio",
}
# Words of ours in place of a player, and the bare address that WordPress makes into a player.
PLAYER = re.compile(r'(<figure class="(?:embed|audio|video)"[^>]*>)<a .*?</a>', re.S)
ADDRESS = re.compile(
    r"^\s*(?:<p>)?https?://(?:youtu|www\.youtube|twitter|wordpress\.tv|www\.facebook|www\.instagram)\S*", re.M
)
FLASH = re.compile(r'<p><a href="[^"]*">youtube.com</a></p>')


class Text(HTMLParser):
    def __init__(self):
        super().__init__()
        self.pieces, self.hidden = [], 0

    def handle_starttag(self, tag, attributes):
        self.hidden += tag in UNSEEN

    def handle_endtag(self, tag):
        self.hidden -= tag in UNSEEN and self.hidden > 0

    def handle_data(self, data):
        if not self.hidden:
            self.pieces.append(data)


def seen(markup):
    """The characters a reader sees, without white space."""
    parser = Text()
    parser.feed(markup)
    parser.close()
    return "".join("".join(parser.pieces).split())


def seen_in_source(body):
    body = re.sub(r"<!--.*?-->", "", body, flags=re.S)
    body = re.sub(r'\[caption[^\]]*?caption="([^"]*)"[^\]]*\]', lambda m: f" {html.unescape(m[1])} ", body)
    body = re.sub(
        r"\[/?caption[^\]]*\]|(?<!\[)\[(?:gallery|audio|playlist)\b[^\]]*\]|\[/(?:audio|gallery)\]", "", body
    )
    return seen(ADDRESS.sub("", body))


def seen_in(converted):
    return seen(FLASH.sub("", PLAYER.sub(r"\1", converted.html)))


# Where WordPress shows a caption under a table, it stands in it here.
IN_ANOTHER_PLACE = {
    "64-block-test-data.wordpress.xml": {"table"},
    "themeunittestdata.wordpress.xml": {"text-category-blocks"},
}


def without_entries(here, told):
    """Without the names of menu entries and profiles, which a theme writes there."""
    for one in told:
        if one.why.startswith("entry of a menu"):
            here = here.replace(seen(one.come), "", 1)
    return here


@each_export
def test_no_word_of_any_body_is_lost_added_or_moved(census):
    differences, moved = {}, set()
    for item in read(FOLDER / census["file"]):
        if isinstance(item, Item):
            converted = convert(item.content)
            before = seen_in_source(item.content)
            after = without_entries(seen_in(converted), converted.notes.told)
            if sorted(before) != sorted(after):
                differences[item.slug or item.id] = (before, after)
            elif before != after and not any(one.come for one in converted.notes.told):
                moved.add(item.slug)
    assert not differences
    assert moved == IN_ANOTHER_PLACE.get(census["file"], set())


@each_export
def test_the_import_itself_sees_that_every_body_says_what_it_said_or_why_not(census):
    for item in read(FOLDER / census["file"]):
        if isinstance(item, Item):
            converted = convert(item.content)
            verdict = kept.compare(item.content, clean_html(converted.html), converted.notes.told)
            assert verdict.is_explained, (item.slug, verdict)
