"""The demo pictures are drawn as announced, and the same each time."""

import pytest

from demo.pictures import STEMS, draw


@pytest.mark.parametrize("stem", STEMS)
def test_a_picture_has_its_size_and_says_what_it_shows(stem):
    image, picture = draw(stem), STEMS[stem]
    assert (image.mode, image.size) == ("RGB", (picture.width, picture.height))
    assert picture.alt.endswith(".")


def test_a_picture_is_the_same_each_time():
    assert draw("portrait-idris-penhallam").tobytes() == draw("portrait-idris-penhallam").tobytes()
