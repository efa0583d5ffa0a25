"""The settings the tests run under: the site's own, on a database and a folder that are forgotten.

pytest-django reads the settings before any conftest.py, so this is the first place that can start the server.
Workers of pytest-xdist inherit the addresses and start none.
"""

import atexit
import os
import shutil
import tempfile

from informed_comment import postgres

if "PYTEST_XDIST_WORKER" not in os.environ:
    if os.environ.get("DATABASE_URL"):
        folder = tempfile.mkdtemp(prefix="informed-comment-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    else:
        folder = postgres.ensure_running_for_tests()  # which goes with the server
    os.environ["VAR_DIR"] = str(folder)
    os.environ["DEBUG"] = "1"

from informed_comment.settings import *  # noqa: F403

MEDIA_ROOT = VAR_DIR / "media" / os.environ.get("PYTEST_XDIST_WORKER", "")  # noqa: F405
READS_WRITTEN_EVERY = 0  # by the tests themselves: a thread would hold the database past its end
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CHECK_OUTGOING_LINKS = False  # no test asks another machine
SIGN_UP_ANSWERS_AFTER = 0
SECOND_STEP = "offered"  # so that force_login() is enough
SIGN_IN_ANSWERS_AFTER = 0

if "PYTEST_XDIST_WORKER" in os.environ:  # it copies what conftest.py has made for all of them
    DATABASES["default"]["TEST"] = {"TEMPLATE": f"test_{DATABASES['default']['NAME']}"}  # noqa: F405
