import importlib

import pytest

from bench.__main__ import NAMES, main


@pytest.mark.parametrize("name", NAMES)
def test_every_bench_is_there_and_says_how_it_is_started(name):
    module = importlib.import_module(f"bench.{name}")
    assert callable(module.main)
    assert f"python -m bench {name}" in module.__doc__


def test_a_bench_that_is_not_there_is_told_with_those_that_are():
    assert "there are speed, pages, load" in main("lode")
