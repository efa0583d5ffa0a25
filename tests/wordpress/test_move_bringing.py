"""Bringing files to an import: sent whole or in parts, or lying on the server; and what is refused."""

import gzip
import io
import json
import zipfile

import pytest

from posts.models import Post
from tests.factories import make_user
from tests.wordpress.moves import FOOT, LONG, MOVES, begun, bring, export, looked, page_of, worked
from tests.wordpress.parts import HEAD, item
from wordpress.models import Move, MovePiece
from wordpress.moving import arriving, clearing, course
from wordpress.reading import containers

pytestmark = pytest.mark.django_db


@pytest.fixture
def lying(settings, tmp_path):
    settings.IMPORTS_DIR = tmp_path / "imports"
    settings.IMPORTS_DIR.mkdir()
    return settings.IMPORTS_DIR


# What is brought


def in_a_zip(name, content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.usefixtures("chief")
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (None, "Choose a file first."),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 300, "Export it again in the old system"),
        (b"<html><body>Log in</body></html>", "Export it again in the old system"),
        (b'<?xml version="1.0"?><feed xmlns="x"><odd/></feed>', "Export it again in the old system"),
        (b"PK\x03\x04 broken", "Export it again in the old system"),
        (in_a_zip("readme.txt", b"Nothing"), "Export it again in the old system"),
    ],
)
def test_a_wrong_file_is_refused_with_the_cure_and_nothing_is_kept(client, content, said):
    page = bring(client, content)
    assert said in page.text
    assert not Move.objects.exists()
    assert not MovePiece.objects.exists()


@pytest.mark.usefixtures("chief")
def test_a_file_that_swells_out_of_all_proportion_is_told_of(client, monkeypatch):
    monkeypatch.setattr(containers, "ALWAYS_ALLOWED", 1024 * 1024)
    filler = b"<!--" + b"0" * (4 * 1024 * 1024) + b"-->"
    bomb = gzip.compress(HEAD.encode() + filler + FOOT.encode(), 9)
    page = bring(client, bomb, "bomb.xml.gz")
    move = Move.objects.first()
    said = page.text if move is None else client.get(page_of(worked(move))).text
    assert "swells out of all proportion" in said
    assert "Import this…" not in said
    assert not Post.objects.exists()


@pytest.mark.usefixtures("chief")
def test_too_large_a_file_is_refused(client, settings):
    settings.MOVE_FILE_MAX_BYTES = 1024 * 1024
    assert "larger than 1 MB" in bring(client, export(item(1, body="x" * 1_100_000))).text
    assert not MovePiece.objects.exists()


@pytest.mark.usefixtures("chief")
def test_only_what_lies_in_the_folder_for_imports_is_offered(client, lying, tmp_path):
    (lying / "whole.xml").write_bytes(export())
    (lying / "wp-content" / "uploads" / "2010" / "05").mkdir(parents=True)
    (tmp_path / "secret.xml").write_bytes(export())
    (lying / "out.xml").symlink_to(tmp_path / "secret.xml")
    page = client.get(f"{MOVES}add/").text
    assert "whole.xml" in page
    assert "wp-content/uploads" in page
    assert "out.xml" not in page
    for name in ("../secret.xml", str(tmp_path / "secret.xml"), "out.xml", "whole.xml/.."):
        assert "is not there any more" in bring(client, None, here=[name]).text
    assert not Move.objects.exists()
    data = {"here": ["whole.xml"], "option-folder": "wp-content/uploads"}
    assert "wp-content/uploads" in bring(client, None, **data).text
    assert worked(Move.objects.get()).foretold["items"] == [["post/publish", "new", 1]]


GHOST = {
    "db": [
        {
            "meta": {"version": "5.0.0"},
            "data": {
                "posts": [
                    {"id": "1", "title": "Hello", "slug": "hello", "html": "<p>Hi</p>", "status": "published"}
                ]
            },
        }
    ]
}


@pytest.mark.usefixtures("chief")
def test_of_another_system_is_asked_what_its_export_does_not_say(client):
    bring(client, json.dumps(GHOST).encode(), "ghost.json")
    move = worked(Move.objects.get())
    page = client.get(page_of(move)).text
    assert "<dd>Ghost</dd>" in page
    assert "Address of the old site" in page
    data = {"do": "look", "option-address": "old.example", "option-has_sections": "on"}
    client.post(page_of(move), data)
    move = worked(move)
    assert (move.options["address"], move.options["has_sections"]) == ("https://old.example", True)
    page = client.get(page_of(move)).text
    assert "https://old.example" in page
    assert "Address of the old site" not in client.get(page_of(looked(client))).text


# In parts


def send(client, content, *, name="old.xml", skip=()):
    listed = json.dumps([{"name": name, "size": len(content)}])
    way = client.post(f"{MOVES}arrive/", {"list": listed}).json()
    for at in range(0, len(content), way["size"]):
        if at not in skip:
            body = content[at : at + way["size"]]
            answer = client.post(f"{way['parts']}0/{at}/", body, content_type="application/octet-stream")
            assert answer.status_code == 200, answer.json()
    return way


@pytest.mark.usefixtures("chief")
def test_a_file_arrives_in_parts_some_of_them_twice(client):
    content = export(LONG, item(1))
    way = send(client, content)
    part = content[: way["size"]]
    client.post(f"{way['parts']}0/0/", part, content_type="application/octet-stream")
    assert "On its way here" in client.get(MOVES).text
    answer = client.post(way["end"]).json()
    assert answer["page"] == page_of(Move.objects.get())
    assert worked(Move.objects.get()).foretold["items"] == [["post/publish", "new", 1]]


@pytest.mark.usefixtures("chief")
@pytest.mark.parametrize(
    ("content", "skip", "said"),
    [("whole", [0], "has not come whole"), (b"nothing of the kind", [], "Export it again")],
)
def test_a_file_that_came_in_part_or_is_of_another_kind_leaves_nothing(client, content, skip, said):
    way = send(client, export(LONG, item(1)) if content == "whole" else content, skip=skip)
    answer = client.post(way["end"])
    assert answer.status_code == 400
    assert said in answer.json()["refusal"]
    assert not Move.objects.exists()
    late = client.post(f"{way['parts']}0/0/", b"x", content_type="a/b")
    assert "no longer under way" in late.json()["refusal"]


@pytest.mark.usefixtures("chief")
@pytest.mark.parametrize(
    "listed", ["", "[]", "{}", '[{"name": "a"}]', '[{"name": "a", "size": 0}]', "[1]", "null"]
)
def test_a_list_of_files_that_is_none_is_refused(client, listed):
    answer = client.post(f"{MOVES}arrive/", {"list": listed})
    assert answer.status_code == 400
    assert answer.json()["refusal"]


@pytest.mark.usefixtures("chief")
def test_parts_that_do_not_fit_are_refused(client):
    way = client.post(f"{MOVES}arrive/", {"list": '[{"name": "a.xml", "size": 2000000}]'}).json()
    for place, size in [("0/1", 10), ("0/0", 10), ("1/0", 10), ("0/1048576", 1_048_576), ("0/0", 0)]:
        answer = client.post(f"{way['parts']}{place}/", b"x" * size, content_type="a/b")
        assert answer.status_code == 400
    client.force_login(make_user(group="Administrator"))
    answer = client.post(f"{way['parts']}0/0/", b"x" * 1_048_576, content_type="a/b")
    assert answer.status_code == 400
    assert not MovePiece.objects.exists()


def test_uploads_that_were_given_up_and_files_of_old_imports_are_cleared(client, chief, settings):
    settings.IMPORTS_KEPT_DAYS = -1
    move = looked(client)
    begun(client, move)
    worked(move)
    arriving.begin([("a.xml", 9)], options=course.Options(), by="ada")
    clearing.clear()
    assert Move.objects.filter(state="arriving").exists()
    assert not MovePiece.objects.exists()
    assert "Import it again" not in client.get(page_of(move)).text
    clearing.SENDING = -clearing.SENDING
    clearing.clear()
    clearing.SENDING = -clearing.SENDING
    assert not Move.objects.filter(state="arriving").exists()
