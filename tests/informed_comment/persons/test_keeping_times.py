"""What is said to be forgotten is forgotten, by the worker and by itself."""

import inspect
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from procrastinate.contrib.django import app

from informed_comment.persons.parts import register
from pages.models import Page
from posts import forgetting
from posts.models import Notice, Presence
from tests.factories import make_post, make_user


def test_whatever_forgets_is_asked_by_the_worker_at_its_hours():
    tasks = [one.task.func for one in app.periodic_registry.periodic_tasks.values()]
    sources = "\n".join(inspect.getsource(func) for func in tasks)
    named = {kept.enforced_by for kept in register().values() if kept.enforced_by}
    own_tasks = {func.__module__ + "." + func.__name__ for func in tasks}
    idle = [
        name
        for name in named
        if name not in own_tasks and ".".join(name.split(".")[-2:]) + "(" not in sources
    ]
    assert len(named) > 5
    assert not idle


@pytest.mark.django_db
def test_mail_about_posts_goes_after_ninety_days_and_presence_after_one():
    post, user = make_post(), make_user()
    now = timezone.now()
    for event, days in (("old", 91), ("young", 89)):
        notice = Notice.objects.create(
            user=user, post=post, kind="comment", event=event, who="Cora", title="A"
        )
        Notice.objects.filter(pk=notice.pk).update(created_at=now - timedelta(days=days))
    Presence.objects.create(post=post, user=user, seen_at=now - timedelta(days=2))
    forgetting.forget()
    assert [notice.event for notice in Notice.objects.all()] == ["young"]
    assert not Presence.objects.exists()


@pytest.mark.django_db
def test_a_site_begins_its_statement_with_a_command_and_readers_see_it_once_it_is_published(client):
    call_command("make_privacy_page")
    page = Page.objects.get(slug="privacy")
    assert client.get("/privacy/").status_code == 404
    page.is_published = True
    page.save()
    assert b"What you may ask" in client.get("/privacy/").content
    with pytest.raises(CommandError, match="already"):
        call_command("make_privacy_page")
