"""Telling one reader from another without keeping who they are."""

import ipaddress
from datetime import date

import pytest

from posts.reads.readers import Calendar, Day, Read, home_of, neighbourhood_of

TODAY, TOMORROW = date(2026, 11, 22), date(2026, 11, 23)
HOME = home_of(ipaddress.ip_address("192.0.2.1"))


def home(text):
    return home_of(ipaddress.ip_address(text))


def read(*, at=10.0, home=HOME, agent="Firefox", post_id=7):
    return Read(at, home, agent, post_id, "news.example.org", 1)


def day(key=b"k" * 32, **fields):
    return Day(**{"date": TODAY, "key": key, "begins": 0.0, "ends": 100.0} | fields)


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:0:1::5", "2001:db8:0:1:ffff::9", True),
        ("2001:db8:0:1::5", "2001:db8:0:2::5", False),
    ],
)
def test_a_household_is_one_address(one, other, are_one):
    assert (home(one) == home(other)) is are_one


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("192.0.2.1", "192.0.2.255", True),
        ("192.0.2.1", "192.0.3.1", False),
        ("2001:db8:1:1::5", "2001:db8:1:ffff::5", True),
        ("2001:db8:1:1::5", "2001:db8:2:1::5", False),
    ],
)
def test_neighbours_are_a_24_or_a_48(one, other, are_one):
    assert (neighbourhood_of(home(one)) == neighbourhood_of(home(other))) is are_one


def test_an_unknown_address_is_one_too():
    assert neighbourhood_of(home_of(None)) == b""
    assert day().candidate(read(home=b"")).room


def test_a_candidate_names_nobody_and_another_key_knows_nobody_again():
    mine, theirs = day().candidate(read()), day(b"x" * 32).candidate(read())
    assert not {"home", "agent"} & set(mine._fields)
    assert not {HOME, "Firefox"} & set(mine)
    assert not {mine.room, mine.reader, mine.network} & {theirs.room, theirs.reader, theirs.network}


def test_what_one_reader_reads_cannot_be_put_together():
    one, other = (day().candidate(read(post_id=number)) for number in (7, 8))
    assert one.reader >> 32 != other.reader >> 32
    assert one.reader % 2**32 != other.reader % 2**32
    assert one.room != other.room


def test_a_browser_is_known_by_its_lower_half_and_its_address_by_its_upper():
    here, there = day().candidate(read()), day().candidate(read(agent="Safari"))
    neighbour = day().candidate(read(home=home("192.0.2.2")))
    assert here.reader >> 32 == there.reader >> 32
    assert here.reader != there.reader
    assert here.reader >> 32 != neighbour.reader >> 32
    assert here.room == neighbour.room
    assert here.network == neighbour.network


def test_no_key_stands_in_what_a_log_might_show():
    assert "kkk" not in repr(day())


def test_a_day_without_a_key_makes_no_candidate():
    calendar = Calendar()
    assert calendar.candidate(read()) is None
    calendar.learn([(TODAY, b"k" * 32, -10, 90), (TOMORROW, b"t" * 32, 90, 190)], at=5.0)
    assert calendar.candidate(read(at=94.9)).day == TODAY
    assert calendar.candidate(read(at=95.0)).day == TOMORROW
    assert calendar.candidate(read(at=-6.0)) is None
    assert calendar.candidate(read(at=300.0)) is None
    assert calendar.covers(0.0, 94.0)
    assert not calendar.covers(0.0, 96.0)
    assert not calendar.covers(-6.0, 10.0)


def test_a_key_in_use_outlives_one_that_a_crash_has_brought_and_goes_with_its_day():
    calendar = Calendar()
    calendar.learn([(TODAY, b"k" * 32, 0, 100), (TOMORROW, b"t" * 32, 100, 200)], at=0.0)
    calendar.candidate(read())
    calendar.learn([(TODAY, b"x" * 32, 0, 100), (TOMORROW, b"y" * 32, 100, 200)], at=0.0)
    assert [known.key[:1] for known in calendar.days] == [b"k", b"y"]
    calendar.learn([(TOMORROW, b"y" * 32, -1, 99)], at=101.0)
    assert calendar.used == {}


def test_an_idle_process_forgets_the_key_of_yesterday():
    calendar = Calendar()
    calendar.learn([(TODAY, b"k" * 32, 0, 100), (TOMORROW, b"t" * 32, 100, 200)], at=0.0)
    calendar.candidate(read())
    calendar.forget_past(100.0)
    assert (len(calendar.days), calendar.used) == (1, {})


@pytest.mark.parametrize(
    ("today", "ends_in", "at", "agrees"),
    [
        (TODAY, 50.0, 50.0, True),
        (TODAY, 51.5, 50.0, True),
        (TODAY, 54.0, 50.0, False),
        (TOMORROW, 100.0, 99.5, True),
        (TODAY, 0.5, 100.5, True),
        (TOMORROW, 100.0, 50.0, False),
        (date(2030, 1, 1), 50.0, 50.0, False),
    ],
)
def test_a_clock_that_was_put_right_is_noticed(today, ends_in, at, agrees):
    calendar = Calendar()
    calendar.learn([(TODAY, b"k" * 32, 0, 100), (TOMORROW, b"t" * 32, 100, 200)], at=0.0)
    assert calendar.agrees(today, ends_in, at=at) is agrees
