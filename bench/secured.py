"""The demo publication as readers meet it in production: nginx with deploy/nginx.conf, TLS, DEBUG off."""

import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

from bench import proxied
from bench.served import free_port, served_site
from informed_comment import postgres


def certificate(folder):
    """Makes privkey.pem and fullchain.pem for this machine; whoever trusts the second trusts nobody else by it."""
    made = [
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        "/CN=localhost",
    ]
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    files = ["-keyout", f"{folder}/privkey.pem", "-out", f"{folder}/fullchain.pem"]
    subprocess.run(["openssl", "req", *made, *names, *files], check=True, capture_output=True)


def with_tls(text, port, folder, plain=None):
    """The shipped file with the marks taken off its lines about TLS, and the server that leads to it at `plain`."""
    text = re.sub(r"^    # listen \[::\]:443 .*\n", "", text, flags=re.M)
    text = re.sub(r"^    # ((?:listen 443|ssl_)[^\n]*;)$", r"    \1", text, flags=re.M)
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    if plain:
        text = re.sub(r"^    listen 127\.0\.0\.1:\d+;\n", "", text, count=1, flags=re.M)
        leads = f"return 301 https://$host:{port}$request_uri;"
        text += f"\nserver {{ listen 127.0.0.1:{plain}; access_log off; location / {{ {leads} }} }}\n"
    return re.sub(r"/etc/letsencrypt/live/example.org/(\w+)\.pem", rf"{folder}/\1.pem", text)


@contextmanager
def secure_demo(folder, *, prepared_by=(["prepare"], ["worker", "--once"]), **settings):
    """`address` (https) and `plain` (http) of a site whose certificate is in `cafile`; `site` is what stands behind nginx."""
    folder, port, plain = Path(folder), free_port(), free_port()
    address = f"https://127.0.0.1:{port}"
    certificate(folder)
    postgres.ensure_running_for_tests()
    print("Making the demo publication and its pictures …", file=sys.stderr)
    said = {
        "SITE_URL": address,
        "TRUSTED_PROXIES": "1",
        "SECURITY_CONTACT": "editor@comment.example",
    } | settings
    with (
        served_site(folder, prepared_by=prepared_by, log=folder / "site.log", **said) as site,
        proxied.proxy(
            folder / "nginx",
            servers=[site.removeprefix("http://")],
            port=plain,
            files=folder,
            changed=lambda text: with_tls(text, port, folder, plain),
        ),
    ):
        yield SimpleNamespace(
            address=address, plain=f"http://127.0.0.1:{plain}", cafile=f"{folder}/fullchain.pem", site=site
        )
