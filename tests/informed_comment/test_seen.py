"""Two people in one form of the newsroom: the second is told, and neither loses a word."""

import re

import pytest
from django.urls import reverse

from authors.models import Author
from pages.models import Page
from tests.factories import make_author, make_page, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    client.force_login(make_user(group="Editor", first_name="Ida", last_name="Second"))
    return client


def opened(client, address, **changed):
    """The form as a browser would send it back, with some of it changed."""
    form = client.get(address).context["adminform"].form
    data = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    data = {name: value for name, value in data.items() if value is not False}
    return data | changed


def of(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def test_the_second_to_save_a_page_gets_both_texts(editor):
    page = make_page(title="About", body="<p>As it was.</p>")
    first, second = (opened(editor, of(page), body=f"<p>{who} sentence.</p>") for who in ("Their", "My"))
    assert editor.post(of(page), first).status_code == 302
    answer = editor.post(of(page), second)
    shown = answer.content.decode()
    assert "Ida Second" in shown
    assert "changed this meanwhile to: “Their sentence.”" in shown
    assert "My sentence." in shown
    assert Page.objects.get().body == "<p>Their sentence.</p>"
    again = second | {"seen": answer.context["adminform"].form["seen"].value()}
    assert editor.post(of(page), again).status_code == 302
    assert Page.objects.get().body == "<p>My sentence.</p>"


def test_who_changed_something_else_is_in_nobodys_way(editor):
    page = make_page(title="About", standfirst="Old.", body="<p>As it was.</p>")
    second = opened(editor, of(page), body="<p>My sentence.</p>")
    editor.post(of(page), opened(editor, of(page), seo_title="For engines"))
    shown = editor.post(of(page), second).content.decode()
    assert "changed this meanwhile to: “For engines”" in shown
    third = opened(editor, of(page), body="<p>My sentence.</p>")
    assert editor.post(of(page), third).status_code == 302
    assert Page.objects.get().seo_title == "For engines"


def test_saving_the_same_twice_is_no_conflict(editor):
    page = make_page(body="<p>As it was.</p>")
    first, second = (opened(editor, of(page), body="<p>The same.</p>") for _ in range(2))
    assert editor.post(of(page), first).status_code == 302
    assert editor.post(of(page), second).status_code == 302


@pytest.mark.parametrize("seen", ["", "nonsense", "[]", "null"])
def test_a_form_without_its_marks_is_taken_as_it_is(editor, seen):
    author = make_author()
    data = opened(editor, of(author), name="Renamed") | {"seen": seen}
    data |= {"links-TOTAL_FORMS": 0, "links-INITIAL_FORMS": 0}
    assert editor.post(of(author), data).status_code == 302
    assert Author.objects.get().name == "Renamed"


def test_a_new_row_has_nothing_to_compare(editor):
    page = editor.get("/admin/pages/page/add/").content.decode()
    assert not re.search('name="seen"', page)
