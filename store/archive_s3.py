"""The archive in an S3 bucket, written with conditions so that nothing is ever replaced."""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from store.archive import archive_path, checked
from store.errors import ArchiveMissing, ArchiveUnreachable, DiskFull

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ATTEMPTS = 4
NOT_THERE = frozenset({"404", "NoSuchKey", "NotFound"})
IS_THERE = frozenset({"412", "PreconditionFailed"})
RACED = frozenset({"409", "ConditionalRequestConflict"})


class S3Archive:
    """An archive under a prefix of a bucket; credentials and region come from the AWS settings."""

    def __init__(self, bucket: str, prefix: str = "", *, endpoint_url: str | None = None) -> None:
        self.bucket = bucket
        self.prefix = prefix.strip("/")
        config = Config(
            retries={"max_attempts": ATTEMPTS, "mode": "standard"},
            connect_timeout=5,
            read_timeout=60,
            # Services other than Amazon's seldom have a host name for each bucket.
            s3={"addressing_style": "path" if endpoint_url else "auto"},
        )
        with self._named_errors():
            # A session of its own: boto3's shared one keeps the first credentials that it saw for ever.
            self._client: S3Client = boto3.Session().client("s3", endpoint_url=endpoint_url, config=config)

    def put(self, data: bytes) -> str:
        """See ``Archive.put``: a conditional write with a checksum that the service compares."""
        digest = hashlib.sha256(data)
        sha256 = digest.hexdigest()
        try:
            self._put_if_absent(sha256, data, base64.b64encode(digest.digest()).decode("ascii"))
        except FileExistsError:
            self.get(sha256)
        return sha256

    def get(self, sha256: str) -> bytes:
        """See ``Archive.get``."""
        with self._named_errors():
            try:
                data = self._client.get_object(Bucket=self.bucket, Key=self._key(sha256))["Body"].read()
            except ClientError as error:
                if _code(error) in NOT_THERE:
                    raise ArchiveMissing(
                        f"The archive has no {sha256}; restore it from the backup, or have it resent."
                    ) from None
                raise
        return checked(data, sha256, self._key(sha256))

    def has(self, sha256: str) -> bool:
        """See ``Archive.has``."""
        with self._named_errors():
            try:
                self._client.head_object(Bucket=self.bucket, Key=self._key(sha256))
            except ClientError as error:
                if _code(error) in NOT_THERE:
                    return False
                raise
        return True

    def _put_if_absent(self, sha256: str, data: bytes, checksum: str) -> None:
        with self._named_errors():
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    self._client.put_object(
                        Bucket=self.bucket,
                        Key=self._key(sha256),
                        Body=data,
                        IfNoneMatch="*",
                        ChecksumSHA256=checksum,
                        ContentType="application/octet-stream",
                    )
                except ClientError as error:
                    if _code(error) in IS_THERE:
                        raise FileExistsError(sha256) from None
                    # Two wrote at once and neither has won yet: asking again settles it.
                    if _code(error) not in RACED or attempt == ATTEMPTS:
                        raise
                else:
                    return

    def _key(self, sha256: str) -> str:
        return f"{self.prefix}/{archive_path(sha256)}" if self.prefix else archive_path(sha256)

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        place = f"s3://{self.bucket}/{self.prefix}"
        try:
            yield
        except ClientError as error:
            code = _code(error)
            if code in {"507", "InsufficientStorage", "QuotaExceeded"}:
                raise DiskFull(
                    f"No room is left in the archive {place}; free some space and run again."
                ) from None
            raise ArchiveUnreachable(
                f"The archive {place} refused ({code}); check the bucket and its credentials."
            ) from None
        except BotoCoreError as error:
            raise ArchiveUnreachable(
                f"The archive {place} does not answer ({type(error).__name__}); check its address."
            ) from None


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))
