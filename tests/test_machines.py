"""What is shipped to run the site on one machine and on many: each name in it means something, each file is one."""

import ast
import http.client
import http.server
import os
import re
import shutil
import subprocess
import threading

import pytest
import yaml

from bench import proxied
from bench.served import free_port

ROOT = proxied.ROOT
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SCRIPTS = [DEPLOY / "serve", DEPLOY / "restart", *sorted((DEPLOY / "compose").glob("*.sh"))]
COMPOSE = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text())
OPERATIONS = ROOT / "docs" / "operations.md"
READ_ELSEWHERE = {"HOST", "PORT", "WEB_CONCURRENCY", "WEB_THREADS"}  # by deploy/serve
OF_OTHERS = re.compile(r"GRANIAN_|PG|MALLOC_|PYTHON|AWS_")


def read_by_settings():
    """The variables that settings.py asks the environment for."""
    tree = ast.parse((ROOT / "informed_comment" / "settings.py").read_text())
    called = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    first = [node.args[0].value for node in called if isinstance(node.args[0], ast.Constant)]
    return {name for name in first if isinstance(name, str) and name.isupper()} | READ_ELSEWHERE


def test_every_variable_of_the_example_is_one_that_the_site_reads():
    named = re.findall(r"^#?([A-Z][A-Z0-9_]+)=", (DEPLOY / "environment.example").read_text(), re.MULTILINE)
    assert len(named) > 15
    assert set(named) <= read_by_settings()


def test_every_variable_that_operators_are_told_of_is_read():
    told = set(re.findall(r"`([A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:=[^`]*)?`", OPERATIONS.read_text()))
    assert "DATABASE_REPLICA_URL" in told
    of_nginx = set(re.findall(r"\$\{([A-Z_]+)\}", proxied.SHIPPED.read_text()))
    assert {name for name in told if not OF_OTHERS.match(name)} <= read_by_settings() | of_nginx


def test_the_compose_file_gives_the_site_what_it_reads_and_starts_what_is_there():
    services = COMPOSE["services"]
    for name in ("web1", "web2", "worker1", "worker2", "prepare"):
        assert set(services[name]["environment"]) <= read_by_settings(), name
    wanted = {one for service in services.values() for one in service.get("depends_on", [])}
    assert wanted <= set(services)
    for service in services.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or (DEPLOY / "compose" / source).exists(), volume
    names = re.search(r"names='([^']+)'", (DEPLOY / "compose" / "nginx.sh").read_text())[1]
    assert {name.removeprefix("$") for name in names.split()} <= set(services["nginx"]["environment"])


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_shell(script):
    assert subprocess.run(["sh", "-n", script], capture_output=True).returncode == 0
    if script.parent == DEPLOY:
        assert os.access(script, os.X_OK)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_takes_the_units(tmp_path):
    for unit in UNITS:
        text = re.sub(r"^(ExecStart)=\S+", r"\1=/bin/true", unit.read_text(), flags=re.MULTILINE)
        (tmp_path / unit.name.replace("@", "@8001")).write_text(text)
    command = ["systemd-analyze", "verify", *tmp_path.glob("*.service")]
    asked = subprocess.run(command, capture_output=True, text=True)
    assert (asked.returncode, asked.stderr) == (0, "")


def test_units_start_programs_that_are_there():
    for unit in UNITS:
        program = re.search(r"^ExecStart=/srv/informed-comment/(\S+)", unit.read_text(), re.MULTILINE)[1]
        assert (ROOT / program).exists() or program.startswith(".venv/")


class Bucket(http.server.BaseHTTPRequestHandler):
    """Gives out what a bucket would; of what is not there it says that it is forbidden."""

    def do_GET(self):
        is_there = self.path.startswith("/b/there")
        assert not self.headers["Cookie"]
        self.send_response(200 if is_there else 403)
        self.send_header("Content-Type", "text/html")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"file")

    def log_message(self, *_):
        pass


@pytest.mark.skipif(not proxied.is_installed(), reason="nginx is not installed")
def test_files_from_a_bucket_come_through_nginx_with_the_headers_of_those_from_a_folder(tmp_path):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Bucket) as bucket:
        threading.Thread(target=bucket.serve_forever, daemon=True).start()

        def with_bucket(text):
            address = f"http://127.0.0.1:{bucket.server_port}/b"
            block = (DEPLOY / "media-from-a-bucket.conf").read_text().replace("${BUCKET}", address)
            changed, times = re.subn(r"    location /media/ \{.*?\n    \}\n", block, text, flags=re.DOTALL)
            assert times == 1
            return changed

        tmp_path.chmod(0o755)
        port = free_port()
        with proxied.proxy(
            tmp_path / "nginx", servers=["127.0.0.1:1"], port=port, files=tmp_path, changed=with_bucket
        ):
            line = http.client.HTTPConnection("127.0.0.1", port)
            line.request("GET", "/media/there.html", headers={"Cookie": "sessionid=secret"})
            answer = line.getresponse()
            assert (answer.status, answer.read()) == (200, b"file")
            assert answer.headers.get_all("Cache-Control") == ["public, max-age=31536000, immutable"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in answer.headers["Content-Security-Policy"]
            line.request("GET", "/media/gone.jpg")
            answer = line.getresponse()
            answer.read()
            assert answer.status == 502  # the site was asked, which is not there
            line.close()
        bucket.shutdown()
