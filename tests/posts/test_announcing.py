"""What cannot be undone waits a while, is done once, and never for a post that was out before."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from posts import announcing, publishing, telling
from posts.announcing import Way
from posts.models import Announcement, Notice, Post
from tests.factories import make_author, make_post, make_user

pytestmark = pytest.mark.django_db


def wrong(post, *, by=None):
    raise ZeroDivisionError


OUT_OF_ORDER = Way(make=wrong, foretold=lambda post, by=None: "")


@pytest.fixture
def nadia():
    user = make_user(first_name="Nadia", email="nadia@example.org")
    user.name = make_author(name="Nadia Own", user=user)
    return user


@pytest.fixture
def chief():
    return make_user(first_name="Chief")


@pytest.fixture
def draft(nadia):
    return make_post(title="Rivers", status="draft", published_at=None, authors=[nadia.name])


def told():
    """Whom the worker has written to so far that the post is published."""
    return list(Notice.objects.filter(kind="published").values_list("user__email", flat=True))


def later(time_machine, **after):
    time_machine.move_to(timezone.now() + timedelta(**after), tick=False)


def test_readers_see_the_post_at_once_and_the_mail_waits_two_minutes(draft, chief, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    publishing.publish(draft, by=chief)
    assert draft.is_public
    later(time_machine, seconds=119)
    assert announcing.make_due() == 0
    later(time_machine, seconds=2)
    assert announcing.make_due() == 1
    assert told() == ["nadia@example.org"]
    telling.send_to(Notice.objects.get(kind="published").user_id)
    assert [letter.subject for letter in mail.outbox] == ["Published: “Rivers”"]


def test_it_is_said_beforehand_who_gets_mail(draft, chief, nadia):
    assert announcing.foretold(draft, by=chief) == ["mail to Nadia"]
    assert announcing.foretold(draft, by=nadia) == []


def test_a_cancelled_announcement_is_never_made_unless_allowed_again(draft, chief, time_machine):
    publishing.publish(draft, by=chief)
    assert announcing.cancel(draft, by=chief)
    later(time_machine, hours=1)
    assert announcing.make_due() == 0
    assert announcing.allow(draft)
    assert announcing.make_due() == 0
    later(time_machine, seconds=121)
    assert announcing.make_due() == 1
    assert not announcing.cancel(draft, by=chief)
    assert not announcing.allow(draft)
    assert told() == ["nadia@example.org"]


@pytest.mark.parametrize(
    ("away", "back"),
    [(publishing.withdraw, publishing.publish), (publishing.trash, publishing.take_from_trash)],
)
def test_a_post_taken_away_in_the_hold_is_announced_after_its_return_and_a_new_hold(
    draft, chief, time_machine, away, back
):
    publishing.publish(draft, by=chief)
    away(draft, by=chief)
    later(time_machine, hours=1)
    assert announcing.make_due() == 0
    back(draft, by=chief)
    assert announcing.make_due() == 0
    later(time_machine, seconds=121)
    assert announcing.make_due() == 1


def test_publishing_again_announces_nothing_again(draft, chief, time_machine):
    publishing.publish(draft, by=chief)
    later(time_machine, seconds=121)
    announcing.make_due()
    publishing.withdraw(draft, by=chief)
    publishing.publish(draft, by=chief)
    later(time_machine, hours=1)
    assert announcing.make_due() == 0
    assert told() == ["nadia@example.org"]


def test_what_was_out_before_or_comes_from_the_archive_is_no_news(nadia, chief):
    old = make_post(authors=[nadia.name])
    publishing.save(old, by=chief)
    publishing.withdraw(old, by=chief)
    publishing.publish(old, by=chief)
    archived = make_post(status="draft", published_at=None, authors=[nadia.name])
    publishing.publish(archived, by=chief, at=timezone.now() - timedelta(days=400))
    assert not Announcement.objects.exists()


def test_a_scheduled_post_is_announced_after_its_hour_and_moves_with_it(draft, chief, time_machine):
    now = timezone.now().replace(microsecond=0)
    time_machine.move_to(now, tick=False)
    publishing.publish(draft, by=chief, at=now + timedelta(hours=5))
    assert Notice.objects.get().kind == "scheduled"
    draft.published_at = now + timedelta(hours=9)
    publishing.save(draft, by=chief)
    draft.announcement.refresh_from_db()
    assert draft.announcement.due_at == now + timedelta(hours=9, minutes=2)
    publishing.publish(draft, by=chief, at=now)
    draft.announcement.refresh_from_db()
    assert draft.announcement.due_at == now + timedelta(minutes=2)


def test_an_update_within_the_hold_puts_nothing_off(draft, chief, time_machine):
    publishing.publish(draft, by=chief)
    due_at = Announcement.objects.get().due_at
    later(time_machine, seconds=60)
    draft.title = "Rivers, mended"
    publishing.save(draft, by=chief)
    assert Announcement.objects.get().due_at == due_at


def test_what_fails_leaves_nothing_half_done_and_is_tried_again(draft, chief, time_machine, settings, caplog):
    publishing.publish(draft, by=chief)
    later(time_machine, seconds=121)
    settings.ANNOUNCEMENTS = ["posts.telling.TO_WRITERS", f"{__name__}.OUT_OF_ORDER"]
    assert announcing.make_due() == 0
    assert told() == []
    assert "could not be announced" in caplog.text
    settings.ANNOUNCEMENTS = ["posts.telling.TO_WRITERS"]
    assert announcing.make_due() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_announce_it_once(draft, chief, time_machine):
    publishing.publish(draft, by=chief)
    Announcement.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    both_there = threading.Barrier(2)
    made = []

    def worker():
        both_there.wait()
        made.append(announcing.make_due())
        connection.close()

    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [0, 1]
    assert told() == ["nadia@example.org"]


@pytest.mark.django_db(transaction=True)
def test_the_worker_does_it_all(draft, chief, work, settings):
    settings.HOLD_SECONDS = 0
    publishing.publish(draft, by=chief)
    work()
    assert Post.objects.get().announcement.made_at
    assert [letter.to for letter in mail.outbox] == [["nadia@example.org"]]
