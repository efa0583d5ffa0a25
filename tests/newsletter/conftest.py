import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.cache import cache
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from informed_comment.jobs import ASKED_BY
from tests.factories import make_user


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def run_jobs(db):
    """Does what the worker would: runs the deeds of the job rows written so far, and counts them."""
    done = set()

    def run():
        jobs = ProcrastinateJob.objects.filter(status="todo").exclude(pk__in=done).order_by("id")
        for job in jobs:
            job.args.pop(ASKED_BY, None)
            app.tasks[job.task_name].func(**job.args)
            done.add(job.pk)
        return len(jobs)

    return run


@pytest.fixture
def sign_up(client, run_jobs):
    """Sends the form the way a browser does and lets the worker work; gives the answer."""

    def send(email="reader@example.org", **fields):
        headers = {"Sec-Fetch-Site": "same-origin"} | fields.pop("headers", {})
        answer = client.post("/newsletter/", {"email": email, **fields}, headers=headers)
        run_jobs()
        return answer

    return send


@pytest.fixture
def link_in_mail():
    """The path of the first link in the newest mail that has `part` in it."""

    def find(part):
        words = mail.outbox[-1].body.split()
        address = next(word for word in words if f"/newsletter/{part}/" in word)
        return address[address.index("/newsletter/") :]

    return find


@pytest.fixture
def staff(client):
    """Signs in a user with the named permissions on the newsletter."""

    def sign_in(*codenames):
        user = make_user()
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client.force_login(user)
        return user

    return sign_in
