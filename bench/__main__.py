"""`make bench`: what pages cost, and how fast they are beside a file that nginx serves, as ratios within one run.

    python -m bench [POSTS…]            uncached pages at each size and cached ones under load; 10000 100000 unless told
    python -m bench NAME [ARGUMENTS…]   one of the names below; what it takes stands at the head of bench/NAME.py

What needs a made publication keeps it in a database of its own, bench_pages_POSTS, on the server that DATABASE_URL names
or else on that of this folder. The others use a server that is forgotten, unless DATABASE_URL names one.
"""

import importlib
import os
import sys

from informed_comment import postgres

KEPT, FORGOTTEN, ITS_OWN = "kept", "forgotten", "its own"
NAMES = {  # name → which database server it works on
    "speed": KEPT,
    "pages": KEPT,
    "load": KEPT,
    "publishing": KEPT,
    "memory": KEPT,
    "newsroom": KEPT,
    "search": KEPT,
    "writing": FORGOTTEN,
    "mailing": FORGOTTEN,
    "figures": FORGOTTEN,
    "subscribers": FORGOTTEN,
    "bodies": FORGOTTEN,
    "moving": FORGOTTEN,
    "leaving": FORGOTTEN,
    "statistics": FORGOTTEN,
    "reading": ITS_OWN,
    "beacons": ITS_OWN,
    "through_proxy": ITS_OWN,
    "machines": KEPT,
    "backup": KEPT,
    "migrations": KEPT,
    "upgrade": ITS_OWN,
    "fuzz": ITS_OWN,
    "sanitiser": FORGOTTEN,
    "faults": ITS_OWN,
    "troubles": ITS_OWN,
    "headers": ITS_OWN,
    "hostile_media": FORGOTTEN,
    "packages": ITS_OWN,
    "licences": ITS_OWN,
    "interrupted": ITS_OWN,
    "killed": ITS_OWN,
    "big_pictures": ITS_OWN,
    "killed_work": ITS_OWN,
}


def set_up(server=FORGOTTEN):
    if not os.environ.get("DATABASE_URL"):
        if server == KEPT:
            postgres.ensure_running()
        else:
            postgres.ensure_running_for_tests()
    os.environ["DEBUG"] = "1"
    os.environ["EDITION_LOOK_SECONDS"] = "0"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "informed_comment.settings")

    import django

    django.setup()
    from django.conf import settings

    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["*"]


def main(name="speed", *arguments):
    if name.isdecimal():
        name, arguments = "speed", (name, *arguments)
    if name not in NAMES:
        return f"There is no bench of the name {name}; there are {', '.join(NAMES)}."
    if NAMES[name] != ITS_OWN:
        set_up(NAMES[name])
    given = [int(word) if word.isdecimal() else word for word in arguments]
    return importlib.import_module(f"bench.{name}").main(*given)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
