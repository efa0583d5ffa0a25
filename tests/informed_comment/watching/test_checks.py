"""`manage.py check --deploy`: silent where all is well, and a sentence with its cure where it is not."""

import os
import subprocess
import sys

import pytest
from django.conf import settings as site

from informed_comment.watching import checks

PRODUCTION = {
    "SECRET_KEY": "7hWq-2Zk_pVx9sLrT4nYbG6mEcJ8dUaQ3fXoKiHvNw5tRzPy1B",
    "NEWSLETTER_KEY": "another",
    "SITE_URL": "https://example.org",
    "ALLOWED_HOSTS": "example.org,www.example.org",
    "ADMINS": "friend@hosting.example",
    "DEFAULT_FROM_EMAIL": "newsletter@example.org",
    "TRUSTED_PROXIES": "1",
}


@pytest.mark.skipif("DATABASE_URL" not in os.environ, reason="Django's own checks ask the database")
def test_it_is_silent_under_the_settings_of_production(tmp_path):
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": os.environ["DATABASE_URL"],
        "VAR_DIR": str(tmp_path),
    }
    command = [sys.executable, "-W", "error", "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(
        command, cwd=site.BASE_DIR, env=environment | PRODUCTION, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert done.stdout == "System check identified no issues (1 silenced).\n"


@pytest.mark.parametrize(
    "address",
    ["example.org", "ftp://example.org", "https://", "https://example.org/blog", "https://example.org?x=1"],
)
def test_an_address_that_is_none(settings, address):
    settings.SITE_URL, settings.ALLOWED_HOSTS = address, ["example.org"]
    (found,) = checks.site_has_an_address(None)
    assert found.id == "informed_comment.E001"
    assert found.hint


@pytest.mark.parametrize(
    ("hosts", "number"), [(["example.org"], 0), ([".example.org"], 0), (["*"], 0), (["other.org"], 1)]
)
def test_the_sites_own_name_is_taken(settings, hosts, number):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://example.org", hosts
    assert len(checks.site_has_an_address(None)) == number


def test_folders_that_cannot_be_written(settings, tmp_path):
    (tmp_path / "file").write_text("in the way")
    settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path / "to" / "be" / "made", tmp_path / "file" / "media"
    (found,) = checks.folders_can_be_written(None)
    assert found.id == "informed_comment.E003"
    assert "MEDIA_ROOT" in found.msg


def test_what_is_unwise_is_a_warning_with_its_cure(settings):
    settings.DEBUG = False
    settings.ADMINS = []
    found = {one.id: one for one in checks.settings_are_wise(None)}
    assert "Set ADMINS" in found["informed_comment.W005"].hint
