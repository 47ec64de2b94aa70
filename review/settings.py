"""The settings that the desk understands."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class _Room(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OidcSettings(_Room):
    """The house's own sign-in service, by OpenID Connect; not used while ``issuer`` is empty."""

    issuer: str = Field(
        default="", description="address of the sign-in service, https://...; empty: passwords of the desk"
    )
    client_id: str = Field(default="", description="the name by which the service knows this desk")
    client_secret: SecretStr = Field(
        default=SecretStr(""), description="the secret that the service gave to this desk"
    )
    subject_claim: str = Field(
        default="sub", description="the claim of the service by which an account of the desk knows the person"
    )
    public_url: str = Field(
        default="",
        description="address under which browsers reach the desk, for the way back from the service; "
        "empty: as the browser asked",
    )


class DeskSettings(_Room):
    """How the web desk is reached, and how long a person stays signed in."""

    host: str = Field(default="127.0.0.1", description="address that the desk listens on")
    port: int = Field(default=8470, ge=1, le=65535, description="port that the desk listens on")
    workers: int = Field(
        default=1,
        ge=1,
        le=64,
        description="processes that answer browsers; more than one where many people work on Postgres at "
        "once, at most as many as there are cores to spare",
    )
    https: Literal["none", "proxy", "own"] = Field(
        default="none",
        description="who encrypts: none (this machine alone may then reach the desk), a proxy in front of "
        "it, or the desk itself",
    )
    certificate: str = Field(
        default="", description="file of the certificate, where the desk encrypts itself"
    )
    certificate_key: str = Field(default="", description="file of the certificate's key")
    trusted_proxies: str = Field(
        default="127.0.0.1",
        description="addresses of the proxies whose word on the visitor's address is taken, by commas",
    )
    idle_minutes: float = Field(
        default=30.0, gt=0, description="a session that does nothing for so long has ended"
    )
    session_hours: float = Field(default=12.0, gt=0, description="a session ends after so long in any case")
    login_attempts: int = Field(
        default=10, ge=1, description="failed sign-ins from one address, or of one account, before a pause"
    )
    login_pause_minutes: int = Field(default=15, ge=1, description="length of that pause")
    reread: bool = Field(
        default=True,
        description="start a process beside the desk that reads faxes again when people ask for it; false "
        "where `remsfax reread --watch` runs elsewhere",
    )
    request_kb: int = Field(default=256, ge=16, description="larger requests are refused unread")
    list_rows: int = Field(default=50, ge=10, le=200, description="rows of one page of a list")
    oidc: OidcSettings = Field(default=OidcSettings(), description="the house's own sign-in service")
