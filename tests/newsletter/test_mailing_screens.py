"""From a draft to the queue: the posts of a digest in order, the preview, a test mail, the last look; and when digests go out."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from informed_comment.publication import current_publication
from newsletter import digests
from newsletter.messages import LINK_KEY
from newsletter.models import DigestPlan, Mailing, MailingPost, ProofAddress, Suppression
from tests.factories import make_category, make_image, make_mailing, make_post, make_subscriber, make_user
from tests.newsletter.sink import Moody, mailers_to, open_sink

pytestmark = pytest.mark.django_db


def screen(mailing, name="change"):
    return reverse(f"admin:newsletter_mailing_{name}", args=[mailing.pk])


def page(client, mailing, name="change", query=""):
    answer = client.get(screen(mailing, name) + query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def chief(client):
    user = make_user(group="Administrator", email="chief@example.org")
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def sink(settings):
    handler = Moody(keeps=True)
    controller = open_sink(handler)
    settings.MAILERS = mailers_to(controller)
    yield handler
    controller.stop()


def make_digest(*posts, **fields):
    mailing = make_mailing(kind="daily", subject="", body="", **fields)
    for place, post in enumerate(posts):
        MailingPost.objects.create(mailing=mailing, post=post, position=place)
    return mailing


def form_of(mailing, **fields):
    lines = list(mailing.lines.all())
    form = {
        "subject": mailing.subject,
        "preheader": "",
        "intro": "",
        "is_in_archive": "on",
        "lines-TOTAL_FORMS": len(lines),
        "lines-INITIAL_FORMS": len(lines),
    }
    for place, line in enumerate(lines):
        form |= {
            f"lines-{place}-id": line.pk,
            f"lines-{place}-mailing": mailing.pk,
            f"lines-{place}-position": place,
        }
    return form | fields


# The draft


def test_the_posts_of_a_digest_are_put_in_order_and_left_out(chief):
    posts = [make_post(title=f"Number {n}") for n in range(3)]
    mailing = make_digest(*posts)
    html = page(chief, mailing)
    assert html.index("Number 0") < html.index("Number 2")
    moved = {"lines-0-position": 2, "lines-1-position": 1, "lines-2-position": 0}
    left = {"lines-1-is_left_out": "on", "lines-1-is_offered_again": "on", "intro": "<p>Good morning.</p>"}
    answer = chief.post(screen(mailing), form_of(mailing, **moved, **left, _preview="1"))
    assert answer.url == screen(mailing, "preview")
    lines = list(mailing.lines.all())
    assert [line.post for line in lines] == [posts[2], posts[1], posts[0]]
    assert [line.is_left_out for line in lines] == [False, True, False]
    assert lines[1].is_offered_again
    mailing.refresh_from_db()
    assert mailing.intro == "<p>Good morning.</p>"


def test_a_letter_needs_a_subject_in_one_line_and_times_in_order(chief):
    mailing = make_mailing()
    fields = {"subject": " ", "body": "<p>x</p>"}
    assert "Write a subject" in chief.post(screen(mailing), fields).content.decode()
    past = {"subject": "x", "body": "<p>x</p>", "send_at": "2001-01-01T10:00"}
    assert "This time is past" in chief.post(screen(mailing), past).content.decode()
    wrong = {
        "subject": "x",
        "body": "<p>x</p>",
        "send_at": "2101-01-02T10:00",
        "latest_at": "2101-01-01T10:00",
    }
    assert "too late before it began" in chief.post(screen(mailing), wrong).content.decode()
    skipped = {"subject": "x", "body": "<p>x</p>", "send_at": "2101-03-13T02:30"}  # no such hour in New York
    assert chief.post(screen(mailing), skipped).status_code == 200
    chief.post(screen(mailing), {"subject": "Hello\r\nBcc: x@y.z", "body": "<p>x</p>"})
    mailing.refresh_from_db()
    assert mailing.subject == "Hello Bcc: x@y.z"


def test_holding_a_digest_back_keeps_it_from_going_out_by_itself(chief):
    mailing = make_digest(make_post(), is_automatic=True)
    assert "It goes out by itself" in page(chief, mailing) or "Goes out by itself" in page(chief, mailing)
    chief.post(screen(mailing), form_of(mailing))
    mailing.refresh_from_db()
    assert not mailing.is_automatic


# The preview


def test_the_preview_stands_in_a_frame_with_a_policy_of_its_own(chief):
    mailing = make_mailing(body="<p>Dear reader.</p>")
    html = page(chief, mailing, "preview")
    assert 'sandbox="allow-popups' in html
    answer = chief.get(screen(mailing, "preview_mail"))
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert LINK_KEY not in answer.content.decode()
    assert "Dear reader." in answer.content.decode()


def test_it_is_seen_light_dark_and_as_plain_text(chief):
    mailing = make_mailing(body="<p>Dear reader.</p>")
    dark = page(chief, mailing, "preview_mail", "?scheme=dark")
    assert "@media all" in dark
    assert "@media not all" in page(chief, mailing, "preview_mail", "?scheme=light")
    answer = chief.get(screen(mailing, "preview_mail") + "?shape=text")
    assert answer["Content-Type"].startswith("text/plain")
    assert "Dear reader." in answer.content.decode()
    for odd in ("?choice=99999999999", "?choice=-1", "?shape=x&scheme=y"):
        assert "Dear reader." in page(chief, mailing, "preview_mail", odd)


def test_each_choice_of_sections_can_be_seen(chief):
    sport = make_category("Sport")
    make_subscriber(frequency="daily", categories=[sport.pk])
    mailing = make_digest(make_post(title="A game", categories=[sport]), make_post(title="A strait"))
    assert "Sport</a>" in page(chief, mailing, "preview")
    assert "A strait" in page(chief, mailing, "preview_mail", "?choice=0")
    assert "A strait" not in page(chief, mailing, "preview_mail", "?choice=1")


def test_an_empty_draft_says_so(chief):
    mailing = make_mailing(body="")
    assert "Nothing is in it yet" in page(chief, mailing, "preview")
    assert "Nothing is in it yet" in page(chief, mailing, "preview_mail")


# A test


def test_a_test_goes_the_way_real_mail_goes_and_says_what_became_of_it(chief, sink):
    ProofAddress.objects.create(email="second@example.org")
    mailing = make_mailing(subject="Grüße", body="<p>Dear reader.</p>")
    sink.gone.add("second@example.org")
    wanted = {"to": ["chief@example.org", "second@example.org"], "other": "third@example.org", "save": "1"}
    html = chief.post(screen(mailing, "test"), wanted, follow=True).content.decode()
    assert set(sink.taken) == {"chief@example.org", "third@example.org"}
    (_, message), *_ = sink.messages
    assert message["Subject"] == "Test: Grüße"
    assert message["List-Unsubscribe-Post"]
    assert "Sent by first" in html
    assert "Not sent: first refused it. 550 5.1.1" in html
    assert ProofAddress.objects.filter(email="third@example.org").exists()
    assert mailing.deliveries.count() == 0
    chief.post(screen(mailing, "test"), {"to": ["chief@example.org"]})
    ids = [message["Message-ID"] for _, message in sink.messages]
    assert len(set(ids)) == len(ids) == 3
    mailing.refresh_from_db()
    assert mailing.state == "draft"


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({}, "Choose an address"),
        ({"other": "no address"}, "is no e-mail address"),
        ({"other": "a@example.org\r\nBcc: b@example.org"}, "is no e-mail address"),
        ({"to": ["stranger@example.org"]}, "Choose an address"),
    ],
)
def test_a_test_to_nobody_is_not_sent(chief, sink, wish, said):
    answer = chief.post(screen(make_mailing(), "test"), wish)
    assert said in answer.content.decode()
    assert not sink.taken


def test_a_mail_server_that_is_away_is_named(chief, settings):
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    settings.MAILERS = {
        "default": {"BACKEND": smtp, "OPTIONS": {"host": "127.0.0.1", "port": 1, "timeout": 2}}
    }
    answer = chief.post(screen(make_mailing(), "test"), {"to": ["chief@example.org"]}, follow=True)
    assert "cannot be reached" in answer.content.decode()


# The last look


def send(client, mailing):
    html = page(client, mailing, "send")
    mark = html.partition('name="mark" value="')[2].partition('"')[0]
    answer = client.post(screen(mailing, "send"), {"mark": mark}, follow=True)
    mailing.refresh_from_db()
    return answer.content.decode()


def test_the_last_look_says_to_whom_when_and_who_is_left_out(chief):
    sport, empty = make_category("Sport"), make_category("Empty")
    for _ in range(3):
        make_subscriber(frequency="daily")
    make_subscriber(frequency="daily", categories=[sport.pk])
    make_subscriber(frequency="daily", categories=[empty.pk])
    make_subscriber(frequency="daily", paused_until=timezone.now() + timedelta(days=3))
    make_subscriber(frequency="weekly")
    Suppression.objects.suppress(make_subscriber(frequency="daily").key, "complained")
    mailing = make_digest(make_post(categories=[sport]))
    html = page(chief, mailing, "send")
    assert "5 subscribers" in html
    assert "Daily digest: 5" in html
    assert "1 of them chose sections; 2 versions are made" in html
    assert "1 who asked for a pause" in html
    assert "1 whose sections have no post in it" in html
    assert "1 of those above whose address is suppressed" in html
    assert "UTC" in html
    assert "America/New York" in html
    said = send(chief, mailing)
    assert "Queued for 5 subscribers" in said
    assert "Take it back" in said
    assert (mailing.state, mailing.audience, mailing.queued_by) == ("sending", 5, chief.user)


def test_what_is_scheduled_shows_its_hour_in_both_zones(chief):
    make_subscriber()
    mailing = make_mailing(
        send_at=timezone.datetime(2101, 7, 1, 11, 0, tzinfo=timezone.get_fixed_timezone(0))
    )
    html = page(chief, mailing, "send")
    assert "Friday, 1 July, 07:00" in html
    assert "in America/New York; it is 11:00 UTC" in html
    assert "Schedule it for 1 subscriber" in html


def test_what_was_changed_meanwhile_is_not_sent_unseen(chief):
    make_subscriber()
    mailing = make_mailing()
    html = page(chief, mailing, "send")
    mark = html.partition('name="mark" value="')[2].partition('"')[0]
    Mailing.objects.update(body="<p>Something else</p>")
    answer = chief.post(screen(mailing, "send"), {"mark": mark}, follow=True)
    assert "Somebody changed the mailing" in answer.content.decode()
    assert Mailing.objects.get().state == "draft"


def test_an_editor_sees_the_last_look_and_cannot_send(client):
    make_subscriber()
    client.force_login(make_user(group="Editor"))
    mailing = make_mailing()
    assert "Sending is for administrators" in page(client, mailing, "send")
    assert client.post(screen(mailing, "send"), {"mark": "x"}).status_code == 403
    assert Mailing.objects.get().state == "draft"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            '<p><a href="/no-such-page/">Here</a></p>',
            "Nothing answers at “http://127.0.0.1:8000/no-such-page/”",
        ),
        ('<p><a href="#">Here</a></p>', "A link leads nowhere: “Here”"),
        ('<p>x <a href="https://example.org/a"></a></p>', "A link has no words: “https://example.org/a”"),
        ('<p>x</p><img src="/media/x.jpg" alt="">', "A picture is not described: “x.jpg”"),
    ],
)
def test_what_is_wrong_with_a_text_is_said_before_it_goes_out(chief, body, said):
    html = page(chief, make_mailing(body=body), "send")
    assert said in html
    assert "To be mended first" not in html


def test_a_good_letter_has_nothing_against_it(chief):
    publication = current_publication()
    publication.postal_address = "1 Main Street"
    publication.save()
    post = make_post()
    body = f'<p>See <a href="{post.permalink}">this</a>, <a href="https://example.org/">that</a> and <a href="mailto:a@b.org">mail</a>.</p>'
    assert "are in order" in page(chief, make_mailing(body=body), "send")


@pytest.mark.parametrize(
    "fields",
    [{"subject": ""}, {"body": ""}, {"latest_at": timezone.now() - timedelta(hours=1)}],
)
def test_what_cannot_go_out_has_no_button_and_is_not_sent_without_one(chief, fields):
    make_subscriber()
    mailing = make_mailing(**fields)
    html = page(chief, mailing, "send")
    assert "To be mended first" in html
    assert "Send it to" not in html
    send(chief, mailing)
    assert mailing.state == "draft"


def test_the_screens_cost_a_fixed_number_of_queries(chief, django_assert_max_num_queries):
    make_subscriber(frequency="daily")
    posts = [make_post(lead_image=make_image(), categories=[make_category()]) for _ in range(6)]
    mailing = make_digest(*posts)
    chief.get(screen(mailing))
    for name in ("change", "preview", "preview_mail", "test", "send"):
        with django_assert_max_num_queries(24):
            page(chief, mailing, name)


# When digests go out


def test_the_hour_of_a_digest_is_set_and_the_next_is_named_in_both_zones(chief):
    address = reverse("admin:newsletter_digestplan_change", args=["daily"])
    fields = {"is_on": "on", "hour": "06:30", "minutes_ahead": "60", "hours_late": "3"}
    answer = chief.post(address, fields, follow=True)
    assert "The next one goes out on" in answer.content.decode()
    assert "UTC" in answer.content.decode()
    plan = DigestPlan.objects.get(kind="daily")
    assert (f"{plan.hour:%H:%M}", plan.minutes_ahead) == ("06:30", 60)
    for wrong in ({"hour": "25:00"}, {"minutes_ahead": "100000"}, {"hours_late": "-1"}):
        assert "errornote" in chief.post(address, fields | wrong).content.decode()
    assert chief.get(reverse("admin:newsletter_digestplan_add")).status_code == 403


def test_an_hour_moved_to_one_that_is_past_makes_no_digest_at_once(chief):
    DigestPlan.objects.update(
        on_since=timezone.now() - timedelta(days=9), looked_on=timezone.localdate() - timedelta(days=1)
    )
    make_post()
    past = timezone.localtime() - timedelta(minutes=1)
    address = reverse("admin:newsletter_digestplan_change", args=["daily"])
    chief.post(address, {"is_on": "on", "hour": f"{past:%H:%M:%S}", "minutes_ahead": "0", "hours_late": "3"})
    assert digests.see_to("daily", timezone.now()) is None


def test_the_first_page_names_what_needs_somebody_and_when_digests_come(chief):
    DigestPlan.objects.filter(kind="weekly").update(is_on=False)
    make_mailing(subject="A letter in the making")
    make_mailing(kind="daily", subject="", is_automatic=True)
    make_mailing(kind="post", subject="A strait", problem="The post is not before readers any more.")
    html = chief.get("/admin/").content.decode()
    assert "The post is not before readers any more." in html
    assert "Goes out by itself" in html
    assert re.search(r"<p[^>]*>Next: daily digest \w{3} \d\d:\d\d\.</p>", html)
    assert "A letter in the making" not in html


def test_a_mailing_with_many_choices_is_looked_over_without_composing_each(chief, monkeypatch):
    monkeypatch.setattr("newsletter.composing.COMPOSED_TO_LOOK", 2)
    sections = [make_category(f"Section {n}") for n in range(5)]
    for section in sections:
        make_subscriber(frequency="daily", categories=[section.pk])
    mailing = make_digest(make_post(categories=sections[:4]))
    html = page(chief, mailing, "send")
    assert "4 subscribers" in html
    assert "4 versions are made" in html
    assert "1 whose sections have no post in it" in html
