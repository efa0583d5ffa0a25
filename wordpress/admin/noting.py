"""What is done in moving, for the newsroom's history and the audit log at once."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction

from informed_comment import audit


@transaction.atomic
def note(request, deed, said, about, content_type=None):
    audit.record(deed, said, request=request, about=about)
    LogEntry.objects.create(
        user_id=request.user.pk,
        content_type=content_type,
        object_repr=about,
        action_flag=CHANGE,
        change_message=said,
    )
