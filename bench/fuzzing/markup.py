"""HTML: whatever is cleaned holds nothing that runs, by another parser's word, and cleaning it again changes nothing."""

from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from bench.fuzzing.given import text
from informed_comment import html
from newsletter import mail_bodies, mail_text
from posts import bodies, merging, syndication
from posts.differences import texts
from tests.payloads import PAYLOADS

TAGS = html.BLOCKS | html.TABLE | html.INLINE | html.PICTURES | {"-comment", "-text"}
NAMES = set().union(*html.ATTRIBUTES.values())
SHOWN_TAGS = TAGS | set(
    [
        "section",
        "button",
        "source",
        "picture",
        "iframe",
        "audio",
        "video",
        "svg",
        "path",
        "aside",
        "footer",
        "header",
        "style",
    ]
)
ADDRESSES = ("href", "src", "cite", "action", "formaction", "poster", "srcset", "data", "background")
FORBIDDEN_TAGS = set(
    [
        "script",
        "iframe",
        "object",
        "embed",
        "base",
        "meta",
        "link",
        "form",
        "input",
        "textarea",
        "select",
        "noscript",
        "template",
        "svg",
        "math",
        "frame",
        "frameset",
        "applet",
        "xmp",
        "plaintext",
        "noembed",
        "noframes",
        "portal",
        "dialog",
        "slot",
        "animate",
        "set",
        "use",
    ]
)


def seeds(name):
    parts = [payload.encode("utf-8", "replace")[:4000] for payload in PAYLOADS]
    return [one + b"\x00\x01" + one for one in parts] if name == "differences" else parts


def all_of(fragment):
    """Every element, as a browser would find it in a page and in an element that is filled."""
    for parser in (LexborHTMLParser(fragment, is_fragment=True), LexborHTMLParser(f"<body><div>{fragment}")):
        root = parser.root
        if root is None:
            continue
        yield from (node for node in root.traverse() if node.tag not in ("html", "head", "body", "-undef"))


def check_harmless(fragment, tags=None, names=None):
    for node in all_of(fragment):
        assert node.tag not in FORBIDDEN_TAGS, f"<{node.tag}> in {fragment[:500]!r}"
        assert tags is None or node.tag in tags, f"<{node.tag}> in {fragment[:500]!r}"
        for name, value in node.attributes.items():
            assert not name.startswith("on"), f"{name} in {fragment[:500]!r}"
            assert name not in ("style", "id", "name", "is", "srcdoc") or names is None, (
                f"{name} in {fragment[:500]!r}"
            )
            assert names is None or name in names, f"{name} in {fragment[:500]!r}"
            if name in ADDRESSES:
                check_address(value or "", is_loaded=name not in ("href", "cite"))


def check_address(address, *, is_loaded):
    """As browsers read it: without tabs and line ends, blanks before it, a backslash for a slash."""
    read = "".join(sign for sign in address if sign not in "\t\n\r").lstrip("".join(map(chr, range(33))))
    scheme = read.partition(":")[0].lower() if ":" in read.split("/")[0].split("?")[0].split("#")[0] else ""
    assert scheme in ("", "http", "https", *(() if is_loaded else ("mailto", "tel"))), address
    assert not read.replace("\\", "/").startswith("//"), address


def clean(data):
    once = html.clean_html(text(data))
    assert html.clean_html(once) == once, f"not the same the second time: {once!r}"
    check_harmless(once, TAGS, NAMES)
    assert "\x00" not in once


def strangers(data):
    once = html.strangers_html(text(data))
    check_harmless(once, TAGS - html.PICTURES, {"href", "rel", "lang", "dir"})
    assert html.strangers_html(once) == once, f"not the same the second time: {once!r}"


def without_library(data):
    return html.clean_html(text(data)).replace("data-image", "data-other")


def reading(data):
    once = without_library(data)
    check_shown(bodies.for_reading(once, "7"))
    html.plain_text(once)
    syndication.printable(once)


def check_shown(shown):
    for node in all_of(shown):
        assert node.tag not in FORBIDDEN_TAGS - {"svg"}, f"<{node.tag}> in {shown[:500]!r}"
        for name, value in node.attributes.items():
            assert not name.startswith("on"), f"{name} in {shown[:500]!r}"
            if name in ("href", "src", "data-frame"):
                scheme = urlsplit(value or "").scheme
                assert scheme in ("", "http", "https", "mailto", "tel"), value


def mail(data):
    once = without_library(data)
    for block in mail_bodies.blocks(once, "https://example.org/2026/11/a.html"):
        check_shown(block)
    mail_text.written(once)


def differences(data):
    one, _, other = text(data).partition("\x01")
    one, other = html.clean_html(one), html.clean_html(other)
    texts.of_texts(one, other)
    for stretch in merging.merge(one, other, one[: len(one) // 2]):
        assert isinstance(stretch.html, str)
