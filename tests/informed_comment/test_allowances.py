"""What one network may ask for within a minute, how many search at once, and whom a request is taken to come from."""

import threading

import pytest

from informed_comment import leading, origins
from informed_comment.allowances import AtOnce, OfNetworks
from informed_comment.budgets import TooMany
from posts import searching
from tests.factories import make_post

pytestmark = pytest.mark.django_db
FROM = "203.0.113.9"


@pytest.fixture
def few(monkeypatch):
    """Two searches and two misses a minute."""
    monkeypatch.setattr(searching, "SEARCHES", OfNetworks(2))
    monkeypatch.setattr(leading, "MISSES", OfNetworks(2))


def search(client, words, sender=FROM):
    return client.get("/search/", {"q": words}, headers={"X-Forwarded-For": sender})


def test_a_network_that_searches_without_end_is_told_when_to_come_again(
    few, client, django_assert_max_num_queries
):
    make_post(title="Oil and grain")
    assert [search(client, words).status_code for words in ("oil", "grain")] == [200, 200]
    with django_assert_max_num_queries(3):  # what stands around the text
        refused = search(client, "iran", "203.0.113.77")
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 61
    assert refused["Cache-Control"] == "no-store"
    assert "That was asked too often" in refused.text
    assert search(client, "oil").status_code == 200, "what is finished costs nothing, and is given"
    assert search(client, "iran", "198.51.100.1").status_code == 200, "another network"


def test_a_search_that_finds_no_room_is_asked_to_come_again(client, monkeypatch):
    full = AtOnce(1, patience=0.05)
    monkeypatch.setattr(searching, "AT_ONCE", full)
    with full.one():
        assert search(client, "oil").status_code == 429
    assert search(client, "oil").status_code == 200


def test_addresses_that_are_nowhere_are_looked_up_so_often_and_old_ones_are_always_led(few, client):
    make_post(title="A dam", slug="a-dam")
    nowhere = [client.get(f"/nowhere-{n}/", headers={"X-Forwarded-For": FROM}).status_code for n in range(4)]
    assert nowhere == [404, 404, 429, 429]
    led = [
        client.get("/blog/a-dam", headers={"X-Forwarded-For": "198.51.100.2"}).status_code for _ in range(5)
    ]
    assert 429 not in led


def test_a_flood_from_many_networks_fills_no_memory(rf, monkeypatch):
    monkeypatch.setattr("informed_comment.allowances.MOST_NETWORKS", 50)
    allowed = OfNetworks(5)
    for number in range(500):
        allowed.take(rf.get("/", headers={"X-Forwarded-For": f"2001:db8:{number:x}::1"}))
    assert len(allowed.counts) <= 52


def test_threads_take_no_more_than_there_is(rf):
    allowed, taken = OfNetworks(50, seconds=3600), []

    def take():
        for _ in range(20):
            try:
                allowed.take(rf.get("/", headers={"X-Forwarded-For": FROM}))
                taken.append(1)
            except TooMany:
                pass

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 50


LIE = "1.2.3.4"


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "sender"),
    [
        # no proxy is told of: a peer on the public internet speaks for itself, whatever it claims
        (0, FROM, LIE, FROM),
        (0, FROM, f"{LIE}, 10.0.0.1", FROM),
        (0, "2001:db8::9", LIE, "2001:db8::9"),
        # a near peer is a proxy, and says last who asked it
        (0, "127.0.0.1", f"{LIE}, {FROM}", FROM),
        (0, "10.0.0.2", f"{LIE},{FROM} ", FROM),
        (0, "::1", FROM, FROM),
        (0, "fe80::1%eth0", FROM, FROM),
        (0, "::ffff:127.0.0.1", FROM, FROM),
        (0, "127.0.0.1", "", None),
        # so many proxies are told of: the entry so far from the right; whoever wrote further to the left may have lied
        (1, "127.0.0.1", f"{LIE}, {FROM}", FROM),
        (1, "127.0.0.1", FROM, FROM),
        (2, "127.0.0.1", f"{LIE}, {FROM}, 198.51.100.5", FROM),
        # fewer entries than proxies: somebody has come past one of them
        (2, FROM, LIE, FROM),
        (1, FROM, "", FROM),
        # what is no address is nobody's
        (1, "127.0.0.1", "unknown", None),
        (1, "127.0.0.1", "_hidden", None),
        (1, "127.0.0.1", f"{FROM}:4711", FROM),
        (1, "127.0.0.1", "[2001:db8::9]:4711", "2001:db8::9"),
        (1, "127.0.0.1", "2001:db8::9%eth0", "2001:db8::9"),
        (1, "127.0.0.1", "::ffff:203.0.113.9", FROM),
        (1, "127.0.0.1", "203.0.113.9\x00", None),
        (1, "127.0.0.1", "0313.0.0161.9", None),
        (1, "127.0.0.1", "９.9.9.9", None),
        (1, "127.0.0.1", ", ,", None),
        (1, "127.0.0.1", "[]", None),
        (1, "127.0.0.1", "[]:80", None),
        (1, "127.0.0.1", "[", None),
        (1, "127.0.0.1", "[[::1]]:1", None),
        (1, "127.0.0.1", ".:1", None),
        (2, "10.0.0.1", FROM, FROM),
        (1, "", FROM, FROM),
    ],
)
def test_nobody_can_claim_to_be_elsewhere(rf, settings, proxies, peer, forwarded, sender):
    settings.TRUSTED_PROXIES = proxies
    headers = {
        "X-Forwarded-For": forwarded,
        "Forwarded": f"for={LIE}",
        "X-Real-IP": LIE,
        "True-Client-IP": LIE,
        "Client-IP": LIE,
        "CF-Connecting-IP": LIE,
    }
    request = rf.get("/", headers={name: value for name, value in headers.items() if value}, REMOTE_ADDR=peer)
    found = origins.sender_of(request)
    assert (found and str(found)) == sender
