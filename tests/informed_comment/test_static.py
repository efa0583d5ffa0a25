"""What production does to style sheets."""

import gzip

import brotli
import pytest
from django.conf import settings
from django.core.files import File

from informed_comment.static import LeanStaticFilesStorage, lean


@pytest.mark.parametrize(
    ("written", "served"),
    [
        ("/* Why. */\na {\n  color: red;\n}\n", "a{color:red}"),
        (
            "a,\nb > c { margin: 0 auto; padding: calc(1px + 2px) }",
            "a,b > c{margin:0 auto;padding:calc(1px + 2px)}",
        ),
        ('a::before { content: " / ; { "; }', 'a::before{content:" / ; { "}'),
        (
            "@media (width >= 40rem) and (hover) { .a :focus { top: 0; } }",
            "@media (width >= 40rem) and (hover){.a :focus{top:0}}",
        ),
        ("a { b: url('x y.png'); } /* é */ c { d: e; }", "a{b:url('x y.png')} c{d:e}"),
    ],
)
def test_a_style_sheet_loses_comments_and_spaces_but_no_meaning(written, served):
    assert lean(written) == served


def test_our_style_sheets_lose_nothing_that_a_string_or_a_rule_needs():
    for path in (settings.BASE_DIR / "static/css").glob("*.css"):
        written = path.read_text()
        served = lean(written)
        assert len(served) < len(written)
        assert served.count("{") == served.count("}")
        assert "/*" not in served


def test_production_stores_the_style_sheet_short_and_whole(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    storage = LeanStaticFilesStorage()
    with (settings.BASE_DIR / "static/css/site.css").open("rb") as source:
        storage.save("css/site.css", File(source))
        written = source.seek(0) or source.read().decode()
    assert (tmp_path / "css/site.css").read_text() == lean(written)


def test_production_packs_a_style_sheet_for_whoever_takes_brotli_or_gzip(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    storage = LeanStaticFilesStorage()
    with (settings.BASE_DIR / "static/css/site.css").open("rb") as source:
        storage.save("css/site.css", File(source))
    packed = dict.fromkeys(name for _, name in storage.compress_files(["css/site.css"]))
    assert list(packed) == ["css/site.css.br", "css/site.css.gz"]
    served = (tmp_path / "css/site.css").read_bytes()
    assert brotli.decompress((tmp_path / "css/site.css.br").read_bytes()) == served
    assert gzip.decompress((tmp_path / "css/site.css.gz").read_bytes()) == served
