"""Pictures of the library inside a body."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from images import renditions
from informed_comment import editions
from posts import bodies
from posts.reads import popular
from tests.factories import make_image, make_post

pytestmark = pytest.mark.django_db


def figure(image, **attributes):
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return (
        f'<figure class="image"><img src="{image.file.url}" data-image="{image.pk}"{said}>'
        f"<figcaption>Here</figcaption></figure>"
    )


def test_they_come_in_the_readers_size_for_one_query(django_assert_num_queries):
    images = [make_image(width=900, height=700) for _ in range(3)]
    for image in images[:2]:
        image.renditions = [entry for entry, _ in renditions.planned(image)]
        image.save()
    html = "<p>Before.</p>" + "".join(figure(image) for image in images)
    with django_assert_num_queries(1):
        shown = bodies.for_reading(html)
    assert shown.count("<picture>") == 2
    assert shown.count('type="image/avif"') == 2
    assert shown.count('alt="A river at dusk"') == 3
    assert shown.count("<figcaption>Here</figcaption>") == 3
    assert f'src="{images[2].file.url}"' in shown


def test_what_the_post_says_of_a_picture_stands():
    shown = bodies.for_reading(figure(make_image(), alt="The strait"))
    assert 'alt="The strait"' in shown
    assert "A river" not in shown


def test_a_picture_that_has_left_the_library_is_shown_from_its_address():
    image = make_image()
    html = figure(image, alt="The strait").replace(f'data-image="{image.pk}"', 'data-image="999999999999"')
    assert f'src="{image.file.url}"' in bodies.for_reading(html)


def test_a_body_without_library_pictures_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        bodies.for_reading('<p><a href="/x/">x</a> <img src="/media/a.png" alt="a" data-image="x"></p>')


def test_ten_pictures_cost_a_page_one_query_more_than_none(client):
    plain, rich = (make_post(lead_image=make_image(width=30, height=20)) for _ in range(2))
    rich.body = "".join(figure(make_image(width=30, height=20)) for _ in range(10))
    rich.save()
    popular.refresh()

    def queries(post):
        editions.forget()
        editions.forget_kept()
        with CaptureQueriesContext(connection) as seen:
            page = client.get(post.get_absolute_url())
        return len(seen), page.content.decode()

    (few, _), (many, page) = queries(plain), queries(rich)
    assert many == few + 1
    assert page.count("A river at dusk") >= 10
    assert "data-image" not in page


def test_a_tall_picture_is_marked_and_a_floating_one_asks_for_less():
    tall, across = make_image(width=600, height=1400), make_image(width=1400, height=700)
    across.renditions = [entry for entry, _ in renditions.planned(across)]
    across.save()
    shown = bodies.for_reading(figure(tall) + figure(across).replace('"image"', '"image left"'))
    assert 'class="image tall"' in shown
    assert 'class="image left"' in shown
    assert 'sizes="(min-width: 40rem) 21rem, 100vw"' in shown
