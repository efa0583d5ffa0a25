"""What browsers say that the content policy refused: taken in two forms from anybody, counted, and nothing of the reader kept."""

import json
import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from informed_comment import reports
from informed_comment.headers import REPORTS
from informed_comment.models import PolicyReport
from informed_comment.watching.lights import State

pytestmark = pytest.mark.django_db
PAGE = "http://testserver/2016/10/a-post.html?q=secret"


def body_of(**said):
    return {
        "documentURL": PAGE,
        "effectiveDirective": "script-src-elem",
        "blockedURL": "https://tracker.example/a.js?id=7",
        "sourceFile": "http://testserver/static/js/site.js",
        "lineNumber": 12,
    } | said


def send(body, kind=reports.MANY, **how):
    said = body if isinstance(body, (bytes, str)) else json.dumps(body)
    return Client().post(REPORTS, said, content_type=kind, **how)


def many(*bodies):
    return [{"type": "csp-violation", "age": 1, "url": PAGE, "body": body} for body in bodies]


def classic(**said):
    report = {
        "document-uri": PAGE,
        "violated-directive": "img-src 'self'",
        "blocked-uri": "http://pictures.example/x.png",
    }
    return {"csp-report": report | said}


def test_both_forms_of_a_report_are_counted_without_what_tells_of_a_reader(caplog):
    assert send(many(body_of())).status_code == 204
    assert send(classic(), reports.CLASSIC).status_code == 204
    rows = {row.rule: row for row in PolicyReport.objects.all()}
    script, picture = rows["script-src-elem"], rows["img-src"]
    assert (script.refused, script.source) == ("https://tracker.example", "/static/js/site.js:12")
    assert script.page == picture.page == "/2016/10/a-post.html"
    assert picture.refused == "http://pictures.example"
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2
    assert "tracker.example" in caplog.text
    assert "secret" not in caplog.text


def test_the_same_refusal_is_one_row_and_one_line_however_often_it_comes(caplog):
    for page in ("/one/", "/two/"):
        send(many(*[body_of(documentURL=f"http://testserver{page}")] * 3))
    row = PolicyReport.objects.get()
    assert (row.times, row.page) == (6, "/two/")
    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/preview/MTIzOjE6YWJj/", "/preview/…"),
        ("/newsletter/preferences/abcdef/", "/newsletter/preferences/…"),
        ("/newsletter/archive/", "/newsletter/archive/"),
        (f"/x/{'a1' * 30}/", "/x/…/"),
        ("/a%0Ab\u202e/", "/a%0Ab�/"),
    ],
)
def test_what_opens_something_is_cut_out_of_a_path(path, shown):
    send(many(body_of(documentURL=f"http://testserver{path}")))
    assert PolicyReport.objects.get().page == shown


@pytest.mark.parametrize(
    "said",
    [
        {"blockedURL": "chrome-extension"},
        {"blockedURL": "moz-extension://abc/x.js"},
        {"sourceFile": "safari-web-extension://abc/x.js", "blockedURL": "inline"},
        {"blockedURL": "about:blank"},
        {"documentURL": "https://elsewhere.example/"},
        {"documentURL": "about"},
        {"documentURL": "http://[bad/"},
        {"effectiveDirective": "everything"},
        {"effectiveDirective": 7, "documentURL": ["x"]},
    ],
)
def test_what_is_an_extensions_doing_or_no_page_of_ours_is_let_be(said):
    assert send(many(body_of(**said))).status_code == 204
    assert not PolicyReport.objects.exists()


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", reports.CLASSIC, 400),
        (b" ", reports.MANY, 400),
        (b"\xff\xfe", reports.MANY, 400),
        (b"[" * 9000, reports.MANY, 400),
        (b"null", reports.MANY, 400),
        (b"7", reports.CLASSIC, 400),
        (b'{"csp-report": []}', reports.CLASSIC, 400),
        (b'[{"type": "csp-violation", "body": "x"}]', reports.MANY, 400),
        (b'[{"type": "deprecation", "body": {}}]', reports.MANY, 204),
        (b"[]", reports.MANY, 204),
        (b"[1, null, [], {}]", reports.MANY, 204),
        (b" " * (reports.LONGEST + 1), reports.MANY, 413),
        (b"{}", "application/json", 415),
        (b"{}", "text/html", 415),
        (b"{}", "", 415),
    ],
)
def test_what_is_no_report_is_refused_in_a_sentence(body, kind, status):
    answer = send(body, kind)
    assert answer.status_code == status
    assert bool(answer.text) == (status != 204)
    assert not answer.cookies


@pytest.mark.parametrize(
    "value",
    ["\ud800", "\x00", "x" * 5000, "http://[", "javascript:alert(1)", "http://a@b:c/", 7, None, {}, True],
)
@pytest.mark.parametrize(
    "name", ["blockedURL", "sourceFile", "documentURL", "lineNumber", "effectiveDirective"]
)
def test_odd_values_break_nothing(name, value):
    assert send(many(body_of(**{name: value}))).status_code == 204


def test_a_flood_is_turned_away_by_network_and_rows_have_an_end(monkeypatch):
    monkeypatch.setattr(reports, "NETWORKS", 3)
    answers = [send(many(body_of()), REMOTE_ADDR="203.0.113.9") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [204, 204, 204, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert send(many(body_of()), REMOTE_ADDR="198.51.100.1").status_code == 204
    monkeypatch.setattr(reports, "MOST_ROWS", 3)
    for number in range(9):
        send(many(body_of(blockedURL=f"https://{number}.example/")), REMOTE_ADDR=f"198.51.{number}.1")
    assert PolicyReport.objects.count() == 3


def test_reports_go_after_a_month():
    PolicyReport.objects.create(rule="img-src", refused="a", last_at=timezone.now() - timedelta(days=31))
    PolicyReport.objects.create(rule="img-src", refused="b")
    assert reports.forget() == 1


def test_a_refused_script_is_a_light_with_a_cure_and_a_picture_is_none():
    send(many(body_of(effectiveDirective="img-src")))
    assert [light.state for light in reports.lights()] == [State.GOOD]
    send(
        many(
            body_of(),
            body_of(effectiveDirective="require-trusted-types-for", blockedURL="trusted-types-sink"),
        )
    )
    (light,) = reports.lights()
    assert light.state is State.WATCH
    assert "2 kinds of script" in light.says
