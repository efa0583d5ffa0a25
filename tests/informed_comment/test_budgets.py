"""Budgets of whatever may be asked too often."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from informed_comment import budgets
from informed_comment.models import Spent

QUARTER = timedelta(minutes=15)
pytestmark = pytest.mark.django_db


def test_a_budget_is_used_up_and_says_when_the_next_may_be_taken(time_machine):
    time_machine.move_to("2026-11-28 10:20:00Z", tick=False)
    assert [budgets.take("letters", most=2, within=QUARTER) for _ in range(2)] == [1, 2]
    with pytest.raises(budgets.TooMany) as refusal:
        budgets.take("letters", most=2, within=QUARTER)
    assert refusal.value.seconds == 10 * 60
    assert budgets.take("others", most=2, within=QUARTER) == 1
    time_machine.move_to("2026-11-28 10:30:00Z", tick=False)
    assert budgets.take("letters", most=2, within=QUARTER) == 1


def test_what_was_taken_can_be_asked_and_given_back():
    budgets.take("letters", most=5, within=QUARTER)
    assert budgets.taken("letters", within=QUARTER) == 1
    budgets.give_back("letters")
    assert budgets.taken("letters", within=QUARTER) == 0


@pytest.mark.parametrize(
    "name", ["x" * 5000, "a\x00b", "\ud800", "🙂" * 300, "'; DROP TABLE newsletter_spent; --"]
)
def test_whatever_strangers_put_into_a_name_is_counted(name):
    budgets.take(name, most=1, within=QUARTER)
    with pytest.raises(budgets.TooMany):
        budgets.take(name, most=1, within=QUARTER)


def test_long_names_that_begin_alike_are_two():
    budgets.take("x" * 4000 + "a", most=1, within=QUARTER)
    budgets.take("x" * 4000 + "b", most=1, within=QUARTER)
    assert sorted(Spent.objects.values_list("times", flat=True)) == [1, 1]


def test_counts_are_forgotten_after_two_days(time_machine):
    budgets.take("letters", most=1, within=QUARTER)
    budgets.take("usual", most=1, within=QUARTER)
    time_machine.move_to(timezone.now() + timedelta(days=3))
    budgets.forget(but=["usual"])
    assert [spent.name for spent in Spent.objects.all()] == ["usual"]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_take_no_more_than_there_is():
    def take(_):
        try:
            return budgets.take("letters", most=7, within=timedelta(days=400)) > 0
        except budgets.TooMany:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take, range(20))) == 7
