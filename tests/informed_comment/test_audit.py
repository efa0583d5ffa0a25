"""The audit log: an entry stands with its deed, and nobody changes it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from informed_comment import audit
from informed_comment.models import AuditEntry
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_an_entry_says_who_did_what_from_where(rf):
    editor = make_user()
    request = rf.get("/admin/", REMOTE_ADDR="203.0.113.9")
    request.user = editor
    entry = audit.record("signed_in", "Signed in.", request=request, how="password")
    entry.refresh_from_db()
    assert (entry.by, entry.name, entry.address) == (editor, editor.get_username(), "203.0.113.9")
    assert entry.details == {"how": "password"}


def test_an_entry_stays_as_it_is():
    audit.record("signed_in", "Signed in.")
    for change in (
        lambda: AuditEntry.objects.update(said="Nothing happened."),
        lambda: AuditEntry.objects.update(address="203.0.113.1"),
        lambda: AuditEntry.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
            change()


def test_an_entry_outlives_the_account():
    user = make_user(username="former")
    entry = audit.record("signed_in", "Signed in.", by=user)
    user.delete()
    entry.refresh_from_db()
    assert (entry.by, entry.name) == (None, "former")


def test_addresses_are_forgotten_before_entries(rf):
    request = rf.get("/", REMOTE_ADDR="203.0.113.9")
    ages = (10, 100, 800)
    for days in ages:
        entry = audit.record("signed_in", str(days), request=request)
        AuditEntry.objects.bulk_create(
            [
                AuditEntry(
                    at=timezone.now() - timedelta(days=days),
                    deed="old",
                    said=str(days),
                    address=entry.address,
                )
            ]
        )
    assert audit.forget() == 1
    left = AuditEntry.objects.filter(deed="old").order_by("id")
    assert [(entry.said, entry.address) for entry in left] == [("10", "203.0.113.9"), ("100", None)]
