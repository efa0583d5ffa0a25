import pytest
from django.core.exceptions import ValidationError

from pages.models import Page
from posts.models import Category
from tests.factories import make_category, make_page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("make", [make_category, make_page])
def test_a_branch_cannot_lie_under_itself(make):
    top = make(slug="top")
    middle = make(slug="middle", parent=top)
    top.parent = make(slug="leaf", parent=middle)
    with pytest.raises(ValidationError, match="cannot lie under itself"):
        top.full_clean()


@pytest.mark.parametrize(("make", "kind"), [(make_category, Category), (make_page, Page)])
def test_an_address_leads_to_one_node(make, kind):
    parent = make(slug="top")
    make(slug="iran", parent=parent)
    with pytest.raises(ValidationError, match="has this address"):
        kind(slug="iran", parent=parent, **{"title": "x"} if kind is Page else {"name": "x"}).full_clean()
    kind(slug="iran", **{"title": "x"} if kind is Page else {"name": "x"}).full_clean()


@pytest.mark.parametrize("slug", ["search", "feed", "admin", "2016", "newsletter", "archives"])
def test_a_page_cannot_hide_behind_an_address_of_the_site(slug):
    with pytest.raises(ValidationError, match="The site itself answers"):
        Page(title="x", slug=slug).full_clean()
