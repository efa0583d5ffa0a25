"""Addresses in fields of their own: whoever writes them, none of them runs."""

import pytest

from authors.models import Author, AuthorLink
from informed_comment.linked import LEADS_SOMEWHERE
from informed_comment.models import Publication
from pages.models import MenuLink, Promo
from tests.factories import make_author, make_post, make_user

pytestmark = pytest.mark.django_db
HOSTILE = [
    *(
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:x",
    ),
    *(
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
    ),
    *(
        'https://x.example/" onclick="alert(1)',
        "https:///evil.example",
        "file:///etc/passwd",
        "blob:x",
        "ftp://x.example/",
    ),
]
GOOD = [
    "/archives/",
    "https://example.org/a?b=c#d",
    "http://xn--bcher-kva.example/",
    "https://bücher.example/ü",
    "#content",
]
GOOD += [
    "mailto:ada@example.org",
    "tel:+4930123",
    "?page=2",
    "/search/?q=a%20b",
    "/",
    "https://[2001:db8::1]/",
]


def stored():
    """Of every field that readers follow, what is kept of an address that is saved, written in bulk and updated."""
    Publication.objects.get_or_create(pk=1)
    post, author = make_post(), make_author()
    link = MenuLink.objects.create(label="x", address="/x/")
    promo = Promo.objects.create(heading="x", button_label="x", button_url="/x/")
    own = AuthorLink.objects.create(author=author, label="x", url="https://x.example/")
    return [
        (Publication.objects.get(), "support_url"),
        (promo, "button_url"),
        (link, "address"),
        (author, "website"),
        (own, "url"),
        (post, "original_url"),
    ]


@pytest.mark.parametrize("address", HOSTILE)
def test_what_would_run_is_dropped_by_every_way_of_writing_it(address):
    for row, name in stored():
        if name in ("address", "button_url"):  # one of them may not be empty: the database refuses the row
            assert not LEADS_SOMEWHERE.match(address)
            continue
        model = type(row)
        model.objects.filter(pk=row.pk).update(**{name: address})
        assert getattr(model.objects.get(pk=row.pk), name) == ""
        setattr(row, name, address)
        row.save()
        assert getattr(model.objects.get(pk=row.pk), name) == ""
        setattr(row, name, address)
        model.objects.bulk_update([row], [name])
        assert getattr(model.objects.get(pk=row.pk), name) == ""
    AuthorLink.objects.bulk_create([AuthorLink(author=Author.objects.first(), label="y", url=address)])
    assert AuthorLink.objects.get(label="y").url == ""


@pytest.mark.parametrize("address", GOOD)
def test_what_leads_somewhere_stays(address):
    link = MenuLink.objects.create(label="x", address=address)
    assert MenuLink.objects.get(pk=link.pk).address == address


def test_editors_are_told_what_to_write(client):
    client.force_login(make_user(group="Administrator"))
    page = client.post(
        "/admin/pages/menulink/add/", {"label": "x", "address": "javascript:alert(1)", "position": 0}
    )
    assert "Write an address on this site, such as /archives/, or a whole one" in page.text
    assert not MenuLink.objects.exists()
