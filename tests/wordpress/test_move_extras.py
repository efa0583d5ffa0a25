"""What comes beside an export: the files it names, the redirects, the reads."""

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile

from informed_comment.models import Redirect
from posts.models import ReadTotal
from tests.factories import make_post, make_user
from tests.wordpress.moves import MOVES, begun, looked, page_of, worked
from tests.wordpress.parts import item, upload

pytestmark = pytest.mark.django_db


# Files that are missing


@pytest.mark.usefixtures("chief")
def test_missing_files_are_named_and_fetched_from_the_hosts_ticked(client):
    page = client.get(f"{MOVES}files/").text
    assert "No file is missing." in page
    url = "https://pictures.example/wp-content/uploads/2010/05/{}.jpg"
    begun(
        client,
        move := looked(
            client, item(1), upload(8, url=url.format("bridge")), upload(9, url=url.format("sea"))
        ),
    )
    worked(move)
    assert "Fetch the files that are missing" in client.get(page_of(move)).text
    page = client.get(f"{MOVES}files/").text
    assert "pictures.example (2 files)" in page
    assert "not asked for yet" in page
    rows = client.get(f"{MOVES}files/csv/").getvalue().decode().splitlines()
    assert rows[0] == "address,used in,reason,asked at"
    assert len(rows) == 3
    for chosen, said in [([], "Tick the hosts"), (["else.example"], "holds none of the files")]:
        assert said in client.post(f"{MOVES}files/", {"hosts": chosen}).text
    assert client.get(f"{MOVES}files/now/").json()["state"] == "idle"
    page = client.post(f"{MOVES}files/", {"hosts": ["pictures.example"]}, follow=True).text
    assert "2 still missing" in page
    assert "data-following" in page
    page = client.post(f"{MOVES}files/", {"hosts": ["pictures.example"]}, follow=True).text
    assert "nothing was begun again" in page
    assert client.get(f"{MOVES}files/now/").json()["state"] == "running"


@pytest.mark.parametrize(("group", "code"), [("Administrator", 200), ("Editor", 403), ("Author", 403)])
def test_fetching_is_the_administrators_affair(client, group, code):
    client.force_login(make_user(group=group))
    for rest in ("files/", "files/now/", "files/csv/"):
        assert client.get(MOVES + rest).status_code == code
    assert client.post(f"{MOVES}files/").status_code == code


# What comes beside an export


def extra(client, which, content=None, **data):
    files = {"file": SimpleUploadedFile("table.csv", content)} if content is not None else {}
    return client.post(f"{MOVES}beside/", {"which": which, "do": "look"} | files | data, follow=True)


@pytest.mark.usefixtures("chief")
def test_redirects_are_looked_at_and_then_taken_in(client):
    post = make_post()
    page = client.get(f"{MOVES}beside/").text
    assert page.count("csrfmiddlewaretoken") == page.count('method="post"')
    page = extra(client, "redirects", f"/old/,{post.permalink}\n/odd/,https://else.example/\n".encode())
    assert "redirects taken in" in page.text
    assert "lies on another site" in page.text
    assert not Redirect.objects.exists()
    page = extra(client, "redirects", do="take", kept=page.context["kept"])
    assert "Taken in: 1 redirect of the old site." in page.text
    assert Redirect.objects.get().target == post.permalink
    assert LogEntry.objects.get().change_message == "Taken in: 1 redirect of the old site."


@pytest.mark.usefixtures("chief")
def test_reads_are_looked_at_and_then_taken_in(client):
    post = make_post()
    page = extra(client, "reads", f"url,views\n{post.permalink},77\n/nowhere/,3\n".encode())
    assert "reads of 1 post" in page.text
    assert "is no post here" in page.text
    page = extra(client, "reads", do="take", kept=page.context["kept"])
    assert "Taken in: the reads of 1 post." in page.text
    assert ReadTotal.objects.get(post=post).reads == 77


@pytest.mark.usefixtures("chief")
@pytest.mark.parametrize("which", ["redirects", "reads"])
def test_a_file_beside_the_export_that_is_none_is_refused_with_the_cure(client, which):
    assert "Choose a file first." in extra(client, which).text
    assert "The file is empty." in extra(client, which, b"").text
    assert "errorlist" in extra(client, which, b"\x89PNG\r\n\x1a\n\0\0").text
    for kept in ("nonsense", "AAAA"):
        assert "Choose it again." in extra(client, which, do="take", kept=kept).text


def test_bringing_redirects_takes_the_permission_to_import(client, db):
    client.force_login(make_user(group="Editor"))
    assert client.get(f"{MOVES}beside/").status_code == 403
