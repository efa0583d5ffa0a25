"""What is shipped for operators. nginx is asked where there is one."""

import re
import subprocess

import pytest

from bench import proxied

TOLD = (proxied.ROOT / "deploy" / "README.md").read_text()


@pytest.mark.skipif(not proxied.is_installed(), reason="nginx is not installed")
def test_nginx_takes_the_file_as_it_is_filled_in(tmp_path):
    path = proxied.laid_out(
        tmp_path / "nginx", servers=["127.0.0.1:1", "127.0.0.1:2"], port=1, files=tmp_path
    )
    asked = subprocess.run(
        ["nginx", "-t", "-c", path, "-e", tmp_path / "log"], capture_output=True, text=True
    )
    assert asked.returncode == 0, asked.stderr
    assert "warn" not in asked.stderr


def test_the_words_to_fill_it_in_name_every_name_in_it():
    names = set(re.findall(r"\$\{([A-Z_]+)\}", proxied.SHIPPED.read_text()))
    assert set(re.search(r"envsubst '(.+)'", TOLD)[1].split()) == {f"${name}" for name in names}
    assert names <= set(re.findall(r"\b([A-Z_]+)=", TOLD))
