"""Old revisions are thinned out, and what readers have seen is never among those that go."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from posts import thinning
from posts.models import Autosave, PendingChange, Revision
from posts.states import state_of
from tests.factories import make_post, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 28, 12, 30, tzinfo=UTC)


def revise(post, age, *, deed="save", status="draft", name="", version=None):
    """A revision of that age."""
    revision = Revision.objects.create(
        post=post, deed=deed, state={"status": status, "title": "T"}, name=name, version=version
    )
    Revision.objects.filter(pk=revision.pk).update(created_at=NOW - age)
    return revision


def minutes(count):
    return timedelta(minutes=count)


def kept(post):
    return [NOW - made for made in post.revisions.order_by("pk").values_list("created_at", flat=True)]


@pytest.fixture
def post():
    return make_post(status="draft", published_at=None)


def test_a_week_is_kept_whole_then_one_an_hour_then_one_a_day(post):
    week, month = timedelta(days=6), timedelta(days=20)
    year = timedelta(days=365)
    for age in (year, month, week):
        for back in (170, 160, 110, 100, 50, 40):
            revise(post, age + minutes(back))
    assert thinning.thin_out(now=NOW) == 4 + 3
    assert kept(post) == [
        year + minutes(170),  # the first
        year + minutes(40),
        month + minutes(160),
        month + minutes(100),
        month + minutes(40),
        *(week + minutes(back) for back in (170, 160, 110, 100, 50, 40)),
    ]
    assert thinning.thin_out(now=NOW) == 0


@pytest.mark.parametrize(
    "precious",
    [{"name": "To the lawyers"}, {"deed": "submit"}, {"deed": "restore"}, {"status": "published"}],
)
def test_what_is_precious_stays_among_many(post, precious):
    old = timedelta(days=100)
    for back in range(9, 0, -1):
        revise(post, old + minutes(back))
    one = revise(post, old, **precious)
    revise(post, old - minutes(1))
    thinning.thin_out(now=NOW)
    assert post.revisions.filter(pk=one.pk).exists()
    assert post.revisions.count() == 3


def test_what_pending_changes_or_typed_text_were_begun_from_stays(post):
    old = timedelta(days=100)
    for version in range(1, 9):
        revise(post, old + minutes(9 - version), version=version)
    state = state_of(post)
    PendingChange.objects.create(post=post, state=state, base=state, base_version=3)
    Autosave.objects.create(user=make_user(), post=post, text="{}", base_version=5, typed_at=NOW)
    thinning.thin_out(now=NOW)
    assert list(post.revisions.order_by("pk").values_list("version", flat=True)) == [1, 3, 5, 8]


def test_a_later_revision_of_another_post_is_no_reason_to_drop_one(post):
    other = make_post()
    old = timedelta(days=100)
    ours = [revise(post, old + minutes(3)), revise(post, old + minutes(2) + timedelta(days=-1))]
    revise(other, old)
    thinning.thin_out(now=NOW)
    assert post.revisions.count() == len(ours)


def test_many_are_thinned_window_by_window(post, monkeypatch):
    monkeypatch.setattr(thinning, "WINDOW", 7)
    for back in range(50, 0, -1):
        revise(post, timedelta(days=100) + minutes(back))
    assert thinning.thin_out(now=NOW) == 48


AGES = st.integers(0, 60 * 24 * 60)
REVISIONS = st.lists(
    st.tuples(
        AGES,
        st.sampled_from(["save", "save", "save", "publish", "apply"]),
        st.sampled_from(["draft", "draft", "in_review", "withdrawn", "published"]),
        st.sampled_from(["", "", "", "Named"]),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(REVISIONS)
@example([(60 * 24 * 50, "save", "published", "")] * 3)
def test_a_published_state_never_goes_and_neither_does_anything_precious(post, rows):
    post.revisions.all().delete()
    rows = sorted(rows, reverse=True)
    made = [
        revise(post, minutes(age), deed=deed, status=status, name=name) for age, deed, status, name in rows
    ]
    went_at_first = thinning.thin_out(now=NOW)
    left = set(post.revisions.values_list("pk", flat=True))
    for place, (one, (age, deed, status, name)) in enumerate(zip(made, rows, strict=True)):
        is_edge = place in (0, len(rows) - 1)
        if status == "published" or name or deed != "save" or is_edge or age < 7 * 24 * 60:
            assert one.pk in left
    days = {(NOW - minutes(age)).date() for age, *_ in rows}
    assert days == {made_at.date() for made_at in post.revisions.values_list("created_at", flat=True)}
    assert went_at_first == len(rows) - len(left)
    assert thinning.thin_out(now=NOW) == 0
