"""Mail to those a deed concerns: who gets it, who does not, and that nobody gets it twice."""

import smtplib

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from procrastinate.contrib.django.models import ProcrastinateJob

from posts import commenting, publishing, telling
from posts.models import Notice
from posts.states import rehearsal
from posts.tasks import send_notices, tell_what_waits
from tests.factories import make_author, make_link, make_post, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def nadia():
    """A writer with a login."""
    user = make_user(group="Author", first_name="Nadia", email="nadia@example.org")
    user.name = make_author(name="Nadia Own", user=user)
    return user


@pytest.fixture
def chief():
    return make_user(group="Editor", first_name="Chief", email="chief@example.org")


def draft(*authors, **fields):
    return make_post(**{"status": "draft", "published_at": None, "authors": list(authors)} | fields)


def send():
    """What the worker does with the jobs that wait; (address, subject) of every mail."""
    for user in telling.whose_mail_waits():
        send_notices(user)
    sent = [(letter.to[0], letter.subject) for letter in mail.outbox]
    mail.outbox.clear()
    return sent


def test_editors_hear_of_a_post_sent_to_review_and_its_writer_does_not(nadia, chief):
    make_user(group="Editor", email="other@example.org")
    make_user(group="Editor", email="")
    make_user(group="Editor", email="gone@example.org", is_active=False)
    post = draft(title="On rivers", created_by=nadia)
    publishing.submit(post, by=nadia)
    jobs = ProcrastinateJob.objects.filter(task_name="posts.tasks.send_notices")
    assert jobs.count() == 2
    assert send() == [
        ("chief@example.org", "For review: “On rivers”"),
        ("other@example.org", "For review: “On rivers”"),
    ]


def test_the_mail_says_who_and_leads_to_the_form(nadia, chief, settings):
    post = draft(title="On rivers")
    publishing.submit(post, by=nadia)
    telling.send_to(chief.pk)
    (letter,) = mail.outbox
    assert "Nadia has sent “On rivers” to review." in letter.body
    assert f"{settings.SITE_URL}/admin/posts/post/{post.pk}/change/" in letter.body
    assert letter.from_email == "Informed Comment <newsletter@localhost>"
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"


def test_writers_hear_when_a_post_is_sent_back_and_why(nadia, chief):
    post = draft(nadia.name, status="in_review")
    publishing.send_back(post, by=chief, why="The second source\nis missing.")
    telling.send_to(nadia.pk)
    (letter,) = mail.outbox
    assert letter.subject.startswith("Sent back: ")
    assert "The second source\nis missing." in letter.body
    assert post.draft_comments.get().text == "The second source\nis missing."


@pytest.mark.parametrize("by_writer", [True, False])
def test_writers_hear_of_what_others_did_with_their_post(nadia, chief, by_writer):
    by = nadia if by_writer else chief
    post = make_post(title="Out", authors=[nadia.name])
    publishing.withdraw(post, by=by)
    assert send() == ([] if by_writer else [("nadia@example.org", "Withdrawn: “Out”")])


def test_a_comment_is_told_to_everybody_in_the_conversation_but_its_author(nadia, chief):
    other = make_user(group="Editor", email="other@example.org")
    make_user(group="Editor", email="silent@example.org")
    post = draft(nadia.name, title="Rivers")
    commenting.say(post, "Which river?", user=other)
    send()
    commenting.say(post, "The long one.", user=chief)
    assert send() == [
        ("nadia@example.org", "Chief on “Rivers”"),
        ("other@example.org", "Chief on “Rivers”"),
    ]


def test_who_may_no_longer_see_the_post_hears_no_more_of_it(nadia, chief):
    post = draft(nadia.name)
    commenting.say(post, "Mine.", user=nadia)
    post.bylines.all().delete()
    commenting.say(post, "Not hers any more.", user=chief)
    assert send() == []


def test_a_comment_through_a_link_is_told_to_whoever_gave_the_link(chief):
    post = draft(title="Rivers")
    link = make_link(post, label="Omar", created_by=chief)
    comment = commenting.say(post, "The name is spelt wrong.", link=link)
    assert comment.name == "Omar"
    assert send() == [("chief@example.org", "Omar on “Rivers”")]


def test_a_link_says_no_more_than_its_share_an_hour(chief):
    post = draft()
    link = make_link(post)
    for n in range(commenting.IN_AN_HOUR):
        commenting.keep(post, str(n), link=link)
    with pytest.raises(commenting.CannotSay, match="Try again later"):
        commenting.say(post, "One more.", link=link)


@pytest.mark.parametrize("text", ["", "   \n", "\x00", "x" * 10_001])
def test_an_empty_or_endless_comment_is_refused_in_a_sentence(text):
    with pytest.raises(commenting.CannotSay, match=r"\.$"):
        commenting.say(draft(), text)


def test_running_the_job_twice_sends_one_mail(nadia, chief):
    publishing.submit(draft(), by=nadia)
    assert len(send()) == 1
    assert send() == []
    tell_what_waits(0)
    assert send() == []


def test_a_deed_on_many_posts_is_one_mail(nadia, chief):
    for n in range(3):
        publishing.withdraw(make_post(title=f"Old {n}", authors=[nadia.name]), by=chief)
    telling.send_to(nadia.pk)
    (letter,) = mail.outbox
    assert letter.subject == "3 posts were withdrawn"
    assert all(f"“Old {n}”" in letter.body for n in range(3))


def test_a_title_of_many_lines_begins_no_header(nadia, chief):
    post = draft(title="Rivers\r\nBcc: all@example.org")
    publishing.submit(post, by=nadia)
    telling.send_to(chief.pk)
    (letter,) = mail.outbox
    assert letter.subject == "For review: “Rivers Bcc: all@example.org”"
    assert letter.recipients() == ["chief@example.org"]


class OneMailboxIsFull(EmailBackend):
    """A mail server that refuses one address with the code in `code`."""

    code = 550

    def send_messages(self, messages):
        for message in messages:
            if message.to == ["full@example.org"]:
                raise smtplib.SMTPRecipientsRefused({"full@example.org": (self.code, b"no")})
        return super().send_messages(messages)


@pytest.mark.parametrize(("code", "waits"), [(450, True), (550, False)])
def test_a_refused_address_stops_nobody_else(nadia, chief, settings, monkeypatch, code, waits):
    settings.MAILERS = {"default": {"BACKEND": f"{__name__}.OneMailboxIsFull"}}
    monkeypatch.setattr(OneMailboxIsFull, "code", code)
    full = make_user(group="Editor", email="full@example.org")
    publishing.submit(draft(), by=nadia)
    telling.send_to(chief.pk)
    if waits:
        with pytest.raises(OSError, match="no"):
            telling.send_to(full.pk)
    else:
        telling.send_to(full.pk)
    assert [letter.to for letter in mail.outbox] == [["chief@example.org"]]
    assert Notice.objects.waiting().filter(user=full).exists() == waits


def test_an_address_with_a_line_end_gets_nothing_and_stops_nobody(nadia, chief):
    make_user(group="Editor", email="bad@example.org\nBcc: all@example.org")
    publishing.submit(draft(), by=nadia)
    assert [address for address, _ in send()] == ["chief@example.org"]
    assert Notice.objects.get(user__email__startswith="bad").problem
    assert Notice.objects.get(user=chief).sent_at


def test_who_has_left_meanwhile_gets_nothing(nadia, chief):
    publishing.submit(draft(), by=nadia)
    chief.is_active = False
    chief.save()
    assert send() == []


def test_what_is_undone_tells_nobody(nadia, chief):
    with rehearsal():
        publishing.submit(draft(), by=nadia)
    assert not Notice.objects.exists()
