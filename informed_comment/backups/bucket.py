"""Backups in a bucket that speaks S3. Imported only where one is named.

A file goes up in parts, each with its MD5, which every store compares before it takes the part; the object appears when the
last one has come. Then its size and, where the store has it, the checksum of all parts are compared once more.
"""

import base64
import hashlib
import logging
from contextlib import contextmanager, suppress

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from informed_comment.backups.trouble import Trouble

log = logging.getLogger(__name__)

PART = 16 << 20
MOST_PARTS = 9000  # S3 takes 10,000
AWAY = "The bucket of BACKUP_S3_BUCKET refuses or is away: {error}. Look at BACKUP_S3_… in the environment, and at its rights."


class Bucket:
    def __init__(self, *, bucket, folder="", endpoint="", region="", key="", secret=""):
        self.bucket, self.folder = bucket, f"{folder.strip('/')}/" if folder.strip("/") else ""
        self.name = f"s3://{bucket}/{self.folder}"
        self.client = boto3.client(
            "s3",
            endpoint_url=endpoint or None,
            region_name=region or "us-east-1",
            aws_access_key_id=key or None,
            aws_secret_access_key=secret or None,
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path" if endpoint else "auto"},
                connect_timeout=10,
                read_timeout=60,
                retries={"mode": "standard", "total_max_attempts": 5},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def at(self, name):
        return {"Bucket": self.bucket, "Key": self.folder + name}

    def put(self, path):
        """Uploads a file and makes sure that what lies there is it. Raises Trouble and leaves nothing of it."""
        with plainly():
            self.end_what_was_left(path.name)
            upload = self.at(path.name) | {
                "UploadId": self.client.create_multipart_upload(**self.at(path.name))["UploadId"]
            }
            try:
                parts, digests = self.upload_parts(path, upload)
                self.client.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
            except BaseException:
                with suppress(Boto3Error, BotoCoreError, ClientError):
                    self.client.abort_multipart_upload(**upload)
                raise
            self.compare(path, digests)

    def upload_parts(self, path, upload):
        size = max(PART, path.stat().st_size // MOST_PARTS + 1)
        parts, digests = [], b""
        with path.open("rb") as file:
            while (piece := file.read(size)) or not parts:
                digest = hashlib.md5(piece, usedforsecurity=False).digest()
                told = {"PartNumber": len(parts) + 1, "ContentMD5": base64.b64encode(digest).decode()}
                answer = self.client.upload_part(**upload, **told, Body=piece)
                parts.append({"PartNumber": told["PartNumber"], "ETag": answer["ETag"]})
                digests += digest
        return parts, digests

    def compare(self, path, digests):
        told = self.client.head_object(**self.at(path.name))
        number = len(digests) // 16
        wanted = f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{number}"
        tag = told["ETag"].strip('"')
        is_other = (
            tag.endswith(f"-{number}") and tag != wanted and "kms" not in told.get("ServerSideEncryption", "")
        )
        if told["ContentLength"] != path.stat().st_size or is_other:
            self.client.delete_object(**self.at(path.name))
            raise Trouble(f"{path.name} did not arrive in the bucket as it was sent. It will be tried again.")

    def end_what_was_left(self, name):
        """Parts of uploads that were killed cost money and are shown nowhere."""
        stem = name.rpartition("-")[0]
        answer = self.client.list_multipart_uploads(Bucket=self.bucket, Prefix=f"{self.folder}{stem}-")
        for left in answer.get("Uploads", []):
            self.client.abort_multipart_upload(Bucket=self.bucket, Key=left["Key"], UploadId=left["UploadId"])

    def names(self):
        with plainly():
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=self.folder
            )
            return [
                entry["Key"].removeprefix(self.folder) for page in pages for entry in page.get("Contents", [])
            ]

    def take_away(self, name):
        """A bucket that locks its objects refuses, and forgets them by a rule of its own."""
        try:
            self.client.delete_object(**self.at(name))
        except (Boto3Error, BotoCoreError, ClientError) as error:
            log.warning("%s stays in the bucket: %s", name, error)


@contextmanager
def plainly():
    try:
        yield
    except (Boto3Error, BotoCoreError, ClientError) as error:
        raise Trouble(AWAY.format(error=error)) from error
