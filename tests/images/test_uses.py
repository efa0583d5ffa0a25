"""Where pictures are used, which are used nowhere, and what deleting or replacing one leads to."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from images.models import Image
from images.standing import with_todays_sources
from pages.models import Promo
from posts import bodies
from posts.models import PendingChange, Post
from tests.factories import make_author, make_image, make_page, make_picture, make_post, make_user

pytestmark = pytest.mark.django_db


def standing(image, **attributes):
    """A text with the picture in it."""
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<p>Text.</p><figure class="image"><img src="{image.file.url}" alt="A" width="{image.width}" height="{image.height}" data-image="{image.pk}"{more}></figure>'


@pytest.fixture
def editor(client):
    client.force_login(make_user(group="Editor"))
    return client


def page_of(client, image):
    return client.get(reverse("admin:images_image_change", args=[image.pk])).content.decode()


def use_everywhere(image):
    make_post(title="With a lead", lead_image=image)
    make_post(title="With it in the text", body=standing(image))
    make_page(title="A page with it", body=standing(image))
    make_author(name="Ada Portrayed", portrait=image)
    Promo.objects.create(heading="A book", image=image)
    edited = make_post(title="Being edited")
    PendingChange.objects.create(post=edited, state={"body": standing(image)}, base={}, base_version=1)


PLACES = ["With a lead", "With it in the text", "A page with it", "Ada Portrayed", "A book", "changes to"]


def test_a_pictures_page_lists_every_place_it_stands_in(editor, django_assert_max_num_queries):
    image = make_image()
    use_everywhere(image)
    make_post(title="Another post", body=standing(make_image()))
    editor.get("/admin/")
    with django_assert_max_num_queries(24):
        page = page_of(editor, image)
    for place in PLACES:
        assert place in page
    assert "Another post" not in page
    assert "within the text" in page


def test_a_number_that_begins_alike_is_another_picture(editor):
    image = make_image()
    make_post(
        title="Names a longer number", body=standing(image).replace(f'="{image.pk}"', f'="{image.pk}0"')
    )
    assert "Names a longer number" not in page_of(editor, image)


def test_an_author_is_not_told_the_names_of_what_they_may_not_open(client):
    user = make_user(group="Author")
    client.force_login(user)
    image = make_image(created_by=user)
    make_post(title="A secret draft", status="draft", published_at=None, body=standing(image))
    page = page_of(client, image)
    assert "A secret draft" not in page
    assert "In 1 that you may not open" in page


def test_which_posts_name_a_picture_is_looked_up_by_an_index():
    Post.objects.bulk_create(Post(title=str(n), body="<p>Text.</p>") for n in range(500))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE posts_post")
        cursor.execute("EXPLAIN SELECT id FROM posts_post WHERE body_images(body) @> ARRAY[7::bigint]")
        assert "posts_by_images" in str(cursor.fetchall())


def test_the_list_narrows_to_pictures_that_nothing_uses(editor):
    used = [make_image(title=f"Used {n}") for n in range(6)]
    make_image(title="Forgotten")
    use_everywhere(used[0])
    make_post(lead_image=used[1])
    make_post(body=standing(used[2]))
    make_page(body=standing(used[3]))
    make_author(portrait=used[4])
    Promo.objects.create(heading="A book", image=used[5])
    page = editor.get("/admin/images/image/?use=none").content.decode()
    assert "Forgotten" in page
    assert "Used" not in page.split('class="library-grid"')[1]


# Deleting


def test_deleting_a_picture_in_use_shows_where_and_asks_again(editor):
    image = make_image()
    use_everywhere(image)
    address = reverse("admin:images_image_delete", args=[image.pk])
    page = editor.get(address).content.decode()
    for place in PLACES:
        assert place in page
    page = editor.post(address, {"post": "yes"}, follow=True).content.decode()
    assert "nothing was deleted" in page
    assert Image.objects.exists()
    editor.post(address, {"post": "yes", "sure": "yes"})
    assert not Image.objects.exists()


def test_a_picture_nobody_uses_is_deleted_when_asked_once(editor):
    image = make_image()
    address = reverse("admin:images_image_delete", args=[image.pk])
    assert "No post, page, portrait or promo" in editor.get(address).content.decode()
    editor.post(address, {"post": "yes"})
    assert not Image.objects.exists()


def test_many_are_deleted_only_when_it_is_certain(editor, django_assert_max_num_queries):
    images = [make_image() for _ in range(4)]
    use_everywhere(images[0])
    form = {"action": "delete_selected", "_selected_action": [image.pk for image in images]}
    with django_assert_max_num_queries(45):
        page = editor.post("/admin/images/image/", form).content.decode()
    assert "With it in the text" in page
    page = editor.post("/admin/images/image/", form | {"post": "yes"}).content.decode()
    assert "nothing was deleted" in page
    assert Image.objects.count() == 4
    editor.post("/admin/images/image/", form | {"post": "yes", "sure": "yes"})
    assert not Image.objects.exists()


# Replacing the file everywhere


def replace(client, image, content):
    form = {"file": SimpleUploadedFile("new.jpg", content), "alt": image.alt, "focal_x": 0.5, "focal_y": 0.5}
    assert client.post(reverse("admin:images_image_change", args=[image.pk]), form).status_code == 302
    return Image.objects.get(pk=image.pk)


def test_a_replaced_file_stands_wherever_the_picture_stood(editor):
    image = make_image()
    post = make_post(body=standing(image))
    new = replace(editor, image, make_picture(900, 900))
    assert new.file.url != image.file.url
    page = editor.get(post.permalink).content.decode()
    assert new.file.url in page
    assert image.file.url not in page
    form = editor.get(reverse("admin:posts_post_change", args=[post.pk])).content.decode()
    assert new.file.url in form
    assert image.file.url not in form


def test_replacing_a_file_takes_no_version_from_anybody_who_is_editing(editor):
    image = make_image()
    post = make_post(body=standing(image))
    replace(editor, image, make_picture(900, 900))
    stored = Post.objects.get(pk=post.pk)
    assert (stored.version, stored.body) == (post.version, post.body)


def test_an_open_form_that_still_has_the_old_file_is_saved_and_shows_the_new_one():
    image = make_image()
    old = standing(image)
    image.file.save("new.jpg", SimpleUploadedFile("new.jpg", make_picture(900, 900)))
    assert image.file.url in bodies.for_reading(make_post(body=old).body)


def test_a_text_is_brought_up_to_date_and_otherwise_left_as_it_is(django_assert_num_queries):
    image = make_image()
    old = f'<p>1 &lt; 2 &amp; "x"</p>{standing(image)}<p><img src="/a.jpg" data-image="0"><br></p>'
    assert with_todays_sources(old) == old
    image.file.save("new.jpg", SimpleUploadedFile("new.jpg", make_picture(900, 800)))
    new = old.replace('src="/media/images', "%").partition("%")
    with django_assert_num_queries(1):
        today = with_todays_sources(old)
    assert f'src="{image.file.url}" alt="A" width="900" height="800" data-image="{image.pk}"' in today
    assert today.startswith(new[0])
    assert today.endswith('<p><img src="/a.jpg" data-image="0"><br></p>')
    with django_assert_num_queries(0):
        assert with_todays_sources("<p>No picture.</p>") == "<p>No picture.</p>"
        assert with_todays_sources("") == ""
