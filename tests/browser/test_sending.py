"""An ordinary form of the newsroom, sent while nobody answers."""

import pytest
from django.urls import reverse

from posts.models import Category

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_form_waits_for_the_server_and_is_then_sent_by_itself(desk):
    answers = [lambda route: route.fulfill(status=503, body="away")]
    desk.route(
        "**/admin/session/", lambda route: (answers.pop(0) if answers else type(route).fallback)(route)
    )
    desk.goto(reverse("admin:posts_category_add"))
    desk.fill("#id_name", "Rivers")
    desk.click("input[name=_save]")
    line = desk.locator("[data-sending]")
    line.wait_for()
    assert "Nothing is lost" in line.inner_text()
    assert desk.input_value("#id_name") == "Rivers"
    assert not Category.objects.exists()
    desk.wait_for_selector(".messagelist .success")
    assert Category.objects.get().name == "Rivers"
    assert not answers
    assert desk.breaches == []
