"""One target in a process of its own: `python -m bench.fuzzing.one TARGET FOLDER SECONDS`, or a FILE of a finding in the folder's place."""

import importlib
import os
import sys
from pathlib import Path

os.environ |= {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none", "DEBUG": "1"}  # nothing here asks one
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "informed_comment.settings")

import atheris
import django

from bench.fuzzing import TARGETS

SLOWEST = 5  # seconds for one input; far more than the bounds that tests hold, for the machine is busy
LONGEST = 8192


def main(name, place, seconds="0"):
    module, included = TARGETS[name]
    with atheris.instrument_imports(include=included, enable_loader_override=False):
        django.setup()
        module = importlib.import_module(f"bench.fuzzing.{module}")
    target = getattr(module, name)
    if Path(place).is_file():
        target(Path(place).read_bytes())
        return
    seeds = Path(place, "corpus")
    seeds.mkdir(exist_ok=True)
    for number, seed in enumerate(module.seeds(name)):
        (seeds / f"seed-{number}").write_bytes(seed)
    limits = [
        f"-max_total_time={seconds}",
        f"-timeout={SLOWEST}",
        f"-max_len={LONGEST}",
        "-rss_limit_mb=1500",
    ]
    options = [f"-artifact_prefix={place}/", "-print_final_stats=1", "-verbosity=1"]
    atheris.Setup([sys.argv[0], *limits, *options, str(seeds)], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
