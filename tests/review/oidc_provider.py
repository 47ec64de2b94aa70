"""A tiny OpenID Connect service on loopback: enough to sign in by, and to lie about it."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = ("desk", "the secret of the desk")


class Provider:
    """What the service knows; ``lies`` replaces claims of the next identity token."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.signing_key = self.key
        self.asked: dict[str, dict[str, str]] = {}
        self.lies: dict[str, Any] = {}
        self.subject = "subject of lead"

    def authorize(self, address: str) -> tuple[str, str]:
        """Act as a person who signs in there; gives the code and the state that go back."""
        query = dict(parse_qsl(urlsplit(address).query))
        assert query["response_type"] == "code" and query["code_challenge_method"] == "S256"
        code = f"code-{len(self.asked)}"
        self.asked[code] = query
        return code, query["state"]

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any]:
        """The token answer for a code, once its secret and its verifier are right."""
        asked = self.asked.pop(form["code"])
        basic = base64.b64encode(":".join(CLIENT).encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
        if authorization != f"Basic {basic}" or challenge.decode().rstrip("=") != asked["code_challenge"]:
            return {"error": "invalid_grant"}
        claims = {
            "iss": self.issuer,
            "aud": asked["client_id"],
            "sub": self.subject,
            "exp": int(time.time()) + 60,
            "nonce": asked["nonce"],
        }
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims | self.lies, self.signing_key)
        return {"access_token": "x", "token_type": "Bearer", "id_token": token}


@contextmanager
def running_provider() -> Iterator[Provider]:
    """A service that answers as long as the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            base = provider.issuer
            if self.path == "/.well-known/openid-configuration":
                self.answer(
                    {
                        "issuer": base,
                        "authorization_endpoint": f"{base}/authorize",
                        "token_endpoint": f"{base}/token",
                        "jwks_uri": f"{base}/keys",
                    }
                )
            else:
                self.answer({"keys": [provider.key.as_dict(private=False)]})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self.answer(provider.token(form, self.headers.get("Authorization", "")))

        def answer(self, value: Any) -> None:
            body = json.dumps(value).encode()
            self.send_response(400 if "error" in value else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = Provider(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
