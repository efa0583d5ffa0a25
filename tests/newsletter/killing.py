"""Kills senders at random while a mailing goes out, and samples the ledger all the while."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection, models

from newsletter.models import Mailing
from newsletter.sender import WAITS

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Told:
    """What was seen: kills, samples of the ledger that did not add up, and how long it took."""

    kills: int = 0
    samples: int = 0
    wrong: list = field(default_factory=list)
    seconds: float = 0


def send_and_kill(mailing, port, *, kills, senders=3, seed=0, patience=600, afterwards=lambda: None):
    """Sends the mailing with processes of which `kills` are killed at random moments; raises TimeoutError.

    `afterwards` is called once all of them are dead.
    """
    chance, told, begun = random.Random(seed), Told(), time.monotonic()
    arguments = [str(mailing.pk), connection.settings_dict["NAME"], str(port), str(senders)]
    nursery = subprocess.Popen(
        [sys.executable, "-m", "tests.newsletter.nursery", *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    pids, audience = [], mailing.audience
    reader = threading.Thread(target=listen, args=(nursery.stdout, pids), daemon=True)
    reader.start()
    try:
        while Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.SENDING).exists():
            time.sleep(chance.random() * 0.1)
            hurry(mailing)
            total = sum(ledger(mailing).values())
            told.samples += 1
            if total != audience:
                told.wrong.append(total)
            if told.kills < kills and len(pids) >= senders:
                victim = pids[-chance.randint(1, senders)]
                with suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGKILL)
                    told.kills += 1
            if told.kills == kills:
                afterwards()
            if time.monotonic() - begun > patience:
                raise TimeoutError(f"still {ledger(mailing)} after {patience} s")
    finally:
        nursery.stdin.close()
        nursery.wait(30)
        nursery.stdout.close()
    told.seconds = time.monotonic() - begun
    return told


def listen(lines, pids):
    for line in lines:
        pids.append(int(line))


def hurry(mailing):
    """Whoever was refused for now is tried again at once: minutes of waiting are left out."""
    waiting = mailing.deliveries.filter(state="pending", claimed_by=None, attempts__lte=len(WAITS))
    waiting.filter(next_try_at__gt=models.functions.Now()).update(next_try_at=models.functions.Now())


def ledger(mailing):
    counted = mailing.deliveries.order_by().values_list("state").annotate(n=models.Count("pk"))
    return dict(counted)
