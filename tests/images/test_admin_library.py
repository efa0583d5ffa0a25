"""The library in the newsroom: uploads checked, described, found again, changed by whom they belong to."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from images.admin.library import ImageAdmin
from images.models import Image
from tests.factories import make_author, make_image, make_picture, make_post, make_user

pytestmark = pytest.mark.django_db
ADD = "/admin/images/image/add/"


def upload(content=None, name="river.jpg", **fields):
    file = SimpleUploadedFile(name, make_picture() if content is None else content)
    return {"file": file, "alt": "A river", "credit": "Staff"} | fields


@pytest.fixture
def editor(client):
    client.force_login(make_user(group="Editor"))
    return client


def test_a_picture_comes_into_the_library(editor):
    answer = editor.post(ADD, upload())
    assert answer.status_code == 302, answer.context["errors"]
    image = Image.objects.get()
    assert (image.width, image.height) == (1200, 800)
    assert image.created_by.username


def test_a_picture_says_what_it_shows_or_that_it_shows_nothing(editor):
    assert "Say what the picture shows" in editor.post(ADD, upload(alt="")).content.decode()
    assert editor.post(ADD, upload(alt="", is_decorative="on")).status_code == 302


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"),
        ("x.jpg", b"no picture"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence_and_the_form_kept(editor, name, content):
    page = editor.post(ADD, upload(content, name, caption="A caption I typed")).content.decode()
    assert "errorlist" in page
    assert "A caption I typed" in page
    assert not Image.objects.exists()


def test_the_dialog_finds_pictures_by_their_words_with_caption_and_credit(editor):
    make_image(title="Harbour", caption="Boats", credit="Ada")
    make_image(title="Mountain")
    Image.objects.create(title="Harbour without a file")
    found = editor.get(reverse("admin:images_image_pick"), {"q": "harbour boats"}).json()
    assert [image["name"] for image in found["images"]] == ["Harbour"]
    assert found["images"][0]["credit"] == "Ada"
    assert found["more"] is False


def test_the_form_says_where_a_picture_is_used(editor):
    image = make_image()
    make_post(title="With a lead", lead_image=image)
    make_author(name="Ada Portrayed", portrait=image)
    page = editor.get(reverse("admin:images_image_change", args=[image.pk])).content.decode()
    assert "With a lead" in page
    assert "Ada Portrayed" in page


@pytest.mark.parametrize(
    "words", ["harbour", "HARB oats", "cafe", "Café", "river-dusk", "100%", "a_b", "BO", "é bo", "a b"]
)
def test_pictures_are_found_by_parts_of_words_whatever_the_accents(editor, words):
    image = make_image(title="Harbour 100% a_b", alt="At the Éden café", caption="Boats")
    Image.objects.filter(pk=image.pk).update(file="images/2026/11/river-dusk-1f2e3d4c.jpg")
    make_image(title="Mountain 100 axb")
    page = editor.get("/admin/images/image/", {"q": words}).content.decode()
    assert "Harbour" in page
    assert "Mountain" not in page


def test_the_letters_that_tell_files_apart_are_no_words(editor):
    image = make_image(title="", alt="")
    Image.objects.filter(pk=image.pk).update(file="images/2026/11/river-1fed3d4c.jpg")
    assert "tile__name" not in editor.get("/admin/images/image/?q=fed").content.decode()
    assert 'tile__name">river<' in editor.get("/admin/images/image/?q=river.jpg").content.decode()


def test_the_index_of_words_can_be_made_anew_and_the_table_analysed(editor):
    make_image(title="Harbour")
    with connection.cursor() as cursor:
        cursor.execute("REINDEX INDEX images_by_said")
        cursor.execute("ANALYZE images_image")
    assert "Harbour" in editor.get("/admin/images/image/?q=harbour").content.decode()


def test_nothing_found_says_what_to_do(editor):
    assert "Try fewer words" in editor.get("/admin/images/image/?q=nowhere").content.decode()


def test_the_library_is_a_grid_and_by_choice_a_table(editor):
    image = make_image(title="Harbour", credit="")
    grid = editor.get("/admin/images/image/").content.decode()
    assert "library-grid" in grid
    assert "No credit" in grid
    assert f'value="{image.pk}"' in grid
    table = editor.get("/admin/images/image/?view=table&q=harbour").content.decode()
    assert 'id="result_list"' in table
    assert "Harbour" in table
    assert 'href="?q=harbour"' in table


def test_the_grid_is_paged_without_counting_the_library(editor, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(ImageAdmin, "list_per_page", 2)
    for n in range(3):
        make_image(title=f"Number {n}")
    with django_assert_max_num_queries(24) as queries:
        page = editor.get("/admin/images/image/?view=grid").content.decode()
    assert page.count('class="tile"') == 2
    assert all("LIMIT" in query["sql"] for query in queries if "COUNT(" in query["sql"])
    following = re.search(r'<a href="([^"]*)" rel="next"', page)[1].replace("&amp;", "&")
    assert editor.get(f"/admin/images/image/{following}").content.decode().count('class="tile"') == 1


def test_the_list_narrows_to_a_kind_and_to_whoever_added_it(editor):
    other = make_user(username="somebody")
    make_image(title="Theirs", created_by=other)
    moving = make_image(title="Moving")
    Image.objects.filter(pk=moving.pk).update(file="images/2026/11/a.gif")

    def names(query):
        page = editor.get(f"/admin/images/image/?{query}").content.decode()
        return re.findall(r'tile__name">(\w+)', page)

    assert names("kind=gif") == ["Moving"]
    assert names(f"by={other.pk}") == ["Theirs"]
    assert names("by=me") == []
    assert names("by=x&kind=exe&use=y&lacks=z") == ["Moving", "Theirs"]


def test_authors_change_their_own_uploads_only(client):
    user = make_user(group="Author")
    own, foreign = make_image(created_by=user), make_image()
    client.force_login(user)
    fields = {"alt": "Another river", "credit": "Me", "focal_x": 0.5, "focal_y": 0.5}
    assert client.post(reverse("admin:images_image_change", args=[own.pk]), fields).status_code == 302
    address = reverse("admin:images_image_change", args=[foreign.pk])
    assert client.post(address, fields).status_code == 403
    looked = client.get(address).content.decode()
    assert foreign.file.url in looked
    assert "Replace the file everywhere" not in looked


def test_the_list_narrows_to_what_lacks_something(editor):
    make_image(title="Mute", alt="")
    make_image(title="Described")
    page = editor.get("/admin/images/image/?lacks=alt").content.decode()
    assert "Mute" in page
    assert "Described</a>" not in page
