"""Where readers came from, as the page says it and as it is told."""

import pytest
from django.db import connection

from posts.models import NamesOfDay, ReadDay, ReadMinute, Referral, ReferringHost
from posts.reads import counting
from posts.reads.counting import record
from posts.reads.sources import source_of
from tests.factories import make_post


@pytest.mark.parametrize(
    ("said", "source", "name"),
    [
        ("", "direct", ""),
        ("newsletter", "newsletter", ""),
        ("ours", "ours", ""),
        ("www.google.co.uk", "search", "google.com"),
        ("google.com", "search", "google.com"),
        ("google.com.br", "search", "google.com"),
        ("com.google.android.googlequicksearchbox", "search", "google.com"),
        ("cn.bing.com", "search", "bing.com"),
        ("uk.search.yahoo.com", "search", "yahoo.com"),
        ("yandex.com.tr", "search", "yandex.com"),
        ("m.baidu.com", "search", "baidu.com"),
        ("l.facebook.com", "social", "facebook.com"),
        ("t.co", "social", "x.com"),
        ("lnkd.in", "social", "linkedin.com"),
        ("out.reddit.com", "social", "reddit.com"),
        ("go.bsky.app", "social", "bsky.app"),
        ("pinterest.co.uk", "social", "pinterest.com"),
        ("com.twitter.android", "social", "x.com"),
        ("news.google.com", "sites", "news.google.com"),
        ("mail.google.com", "sites", "mail.google.com"),
        ("tieba.baidu.com", "sites", "tieba.baidu.com"),
        ("evilgoogle.com", "sites", "evilgoogle.com"),
        ("google.com.evil.example", "sites", "google.com.evil.example"),
        ("WWW.News.Example.ORG.", "sites", "news.example.org"),
        ("xn--bcher-kva.example", "sites", "xn--bcher-kva.example"),
        ("xn--e1afmkfd.xn--p1ai", "sites", "xn--e1afmkfd.xn--p1ai"),
    ],
)
def test_a_host_is_search_a_network_or_another_site(said, source, name):
    assert source_of(said) == (source, name)


@pytest.mark.parametrize(
    "said",
    [
        *(
            "localhost",
            "192.168.0.1",
            "203.0.113.9",
            "[2001:db8::1]",
            "2001:db8::1",
            "news",
            ".",
            "..",
            "a..b",
        ),
        *(
            "news.example.org/path",
            "https://news.example.org",
            "news.example.org:8000",
            "a@b.example",
            "NEWSLETTER",
        ),
        *(
            "-news.example.org",
            "news_.example.org",
            "news.example.org\n",
            "bücher.example",
            "<b>.example",
            "a b.example",
        ),
        *("x" * 97 + ".org", "x." * 5000 + "org", "\x00.example", "' or 1=1 --.example"),
    ],
)
def test_what_is_no_name_of_a_site_counts_as_direct(said):
    assert source_of(said) == ("direct", "")


def test_our_own_host_is_ours_whatever_its_address_is_called(settings):
    settings.SITE_URL = "https://www.example.org"
    assert source_of("example.org") == source_of("www.example.org") == ("ours", "")
    settings.SITE_URL = "https://elsewhere.example"
    assert source_of("example.org") == ("sites", "example.org")


@pytest.mark.django_db
def test_reads_are_told_by_source_and_by_site(django_assert_num_queries):
    post = make_post()
    with django_assert_num_queries(1):
        record({post.pk: 3}, source="sites", host="news.example.org")
    record({post.pk: 4})
    record({post.pk: 2}, source="search", host="google.com")
    record({post.pk: 1}, source="newsletter")
    record({post.pk: 5}, source="sites", host="news.example.org")
    day = ReadDay.objects.get()
    assert (day.reads, day.sites, day.search, day.newsletter, day.direct) == (15, 8, 2, 1, 4)
    referrals = dict(Referral.objects.values_list("host__name", "reads"))
    assert referrals == {"news.example.org": 8, "google.com": 2}
    minutes = {row.source: row.reads for row in ReadMinute.objects.all()}
    assert sum(minutes.values()) == 15
    assert minutes.keys() == {"sites", "direct", "search", "newsletter"}


@pytest.mark.django_db
def test_no_forger_can_fill_the_table_of_names(monkeypatch):
    monkeypatch.setattr(counting, "NEW_NAMES_A_DAY", 3)
    post = make_post()
    record({post.pk: 1}, source="sites", host="known.example")
    for n in range(5):
        record({post.pk: 1}, source="sites", host=f"forged{n}.example")
    record({post.pk: 1}, source="sites", host="known.example")
    assert ReferringHost.objects.count() == NamesOfDay.objects.get().named == 3
    assert Referral.objects.get(host__name="known.example").reads == 2
    assert ReadDay.objects.get().sites == 7
    with connection.cursor() as cursor:
        cursor.execute("UPDATE posts_namesofday SET day = day - 1")
    record({post.pk: 1}, source="sites", host="tomorrow.example")
    assert ReferringHost.objects.count() == 4
