"""A site with something of everything, and the same site emptied."""

import io
import shutil

import pytest
from django.core.management import call_command
from django.db import connection

from informed_comment import jobs
from informed_comment.backups.snapshot import snapshot, tally
from newsletter.models import Suppression
from tests import emptying
from tests.factories import (
    make_author,
    make_image,
    make_mailing,
    make_page,
    make_post,
    make_subscriber,
    make_user,
)


@pytest.fixture
def site(transactional_db, settings):
    """Rows with what is hard to write down, files, a job that waits, numbers drawn and not used."""
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    emptying.the_queue()
    image = make_image(width=40, height=30, title="A “quoted” title\twith a tab\nand a line, \\N and \\.")
    post = make_post(
        title="سلام and emoji 🕊", body="<p>One\\two</p>", authors=2, tags=["iran", "oil"], lead_image=image
    )
    make_page()
    make_subscriber(email="reader@example.org")
    make_mailing()
    Suppression.objects.create(address_hash="f" * 64, reason="complained", key_name="12345678")
    make_author().delete()
    make_user(username="editor")
    jobs.defer("images.tasks.make_renditions", image_id=image.pk)
    yield post
    emptying.the_queue()


def everything():
    """What every table of a backup comes to."""
    with snapshot() as state:
        return {table.name: tally(state.cursor, table) for table in state.tables}


def files(root):
    return {
        str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()
    }


def wipe(settings):
    """As a machine that burnt down: rows and files are gone, the migrations are there."""
    call_command("flush", interactive=False, verbosity=0, reset_sequences=True)
    emptying.number_rights_as_before()
    emptying.the_queue()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM informed_comment_auditentry")
        cursor.execute("RESET session_replication_role")
    shutil.rmtree(settings.MEDIA_ROOT)


def command(name, *words, **options):
    out = io.StringIO()
    call_command(name, *map(str, words), stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()
