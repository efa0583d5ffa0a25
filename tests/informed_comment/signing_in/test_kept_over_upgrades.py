"""A release that would sign everybody out once fails here: a session as an earlier one wrote it is still somebody's."""

from datetime import timedelta

import pytest
from django.utils import timezone

from informed_comment.models import StaffSession
from informed_comment.signing_in.sessions import stored
from tests.factories import make_user

COOKIE = "kept" * 8
# Written by 0.1.0 under that key for that account: a second step, begun and seen in the year 2100.
SECRET_KEY = "k" * 50
ACCOUNT = {"pk": 4711, "is_superuser": True}
PASSWORD = "!as-it-is-kept"
DATA = (
    ".eJxdjc0OwiAQBt-FsyH8FujRu89AgF3aqmmbQk_Gd5cmPajX-WZnX8SHvY5-L7j5CUhPlOGcXL5xDOmB87HBPczDQtMy122K9FDouRZ6WwCf19P9CYyh"
    "jO1a26R4EllYx7JNGlAwGQOCNSgsZichO5RaMgArNQdpICI4g11nrNEtWrD9Bl8qri0Y1rWxiEOYfaikV5wJpZRl7DDxH74_wy1K5g:1xXUHL:k4JwMJ2"
    "O5w6ykDdm5QFZuZlxWHMDKBZ7ZQ1bAnlVBhg"
)


@pytest.mark.django_db
def test_a_session_that_an_earlier_release_wrote_is_still_signed_in(client, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS, settings.SECOND_STEP = SECRET_KEY, [], "required"
    user = make_user(**ACCOUNT)
    type(user).objects.filter(pk=user.pk).update(password=PASSWORD)
    StaffSession.objects.create(
        session_key=stored(COOKIE),
        session_data=DATA,
        expire_date=timezone.now() + timedelta(hours=1),
        user=user,
    )
    client.cookies[settings.SESSION_COOKIE_NAME] = COOKIE
    assert client.get("/admin/").status_code == 200
