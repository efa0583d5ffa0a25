"""What PostgreSQL breaks off by itself (a deadlock, a switch to another server) is nobody's mistake: what was to be done stays to be done."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from newsletter import composing, digests
from newsletter.models import Mailing
from newsletter.sender import Sender
from posts import bulk
from posts.models import BulkDeed, BulkRow
from tests.factories import make_post, make_subscriber, make_user
from tests.newsletter.test_digests import plan
from tests.newsletter.test_sending import queued, sink

__all__ = ["sink"]
pytestmark = pytest.mark.django_db
BREAKS_OFF = """
CREATE OR REPLACE FUNCTION pg_temp.break_off() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END $$;
CREATE TRIGGER break_off BEFORE {deed} ON {table} EXECUTE FUNCTION pg_temp.break_off()
"""


@contextmanager
def broken_off(table, deed="UPDATE"):
    with connection.cursor() as cursor:
        cursor.execute(BREAKS_OFF.format(table=table, deed=deed))
        yield
        cursor.execute(f"DROP TRIGGER break_off ON {table}")


def test_a_deed_on_many_posts_is_done_again_and_skips_none():
    post = make_post(status="draft", published_at=None)
    made = BulkDeed.objects.create(
        deed=BulkDeed.Deed.PUBLISH, created_by=make_user(group="Editor"), begun_at=timezone.now()
    )
    BulkRow.objects.create(bulk=made, post=post, version=post.version)
    with broken_off("posts_post"), pytest.raises(OperationalError):
        bulk.run(made.pk)
    bulk.run(made.pk)
    post.refresh_from_db()
    assert post.status == "published"


def test_a_digest_still_goes_out_by_itself():
    plan("daily", on_since=timezone.now() - timedelta(hours=1))
    make_subscriber(frequency="daily")
    make_post(published_at=timezone.now() - timedelta(hours=2))
    digests.make_due()
    with broken_off("newsletter_delivery", "INSERT"), pytest.raises(OperationalError):
        composing.queue_due()
    mailing = Mailing.objects.get()
    assert (mailing.state, mailing.is_automatic, mailing.problem) == ("draft", True, "")
    assert composing.queue_due() == 1


def test_a_delivery_that_was_not_handed_over_is_no_failure(sink):
    make_subscriber()
    mailing = queued()
    with pytest.raises(OperationalError), Sender(mailing) as sender:
        (claim,) = sender.claim()
        sender.letterhead = lost
        sender.deliver(claim)
    assert list(mailing.deliveries.values_list("state", "claimed_by")) == [("pending", None)]
    with Sender(mailing) as sender:
        sender.run()
    assert list(mailing.deliveries.values_list("state", flat=True)) == ["sent"]


def lost(variant):
    raise OperationalError("server closed the connection unexpectedly")
