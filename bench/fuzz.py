"""`python -m bench fuzz [SECONDS] [TARGET…]`: coverage-guided fuzzing (atheris) of whatever takes bytes from strangers, each target so
many seconds in turn; 60 and all of them unless told otherwise.

What a target holds true stands in bench/fuzzing/. A finding is kept in the folder that is named at the end, and makes
the bench fail; `python -m bench.fuzzing.one TARGET FILE` does it again. What was found goes into a test and is mended.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.fuzzing import TARGETS

EXECUTIONS = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
COVERED = re.compile(r"cov: (\d+)")


def main(*arguments):
    seconds = next((one for one in arguments if isinstance(one, int)), 60)
    wanted = [one for one in arguments if isinstance(one, str)] or list(TARGETS)
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    found = 0
    for name in wanted:
        found += one(name, seconds, folder / name)
    print(f"{found} findings" + (f", kept in {folder}" if found else ""))
    return 1 if found else 0


def one(name, seconds, folder):
    """Fuzzes a target anew after each finding, for as long as there is time; how many there were."""
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "bench.fuzzing.one", name, str(folder), str(seconds)]
    done = subprocess.run(["nice", "-n", "15", *command], capture_output=True, text=True)
    said = done.stdout + done.stderr
    (folder / "said.txt").write_text(said)
    executed = EXECUTIONS.findall(said)
    covered = COVERED.findall(said)
    is_found = done.returncode != 0
    print(
        f"{name:14} {seconds} s  {int(executed[-1]) if executed else 0:>9,} executions  "
        f"{covered[-1] if covered else '?':>6} covered  {'FOUND, see said.txt' if is_found else 'nothing found'}",
        flush=True,
    )
    return int(is_found)
