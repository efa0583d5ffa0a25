"""deploy/install: a script that can be read, says what it would do, and writes only what the site reads."""

import re
import shutil
import subprocess

import pytest

from tests.test_machines import DEPLOY, read_by_settings

INSTALL = DEPLOY / "install"
GIVEN = ["--domain", "example.org", "--also", "www.example.org", "--email", "you@example.org", "--dry-run"]


def ran(*options):
    return subprocess.run([INSTALL, *options], capture_output=True, text=True)


def test_a_dry_run_says_every_step_and_does_nothing():
    done = ran(*GIVEN)
    assert (done.returncode, done.stderr) == (0, "")
    steps = [line for line in done.stdout.splitlines() if line.startswith("== ")]
    assert len(steps) >= 12
    assert "would: certbot certonly" in done.stdout
    assert "would: write /etc/nginx/conf.d/informed-comment.conf" in done.stdout


@pytest.mark.parametrize(
    ("options", "cure"),
    [
        (["--dry-run"], "--domain"),
        (["--domain", "not a name", "--dry-run"], "a name such as example.org"),
        (["--domain", "example.org", "--dry-run"], "--email"),
        (
            ["--domain", "example.org", "--certificate", "magic", "--dry-run"],
            "letsencrypt, self-signed or none",
        ),
        (
            ["--domain", "example.org", "--certificate", "none", "--requirements", "no", "--dry-run"],
            "requirements/no.txt",
        ),
        (["--frobnicate"], "--help"),
        (["--domain"], "needs a value"),
    ],
)
def test_options_that_make_no_sense_are_refused_with_the_cure(options, cure):
    done = ran(*options)
    assert done.returncode == 1
    assert cure in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_what_it_writes_into_the_environment_is_read():
    kept = set(re.findall(r"\bkeep ([A-Z_]+) ", INSTALL.read_text()))
    assert {"SECRET_KEY", "NEWSLETTER_KEY", "DATABASE_URL", "BACKUP_DIR", "ADMINS"} <= kept
    assert kept <= read_by_settings()


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not installed")
def test_shellcheck_finds_nothing():
    done = subprocess.run(["shellcheck", INSTALL, DEPLOY / "restart"], capture_output=True, text=True)
    assert done.stdout == ""


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
@pytest.mark.parametrize("name", ["web", "worker"])
def test_the_units_give_little_of_the_machine(tmp_path, name):
    unit = (DEPLOY / "systemd" / f"informed-comment-{name}@.service").read_text()
    file = tmp_path / f"informed-comment-{name}@1.service"
    file.write_text(re.sub(r"^ExecStart=.*", "ExecStart=/bin/true", unit, flags=re.MULTILINE))
    asked = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", file], capture_output=True, text=True
    )
    exposure = re.search(r"exposure level for \S+: ([\d.]+)", asked.stdout)
    assert float(exposure[1]) < 2.0
