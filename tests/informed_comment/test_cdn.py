"""What a CDN is told of pages, and that it is told of every change, whatever happens to it or to the worker."""

import json
import time
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from informed_comment import edition_look, purging
from informed_comment.cdn import cdn
from informed_comment.models import CdnState, Publication
from posts import previewing
from tests.factories import make_post, make_user
from tests.site_behind import site_behind

TOKEN, ZONE, SERVICE = "t0ken" * 8, "0123456789abcdef" * 2, "SU1Z0isxPaozGVKXdv0eY"
DONE = (200, {}, b'{"success": true, "status": "ok"}')


@pytest.mark.parametrize(
    "url",
    [
        f"akamai://{TOKEN}@{ZONE}",
        "cloudflare",
        f"cloudflare://{ZONE}",
        f"cloudflare://short@{ZONE}",
        f"cloudflare://{TOKEN} {TOKEN}@{ZONE}",
        f"cloudflare://{TOKEN}@example.org",
        f"cloudflare://{TOKEN}@{ZONE}?every=often",
        f"cloudflare://{TOKEN}@{ZONE}?every=-1",
        f"cloudflare://{TOKEN}@{ZONE}?seconds=0",
        f"cloudflare://{TOKEN}@{ZONE}?purge=some",
        f"cloudflare://{TOKEN}@{ZONE}?age=5",
        f"cloudflare://{TOKEN}@{ZONE}?api_url=http://example.org",
        f"fastly://{TOKEN}@a/b",
    ],
)
def test_an_address_that_cannot_work_is_refused_in_a_sentence_without_the_token(url):
    with pytest.raises(ImproperlyConfigured, match="CDN_URL") as refusal:
        cdn(url)
    assert TOKEN not in str(refusal.value)
    assert TOKEN not in repr(cdn(f"fastly://{TOKEN}@{SERVICE}"))


@pytest.mark.parametrize(
    ("url", "address", "token", "body"),
    [
        (
            f"cloudflare://{TOKEN}@{ZONE}",
            f"/zones/{ZONE}/purge_cache",
            "Bearer " + TOKEN,
            {"tags": ["pages"]},
        ),
        (
            f"cloudflare://{TOKEN}@{ZONE}?purge=everything",
            f"/zones/{ZONE}/purge_cache",
            "Bearer " + TOKEN,
            {"purge_everything": True},
        ),
        (f"fastly://{TOKEN}@{SERVICE}", f"/service/{SERVICE}/purge/pages", TOKEN, None),
        (f"fastly://{TOKEN}@{SERVICE}?purge=everything", f"/service/{SERVICE}/purge_all", TOKEN, None),
    ],
)
def test_each_provider_is_asked_in_its_own_words(url, address, token, body):
    with site_behind() as provider:
        provider.answer = lambda method, path, headers: DONE
        mark = "&" if "?" in url else "?"
        assert purging.sent(cdn(f"{url}{mark}api_url=http://{provider.address}")) == ("", 0)
        ((method, path, headers, sent),) = provider.asked
    assert (method, path) == ("POST", address)
    assert token in (headers.get("Authorization"), headers.get("Fastly-Key"), headers.get("Fastly-key"))
    assert (json.loads(sent) if sent else None) == body


def test_without_a_cdn_nothing_is_said_and_nothing_written(client, db, settings):
    assert settings.CDN is None
    with purging.beside():
        page = client.get(make_post().get_absolute_url())
    assert not [
        name for name in page.headers if "cdn" in name.lower() or name.lower().startswith(("surr", "cache-t"))
    ]
    assert purging.panel(None) is None
    assert not CdnState.objects.exists()


@pytest.mark.parametrize(
    ("url", "age", "tag"),
    [
        (f"cloudflare://{TOKEN}@{ZONE}", "Cloudflare-CDN-Cache-Control", "Cache-Tag"),
        (f"fastly://{TOKEN}@{SERVICE}", "Surrogate-Control", "Surrogate-Key"),
    ],
)
def test_pages_for_all_readers_may_be_kept_longer_and_no_others(client, db, settings, url, age, tag):
    settings.CDN = cdn(f"{url}?seconds=300")
    post, draft = make_post(), make_post(status="draft")
    page = client.get(post.get_absolute_url())
    assert "max-age=300" in page[age]
    assert page[tag] == "pages"
    assert "s-maxage=1" in page["Cache-Control"]
    link = previewing.make_link(draft, label="For a colleague")
    preview = reverse("posts:preview", args=[previewing.token_of(link)])
    private = ["/no/such/page/", "/admin/login/", "/newsletter/confirm/nonsense/", preview]
    answers = [client.get(path) for path in private]
    client.force_login(make_user(group="Editor"))
    answers += [client.get(post.get_absolute_url()), client.get("/admin/")]
    assert not [answer for answer in answers if age in answer.headers or tag in answer.headers]


def test_a_page_that_took_so_long_that_a_purge_may_have_passed_it_is_not_for_the_cdn(
    client, db, settings, monkeypatch
):
    settings.CDN = cdn(f"cloudflare://{TOKEN}@{ZONE}")
    monkeypatch.setattr(edition_look, "OLDEST", 0)
    page = client.get(make_post().get_absolute_url())
    assert page.status_code == 200
    assert "Cache-Tag" not in page.headers


# Purging


@pytest.fixture
def provider(db, settings):
    """A CDN that has been told of everything so far, and does as it is told."""
    with site_behind() as provider:
        provider.answer = lambda method, path, headers: DONE
        settings.CDN = cdn(f"cloudflare://{TOKEN}@{ZONE}?every=15&api_url=http://{provider.address}")
        purging.purge_when_due()
        CdnState.objects.update(purged_label=edition_look.label_in(connection))
        yield provider


def change():
    Publication.objects.update(tagline=f"Changed at {time.monotonic()}")


def passed(seconds):
    """As if so much time had passed since all that is written down."""
    names = ["seen_at", "behind_since", "not_before"]
    CdnState.objects.update(**{name: F(name) - timedelta(seconds=seconds) for name in names})


def state():
    return CdnState.objects.get()


def is_up_to_date():
    return state().purged_label == edition_look.label_in(connection) and not state().behind_since


def test_nothing_is_sent_while_nothing_changes(provider):
    for _ in range(3):
        assert not purging.purge_when_due()
        passed(60)
    assert not provider.asked


def test_a_change_is_sent_once_no_old_page_can_be_fetched_any_more(provider):
    change()
    assert not purging.purge_when_due(), (
        "a proxy may still show the page from before, and the CDN would keep it"
    )
    passed(2)
    assert purging.purge_when_due()
    assert is_up_to_date()
    passed(60)
    assert not purging.purge_when_due()
    assert len(provider.asked) == 1


def test_many_changes_are_one_purge_and_the_last_is_not_forgotten(provider):
    for _ in range(20):
        change()
        purging.purge_when_due()
    passed(2)
    change()
    assert purging.purge_when_due()
    assert not is_up_to_date(), "the last change came so late that its page may have been fetched from before"
    passed(2)
    assert not purging.purge_when_due(), "the provider's pace"
    passed(15)
    assert purging.purge_when_due()
    assert is_up_to_date()
    assert len(provider.asked) == 2


def test_what_changes_while_a_purge_is_under_way_is_sent_after_it(provider, settings):
    change()
    purging.purge_when_due()
    passed(2)
    label = edition_look.label_in(connection)
    covered = purging.claim(label)
    change()
    purging.record(covered, *purging.sent(settings.CDN))
    assert not is_up_to_date()
    passed(15)
    purging.purge_when_due()
    passed(2)
    assert purging.purge_when_due()
    assert is_up_to_date()


def test_a_scheduled_post_comes_out_in_the_cdn_too(provider):
    make_post(published_at=timezone.now() + timedelta(seconds=0.4))
    purging.purge_when_due()
    passed(30)
    purging.purge_when_due()
    passed(30)
    assert is_up_to_date()
    time.sleep(0.5)
    purging.purge_when_due()
    passed(30)
    assert purging.purge_when_due()
    assert is_up_to_date()


def test_of_two_workers_one_sends(provider):
    change()
    purging.purge_when_due()
    passed(2)
    label = edition_look.label_in(connection)
    assert purging.claim(label) == label
    assert purging.claim(label) is None


def test_what_a_killed_worker_was_sending_is_sent_by_another(provider):
    change()
    purging.purge_when_due()
    passed(2)
    purging.claim(edition_look.label_in(connection))  # and dies
    assert not purging.purge_when_due()
    passed(purging.CLAIM)
    assert purging.purge_when_due()
    assert is_up_to_date()


@pytest.mark.parametrize(
    ("answer", "said", "waits"),
    [
        ((429, {"Retry-After": "120"}, b"{}"), "too often", 120),
        ((429, {"Retry-After": "999999"}, b"{}"), "too often", purging.LONGEST_ASKED),
        ((429, {"Retry-After": "Sat, 28 Nov 2026 10:00:00 GMT"}, b"{}"), "too often", 15),
        ((500, {}, b"oops"), "500", 15),
        ((403, {}, b"{}"), "token", 15),
        ((404, {}, b"{}"), "no such zone", 15),
        ((200, {}, b'{"success": false}'), "not that it is done", 15),
        ((200, {}, b"<html>"), "not that it is done", 15),
        (None, "does not answer", 15),
    ],
)
def test_a_failure_is_tried_again_until_it_is_done(provider, answer, said, waits):
    provider.answer = lambda method, path, headers: answer
    change()
    purging.purge_when_due()
    passed(2)
    assert purging.purge_when_due()
    assert said in state().problem
    assert TOKEN not in state().problem
    passed(waits - 1)
    assert not purging.purge_when_due()
    passed(2)
    provider.answer = lambda method, path, headers: DONE
    assert purging.purge_when_due()
    assert is_up_to_date()
    assert not state().problem


def test_a_provider_that_does_not_answer_in_time_is_given_up_for_now(provider, monkeypatch):
    monkeypatch.setattr(purging, "PATIENCE", 0.2)
    provider.answer = lambda method, path, headers: time.sleep(0.6)
    change()
    purging.purge_when_due()
    passed(2)
    assert purging.purge_when_due()
    assert "does not answer" in state().problem


def test_it_is_tried_ever_more_seldom_but_never_given_up(provider):
    provider.answer = lambda method, path, headers: (500, {}, b"")
    change()
    purging.purge_when_due()
    waits = []
    for _ in range(12):
        passed(purging.LONGEST_WAIT + 1)
        assert purging.purge_when_due()
        waits.append(round((state().not_before - timezone.now()).total_seconds()))
    assert waits == sorted(waits)
    assert waits[0] == 15
    assert waits[-1] == purging.LONGEST_WAIT


def test_the_newsroom_is_told_when_the_cdn_has_been_behind_for_minutes(client, provider):
    client.force_login(make_user(group="Editor"))
    provider.answer = lambda method, path, headers: (403, {}, b"{}")
    change()
    purging.purge_when_due()
    passed(2)
    purging.purge_when_due()
    assert "Readers may see old pages" not in client.get("/admin/").content.decode()
    passed(150)
    shown = client.get("/admin/").content.decode()
    assert "Readers may see old pages" in shown
    assert "does not take the token" in shown


@pytest.mark.django_db(transaction=True)
def test_the_worker_sends_by_itself(settings, monkeypatch):
    monkeypatch.setattr(purging, "LOOKS_EVERY", 0.05)
    monkeypatch.setattr(purging, "SETTLED", 0.1)
    with site_behind() as provider:
        provider.answer = lambda method, path, headers: DONE
        settings.CDN = cdn(f"fastly://{TOKEN}@{SERVICE}?every=0.1&api_url=http://{provider.address}")
        with purging.beside():
            until = time.monotonic() + 5
            while time.monotonic() < until and not (CdnState.objects.exists() and is_up_to_date()):
                time.sleep(0.05)
            assert is_up_to_date()
            before = len(provider.asked)
            change()
            while time.monotonic() < until and len(provider.asked) == before:
                time.sleep(0.05)
        assert len(provider.asked) > before
