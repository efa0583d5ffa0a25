"""What the fuzzers hold true (bench/fuzzing/), for some of what they begin with and for pieces of it put together anew."""

import importlib
import random

import pytest

from bench.fuzzing import TARGETS

PIECES = 25


@pytest.mark.parametrize("name", TARGETS)
def test_what_strangers_send_ends_in_an_answer(name):
    module = importlib.import_module(f"bench.fuzzing.{TARGETS[name][0]}")
    target, seeds = getattr(module, name), module.seeds(name)
    chance = random.Random(name)
    for _ in range(PIECES):
        one, other = chance.choice(seeds), chance.choice(seeds)
        at, start = chance.randint(0, len(one)), chance.randint(0, len(other))
        target(one)
        target(one[:at] + other[start:] + bytes([chance.randrange(256)]) + one[at:])
