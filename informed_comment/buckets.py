"""The library's files in a bucket: Amazon's S3, or what speaks as it does (MinIO, Ceph, R2 …). Imported only where one is named.

A file appears when it is whole: S3 shows no object before its last part has come. Its address follows from its name, so no
page asks the bucket for one. What cannot be told by name alone to be a picture, a sound or a film is given out as a file
to be kept, since a bucket sends no policy of its own (media.py).
"""

import errno
import functools
import tempfile
from contextlib import closing, contextmanager
from urllib.parse import urljoin

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import File
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

from informed_comment.files import PIECE, StoreAway
from informed_comment.media import is_shown, type_of

FOR_EVER = "public, max-age=31536000, immutable"
IN_MEMORY = 8 * 1024 * 1024  # of a file that is read; what is larger goes by the disk


def away(error):
    return StoreAway(errno.EIO, f"The bucket of MEDIA_S3_BUCKET refuses or is away: {error}")


def said_plainly(method):
    """What the bucket or the network to it refuses is an OSError, as of a disk."""

    @functools.wraps(method)
    def tried(self, *args, **kwargs):
        try:
            return method(self, *args, **kwargs)
        except (Boto3Error, BotoCoreError, ClientError) as error:
            raise away(error) from error

    return tried


class Bucket(S3Storage):
    """`endpoint_url` empty is Amazon's own. Without keys they come from the machine's role, as boto3 finds it."""

    def __init__(self, **options):
        style = "path" if options.get("endpoint_url") else "auto"
        quick = Config(
            signature_version="s3v4",
            s3={"addressing_style": style},
            connect_timeout=3,
            read_timeout=20,
            retries={"mode": "standard", "total_max_attempts": 3},
            request_checksum_calculation="when_required",  # which others than Amazon do not all know
            response_checksum_validation="when_required",
        )
        fixed = {
            "client_config": quick,
            "transfer_config": TransferConfig(use_threads=False),
            "file_overwrite": False,
            "default_acl": None,
            "max_memory_size": IN_MEMORY,
        }
        super().__init__(**fixed | options)

    def url(self, name, *_, **__):
        return urljoin(settings.MEDIA_URL, filepath_to_uri(clean_name(name)).lstrip("/"))

    def _get_write_parameters(self, name, content=None):
        kind = type_of(name)
        told = {"CacheControl": FOR_EVER, "ContentType": kind}
        return told if is_shown(kind) else told | {"ContentDisposition": "attachment"}

    _open = said_plainly(S3Storage._open)
    _save = said_plainly(S3Storage._save)
    delete = said_plainly(S3Storage.delete)
    exists = said_plainly(S3Storage.exists)
    listdir = said_plainly(S3Storage.listdir)
    size = said_plainly(S3Storage.size)
    get_modified_time = said_plainly(S3Storage.get_modified_time)

    def everything(self):
        """As that of a folder. S3 lists by the bytes of the names."""
        prefix = f"{self.location.strip('/')}/" if self.location else ""
        try:
            for entry in self.bucket.objects.filter(Prefix=prefix):
                name = entry.key.removeprefix(prefix)
                if name and not name.endswith("/") and not name.startswith(".") and "/." not in name:
                    yield name, entry.size, functools.partial(self.pieces_of, entry)
        except (Boto3Error, BotoCoreError, ClientError) as error:
            raise away(error) from error

    def pieces_of(self, entry):
        try:
            body = entry.get()["Body"]
        except self.connection.meta.client.exceptions.NoSuchKey as error:
            raise FileNotFoundError(errno.ENOENT, "It is gone", entry.key) from error
        return closing_pieces(body)

    @contextmanager
    def put_back(self, name):
        """A file to write to, which is in the bucket under this very name when all went well."""
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
            yield file
            file.seek(0)
            self._save(name, File(file, name=name))


@contextmanager
def closing_pieces(body):
    with closing(body):
        yield body.iter_chunks(PIECE)
