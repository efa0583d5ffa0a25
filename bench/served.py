"""The site as in production: the Procfile's web command, compressed files, DEBUG off."""

import os
import secrets
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import psutil

from informed_comment.processes import ROOT, answers, procfile


@contextmanager
def served_site(folder, *, prepared_by=(), log=None, **settings):
    """The address of a site that keeps its files in `folder`; DATABASE_URL is that of the environment or `settings`.

    `prepared_by` are the commands of manage.py to run before the start; `log` is a file for what the server says. Pictures
    come as from a proxy.
    """
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    fixed = {
        "DJANGO_SETTINGS_MODULE": "informed_comment.settings",
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_hex(),
        "VAR_DIR": str(folder),
        "SITE_URL": address,
    }
    place = {"HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": "1"}
    path = {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])}
    media = {"MEDIA_ROOT": str(Path(folder, "media"))} | settings
    proxy = {"GRANIAN_STATIC_PATH_ROUTE": "/media", "GRANIAN_STATIC_PATH_MOUNT": media["MEDIA_ROOT"]}
    environment = os.environ | fixed | place | path | media | proxy
    Path(media["MEDIA_ROOT"]).mkdir(exist_ok=True)
    for deed in prepared_by:
        subprocess.run(
            [sys.executable, "manage.py", *deed],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    with open(log or os.devnull, "a") as file:
        said = {"stdout": file, "stderr": file} if log else {}
        server = subprocess.Popen(
            ["sh", "-c", f"exec {dict(procfile())['web']}"], cwd=ROOT, env=environment, **said
        )
    try:
        while not answers("127.0.0.1", port):
            if server.poll() is not None:
                raise RuntimeError(f"the web server ended with exit code {server.returncode}")
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(30)


def web_processes(address):
    """The processes of the server at the address that this process started."""
    port = address.rpartition(":")[2]
    return [
        process
        for process in psutil.Process().children(recursive=True)
        if process.status() != psutil.STATUS_ZOMBIE and process.environ().get("PORT") == port
    ]


def free_port():
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]
