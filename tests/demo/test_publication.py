import re

import pytest
from django.core.management import call_command

from informed_comment.models import Edition
from newsletter.models import Mailing, Subscriber
from pages.models import MenuLink, Promo
from posts.models import FrontSlot, PopularList, Post

pytestmark = pytest.mark.django_db


def test_the_demo_fills_every_part_of_the_site_and_each_of_its_pages_opens(client):
    """One test, for the demo takes its time: the pictures are drawn."""
    call_command("create_demo", verbosity=0)
    statuses = [post.status_word for post in Post.objects.all()]
    assert statuses.count("Published") >= 57
    assert {"Draft", "In review", "Scheduled"} <= set(statuses)
    labels = [link.label for link in MenuLink.objects.all()]
    assert labels == [
        *("Featured", "US politics", "Middle East", "Environment", "US Foreign Policy", "Energy", "Economy"),
        *("Politics", "About", "Archives", "Submissions"),
    ]
    assert Promo.objects.running().count() >= 5
    assert set(FrontSlot.objects.running().values_list("place", flat=True)) == {"lead", "first", "third"}
    assert FrontSlot.objects.coming().get().post.is_scheduled
    assert client.get("/").content.count(b'<section class="section"') == 5
    assert PopularList.objects.get(window="week").reads[0] > 0
    assert {"active", "pending", "unsubscribed"} <= set(Subscriber.objects.values_list("state", flat=True))

    assert client.get("/newsletter/archive/").content.count(b'class="line__title"') >= 4
    assert not Mailing.objects.exclude(state="sent").exists()

    bodies = Post.objects.values_list("body", flat=True)
    assert not [body for body in bodies if "data-picture" in body]
    paths = {link for body in bodies for link in re.findall(r'href="(/[^"]*)"', body)}
    paths.update(Post.objects.published().values_list("permalink", flat=True))
    paths.update(link.url for link in MenuLink.objects.select_related("category", "page"))
    assert [path for path in paths if client.get(path).status_code != 200] == []

    before = Edition.objects.get().number
    call_command("create_demo", verbosity=0)
    assert Edition.objects.get().number == before, "a site with a post is left as it is"
