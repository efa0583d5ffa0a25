"""A post mailed to those who want every post: once, after the hold, and never again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter import composing, post_mailing
from newsletter.models import Mailing
from posts import announcing, publishing
from posts.models import Announcement, Post
from tests.factories import make_category, make_post, make_subscriber

pytestmark = pytest.mark.django_db


def published(**fields):
    post = make_post(status="draft", published_at=None, slug="a-post", **fields)
    publishing.publish(post)
    return Post.objects.get(pk=post.pk)


def announce():
    Announcement.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    announcing.make_due()


def test_after_its_hold_a_post_goes_to_those_who_want_every_post(run_jobs):
    reader = make_subscriber(frequency="every_post")
    make_subscriber(frequency="daily")
    make_subscriber(frequency="every_post", paused_until=timezone.now() + timedelta(days=3))
    post = published(title="A strait and a sea")
    announcing.make_due()
    assert not Mailing.objects.exists()
    announce()
    run_jobs()
    mailing = Mailing.objects.get()
    assert (mailing.kind, mailing.state, mailing.subject) == ("post", "sending", "A strait and a sea")
    assert mailing.deliveries.get().subscriber == reader
    assert mailing.starts_at <= timezone.now()  # the hold has been already
    assert not mailing.is_in_archive
    assert post.permalink in mailing.variants.get(categories=[]).html


def test_withdrawn_and_published_again_it_is_not_mailed_again(run_jobs):
    make_subscriber(frequency="every_post")
    post = published()
    announce()
    run_jobs()
    publishing.withdraw(post)
    publishing.publish(Post.objects.get())
    announce()
    post_mailing.mail(post)
    composing.queue_due()
    assert Mailing.objects.count() == 1
    assert Mailing.objects.get().deliveries.count() == 1


def test_taken_off_the_site_before_the_worker_came_it_waits_and_says_so(run_jobs):
    make_subscriber(frequency="every_post")
    post = published()
    announce()
    publishing.withdraw(post)
    run_jobs()
    mailing = Mailing.objects.get()
    assert (mailing.state, mailing.is_automatic) == ("draft", False)
    assert "not before readers any more" in mailing.problem


def test_a_worker_that_died_is_made_up_for_within_a_minute():
    make_subscriber(frequency="every_post")
    published()
    announce()  # the job it asked for is lost
    assert composing.queue_due() == 1
    assert composing.queue_due() == 0
    assert Mailing.objects.get().state == "sending"


def test_hours_late_it_is_no_news_and_waits_for_somebody():
    make_subscriber(frequency="every_post")
    published()
    announce()
    Mailing.objects.update(latest_at=timezone.now() - timedelta(minutes=1))
    composing.queue_due()
    mailing = Mailing.objects.get()
    assert mailing.state == "draft"
    assert "latest time" in mailing.problem


def test_readers_of_a_section_get_what_is_in_its_branch_alone(run_jobs):
    region, sport = make_category("Middle East"), make_category("Sport")
    iran = make_category("Iran", parent=region)
    wants = make_subscriber(frequency="every_post", categories=[region.pk])
    make_subscriber(frequency="every_post", categories=[sport.pk])
    post = published(categories=[iran])
    assert post_mailing.foretold(post) == "mail to 1 subscriber who wants every post"
    announce()
    run_jobs()
    assert Mailing.objects.get().deliveries.get().subscriber == wants


def test_what_goes_out_is_foretold_until_it_has(run_jobs):
    post = published()
    assert post_mailing.foretold(post) == ""
    for _ in range(2):
        make_subscriber(frequency="every_post")
    assert announcing.foretold(post) == ["mail to 2 subscribers who want every post"]
    announce()
    assert announcing.foretold(post) == []


def test_nobody_wants_it_and_nothing_is_made():
    make_subscriber(frequency="weekly")
    published()
    announce()
    assert not Mailing.objects.exists()


def test_a_post_that_cannot_be_composed_stops_no_other_announcement(run_jobs, monkeypatch):
    make_subscriber(frequency="every_post")
    post = published()
    announce()

    def breaks(self):
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr("newsletter.writers.PostWriter.whole", breaks)
    run_jobs()
    assert Announcement.objects.get(post=post).made_at
    mailing = Mailing.objects.get()
    assert mailing.state == "draft"
    assert "a fault" in mailing.problem
