"""The figures the screens show, against what has been read."""

from datetime import UTC, datetime

import pytest

from posts.reads import now, overviews, periods, ranking, scopes

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 28, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize("unit", periods.UNITS)
@pytest.mark.parametrize("kind", ["site", "post", "category", "author", "tag", "host"])
def test_nobody_has_read_anything(kind, unit, django_assert_max_num_queries):
    scope = scopes.Scope(kind, None if kind == "site" else 1)
    with django_assert_max_num_queries(4):
        found = overviews.overview(scope, periods.this(unit))
    assert (found.total, found.comparison, found.before, found.after) == (0, None, None, None)
    assert ranking.top_posts(scope, periods.this(unit)) == []
    for things in ("category", "author", "tag", "host"):
        assert ranking.top(things, periods.this(unit)) == []
    if kind != "host":
        assert now.right_now(scope).total == 0
