"""Backups and restores killed with SIGKILL at many moments, for `python -m bench backup`: what is left each time, and the next try.

Moments are spread over the time that an undisturbed one takes. Of a backup nothing may have the name of a whole one. A restore is begun
anew after each kill, with nobody putting anything right: until one has come to its end the site has no rows or serves nobody.
"""

import subprocess
import sys
import time

KILLS = 4
NIGHTS = """
SELECT (array_agg(name ORDER BY started_at DESC))[1], count(*) FILTER (WHERE verified_at IS NOT NULL),
    count(*) FILTER (WHERE problem <> '') FROM informed_comment_backuprun
"""
LEFT = """
SELECT (SELECT count(*) FROM pg_class WHERE relname = 'posts_post'), obj_description(to_regclass('informed_comment_edition'), 'pg_class')
"""


def killed_backups(command, proof, path, whole):
    """How many were killed within `whole` seconds; the last is not disturbed and leaves the file at `path`.

    What has its name after a kill, since that came after the proof, has to be whole by `proof(path)`.
    """
    kills, parts = 0, 0
    for number in range(1, KILLS + 1):
        died = killed(command(path), whole * number / (KILLS + 1))
        kills += died
        if died and path.exists() and begun(proof(path)).wait():
            sys.exit("A backup that was killed has the name of a whole one and is none.")
        parts += path.with_name(f"{path.name}.part").exists()
        path.unlink(missing_ok=True)
    end(command(path))
    if [left for left in path.parent.glob(f"{path.name}*") if left != path]:
        sys.exit("A backup that was made after killed ones left more than itself.")
    return f"{kills} killed, {parts} of them left a .part, and the next was whole"


def killed_nights(command, url, folder, whole):
    """The backup that the worker begins each night: killed as told, then made; one file is there, and each of the others is said to be killed."""
    import psycopg

    kills = sum(killed(command(), whole * number / (KILLS + 1)) for number in range(1, KILLS + 1))
    end(command())
    names = [path.name for path in folder.iterdir()]
    with psycopg.connect(url) as connection:
        newest, good, ended = connection.execute(NIGHTS).fetchone()
    if names != [newest] or good != KILLS + 1 - kills or ended > kills:
        sys.exit(
            f"After {kills} killed nights there are {names}, {good} runs that are good, {ended} that are not."
        )
    return f"{kills} killed, {ended} of them had begun and are told as killed, and the next left one file"


def killed_restores(command, url, whole, *, wait_for_rows=False):
    """As told, then to its end. With `wait_for_rows` each is killed a moment after its rows are there, so what comes after them is hit."""
    kills, found = 0, {"nothing": 0, "no rows": 0, "rows, and nobody served": 0}
    for number in range(1, KILLS + 1):
        process = begun(command())
        wait = whole * number / (KILLS + 1)
        if wait_for_rows:
            wait = 0.3 * number if until(lambda: has_rows(url), process) else 0
        died = dies(process, wait)
        kills += died
        if not died:
            break
        found[state(url)] += 1
    else:
        process = begun(command())
    if process.wait():
        sys.exit(f"A restore after killed ones ended with exit code {process.returncode}.")
    if state(url) != "whole":
        sys.exit("A restore came to its end and the site is not whole.")
    told = ", ".join(f"{times} × {name}" for name, times in found.items() if times)
    return f"{kills} killed ({told}), and the next went to the end"


def begun(given):
    words, environment = given
    return subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL)


def end(given):
    if code := begun(given).wait():
        sys.exit(f"The try after killed ones ended with exit code {code}.")


def killed(given, wait):
    return dies(begun(given), wait)


def dies(process, wait):
    """Whether it was still at it when it was killed after `wait` seconds."""
    try:
        process.wait(wait)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False


def until(true, process):
    while process.poll() is None:
        if true():
            return True
        time.sleep(0.05)
    return False


def has_rows(url):
    return state(url) == "rows, and nobody served"


def state(url):
    """What somebody who came now would find: a site that is whole has rows and an edition, or it ends here."""
    import psycopg

    with psycopg.connect(url) as connection:
        tables, half = connection.execute(LEFT).fetchone()
        if not tables:
            return "nothing"
        rows = connection.execute("SELECT count(*) FROM posts_post").fetchone()[0]
        edition = connection.execute("SELECT count(*) FROM informed_comment_edition").fetchone()[0]
    if rows and not half:
        return "whole"
    if rows and edition:
        sys.exit("A half-restored site has an edition and would be served.")
    return "rows, and nobody served" if rows else "no rows"
