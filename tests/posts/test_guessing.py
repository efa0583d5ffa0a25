from datetime import datetime

import pytest
from django.utils import timezone

from posts import publishing
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def at(month):
    return datetime(2016, month, 5, 12, tzinfo=timezone.get_default_timezone())


def test_an_address_that_nobody_knows_leads_to_the_one_post_with_its_slug(client):
    post = make_post(slug="dusk", published_at=at(10))
    assert client.get("/2016/11/dusk.html")["Location"] == post.permalink
    make_post(slug="dusk", published_at=at(12))
    assert client.get("/2016/11/dusk.html").status_code == 404


@pytest.mark.parametrize("deed", [publishing.withdraw, publishing.trash])
def test_the_address_of_a_post_that_is_not_out_leads_to_no_namesake(client, deed):
    gone, namesake = (make_post(slug="dusk", published_at=at(month)) for month in (10, 11))
    deed(gone)
    assert client.get(gone.permalink).status_code == 404
    assert client.get(namesake.permalink).status_code == 200
