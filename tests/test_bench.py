import importlib

import pytest
from procrastinate.contrib.django import app

from bench.__main__ import NAMES, main
from bench.graded import Answer, graded
from bench.killed_tasks import every_task


@pytest.mark.parametrize("name", NAMES)
def test_every_bench_is_there_and_says_how_it_is_started(name):
    module = importlib.import_module(f"bench.{name}")
    assert callable(module.main)
    assert f"python -m bench {name}" in module.__doc__


def test_every_task_a_worker_knows_is_killed_by_the_bench():
    ours = {name for name in app.tasks if "builtin" not in name}
    assert every_task() == ours


def test_a_bench_that_is_not_there_is_told_with_those_that_are():
    assert "there are speed, pages, load" in main("lode")


def test_a_bare_answer_is_graded_down_for_each_thing_it_does_not_say_and_a_whole_one_is_not():
    bare = graded(
        Answer(
            200,
            [("Content-Type", "text/html"), ("Set-Cookie", "sessionid=1")],
            '<script src="http://a.example/x.js">',
        )
    )
    assert bare[:2] == (0, "F")
    assert {test for test, (points, _) in bare[2].items() if points < 0} == {
        "content_policy",
        "cookies",
        "redirection",
        "transport_security",
        "script_integrity",
        "content_type_options",
        "frame_options",
    }
    said = {
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; frame-ancestors 'none'",
        "Strict-Transport-Security": "max-age=31536000",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Set-Cookie": "csrftoken=1; Secure; SameSite=Lax",
    }
    assert graded(Answer(200, list(said.items()), plain=["https://a.example/"]))[:2] == (125, "A+")
    loose = said | {
        "Content-Security-Policy": "default-src 'none'; script-src 'unsafe-inline'; frame-ancestors *"
    }
    assert graded(Answer(200, list(loose.items()), plain=["https://a.example/"]))[:2] == (60, "C+")
