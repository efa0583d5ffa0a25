"""Works at an import in processes that are killed at random, and begins it once it is read.

python -m tests.newsletter.import_killing BATCH DATABASE KILLS SEED
"""

import os
import random
import signal
import sys
import time


def main(batch_id, database, kills, seed):
    import django

    django.setup()
    from django.db import connections

    connections.settings["default"]["NAME"] = database
    from newsletter.importing import applying, course, reading
    from newsletter.models import ImportBatch

    reading.CHUNK = applying.CHUNK = course.JUDGED_AT_ONCE = 20  # many transactions to be killed in
    chance, killed = random.Random(seed), 0
    while True:
        batch = ImportBatch.objects.get(pk=batch_id)
        if batch.state == "read":
            course.begin(batch, by="ada")
        if batch.state == "done":
            break
        connections.close_all()
        child = os.fork()
        if child == 0:
            while course.work(batch_id):
                pass
            os._exit(0)
        if killed < kills:
            time.sleep(0.005 + chance.random() * 0.06)
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
    print(f"{killed} kills")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4])
