"""Keeps so many sender processes alive, for tests that kill them: whoever dies is replaced at once.

    python -m tests.newsletter.nursery MAILING DATABASE PORT SENDERS

Prints the number of each process it starts. Ends when the mailing is no longer being sent, or when its input is closed.
"""

import os
import select
import sys
import time


def main(mailing, database, port, senders):
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    connections.settings["default"]["NAME"] = database
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    options = {"host": "127.0.0.1", "port": port, "timeout": 10}
    settings.MAILERS = {"default": {"BACKEND": smtp, "OPTIONS": options}}
    settings.NEWSLETTER_PROVIDERS = [{"name": "sink", "mailer": "default"}]
    from newsletter import messages, sending  # noqa: F401 - read once, before the processes part

    living, over = set(), False
    while living or not over:
        while len(living) < senders and not over:
            living.add(start(mailing))
        for pid in list(living):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                living.discard(pid)
                over = over or os.WIFEXITED(status)
        closed, _, _ = select.select([sys.stdin], [], [], 0.002)
        if closed and not sys.stdin.readline():
            for pid in living:
                os.kill(pid, 9)
            return


def start(mailing):
    pid = os.fork()
    if pid == 0:
        work(mailing)
    print(pid, flush=True)
    return pid


def work(mailing):
    """One sender: slices of the mailing until it is not under way any more."""
    from newsletter import sending
    from newsletter.models import Mailing

    while Mailing.objects.under_way().filter(pk=mailing).exists():
        if not sending.send(mailing):
            time.sleep(0.02)
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
