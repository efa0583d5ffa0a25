"""The settings the tests run under: the site's own, on a database server that forgets.

pytest-django reads the settings before any conftest.py, so this is the first place that can start the server.
Workers of pytest-xdist inherit the address and start none.
"""

from informed_comment import postgres

postgres.ensure_running_for_tests()

from informed_comment.settings import *  # noqa: E402, F403
