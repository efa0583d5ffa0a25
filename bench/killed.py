"""`python -m bench killed [KIND]`: each kind of background deed killed before each of its statements, and done again.

What stands in the database afterwards has to be what an undisturbed run leaves: nothing is missing, nothing was done twice. Mail of our
own (a question to confirm, a notice) may go out once more, under the same Message-ID. Ends with exit code 1 where one is wrong.
"""

import os
import tempfile
from datetime import timedelta
from pathlib import Path

MOST = 80  # statements
KILLED = 137


class Kind:
    """`prepare()` gives what `deed` and `is_right` are called with."""

    def __init__(self, prepare, deed, is_right):
        self.prepare, self.deed, self.is_right = prepare, deed, is_right


def main(only=""):
    from bench.__main__ import set_up

    set_up()
    from django.conf import settings
    from django.db import connection

    from bench.killed_kinds import kinds

    connection.settings_dict["TEST"]["NAME"] = "bench_killed"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        settings.MEDIA_ROOT = Path(folder, "media")
        mail = Path(folder, "mail")
        files = {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(mail)},
        }
        settings.MAILERS, settings.HOLD_SECONDS = {"default": files}, 0
        for name, kind in kinds(mail).items():
            if only in name:
                settings.SIGN_UPS_BURST = MOST * MOST  # nobody is kept waiting here
                wrong += tried(name, kind)
    connection.creation.destroy_test_db("bench_killed", verbosity=0)
    return 1 if wrong else 0


def tried(name, kind):
    """Kills the deed before its first statement, before its second, and so on, until it comes to its end."""
    failed = []
    for number in range(1, MOST + 1):
        state = kind.prepare()
        is_whole = died(kind, state, number)
        kind.deed(state)
        if not kind.is_right(state):
            failed.append(number)
        if is_whole:
            break
    print(
        f"{name:<46}{number - 1:>4} kills  {'FAIL: before statements ' + str(failed) if failed else 'ok'}",
        flush=True,
    )
    return bool(failed)


def died(kind, state, number):
    """Whether a process that dies before its statement of this number comes to its end before that."""
    from django.db import connection

    connection.close()
    child = os.fork()
    if not child:
        try:
            with connection.execute_wrapper(Countdown(number)):
                kind.deed(state)
        except BaseException:
            os._exit(1)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code not in (0, KILLED):
        raise RuntimeError(f"the deed failed by itself, with {code}")
    return code == 0


class Countdown:
    def __init__(self, number):
        self.left = number

    def __call__(self, execute, sql, params, many, context):
        self.left -= 1
        if not self.left:
            os._exit(KILLED)
        return execute(sql, params, many, context)


def hours_ago(hours):
    from django.utils import timezone

    return timezone.now() - timedelta(hours=hours)
