"""Corrections and updates: dated boxes under a post, a line under the byline, a log, and what machines are told."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from informed_comment import editions
from posts import publishing
from posts.models import Correction, Post
from tests.factories import make_correction, make_post, make_user

pytestmark = pytest.mark.django_db


def shown(client, post):
    return client.get(post.permalink).content.decode()


def article(page):
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    return json.loads(found[1])["@graph"][0]


def form_of(client, post):
    """What a browser would send back unchanged, with the rows of the corrections."""
    page = client.get(reverse("admin:posts_post_change", args=[post.pk]))
    form = page.context["adminform"].form
    data = {name: form[name].value() or "" for name in ("title", "slug", "standfirst", "body", "language")}
    data |= {"published_at": f"{timezone.localtime(post.published_at):%Y-%m-%dT%H:%M}", "tags": ""}
    data["seen_version"] = form["seen_version"].value()
    for inline in page.context["inline_admin_formsets"]:
        for each in (inline.formset.management_form, *inline.formset.forms):
            values = {each[name].html_name: each[name].value() for name in each.fields if name != "DELETE"}
            data |= {name: "" if value is None else value for name, value in values.items()}
    return data


def test_a_correction_stands_under_the_post_with_its_date_and_is_announced_under_the_byline(client):
    post = make_post()
    make_correction(
        post, text="<p>The Karun rises <em>west</em>.</p>", made_at=datetime(2026, 3, 3, 12, tzinfo=UTC)
    )
    page = shown(client, post)
    assert 'id="corrections"' in page
    assert "rises <em>west</em>" in page
    announced = re.search(r'<p class="article__corrected".*?</p>', page, re.S)[0]
    assert re.sub(r"<[^>]+>", "", announced).strip() == "Corrected March 3, 2026"
    assert 'href="#corrections"' in announced
    assert 'href="/corrections/"' in page


def test_a_post_nobody_had_to_correct_says_nothing_of_it(client):
    assert "orrect" not in shown(client, make_post())


def test_the_newest_of_each_kind_is_announced_newest_first():
    post, now = make_post(), timezone.now()
    for hours, kind in ((5, "correction"), (4, "update"), (3, "correction"), (2, "clarification")):
        make_correction(post, kind=kind, made_at=now - timedelta(hours=hours))
    fetched = Post.objects.for_page().get()
    assert [made.done for made in fetched.newest_corrections] == ["Clarified", "Corrected", "Updated"]
    assert fetched.newest_corrections[1].made_at == now - timedelta(hours=3)


def test_machines_are_told_of_corrections_and_of_the_last_change(client):
    post = make_post()
    at = timezone.now().replace(microsecond=0)
    make_correction(post, text="<p>Nine, not <em>ten</em>.</p>", made_at=at)
    make_correction(post, kind="update", text="<p>It rained.</p>", made_at=at - timedelta(minutes=1))
    Post.objects.update(updated_at=at - timedelta(days=1), published_at=at - timedelta(days=2))
    told = article(shown(client, Post.objects.get()))
    assert told["correction"] == [
        {"@type": "CorrectionComment", "text": "Nine, not ten.", "datePublished": at.isoformat()}
    ]
    assert told["dateModified"] == at.isoformat()


@pytest.mark.parametrize("form", ["", "atom/", "json/"])
def test_feeds_carry_them_after_the_text(client, form):
    post = make_post(body="<p>Ten ships.</p>")
    make_correction(post, text='<p>Nine <a href="/about/">ships</a>.</p>')
    feed = client.get(f"/feed/{form}").content.decode()
    assert feed.index("Ten ships") < feed.index("Nine")
    assert "http://127.0.0.1:8000/about/" in feed
    assert "http://127.0.0.1:8000/corrections/" in feed


def test_one_dated_to_come_waits_and_puts_out_an_edition_when_its_hour_has_come(client):
    post = make_post()
    hour = timezone.now() + timedelta(hours=1)
    make_correction(post, text="<p>Later.</p>", made_at=hour)
    assert "Later." not in shown(client, post)
    assert "Later." not in client.get("/corrections/").content.decode()
    before = editions.current()
    with time_machine.travel(hour + timedelta(seconds=1)):
        make_correction(make_post(), made_at=hour + timedelta(seconds=1))  # the database keeps its own clock
        assert "Later." in shown(client, post)
    assert editions.current() != before


def test_a_correction_is_before_readers_at_once(client):
    post = make_post()
    assert "Nine." not in shown(client, post)
    made = make_correction(post, text="<p>Nine.</p>")
    assert "Nine." in shown(client, post)
    made.delete()
    assert "Nine." not in shown(client, post)


def test_the_log_lists_what_readers_may_see_newest_first_in_pages_of_ten(client):
    make_correction(make_post(status="draft"), text="<p>Of a draft</p>")
    post = make_post(title="A river moved")
    for n in range(12):
        made_at = timezone.now() - timedelta(hours=n)
        make_correction(post, text=f"<p>Number {n}.</p>", made_at=made_at)
    first, second = (client.get(path).content.decode() for path in ("/corrections/", "/corrections/page/2/"))
    assert re.findall(r"Number \d+\.", first) == [f"Number {n}." for n in range(10)]
    assert re.findall(r"Number \d+\.", second) == ["Number 10.", "Number 11."]
    assert "Of a draft" not in first + second
    assert f'href="{post.permalink}#corrections"' in first
    assert client.get("/corrections/page/3/").status_code == 404


def test_an_empty_log_says_so(client):
    assert "Nothing has been corrected yet" in client.get("/corrections/").content.decode()


def test_the_log_costs_the_same_few_queries_however_long(client, django_assert_max_num_queries):
    for _ in range(5):
        make_correction(make_post())
    client.get("/corrections/page/9/")
    with django_assert_max_num_queries(10):
        client.get("/corrections/")


def test_a_correction_says_something():
    post = make_post()
    with pytest.raises(IntegrityError, match="correction_says_something"), transaction.atomic():
        make_correction(post, text="<p> </p>")


def test_an_editor_adds_one_with_the_post_and_the_revision_keeps_it(client):
    post = make_post()
    client.force_login(make_user(group="Editor"))
    data = form_of(client, post) | {
        "corrections-TOTAL_FORMS": "1",
        "corrections-0-kind": "clarification",
        "corrections-0-text": "<p>The <b>upper</b> Gulf.</p>",
        "corrections-0-made_at": "2026-03-03T12:00",
        "_deed": "save",
    }
    answer = client.post(reverse("admin:posts_post_change", args=[post.pk]), data)
    assert answer.status_code == 302, answer.context["errors"]
    made = Correction.objects.get()
    assert (made.kind, made.text) == ("clarification", "<p>The <strong>upper</strong> Gulf.</p>")
    post.refresh_from_db()
    assert post.version == 2
    kept = post.revisions.first().state["corrections"]
    assert kept == [["clarification", made.text, made.made_at.isoformat()]]
    again = form_of(client, post) | {"_deed": "save"}
    client.post(reverse("admin:posts_post_change", args=[post.pk]), again)
    assert post.revisions.count() == 1  # nothing changed
    assert Correction.objects.get().made_at == made.made_at


def test_who_saves_second_is_told_before_a_correction_is_lost(client):
    post = make_post()
    client.force_login(make_user(group="Editor"))
    stale = form_of(client, post) | {
        "corrections-TOTAL_FORMS": "1",
        "corrections-0-kind": "correction",
        "corrections-0-text": "<p>Nine.</p>",
        "corrections-0-made_at": "2026-03-03T12:00",
        "_deed": "save",
    }
    publishing.save(Post.objects.get())
    answer = client.post(reverse("admin:posts_post_change", args=[post.pk]), stale)
    assert answer.status_code == 200
    assert not Correction.objects.exists()
    assert "Nine." in answer.content.decode()


def test_a_post_nobody_has_read_offers_no_corrections(client):
    client.force_login(make_user(group="Editor"))
    draft = make_post(status="draft", published_at=None)
    for address in (reverse("admin:posts_post_add"), reverse("admin:posts_post_change", args=[draft.pk])):
        assert "corrections-TOTAL_FORMS" not in client.get(address).content.decode()
