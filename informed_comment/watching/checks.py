"""What is wrong with the settings before the site is served: `manage.py check --deploy`. Each has an id, and a hint that cures it."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register

from informed_comment.watching.of_settings import unwise


@register(Tags.security, deploy=True)
def settings_are_wise(app_configs, **kwargs):
    """The same that the status page says of them."""
    return [
        Warning(f"{what}.", hint=cure, id=f"informed_comment.W{number:03}") for number, what, cure in unwise()
    ]


@register(Tags.security, deploy=True)
def site_has_an_address(app_configs, **kwargs):
    address = urlsplit(settings.SITE_URL)
    if address.scheme not in ("http", "https") or not address.hostname or address.path or address.query:
        return [
            Error(
                "SITE_URL is no address of a site.",
                hint="Write it as https://example.org: no path, nothing after the name.",
                id="informed_comment.E001",
            )
        ]
    hosts = settings.ALLOWED_HOSTS
    if "*" not in hosts and address.hostname not in hosts and f".{address.hostname}" not in hosts:
        return [
            Error(
                f"ALLOWED_HOSTS does not take the name in SITE_URL, {address.hostname}.",
                hint="Add it to ALLOWED_HOSTS, or readers are answered 400.",
                id="informed_comment.E002",
            )
        ]
    return []


@register(Tags.files, deploy=True)
def folders_can_be_written(app_configs, **kwargs):
    folders = {"VAR_DIR": settings.VAR_DIR}
    if not settings.MEDIA_S3_BUCKET:
        folders["MEDIA_ROOT"] = settings.MEDIA_ROOT
    return [
        Error(
            f"{name} cannot be written: {folder}.",
            hint=f"Make the folder, and give it to the account that the site runs as: install -d -o ACCOUNT {folder}",
            id="informed_comment.E003",
        )
        for name, folder in folders.items()
        if not can_write(Path(folder))
    ]


def can_write(folder):
    """In the folder, or in the one in which it will be made."""
    there = next((one for one in (folder, *folder.parents) if one.exists()), None)
    return there is not None and there.is_dir() and os.access(there, os.W_OK | os.X_OK)
