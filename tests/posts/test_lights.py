"""The operator's light of posts: whatever was due and has not been done."""

from datetime import timedelta

import pytest
from django.utils import timezone

from informed_comment.watching.lights import State
from posts import lights
from posts.models import Announcement, Notice, PendingChange
from tests.factories import make_post, make_user

pytestmark = pytest.mark.django_db
AGO = timedelta(hours=1)


def state():
    (light,) = lights.overdue()
    return light.state


def announcement(post):
    Announcement.objects.update_or_create(post=post, defaults={"due_at": timezone.now() - AGO})


def change(post, problem=""):
    PendingChange.objects.create(
        post=post, state={}, base={}, base_version=1, apply_at=timezone.now() - AGO, problem=problem
    )


def notice(post):
    Notice.objects.create(
        user=make_user(), post=post, kind="published", event="x", created_at=timezone.now() - AGO
    )


def test_nothing_due_is_well():
    make_post()
    assert state() is State.GOOD


@pytest.mark.parametrize("late", [announcement, change, notice])
def test_what_was_due_and_is_not_done_is_bad(late):
    late(make_post(published_at=timezone.now() - 2 * AGO))
    assert state() is State.BAD


def test_a_change_that_could_not_be_applied_waits_for_somebody():
    change(make_post(), problem="Somebody changed it meanwhile.")
    assert state() is State.WATCH
