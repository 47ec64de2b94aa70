"""What every room's tests may use."""

import pytest
from servers import postgres_server, postgres_url, s3_server

__all__ = ["postgres_server", "postgres_url", "s3_server"]


@pytest.fixture(autouse=True)
def _no_credentials_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests never use an account that happens to be set up on the machine."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
