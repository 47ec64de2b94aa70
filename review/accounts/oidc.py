"""Signing in by the house's own service: OpenID Connect, authorization code with PKCE.

What has to be remembered between leaving for the service and coming back lies in a short-lived cookie that
this process signed; a restart in between costs the person one more click.
"""

import secrets
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import httpx
from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
from authlib.deprecate import AuthlibDeprecationWarning  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey

from review.errors import DeskError
from review.settings import OidcSettings

with warnings.catch_warnings():
    # It speaks of a successor of httpx, which is no operator's business.
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.httpx_client import OAuth2Client  # type: ignore[import-untyped]

COOKIE = "remsfax_oidc"
AWAY_SECONDS = 600
TIMEOUT_SECONDS = 10.0
SIGNATURES = ["RS256", "ES256", "PS256", "EdDSA"]
"""Of identity tokens; a service that signs with a shared secret or not at all is refused."""


class SignInFailed(DeskError):
    """The service said no, or something that cannot be believed."""

    status = 401

    def __init__(self) -> None:
        super().__init__(
            "The house's sign-in service did not confirm who you are; try again, or use a password."
        )


class ServiceAway(DeskError):
    """The service does not answer."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "The house's sign-in service does not answer; try again in a moment, or tell the operator."
        )


@dataclass(frozen=True)
class Departure:
    """Where the browser goes, and what it carries meanwhile."""

    address: str
    cookie: str


@dataclass(frozen=True)
class Arrival:
    """Who came back, and where they wanted to go."""

    subject: str
    then: str


class HouseSignIn:
    """The service of one house; its addresses and keys are asked for when first needed."""

    def __init__(self, settings: OidcSettings) -> None:
        self._settings = settings
        self._key = OctKey.generate_key(256)

    def depart(self, back: str, then: str) -> Departure:
        """Send a browser to the service.

        Args:
            back: address of the desk to which the service sends it back.
            then: path of the desk where the person wants to go.

        Raises:
            ServiceAway: it does not answer.
        """
        carried = {"verifier": secrets.token_urlsafe(48), "nonce": secrets.token_urlsafe(24), "then": then}
        with self._client(back) as client:
            address, state = client.create_authorization_url(
                self._description["authorization_endpoint"],
                code_verifier=carried["verifier"],
                nonce=carried["nonce"],
            )
        until = datetime.now(UTC) + timedelta(seconds=AWAY_SECONDS)
        claims = {**carried, "state": state, "exp": int(until.timestamp())}
        return Departure(address, jwt.encode({"alg": "HS256"}, claims, self._key))

    def arrive(self, back: str, cookie: str, code: str, state: str) -> Arrival:
        """Believe a browser that came back, or not.

        Raises:
            SignInFailed: the cookie, the state or the token is not what it has to be.
            ServiceAway: the service does not answer.
        """
        try:
            carried = jwt.decode(cookie, self._key, algorithms=["HS256"]).claims
            jwt.JWTClaimsRegistry(exp={"essential": True}).validate(carried)
            if not secrets.compare_digest(str(carried["state"]), state):
                raise SignInFailed
            with self._client(back) as client:
                given = client.fetch_token(
                    self._description["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=carried["verifier"],
                )
            claims = self._claims_of(str(given["id_token"]), str(carried["nonce"]))
            return Arrival(str(claims[self._settings.subject_claim]), str(carried["then"]))
        except httpx.HTTPError:
            raise ServiceAway from None
        except (JoseError, AuthlibBaseError, KeyError, ValueError):
            raise SignInFailed from None

    def _claims_of(self, token: str, nonce: str) -> dict[str, Any]:
        claims = jwt.decode(token, self._keys, algorithms=SIGNATURES).claims
        jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": self._description["issuer"]},
            aud={"essential": True, "value": self._settings.client_id},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
        return claims

    def _client(self, back: str) -> OAuth2Client:
        return OAuth2Client(
            client_id=self._settings.client_id,
            client_secret=self._settings.client_secret.get_secret_value(),
            scope="openid",
            redirect_uri=back,
            code_challenge_method="S256",
            timeout=TIMEOUT_SECONDS,
        )

    @cached_property
    def _description(self) -> dict[str, Any]:
        issuer = self._settings.issuer.rstrip("/")
        described = self._get(f"{issuer}/.well-known/openid-configuration")
        if str(described.get("issuer", "")).rstrip("/") != issuer:
            raise SignInFailed
        return described

    @cached_property
    def _keys(self) -> KeySet:
        return KeySet.import_key_set(self._get(str(self._description["jwks_uri"])))  # type: ignore[arg-type]

    def _get(self, address: str) -> dict[str, Any]:
        try:
            answer = httpx.get(address, timeout=TIMEOUT_SECONDS)
            answer.raise_for_status()
            return dict(answer.json())
        except (httpx.HTTPError, ValueError):
            raise ServiceAway from None
