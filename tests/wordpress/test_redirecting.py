"""Redirects of the old site: rows that lead straight, safe patterns, what is gone; all else is told by its line."""

import codecs
import io
import json

import pytest
from django.core.management import CommandError, call_command

from informed_comment import redirects
from informed_comment.models import Gone, Redirect, RedirectPattern
from tests.factories import make_page, make_post
from wordpress.redirecting.deed import take
from wordpress.redirecting.reading import CannotRead, entries

pytestmark = pytest.mark.django_db

REDIRECTION = """source,target,regex,code,type,hits,title,status
"/old-one/","/about/",0,301,"url",5,"","active"
"/first/","/second/",0,301,"url",5,"","active"
"/second/","https://testserver/third",0,301,"url",5,"","active"
"/third","/about/",0,302,"url",5,"","active"
"/ring-a/","/ring-b/",0,301,"url",0,"","active"
"/ring-b","/ring-a",0,301,"url",0,"","active"
"/shop/","",0,410,"error",0,"","active"
"/paused/","/about/",0,301,"url",0,"","disabled"
"/give/","https://pay.example/us",0,301,"url",0,"","active"
"^/blog/(.*)$","/$1",1,301,"url",0,"","active"
"^/(a+)+$","/about/",1,301,"url",0,"","active"
"/page/?lang=fr","/about/",0,301,"url",0,"","active"
"/?p=77","/about/",0,301,"url",0,"","active"
"/about/","/elsewhere/",0,301,"url",0,"","active"
"/old-one","/second-thoughts/",0,301,"url",0,"","active"
"/to-nothing/","/not-here-yet/",0,301,"url",0,"","active"
"/self/","/self",0,301,"url",0,"","active"
"""


@pytest.fixture
def about(settings):
    settings.SITE_URL = "http://testserver"
    return make_page(slug="about")


def outcomes(plan):
    return {one.entry.line: (one.deed, one.told) for one in plan.outcomes}


def test_an_export_of_redirection_becomes_rows_patterns_and_what_is_gone(about, client):
    foretold = take(REDIRECTION.encode(), is_dry_run=True)
    assert not Redirect.objects.exists()
    plan = take(REDIRECTION.encode())
    found = outcomes(plan)
    assert found == outcomes(foretold)
    deeds = [found[line][0] for line in range(2, 19)]
    assert deeds == str.split(
        "redirect redirect redirect redirect refused refused gone off refused pattern refused refused redirect known"
        " refused redirect refused"
    )
    for line, words in {
        3: "straight to the end",
        5: "for the time being",
        6: "round in a circle",
        10: "lies on another site, https://pay.example/us; make a page",
        12: "repeats",
        13: "question mark",
        15: "the site itself answers",
        16: "line 2 says",
        17: "nothing answers at /not-here-yet/",
        18: "leads to itself",
    }.items():
        assert words in found[line][1], line
    for path in ("/old-one/", "/first/", "/second", "/third/", "/?p=77", "/blog/about/", "/Old-One/"):
        assert client.get(path)["Location"] == "/about/", path
    assert client.get("/shop/").status_code == 410
    before = set(Redirect.objects.values_list("path", "target"))
    assert {deed for deed, _ in outcomes(take(REDIRECTION.encode())).values()} == {"known", "off", "refused"}
    assert set(Redirect.objects.values_list("path", "target")) == before
    assert (RedirectPattern.objects.count(), Gone.objects.count()) == (1, 1)


def test_the_json_of_redirection_is_read_with_groups_matches_and_flags(about, client):
    def one(url, target="/about/", **more):
        return {"url": url, "action_data": {"url": target}, "match_type": "url", "action_type": "url"} | {
            "action_code": 301,
            "group_id": 1,
            "enabled": True,
            **more,
        }

    told = {
        "plugin": {"version": "5.5"},
        "groups": [{"id": 1, "name": "A", "enabled": True}, {"id": 2, "name": "B", "enabled": False}],
        "redirects": [
            one("/a/"),
            one("/b/", group_id=2),
            one("/c/", enabled=False),
            one("/d/", match_type="login"),
            one("/e/", action_type="random"),
            one("/f/", action_type="error", action_code=410, action_data=None),
            one("^/g/(\\d+)/?$", "/?p=$1", match_data={"source": {"flag_regex": True}}),
            one("/h/", action_data="/about/"),
            one("/caf%C3%A9/"),
        ],
    }
    found = [one.deed for one in take(json.dumps(told).encode()).outcomes]
    assert found == str.split("redirect off off refused refused gone pattern redirect redirect")
    assert client.get("/café/")["Location"] == client.get("/h/")["Location"] == "/about/"
    post = make_post()
    redirects.lead("/?p=12", post.permalink)
    assert client.get("/g/12")["Location"] == post.permalink


@pytest.mark.parametrize(
    "content",
    [
        codecs.BOM_UTF8 + "alt;neu\n/caf\u00e9/;/about/\n".replace("alt;neu", "Source;Target").encode(),
        "old_url\tnew_url\r\n/caf\u00e9/\t/about/\r\n".encode("utf-16"),
        "/caf\u00e9/,/about/\n".encode("cp1252"),
        'Origin,Target,Type,Format\n"caf\u00e9/","about/",301,plain\n'.encode(),
        b"https://testserver/caf%C3%A9/|http://testserver/about/\n\n",
        b"# comment\nRewriteEngine On\nRedirect 301 /caf%C3%A9/ https://testserver/about/\n",
        b"RedirectPermanent /caf%C3%A9/ /about/\n",
    ],
)
def test_tables_in_any_spelling_are_understood(about, client, content):
    assert [one.deed for one in take(content).outcomes] == ["redirect"]
    assert client.get("/café/")["Location"] == "/about/"


def test_the_simple_lines_of_an_htaccess_are_taken(about, client):
    lines = """
        RedirectMatch 301 ^/essays/([a-z-]+)\\.asp$ /$1/
        RewriteRule ^papers/(.+)$ /$1 [R=301,L]
        RewriteCond %{HTTP_HOST} ^www
        RewriteRule ^(.*)$ https://testserver/$1 [R=301,L]
        RewriteRule . /index.php [L]
        Redirect gone /shop/
        Redirect /temp/ /about/
        Redirect
    """
    found = [(one.entry.line, one.deed) for one in take(lines.encode()).outcomes]
    assert found == [(2, "pattern"), (3, "pattern"), (5, "refused"), (7, "gone"), (8, "redirect")]
    assert client.get("/essays/about.asp")["Location"] == client.get("/papers/about")["Location"] == "/about/"


def test_what_an_editor_has_set_here_stays_and_is_told(about):
    redirects.lead("/old-one/", "/elsewhere/")
    redirects.lead("/oldest/", "/first/")
    plan = take(REDIRECTION.encode())
    assert outcomes(plan)[2] == ("known", "leads to /elsewhere/")
    assert redirects.where_now("/oldest/") == "/about/"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "JSON cannot be read"),
        (b'{"redirects": 3}', "no list"),
        (b"[" * 100_000, "JSON cannot be read"),
        (b"just words", "no columns"),
        (b"\x00\xff\x00", "no columns"),
        (b"", "no columns"),
    ],
)
def test_a_file_that_is_none_is_refused_with_a_sentence(content, words):
    with pytest.raises(CannotRead, match=words):
        entries(content)


def test_odd_rows_do_not_stop_the_others(about):
    content = (
        'source,target\n,,,\n"/a",\n/b\n/c,/about/,,,,,,,\n"/d/""x","/about/"\n/' + "e" * 2000 + ",/about/\n"
    )
    deeds = [one.deed for one in take(content.encode()).outcomes]
    assert deeds == ["refused", "refused", "redirect", "redirect", "refused"]


def test_the_command_tells_by_line_and_writes_a_list(about, tmp_path):
    file, out = tmp_path / "r.csv", io.StringIO()
    file.write_text(REDIRECTION)
    call_command("import_redirects", str(file), dry_run=True, stdout=out)
    assert "What would happen" in out.getvalue()
    assert "r.csv line 10: /give/ not taken: its target lies on another site" in out.getvalue()
    assert not Redirect.objects.exists()
    call_command("import_redirects", str(file), list=tmp_path / "list.csv", stdout=out)
    assert "      6  redirects taken in" in out.getvalue()
    assert len((tmp_path / "list.csv").read_text().splitlines()) == 18
    with pytest.raises(CommandError, match="no columns"):
        file.write_text("nothing")
        call_command("import_redirects", str(file), stdout=out)


def test_a_table_of_views_is_not_taken_for_redirects(db):
    plan = take(b"url,views\n/2010/05/title/,12\n")
    assert [one.told for one in plan.outcomes] == ["its target is missing"]
    assert [one.told for one in take(b'/2010/05/title/,"1,234"').outcomes] == [
        "its target is a number, 1,234"
    ]


def test_the_command_says_in_words_that_a_file_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="cannot be read: No such file or directory"):
        call_command("import_redirects", str(tmp_path / "none.csv"))
