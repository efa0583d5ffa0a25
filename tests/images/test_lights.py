"""The operator's light of the library: pictures without sizes for readers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from images import lights
from images.models import Image
from informed_comment.watching.lights import State
from tests.factories import make_image


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sizes", "hours", "state"), [([], 2, State.WATCH), ([], 0, State.GOOD), ([{"name": "x"}], 2, State.GOOD)]
)
def test_pictures_without_sizes_are_told_of_after_an_hour(sizes, hours, state):
    image = make_image()
    Image.objects.filter(pk=image.pk).update(
        renditions=sizes, created_at=timezone.now() - timedelta(hours=hours), file="x.jpg"
    )
    (light,) = lights.sizes()
    assert light.state is state
