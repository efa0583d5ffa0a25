"""The menu of the old site, where there is none here or the one an import made."""

import pytest

from pages.models import MenuLink
from tests.wordpress.parts import category, filed, item, meta, odd

pytestmark = pytest.mark.django_db


def entry(
    number, *, menu="Main Menu", title="", kind="custom", of="custom", target=0, url="", above=0, order=None
):
    told = {
        "_menu_item_type": kind,
        "_menu_item_object": of,
        "_menu_item_object_id": target,
        "_menu_item_url": url,
        "_menu_item_menu_item_parent": above,
    }
    extra = filed("nav_menu", menu.lower().replace(" ", "-"), menu) + "".join(
        meta(*pair) for pair in told.items()
    )
    order = number if order is None else order
    return item(
        number, kind="nav_menu_item", title=title, slug=str(number), extra=extra, wp__menu_order=order
    )


def menu():
    return [(link.label, link.url) for link in MenuLink.objects.all()]


SITE = (
    category("politics", "Politics"),
    item(5, kind="page", slug="about", title="About us"),
    item(6, slug="a-post", title="A post"),
    entry(20, title="Last", url="https://shop.example/", order=99),
    entry(21, title="Home", url="https://old.example/"),
    entry(22, kind="taxonomy", of="category", target=7, title="Politics"),
    entry(23, kind="post_type", of="page", target=5),
    entry(24, title="More", url="#"),
    entry(25, kind="post_type", of="post", target=6, above=24, title="Read this"),
    entry(26, title="Below", url="/x/", above=23),
    entry(27, kind="post_type", of="page", target=404, title="Gone"),
    *(entry(30 + n, menu="Footer links", title=f"F{n}", url=f"/f{n}/") for n in range(12)),
)


def test_the_menu_at_the_top_becomes_the_menu_in_its_order(take):
    report = take(*SITE)
    post = next(url for label, url in menu() if label == "Read this")
    assert menu() == [
        ("Home", "/"),
        ("Politics", "/category/politics/"),
        ("About us", "/about/"),
        ("Read this", post),
        ("Last", "https://shop.example/"),
    ]
    assert post.endswith("a-post.html")
    told = odd(report)
    assert "menu “Footer links” with 12 entries left out" in told
    assert "menu entries below “About us” left out (1)" in told
    assert "menu entry “Gone” left out" in told


def test_a_second_run_leaves_the_menu_and_follows_the_old_site_only_while_nobody_has_changed_it(take):
    take(*SITE)
    before = list(MenuLink.objects.values_list("pk", flat=True))
    take(*SITE)
    assert list(MenuLink.objects.values_list("pk", flat=True)) == before
    take(*SITE, entry(28, title="New", url="/new/", order=100))
    assert menu()[-1] == ("New", "/new/")
    MenuLink.objects.filter(label="Home").update(label="Start")
    take(*SITE, entry(29, title="Newer", url="/newer/", order=101))
    assert menu()[0] == ("Start", "/")
    assert ("Newer", "/newer/") not in menu()


def test_a_menu_that_is_here_already_stays(take):
    MenuLink.objects.create(label="Ours", address="/ours/")
    report = take(*SITE)
    assert menu() == [("Ours", "/ours/")]
    assert "there is a menu here already" in odd(report)


def test_a_circle_of_entries_and_hostile_addresses_make_no_entry(take):
    take(
        entry(1, title="A", url="/a/", above=2),
        entry(2, title="B", url="/b/", above=1),
        entry(3, title="Script", url="javascript:alert(1)"),
        entry(4, title="Fine", url="/fine/"),
    )
    assert menu() == [("Fine", "/fine/")]


def test_a_dry_run_makes_no_menu(take):
    take(*SITE, is_dry_run=True)
    assert menu() == []
