"""The settings that the store understands."""

from pydantic import BaseModel, ConfigDict, Field


class StoreSettings(BaseModel):
    """Where the records and the bytes received are kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database: str = Field(
        default="sqlite:///var/remsfax.db",
        description="the database, as a SQLAlchemy URL: sqlite:///FILE, or postgresql://USER@HOST/NAME",
    )
    archive: str = Field(
        default="var/archive",
        description="where the bytes received are kept for ever: a folder, or s3://BUCKET/PREFIX",
    )
    archive_endpoint: str | None = Field(
        default=None,
        description="address of the S3 service of an s3:// archive; none: the one that the AWS settings name",
    )
    busy_seconds: float = Field(
        default=30.0,
        gt=0,
        description="how long one process waits for another's write before it gives up",
    )
    lease_seconds: float = Field(
        default=900.0,
        gt=0,
        description="how long a batch may work on a claimed fax before another batch may take it over",
    )
    suspect_distance_bits: int = Field(
        default=6,
        ge=0,
        le=7,
        description="pages whose content hashes differ in at most so many of 64 bits may be one paper",
    )
