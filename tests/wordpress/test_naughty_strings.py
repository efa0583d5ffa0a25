"""Strings that break things, in every field of an export."""

import json
from xml.sax.saxutils import escape

import pytest

from posts.models import Post
from tests.wordpress.exports import FOLDER, needs_exports
from tests.wordpress.parts import filed, item

pytestmark = [needs_exports, pytest.mark.django_db]


def test_no_string_keeps_a_post_from_coming_in(take, client):
    strings = json.loads((FOLDER.parent / "html" / "big-list-of-naughty-strings.json").read_text())
    report = take(*(post(number, text) for number, text in enumerate(strings, 1)))
    assert not [str(problem) for problem in report.problems if problem.kind == "broken"]
    assert Post.objects.count() == len(strings)
    for permalink in Post.objects.values_list("permalink", flat=True).order_by("pk")[::25]:
        assert client.get(permalink).status_code == 200


def post(number, text):
    """In title, body, slug and address always; in authors and terms, of which each costs its own rows, at times."""
    plain, raw = escape(text, {'"': "&quot;"}), text.replace("]]>", "]]]]><![CDATA[>")
    terms = filed("post_tag", plain, raw) + filed("category", plain, raw) if number % 4 == 0 else ""
    fields = {"link": f"https://old.example/{plain}", "dc__creator": plain if number % 4 == 1 else "ada"}
    return item(number, title=raw, slug=plain, body=raw, extra=terms, **fields)
