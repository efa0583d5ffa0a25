"""What leaves the site, comes into it in bulk or goes out to many is in the audit log, in the transaction of the deed."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.urls import reverse

from informed_comment.models import AuditEntry
from newsletter.models import Subscriber
from posts.models import Post
from tests.factories import make_mailing, make_post, make_subscriber, make_user
from tests.newsletter.importing import HEAD, looked_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    user = make_user(group="Administrator")
    client.force_login(user)
    return user


def deeds(but=("signed_in", "account_made", "rights_changed")):
    return [entry.deed for entry in AuditEntry.objects.order_by("id") if entry.deed not in but]


def test_an_export_of_subscribers_is_logged_without_the_words_searched_for(client, administrator):
    make_subscriber(email="ada@example.org")
    address = reverse("admin:newsletter_subscriber_export") + "?q=ada"
    answer = client.post(address, {"columns": ["email"]})
    assert b"ada@example.org" in answer.getvalue()
    begun, ended = AuditEntry.objects.filter(deed="subscriber_exported").order_by("id")
    assert begun.by == administrator
    assert ended.details["rows"] == 1
    assert "ada" not in f"{begun.said}{begun.about}{begun.details}{ended.said}{ended.about}{ended.details}"


def test_an_export_by_command_is_logged(tmp_path):
    make_subscriber()
    make_post()
    call_command("export_subscribers", tmp_path / "subscribers.csv")
    call_command("export_wordpress", tmp_path / "all.xml")
    call_command("export_site", tmp_path / "site", with_subscribers=True)
    assert deeds() == ["subscriber_exported", "site_exported", "site_exported"]
    assert {entry.name for entry in AuditEntry.objects.all()} == {""}


def test_taking_everything_out_is_logged(client, administrator):
    client.post(reverse("admin:wordpress_move_leaving"), {"do": "archive"}).getvalue()
    assert deeds() == ["site_exported", "site_exported"]


def test_unsubscribing_and_erasing_by_hand_is_logged(client, administrator):
    first, second = make_subscriber(email="ada@example.org"), make_subscriber()
    chosen = {"action": "unsubscribe_chosen", "_selected_action": [first.pk]}
    client.post(reverse("admin:newsletter_subscriber_changelist"), chosen)
    client.post(reverse("admin:newsletter_subscriber_delete", args=[first.pk]), {"post": "yes"})
    assert deeds() == ["subscribers_unsubscribed", "subscriber_erased"]
    assert list(Subscriber.objects.all()) == [second]
    assert "ada" not in "".join(str(entry.about) + entry.said for entry in AuditEntry.objects.all())


def test_an_import_is_logged_when_it_begins_and_when_it_is_undone(client, administrator):
    batch = looked_at(f"{HEAD}ada@example.org,active,daily\n")
    address = reverse("admin:newsletter_importbatch_change", args=[batch.pk])
    client.post(address, {"do": "begin"})
    assert "subscribers_imported" in deeds()


def test_a_mailing_that_is_sent_is_logged(client, administrator):
    make_subscriber()
    letter = make_mailing()
    address = reverse("admin:newsletter_mailing_send", args=[letter.pk])
    mark = client.get(address).context["mark"]
    client.post(address, {"mark": mark})
    entry = AuditEntry.objects.get(deed="mailing_sent")
    assert entry.by == administrator
    assert entry.details["audience"] == 1


def test_statistics_that_are_taken_out_are_logged(client, administrator):
    make_post()
    answer = client.get(reverse("admin:posts_statistics_csv", args=["reads"]))
    assert answer.status_code == 200
    assert deeds() == ["statistics_exported"]


def test_who_may_not_take_statistics_out_still_sees_them(client):
    user = make_user(group="Author")
    Group.objects.get(name="Author").permissions.remove(Permission.objects.get(codename="export_statistics"))
    client.force_login(user)
    post = make_post(created_by=user)
    assert isinstance(post, Post)
    assert client.get(reverse("admin:posts_post_statistics", args=[post.pk])).status_code == 200
    assert client.get(reverse("admin:posts_post_statistics_csv", args=[post.pk])).status_code == 403
    assert deeds() == []
