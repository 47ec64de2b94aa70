"""Faxes under an S3 prefix."""

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from pipelines.errors import PipelineError, SourceMissing, SourceUnreachable
from pipelines.intake import Entry, Listing, NotTaken
from pipelines.settings import IntakeSettings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_GONE = {"404", "NoSuchKey", "NotFound"}


class S3Source:
    """The objects whose keys begin with a prefix. An object appears whole or not at all."""

    def __init__(self, address: str, settings: IntakeSettings) -> None:
        bucket, _, prefix = address.removeprefix("s3://").partition("/")
        if not bucket:
            raise SourceMissing(f"{address} names no bucket; write s3://BUCKET/PREFIX.")
        self._bucket, self._prefix = bucket, prefix.rstrip("/") + "/" if prefix else ""
        self._suffixes = settings.suffixes
        self._keys: frozenset[str] = frozenset()
        self._client: S3Client = boto3.client(
            "s3",
            endpoint_url=settings.endpoint,
            config=Config(
                # Stores other than Amazon's seldom have a name for every bucket.
                s3={"addressing_style": "path"},
                retries={"mode": "standard", "max_attempts": 4},
                connect_timeout=5,
                read_timeout=30,
            ),
        )

    def look(self) -> Listing:
        """Every object in the order of keys."""
        objects: list[Any] = []
        try:
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._prefix
            )
            for page in pages:
                objects.extend(page.get("Contents", []))
        except (BotoCoreError, ClientError) as error:
            raise self._failure(error) from None
        self._keys = frozenset(found["Key"] for found in objects)
        faxes = [found for found in objects if self._is_fax(found["Key"])]
        sidecars = {beside for found in faxes for beside in _sidecar_keys(found["Key"])}
        passed_over = sum(not self._is_fax(key) and key not in sidecars for key in self._keys)
        return Listing(tuple(self._entry(found) for found in faxes), passed_over=passed_over)

    def look_again(self, entry: Entry) -> Entry | None:
        """The object's state now."""
        key = entry.locator
        try:
            found = self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return None
            raise self._failure(error) from None
        except BotoCoreError as error:
            raise self._failure(error) from None
        return self._entry(
            {
                "Key": key,
                "Size": found["ContentLength"],
                "LastModified": found["LastModified"],
                "ETag": found["ETag"],
            }
        )

    def read(self, entry: Entry) -> bytes | NotTaken:
        """The object's bytes."""
        try:
            return self._client.get_object(Bucket=self._bucket, Key=entry.locator)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in {"AccessDenied", "403", *_GONE}:
                return NotTaken(
                    entry.name,
                    entry.address,
                    "no_permission",
                    "The object may not be read; allow these credentials to read it, and run again.",
                )
            raise self._failure(error) from None
        except BotoCoreError as error:
            raise self._failure(error) from None

    def sidecar(self, entry: Entry) -> bytes | None:
        """The ``.json`` object beside it."""
        for key in _sidecar_keys(entry.locator):
            if key in self._keys:
                try:
                    return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
                except (BotoCoreError, ClientError) as error:
                    raise self._failure(error) from None
        return None

    def _is_fax(self, key: str) -> bool:
        path = PurePosixPath(key)
        return path.suffix.lower() in self._suffixes and not path.name.startswith(".")

    def _entry(self, found: Any) -> Entry:
        return Entry(
            name=found["Key"].removeprefix(self._prefix),
            address=f"s3://{self._bucket}/{found['Key']}",
            size_bytes=found["Size"],
            changed_at=found["LastModified"],
            received_at=found["LastModified"],
            locator=found["Key"],
            version=found["ETag"],
        )

    def _failure(self, error: Exception) -> PipelineError:
        where = f"s3://{self._bucket}/{self._prefix}"
        if isinstance(error, ClientError):
            code = error.response["Error"]["Code"]
            if code in {"NoSuchBucket", *_GONE}:
                return SourceMissing(f"There is no bucket {self._bucket}; make it, or name another source.")
            return SourceUnreachable(
                f"{where} answers {code}; check the credentials and their rights, and run again."
            )
        return SourceUnreachable(
            f"{where} does not answer ({type(error).__name__}); "
            "check the address and credentials, and run again."
        )


def _sidecar_keys(key: str) -> tuple[str, str]:
    return str(PurePosixPath(key).with_suffix(".json")), key + ".json"
