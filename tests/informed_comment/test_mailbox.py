"""The development mailbox, as whoever tries the site out sees it."""

import os

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, mailers

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.informed_comment.urls_of_development")]


@pytest.fixture
def folder(settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(settings.MAIL_DIR)},
        }
    }
    return settings.MAIL_DIR


def send(subject, html="<p>Häuser <a href='http://testserver/newsletter/'>link</a></p>"):
    mail = EmailMultiAlternatives(subject, "Häuser http://testserver/newsletter/", to=["ada@example.org"])
    mail.attach_alternative(html, "text/html")
    mail.send()


def links(page):
    return [part.split('"')[0] for part in page.text.split('href="/mail/')[1:] if part[0] != '"']


def test_before_the_first_mail_it_says_what_to_do(client, folder):
    assert "Nothing yet" in client.get("/mail/").text


def test_mails_are_listed_newest_first_and_open_with_links_that_work(client, folder):
    send("First <mail>")
    for file in folder.iterdir():
        os.utime(file, (1, 1))
    send("Second mail, „Häuser“")
    page = client.get("/mail/")
    assert page.text.index("Second mail") < page.text.index("First &lt;mail&gt;")
    opened = client.get(f"/mail/{links(page)[0]}")
    assert "Second mail, „Häuser“" in opened.text
    assert "ada@example.org" in opened.text
    assert 'Häuser <a href="http://testserver/newsletter/"' in opened.text
    assert "frame-src &#x27;self&#x27;" not in opened.text
    assert "frame-src 'self'" in opened["Content-Security-Policy"]


def test_the_html_stands_in_a_sandbox_of_its_own(client, folder):
    send("Mail", html="<p>Häuser</p><script>alert(1)</script>")
    page = client.get(f"/mail/{links(client.get('/mail/'))[0]}")
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    html = client.get(page.text.split('src="/mail/')[1].split('"')[0].join(["/mail/", ""]))
    assert "Häuser" in html.text
    policy = html["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert "script-src" not in policy
    assert html["X-Frame-Options"] == "SAMEORIGIN"


def test_several_mails_of_one_connection_stand_apart(client, folder):
    mailers["default"].send_messages(
        [EmailMessage(f"Mail {n}", "text", to=["a@example.org"]) for n in (1, 2)]
    )
    page = client.get("/mail/")
    assert len(links(page)) == 2
    assert "Mail 2" in client.get(f"/mail/{links(page)[0]}").text


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\x00\xff\xfe" * 100,
        b"no headers at all\n",
        b"-" * 79 + b"\n",
        b"Subject: =?nonsense?x?=\nContent-Type: text/plain; charset=no-such-charset\n\ntext\n",
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\n",
        b"Subject: \xff\xff\nTo: \xff\n\n\xff",
        b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!!!",
        b"From nobody\nSubject: a\r\n\r\n" + b"x" * 100_000,
    ],
)
def test_garbage_in_the_folder_harms_nobody(client, folder, garbage):
    send("Good mail")
    (folder / "garbage.log").write_bytes(garbage)
    (folder / "folder.log").mkdir()
    page = client.get("/mail/")
    assert "Good mail" in page.text
    for link in links(page):
        assert client.get(f"/mail/{link}").status_code == 200
        assert client.get(f"/mail/{link}html/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/mail/none/0/", "/mail/..%2f..%2fetc%2fpasswd/0/", "/mail/x/99999999999/html/"]
)
def test_what_is_not_in_the_folder_is_not_found(client, folder, path):
    assert client.get(path).status_code == 404


def test_without_debug_there_is_no_mailbox(client, settings):
    settings.ROOT_URLCONF = "informed_comment.urls"
    assert client.get("/mail/").status_code == 404
