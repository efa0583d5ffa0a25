"""The markup of pictures."""

import pytest
from django.template import Context, Template

from images import renditions
from images.models import Image
from tests.factories import make_image

pytestmark = pytest.mark.django_db


def shown(image, arguments=""):
    source = "{% load pictures %}{% picture image " + arguments + " %}"
    return Template(source).render(Context({"image": image}))


@pytest.fixture(scope="module")
def recorded():
    """What the library records of a picture of 1000 × 900; the markup never looks at the files."""
    planned = renditions.planned(Image(file="images/2026/11/strait-1f2e3d4c.jpg", width=1000, height=900))
    return [entry for entry, _ in planned]


@pytest.fixture
def image(recorded):
    return make_image(width=1000, height=900, renditions=recorded)


def test_a_picture_offers_avif_and_webp_and_falls_back_to_jpeg(image):
    html = shown(image, 'sizes="50vw" class="lead"')
    assert html.startswith('<picture><source type="image/avif" srcset="/media/renditions/')
    assert html.index("image/avif") < html.index("image/webp") < html.index("<img")
    assert html.count('sizes="50vw"') == 3
    assert "480w" in html
    assert "800w" in html
    assert "1000w" in html
    assert (
        'width="1000" height="900" alt="A river at dusk" class="lead" decoding="async" loading="lazy"' in html
    )


def test_the_first_picture_is_hurried(image):
    html = shown(image, 'loading="eager"')
    assert 'fetchpriority="high"' in html
    assert "lazy" not in html


def test_lists_get_the_cut_and_its_shape(image):
    html = shown(image, 'crop="3x2"')
    assert "-3x2-" in html
    assert 'width="1000" height="667"' in html


def test_a_picture_that_is_three_to_two_needs_no_cut(django_assert_num_queries):
    image = make_image(width=1500, height=1000)
    image.renditions = [entry for entry, _ in renditions.planned(image)]
    with django_assert_num_queries(0):
        html = shown(image, 'crop="3x2"')
    assert "-own-" in html
    assert 'width="1200" height="800"' in html
    assert "1500w" not in html


def test_the_original_stands_in_until_sizes_are_made():
    image = make_image(focal_x=0.9, focal_y=0.1)
    html = shown(image, 'crop="3x2"')
    assert f'<img src="{image.file.url}"' in html
    assert 'class="crop-3x2 focus-start-end"' in html
    assert "<source" not in html
    assert 'width="1200" height="800"' in shown(image)


def test_nothing_is_shown_without_a_file():
    image = make_image()
    image.file = ""
    assert shown(image) == shown(None) == ""


@pytest.mark.parametrize(
    ("fields", "arguments", "alt"),
    [
        ({}, "", "A river at dusk"),
        ({"alt": 'A "quoted" <tag>'}, "", "A &quot;quoted&quot; &lt;tag&gt;"),
        ({"is_decorative": True}, "", ""),
        ({}, 'alt=""', ""),
        ({}, 'alt="Portrait of Ada"', "Portrait of Ada"),
    ],
)
def test_the_alternative_text(fields, arguments, alt):
    assert f'alt="{alt}"' in shown(make_image(**fields), arguments)


def test_a_preload_names_the_same_files(image):
    preload = Template("{% load pictures %}{% picture_preload image %}").render(Context({"image": image}))
    assert f'srcset="{preload}"' in shown(image)
    assert renditions.imagesrcset(make_image()) == ""


def test_an_unknown_argument_is_refused(image):
    with pytest.raises(Exception, match="knows no width"):
        shown(image, "width=3")
