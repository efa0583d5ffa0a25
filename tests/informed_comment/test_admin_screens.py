"""Every screen of the newsroom opens, for a fixed number of queries however many rows there are."""

import pytest
from django.contrib import admin
from django.urls import reverse

from authors.models import AuthorLink
from informed_comment.models import Redirect
from pages.models import MenuLink, Promo
from posts import mergers
from posts.models import FrontSection, FrontSlot, Merger, Tag
from tests.factories import (
    make_author,
    make_category,
    make_image,
    make_page,
    make_post,
    make_slot,
    make_user,
)

pytestmark = pytest.mark.django_db
OURS = ["posts", "authors", "images", "pages", "informed_comment", "auth"]
SCREENS = sorted(
    f"{model._meta.app_label}_{model._meta.model_name}"
    for model in admin.site._registry
    if model._meta.app_label in OURS
)


def fill(rows):
    """`rows` more of everything."""
    for n in range(rows):
        portrait = make_image()
        author = make_author(portrait=portrait, user=make_user(group="Author"))
        AuthorLink.objects.create(author=author, label="Site", url="https://example.org/")
        section = make_category()
        post = make_post(
            authors=[author, make_author()],
            categories=[section],
            tags=[f"tag {n} {author.pk}"],
            lead_image=portrait,
        )
        slots = FrontSlot.objects.count()
        make_slot(post, starts_in=-2 * slots, ends_in=1 - 2 * slots)
        FrontSection.objects.create(category=section, position=slots)
        page = make_page()
        MenuLink.objects.create(label="Section", category=section)
        MenuLink.objects.create(label="Page", page=page)
        Promo.objects.create(heading="Read", image=portrait)
        Redirect.objects.create(path=f"/old/{author.pk}/", target="/new/")
        mergers.merge(Tag.objects.create(name=f"Old {author.pk}", slug=f"old-{author.pk}"), post.tags.get())


def opened(client, address, count):
    with count() as queries:
        assert client.get(address).status_code == 200, address
    return len(queries)


@pytest.fixture
def chief(client, admin_user):
    client.force_login(admin_user)
    return client


@pytest.fixture
def count(django_assert_max_num_queries):
    return lambda: django_assert_max_num_queries(24)


@pytest.mark.parametrize("screen", [name for name in SCREENS if name != "informed_comment_publication"])
def test_a_list_costs_the_same_however_long(chief, count, screen):
    address = reverse(f"admin:{screen}_changelist")
    fill(1)
    chief.get(address)
    short = opened(chief, address, count)
    fill(3)
    assert opened(chief, address, count) <= short


@pytest.mark.parametrize(
    "screen",
    [
        name
        for name in SCREENS
        if not name.endswith(
            (
                "_publication",
                "_group",
                "_auditentry",
                "_erasure",
                "_merger",
                "_readercomment",
                "_statistics",
                "_popularsidebar",
                "_policyreport",
            )
        )
    ],
)
def test_a_form_opens_empty_and_filled(chief, count, screen):
    fill(2)
    model = next(m for m in admin.site._registry if f"{m._meta.app_label}_{m._meta.model_name}" == screen)
    assert opened(chief, reverse(f"admin:{screen}_add"), count) > 0
    if row := model._default_manager.first():
        opened(chief, reverse(f"admin:{screen}_change", args=[row.pk]), count)


def test_a_long_byline_costs_no_more_than_a_short_one(chief, count):
    short, long = (reverse("admin:posts_post_change", args=[make_post(authors=n).pk]) for n in (1, 5))
    chief.get(short)  # content types are looked up once a process
    one = opened(chief, short, count)
    assert opened(chief, long, count) <= one


def test_the_publication_opens_on_its_form_and_cannot_be_added_or_deleted(chief):
    form = reverse("admin:informed_comment_publication_change", args=[1])
    assert chief.get(reverse("admin:informed_comment_publication_changelist")).url == form
    assert chief.get(form).status_code == 200
    assert chief.get(reverse("admin:informed_comment_publication_add")).status_code == 403
    assert chief.get(reverse("admin:informed_comment_publication_delete", args=[1])).status_code == 403


def test_a_merger_is_looked_at_and_neither_written_nor_deleted(chief, count):
    fill(1)
    row = Merger.objects.get()
    opened(chief, reverse("admin:posts_merger_change", args=[row.pk]), count)
    assert chief.get(reverse("admin:posts_merger_add")).status_code == 403
    assert chief.get(reverse("admin:posts_merger_delete", args=[row.pk])).status_code == 403


def test_the_newsroom_bears_the_publications_name(chief):
    page = chief.get("/admin/").content.decode()
    assert "Informed Comment" in page
    assert "Write a post" in page


def test_the_dashboard_costs_the_same_however_much_there_is(chief, count):
    fill(1)
    chief.get("/admin/")
    short = opened(chief, "/admin/", count)
    fill(3)
    assert opened(chief, "/admin/", count) <= short


@pytest.mark.parametrize("screen", ["posts/post", "newsletter/subscriber", "images/image"])
@pytest.mark.parametrize(
    "query", ["?q=%00", "?status__exact=%00", "?state__exact=a%00b", "?p=x", "?o=99", "?nonsense=1"]
)
def test_no_query_breaks_a_list(chief, screen, query):
    assert chief.get(f"/admin/{screen}/{query}").status_code in (200, 302, 400)
