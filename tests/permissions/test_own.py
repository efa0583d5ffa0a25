"""Authors see what is theirs: in every list, search, panel, number and download, and in no corner anything else."""

import json

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from authors.models import Author
from posts import commenting
from posts.models import Autosave, BulkDeed, Post
from tests.factories import make_author, make_comment, make_post, make_user

pytestmark = pytest.mark.django_db
SECRET = "Zyzzyva"  # a word of what is another's, and of nothing else


@pytest.fixture
def author(client):
    user = make_user(group="Author")
    make_author(user=user)
    client.force_login(user)
    return user


@pytest.fixture
def others(author):
    """What an author must not see: a draft, comments on it, an autosave, a list, an address."""
    editor = make_user(group="Editor")
    signer = make_author(email=f"{SECRET}@example.org".lower(), user=make_user(group="Author"))
    draft = make_post(
        title=f"{SECRET} draft", authors=[signer], status="draft", published_at=None, created_by=editor
    )
    commenting.say(draft, f"{SECRET} is wrong", user=editor)
    make_comment(draft, text=f"<p>{SECRET} said</p>", is_shown=False, page=None, position=None)
    Autosave.objects.create(user=editor, text=json.dumps({"title": [SECRET]}), typed_at=timezone.now())
    BulkDeed.objects.create(deed="add_tags", given=[SECRET], given_name=SECRET, created_by=editor)
    return draft


ADDRESSES = (
    "index",
    "find",
    "find_hits",
    "posts_post_changelist",
    "posts_post_calendar",
    "posts_post_links",
    "posts_post_bulk_list",
    "posts_post_offers",
    "posts_statistics_changelist",
    "posts_statistics_now",
    "posts_readercomment_changelist",
    "authors_author_changelist",
    "images_image_changelist",
    "images_image_pick",
)


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize(
    "query", ["", f"?q={SECRET}", f"?q={SECRET}&mine=no", "?status__exact=draft&mine=no"]
)
def test_nothing_of_others_is_listed_or_found(client, others, name, query):
    answer = client.get(reverse(f"admin:{name}") + query)
    text = b"".join(answer) if answer.streaming else answer.content
    shown = text.decode(errors="replace").replace(f"q={SECRET}", "").replace(f'value="{SECRET}"', "")
    shown = shown.replace(f"“{SECRET}”", "").replace(f"{SECRET}&amp;mine=no", "")
    for word in (f"{SECRET} draft", f"{SECRET} said", f"{SECRET.lower()}@example.org", f"{SECRET} is wrong"):
        assert word not in shown, f"{name}{query} shows {word}"


def test_an_editor_does_find_it(client, others):
    client.force_login(make_user(group="Editor"))
    answer = client.get(reverse("admin:posts_post_changelist") + f"?q={SECRET}")
    assert f"{SECRET} draft" in answer.content.decode()


def test_the_address_of_an_author_is_for_editors_and_for_themselves(client, author, others):
    other = Author.objects.get(email__startswith=SECRET.lower())
    answer = client.get(reverse("admin:authors_author_change", args=[other.pk]))
    assert answer.status_code == 200
    assert other.email not in answer.content.decode()
    own = author.author
    Author.objects.filter(pk=own.pk).update(email="mine@example.org")
    assert (
        "mine@example.org"
        in client.get(reverse("admin:authors_author_change", args=[own.pk])).content.decode()
    )
    client.force_login(make_user(group="Editor"))
    assert other.email in client.get(reverse("admin:authors_author_change", args=[other.pk])).content.decode()


def choices():
    """Every field of every form whose choices are asked for as one types: app, model and name."""
    for model, screen in admin.site._registry.items():
        inlines = [(inline.model, inline) for inline in screen.inlines]
        for owner, one in [(model, screen), *inlines]:
            for name in one.autocomplete_fields:
                yield owner, name


def test_lists_of_choices_tell_nobody_what_they_may_not_see(client, others):
    for group in (None, "Author"):
        client.force_login(make_user(group=group))
        for model, name in choices():
            query = f"?term={SECRET}&app_label={model._meta.app_label}&model_name={model._meta.model_name}&field_name={name}"
            answer = client.get(reverse("admin:autocomplete") + query)
            assert answer.status_code in (200, 403)
            assert group or answer.status_code == 403
            assert SECRET not in answer.content.decode()


@pytest.mark.parametrize("deed", ["publish", "withdraw", "send_back", "schedule", "trash", "apply"])
def test_a_button_that_is_hidden_does_nothing_when_it_is_posted_all_the_same(client, author, deed):
    post = make_post(authors=[author.author], created_by=author, status="draft", published_at=None)
    form = client.get(reverse("admin:posts_post_change", args=[post.pk])).context["adminform"].form
    values = {
        name: form[name].value() or "" for name in form.fields if not isinstance(form[name].value(), list)
    }
    values |= {"_deed": deed, "published_at": "2020-01-01T00:00", "created_by": "1", "_publish": "1"}
    values |= {"bylines-TOTAL_FORMS": "0", "bylines-INITIAL_FORMS": "0"}
    client.post(reverse("admin:posts_post_change", args=[post.pk]), values)
    post.refresh_from_db()
    assert post.status in ("draft", "trashed")
    assert post.created_by == author
    assert post.published_at is None


@pytest.mark.parametrize("way", ["popup", "editable", "to_field"])
def test_popups_and_rows_edited_in_lists_ask_for_the_same_rights(client, author, others, way):
    address = reverse("admin:posts_category_add") + "?_popup=1"
    data = {"name": "Mine", "slug": "mine", "_popup": "1"}
    if way == "editable":
        address = reverse("admin:posts_post_changelist")
        data = {
            "form-TOTAL_FORMS": 1,
            "form-INITIAL_FORMS": 1,
            "form-0-id": others.pk,
            "form-0-title": "Taken",
            "_save": 1,
        }
    if way == "to_field":
        address = reverse("admin:auth_user_changelist") + "?_to_field=password"
    answer = client.post(address, data)
    assert answer.status_code in (302, 400, 403) or way == "editable"
    assert Post.objects.get(pk=others.pk).title == f"{SECRET} draft"
