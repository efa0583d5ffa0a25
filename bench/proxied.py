"""nginx with the file of deploy/ in front of servers of this machine, in a folder and on a port of its own."""

import os
import re
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from informed_comment.processes import ROOT, answers

SHIPPED = ROOT / "deploy" / "nginx.conf"
AROUND = """
daemon off; worker_processes auto; pcre_jit on; worker_rlimit_nofile 16384; pid {folder}/pid; error_log {folder}/start.log warn;
{user}
events {{ worker_connections 8000; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {folder}/site.conf;
}}
"""


def filled(values):
    """The shipped file with `values` in the place of its names in capitals; one without a value is an error."""
    return re.sub(r"\$\{([A-Z_]+)\}", lambda found: values[found[1]], SHIPPED.read_text())


def laid_out(folder, *, servers, port, files, changed=lambda text: text):
    """Writes the files of a proxy into `folder`; `servers` are "host:port", `files` is the site's VAR_DIR.

    `changed` makes of the shipped file what an operator would: it takes the marks off some lines, or adds others.
    """
    folder.mkdir(exist_ok=True)
    values = {
        "WEB_SERVERS": " ".join(f"server {server};" for server in servers),
        "LISTEN": f"127.0.0.1:{port}",
        "SITE_NAMES": "127.0.0.1 localhost",
        "CACHE_DIR": str(folder / "cache"),
        "LOG_DIR": str(folder),
        "STATIC_ROOT": str(files / "static"),
        "MEDIA_ROOT": str(files / "media"),
    }
    (folder / "site.conf").write_text(changed(filled(values)))
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user))
    return folder / "nginx.conf"


def is_installed():
    return bool(shutil.which("nginx"))


@contextmanager
def proxy(folder, *, servers, port, files, **how):
    """The address of a proxy of `servers`."""
    path = laid_out(Path(folder), servers=servers, port=port, files=Path(files), **how)
    nginx = subprocess.Popen(["nginx", "-c", path, "-e", path.parent / "start.log"])
    try:
        while not answers("127.0.0.1", port):
            if nginx.poll() is not None:
                raise RuntimeError(f"nginx ended: {(path.parent / 'error.log').read_text()}")
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        nginx.terminate()
        nginx.wait(30)
