"""Lists of subscribers that come with a site wait for an administrator; nobody becomes a subscriber by a move."""

import json
import zipfile

import pytest
from django.core.management import CommandError, call_command

from newsletter.models import ImportBatch, Subscriber
from posts.models import Post

pytestmark = pytest.mark.django_db
MEMBERS = "id,email,name,note,subscribed_to_emails,complimentary_plan,created_at\n1,ann@mail.example,Ann,,true,false,2020-01-01T00:00:00.000Z\n"
SUBSTACK = "email,active_subscription,expiry,email_disabled,created_at\nbo@mail.example,false,,false,2020-01-01T00:00:00.000Z\n"


def ghost(tmp_path):
    path = tmp_path / "ghost.json"
    post = {
        "id": "1",
        "title": "A",
        "slug": "a",
        "html": "<p>A</p>",
        "status": "published",
        "published_at": "2022-01-01T00:00:00Z",
    }
    path.write_text(json.dumps({"db": [{"meta": {}, "data": {"posts": [post]}}]}))
    return path


def test_members_beside_the_export_are_received_once_and_nobody_is_subscribed(tmp_path, capsys):
    members = tmp_path / "members.csv"
    members.write_text(MEMBERS)
    call_command("import_ghost", ghost(tmp_path), members)
    told = capsys.readouterr().out
    batch = ImportBatch.objects.get()
    assert (batch.layout, Post.objects.count(), Subscriber.objects.count()) == ("ghost", 1, 0)
    assert f"import {batch.pk}. Nothing has been imported of it yet" in told
    call_command("import_ghost", members)
    assert ImportBatch.objects.count() == 1
    assert "has been received before" in capsys.readouterr().out


def test_the_list_within_substacks_zip_is_received_too_but_not_in_a_dry_run(tmp_path, capsys):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "posts.csv", "post_id,title,is_published,post_date\n1.a,A,true,2020-01-01T00:00:00Z\n"
        )
        archive.writestr("posts/1.a.html", "<p>A</p>")
        archive.writestr("email_list.old.csv", SUBSTACK)
    call_command("import_substack", path, "--dry-run")
    with pytest.raises(CommandError):
        call_command("import_ghost", path)
    assert not ImportBatch.objects.exists()
    call_command("import_substack", path)
    assert ImportBatch.objects.get().layout == "substack"
    assert not Subscriber.objects.exists()


def test_a_list_that_nobody_can_read_is_told(tmp_path, capsys):
    members = tmp_path / "members.csv"
    members.write_bytes(b"")
    call_command("import_ghost", ghost(tmp_path), members)
    assert "Subscribers in members.csv" in capsys.readouterr().out
    assert Post.objects.count() == 1
