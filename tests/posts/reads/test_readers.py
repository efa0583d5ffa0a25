"""Telling one reader from another without keeping who they are."""

import ipaddress
import time

import pytest
from django.core.cache.backends.locmem import LocMemCache

from posts.reads import readers
from posts.reads.readers import Readers

HOME = ipaddress.ip_address("192.0.2.1")


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:0:1::5", "2001:db8:0:1:ffff::9", True),
        ("2001:db8:0:1::5", "2001:db8:0:2::5", False),
    ],
)
def test_a_household_is_one_network(one, other, are_one):
    networks = {readers.network_of(ipaddress.ip_address(text)) for text in (one, other)}
    assert (len(networks) == 1) is are_one


def test_an_unknown_address_is_a_network_too():
    assert readers.network_of(None) == ""


def test_nothing_that_is_kept_names_anybody_and_the_key_changes_every_day(time_machine):
    time_machine.move_to("2026-11-22T12:00Z")
    known = Readers()
    assert known.is_new(HOME, "Firefox", 7)
    kept, key = repr((known.crowds, known.borrowed)), known.key
    assert "192.0" not in kept
    assert "Firefox" not in kept
    time_machine.move_to("2026-11-23T00:00Z")
    assert known.is_new(HOME, "Firefox", 7)
    assert known.key != key
    assert len(known.crowds) == 1


def test_two_processes_have_two_keys():
    assert Readers().shared_key(1) is None
    one, other = Readers(), Readers()
    for known in (one, other):
        known.is_new(HOME, "Firefox", 7)
    assert one.key != other.key


def test_processes_that_share_a_cache_count_a_reader_once():
    cache = LocMemCache("shared readers", {})
    one, other = Readers(shared=cache), Readers(shared=cache)
    assert one.is_new(HOME, "Firefox", 7)
    assert one.key == other.shared_key(one.day)
    assert not other.is_new(HOME, "Firefox", 7)
    assert other.is_new(HOME, "Firefox", 8)


def test_a_cache_that_is_away_leaves_each_process_to_itself():
    class Away:
        def add(self, *args):
            raise ConnectionError

        get_or_set = add

    known = Readers(shared=Away())
    assert known.is_new(HOME, "Firefox", 7)
    assert not known.is_new(HOME, "Firefox", 7)


def test_memory_has_a_bound(monkeypatch):
    monkeypatch.setattr(readers, "KEPT", 100)
    known = Readers()
    for n in range(1000):
        known.is_new(ipaddress.ip_address(f"198.51.{n // 250}.{n % 250}"), "Firefox", n)
    assert len(known.crowds) <= 100
    assert len(known.borrowed) <= 100


def test_one_network_reads_no_more_than_a_library(monkeypatch):
    monkeypatch.setattr(readers, "A_LIBRARY", 10)
    known = Readers()
    assert sum(known.is_new(HOME, "Firefox", n) for n in range(1, 50)) == 10


def test_the_cache_of_one_process_is_not_taken_for_a_shared_one(settings):
    assert readers.shared_cache() is None
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}
    assert readers.shared_cache() is not None


def test_telling_readers_apart_takes_microseconds():
    known = Readers()
    begun = time.process_time()
    for n in range(2000):
        known.is_new(HOME, f"Firefox {n % 40}", n)
    assert time.process_time() - begun < 1
