"""The first step on a bare machine: bootstrap.py, in a copy of the project with a pretended uv."""

import ast
import os
import shutil
import subprocess
import sys

import pytest

from informed_comment.postgres import ROOT

UV = """#!/bin/sh
echo "$*" >> uv-was-asked
case "$1 $2" in
  *venv*) for last; do :; done; mkdir -p "$last/bin"; ln -s "{python}" "$last/bin/python" ;;
  "pip sync") {outcome} ;;
esac
"""


@pytest.fixture
def project(tmp_path):
    shutil.copy(ROOT / "bootstrap.py", tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    return tmp_path


def pretend_uv(project, outcome="exit 0"):
    tools = project / "tools"
    tools.mkdir(exist_ok=True)
    uv = tools / "uv"
    uv.write_text(UV.format(python=sys.executable, outcome=outcome))
    uv.chmod(0o755)


def bootstrap(project, *arguments):
    path = f"{project / 'tools'}:/usr/bin:/bin"
    return subprocess.run(
        [sys.executable, "bootstrap.py", *arguments],
        cwd=project,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
    )


def asked_for(project):
    """What uv was asked since the last look, less its version."""
    file = project / "uv-was-asked"
    lines = file.read_text().splitlines() if file.exists() else []
    file.unlink(missing_ok=True)
    return [line for line in lines if line != "--version"]


def test_it_reads_as_python_3_9():
    assert ast.parse((ROOT / "bootstrap.py").read_text(), feature_version=(3, 9)).body


def test_it_sets_up_once_and_again_when_the_requirements_change(project):
    pretend_uv(project)
    done = bootstrap(project, "sh", "-c", "echo $VIRTUAL_ENV")
    assert done.stdout.strip() == str(project / ".venv")
    venv, sync = asked_for(project)
    assert venv.startswith("venv ")
    assert "--require-hashes" in sync
    assert sync.endswith("requirements/runtime.txt")

    assert bootstrap(project, "true").returncode == 0
    assert asked_for(project) == []

    with (project / "requirements" / "runtime.txt").open("a") as file:
        file.write("# changed\n")
    assert bootstrap(project, "true").returncode == 0
    (sync,) = asked_for(project)
    assert sync.endswith("requirements/runtime.txt")


def test_the_developers_set_serves_for_running_too_but_not_the_other_way_round(project):
    pretend_uv(project)
    bootstrap(project, "true")
    asked_for(project)
    bootstrap(project, "--dev", "true")
    (sync,) = asked_for(project)
    assert sync.endswith("requirements/dev.txt")
    bootstrap(project, "true")
    assert asked_for(project) == []


def test_a_set_up_that_failed_is_one_line_and_tried_again(project):
    pretend_uv(project, outcome="echo no route; echo to host >&2; exit 2")
    done = bootstrap(project, "true")
    assert done.returncode == 1
    message = "informed-comment: the packages could not be installed; is the network there? uv said: to host"
    assert done.stderr.splitlines()[1:] == [message]

    pretend_uv(project)
    assert bootstrap(project, "true").returncode == 0


@pytest.mark.parametrize("command", ["true", "uv"])
def test_a_var_that_cannot_be_written_is_one_line(project, command):
    (project / "var").touch()
    done = bootstrap(project, command)
    assert done.returncode == 1
    assert done.stderr.startswith(f"informed-comment: cannot write in {project}/var")
    assert done.stderr.count("\n") == 1


def test_it_passes_on_the_commands_exit_code(project):
    pretend_uv(project)
    assert bootstrap(project, "sh", "-c", "exit 7").returncode == 7
    done = bootstrap(project, "no-such-command")
    assert done.returncode == 1
    assert "cannot run no-such-command" in done.stderr
