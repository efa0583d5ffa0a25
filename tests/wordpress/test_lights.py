"""The operator's light of moves: an import that stands still, or cannot go on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from informed_comment.watching.lights import State
from wordpress import lights
from wordpress.models import Move


@pytest.mark.django_db
def test_an_import_that_stands_still_or_fails_is_told_of():
    now = timezone.now()
    assert lights.moves() == []
    move = Move.objects.create(state="running", is_for_workers=True, begun_at=now, beat_at=now)
    assert lights.moves() == []
    Move.objects.filter(pk=move.pk).update(beat_at=now - timedelta(hours=1))
    assert [light.state for light in lights.moves()] == [State.BAD]
    Move.objects.filter(pk=move.pk).update(state="failed", problem="The file is cut off.")
    (light,) = lights.moves()
    assert light.state is State.WATCH
    assert "cut off" in light.says
