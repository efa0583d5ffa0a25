"""What every answer says to browsers, whoever gives it: a view, a refusal, the door, a file."""

import re
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import path as route
from django.utils import timezone

from informed_comment import media
from informed_comment.headers import OF_EVERY_ANSWER
from informed_comment.models import Gone, Publication
from informed_comment.urls import handler400, handler403, handler404, handler500  # noqa: F401
from informed_comment.urls import urlpatterns as own_patterns
from tests.every_page import make_every_page
from tests.factories import make_post, make_user

pytestmark = pytest.mark.django_db
INLINE = re.compile(r"<script(?![^>]*(?:\bsrc=|ld\+json))|<style|\sstyle=|\son[a-z]+=[\"']|javascript:", re.I)


def fails(request):
    raise ZeroDivisionError


urlpatterns = [
    route("fails/", fails),
    route("media/<path:path>", media.file_of_development),
    *own_patterns,
]


@pytest.fixture
def ask():
    client = Client(raise_request_exception=False)
    return lambda address, method="get", **how: getattr(client, method)(address, **how)


def rules_of(response):
    said = response["Content-Security-Policy"]
    return {rule.split()[0]: rule.split()[1:] for rule in said.split("; ")}


def missing(response):
    """What an answer does not say that every answer says."""
    fixed = OF_EVERY_ANSWER | {
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    wrong = [name for name, value in fixed.items() if response.get(name) != value]
    wrong += [
        name
        for name in ("Referrer-Policy", "X-Frame-Options", "Cross-Origin-Resource-Policy")
        if not response.get(name)
    ]
    rules = rules_of(response)
    wrong += [f"default-src {rules.get('default-src')}"] * (rules.get("default-src") != ["'none'"])
    loose = {"'unsafe-inline'", "'unsafe-eval'", "*", "https:", "http:", "data:"}
    wrong += ["script-src"] * bool(loose & set(rules.get("script-src", [])))
    return wrong


def test_every_kind_of_page_says_them_and_holds_nothing_inline(ask):
    for name, address in make_every_page().items():
        response = ask(address)
        assert not missing(response), name
        rules = rules_of(response)
        assert rules["base-uri"] == rules["frame-ancestors"] == ["'none'"], name
        assert "'unsafe-inline'" not in rules["style-src"], name
        if "csrfmiddlewaretoken" not in response.text and "preview" not in name:
            assert rules["require-trusted-types-for"] == ["'script'"], name
        from_theme = re.sub(r"<script>.*?</script>", "", response.text, count=1, flags=re.S)
        assert not INLINE.search(
            re.sub(r"(?s)<script type=.application/ld\+json.*?</script>", "", from_theme)
        ), name


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("address", "method", "status"),
    [
        ("/feed/", "get", 200),
        ("/feed/", "head", 200),
        ("/robots.txt", "get", 200),
        ("/sitemap.xml", "get", 200),
        ("/livez", "get", 200),
        ("/favicon.ico", "get", 301),
        ("/admin/", "get", 302),
        ("/admin/login/", "get", 200),
        ("/admin/session/", "get", 200),
        ("/admin/no-such-screen/", "get", 302),
        ("/no-such-page/", "get", 404),
        ("/gone/", "get", 410),
        ("/a%00b/", "get", 404),
        ("/", "post", 405),
        ("/", "delete", 405),
        ("/admin/login/", "post", 403),
        ("/fails/", "get", 500),
        ("/reports/csp", "get", 405),
        ("/reports/csp", "post", 415),
    ],
)
def test_every_other_answer_says_them_too(ask, address, method, status):
    Gone.objects.create(path="/gone/")
    make_post()
    if address == "/admin/login/" and method == "post":
        client = Client(enforce_csrf_checks=True)
        response = client.post(address)
    else:
        response = ask(address, method)
    assert response.status_code == status
    assert not missing(response)


def test_a_wrong_host_is_refused_and_told_no_less(ask, settings):
    settings.ALLOWED_HOSTS = ["comment.example"]
    response = ask("/", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert not missing(response)
    assert "evil.example" not in response.text


def test_a_page_that_has_not_changed_says_them_too(ask):
    make_post()
    response = ask("/", headers={"If-None-Match": ask("/")["ETag"]})
    assert response.status_code == 304
    assert not missing(response)


def test_whoever_works_here_is_told_them_and_gets_scripts_by_nonce_or_file_only():
    client = Client()
    client.force_login(make_user(is_superuser=True))
    for address in ("/admin/", "/admin/posts/post/add/", "/admin/posts/post/", "/"):
        response = client.get(address)
        assert not missing(response), address
        scripts = re.findall(r"<script([^>]*)>", response.text)
        inline = [said for said in scripts if not re.search(r"src=|json|importmap", said)]
        assert not inline or address == "/", inline


def test_other_sites_may_show_what_is_meant_for_them_and_nothing_else(ask):
    make_post()
    whose = {
        address: ask(address)["Cross-Origin-Resource-Policy"]
        for address in ("/", "/feed/", "/favicon.ico", "/admin/login/")
    }
    assert whose == {
        "/": "same-origin",
        "/feed/": "cross-origin",
        "/favicon.ico": "cross-origin",
        "/admin/login/": "same-origin",
    }


def test_over_https_browsers_are_told_to_stay_there(ask, settings):
    settings.SECURE_HSTS_SECONDS = 31536000
    assert ask("/livez", secure=True)["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "Strict-Transport-Security" not in ask("/livez")


# Files of the library in development


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("name", "kind", "is_kept"),
    [
        ("a.jpg", "image/jpeg", False),
        ("a.GIF", "image/gif", False),
        ("a.pdf", "application/pdf", False),
        ("a.mp3", "audio/mpeg", False),
        ("a.svg", "image/svg+xml", True),
        ("a.html", "application/octet-stream", True),
        ("a.xhtml", "application/octet-stream", True),
        ("a.xml", "application/octet-stream", True),
        ("a.js", "application/octet-stream", True),
        ("a.css", "application/octet-stream", True),
        ("a.svgz", "application/octet-stream", True),
        ("a.mhtml", "application/octet-stream", True),
        ("a.swf", "application/octet-stream", True),
        ("a.jpg.html", "application/octet-stream", True),
        ("a.txt", "text/plain", True),
        ("noending", "application/octet-stream", True),
    ],
)
def test_a_file_of_the_library_is_never_a_page(ask, settings, name, kind, is_kept):
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    (settings.MEDIA_ROOT / name).write_bytes(b"<script>alert(1)</script>")
    response = ask(f"/media/{name}")
    assert response.status_code == 200
    assert response["Content-Type"] == kind
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert (response.get("Content-Disposition") == "attachment") is is_kept
    assert ("sandbox" in rules_of(response)) is is_kept
    assert "script-src" not in rules_of(response)
    b"".join(response.streaming_content)


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    "name", ["../secret", "..%2fsecret", "%2e%2e/secret", "/etc/passwd", "a/../../secret", "%00"]
)
def test_nothing_outside_of_the_library_is_given_out(ask, settings, name):
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    (settings.MEDIA_ROOT.parent / "secret").write_text("secret")
    assert ask(f"/media/{name}").status_code in (301, 400, 404)


# Whom to tell of a hole


def test_security_txt_names_whom_to_tell_and_never_runs_out(ask):
    Publication.objects.update(contact_email="editor@comment.example")
    response = ask("/.well-known/security.txt")
    said = dict(line.split(": ", 1) for line in response.text.splitlines())
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert said["Contact"] == "mailto:editor@comment.example"
    assert said["Preferred-Languages"] == "en"
    assert urlsplit(said["Canonical"]).path == "/.well-known/security.txt"
    until = timezone.datetime.fromisoformat(said["Expires"])
    assert 300 < (until - timezone.now()).days < 365


def test_security_txt_names_a_page_where_there_is_one(ask, settings):
    settings.SECURITY_CONTACT = "https://comment.example/tell-us/"
    settings.SECURITY_POLICY_URL = "https://comment.example/policy/"
    text = ask("/.well-known/security.txt").text
    assert "Contact: https://comment.example/tell-us/\n" in text
    assert "Policy: https://comment.example/policy/\n" in text


def test_there_is_no_security_txt_where_nobody_is_named(ask):
    Publication.objects.update(contact_email="")
    assert ask("/.well-known/security.txt").status_code == 404
