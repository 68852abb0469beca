"""The provider through the eyes of PyPI Authlib. Speaks in lines of JSON: prints what it wants a person to do
({"authorize": address}), reads the address that the browser came back with, and prints how each check ended.

Owns the client's side. Who the person is and how they sign is the test's that started this.
"""

import json
import os
import secrets
import sys
import time
from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

# By a line, not by the command line: that is for everybody to read, and here are keys.
SETTINGS = json.loads(sys.stdin.readline())
ISSUER = SETTINGS["issuer"]
REDIRECT_URI = SETTINGS["redirect_uri"]
SCOPE = "openid enterprise certificate contact"
METADATA = requests.get(f"{ISSUER}/.well-known/openid-configuration", timeout=10).json()


def tell(**what):
    print(json.dumps(what, ensure_ascii=False), flush=True)


def person_goes_to(address):
    """The address that the browser is sent back to."""
    tell(authorize=address)
    return json.loads(sys.stdin.readline())["callback"]


class ShortLived(PrivateKeyJWT):
    """The library's assertions live for an hour; ten minutes are the most that the provider takes."""

    def sign(self, auth, token_endpoint):
        # Anew each time: the library keeps the claims it is given, and the jti it adds to them.
        self.claims = {"exp": int(time.time()) + 60}
        return super().sign(auth, token_endpoint)


def session(name, **more):
    platform = SETTINGS["platforms"][name]
    key = platform.get("key")
    made = OAuth2Session(
        platform["client_id"],
        key and {"EC": ECKey, "RSA": RSAKey}[key["kty"]].import_key(key) or platform["client_secret"],
        token_endpoint_auth_method="private_key_jwt" if key else "client_secret_basic",
        revocation_endpoint_auth_method="private_key_jwt" if key else "client_secret_basic",
        redirect_uri=REDIRECT_URI,
        scope=SCOPE,
        code_challenge_method="S256",
        **more,
    )
    if key:
        made.register_client_auth_method(
            ShortLived(METADATA["token_endpoint"], headers={"kid": key["kid"]}, alg=key["alg"])
        )
    return made


def sign_in(client, change=lambda callback: callback):
    """The whole code flow; answers tokens and the ID token's claims, checked."""
    nonce, verifier = generate_token(32), generate_token(48)
    address, state = client.create_authorization_url(
        METADATA["authorization_endpoint"], code_verifier=verifier, nonce=nonce
    )
    callback = change(person_goes_to(address))
    assert parse_qs(urlsplit(callback).query)["iss"] == [ISSUER]
    token = client.fetch_token(
        METADATA["token_endpoint"], authorization_response=callback, state=state, code_verifier=verifier
    )
    return token, checked(client, token, nonce)


def checked(client, token, nonce=None):
    keys = KeySet.import_key_set(requests.get(METADATA["jwks_uri"], timeout=10).json())
    decoded = jwt.decode(token["id_token"], keys, algorithms=["ES256", "RS256"])
    options = {
        "iss": {"essential": True, "value": ISSUER},
        "aud": {"essential": True, "value": client.client_id},
        "sub": {"essential": True},
        "exp": {"essential": True},
    }
    params = {"client_id": client.client_id, "nonce": nonce, "access_token": token["access_token"]}
    claims = CodeIDToken(decoded.claims, decoded.header, options, params)
    claims.validate(now=int(time.time()), leeway=5)
    return claims


def refused(error, work):
    try:
        work()
    except Exception as thrown:  # noqa: BLE001 the library has a class for each way to fail
        assert error in f"{type(thrown).__name__} {thrown}", f"{thrown!r}"
        return
    raise AssertionError(f"nothing was refused; {error} was expected")


def discovery():
    assert METADATA["issuer"] == ISSUER
    assert METADATA["authorization_response_iss_parameter_supported"] is True
    assert "S256" in METADATA["code_challenge_methods_supported"]
    keys = requests.get(METADATA["jwks_uri"], timeout=10).json()["keys"]
    assert len({key["kid"] for key in keys}) == len(keys)
    return {"endpoints": sorted(name for name in METADATA if name.endswith("_endpoint"))}


def code_flow(name):
    client = session(name)
    token, claims = sign_in(client)
    told = client.get(METADATA["userinfo_endpoint"]).json()
    assert told["sub"] == claims["sub"]
    assert told["name"] == SETTINGS["enterprise"]
    assert claims["at_hash"] == half_hash(token["access_token"])
    return {"header": claims.header, "claims": dict(claims)}


def half_hash(text):
    return urlsafe_b64encode(sha256(text.encode()).digest()[:16]).rstrip(b"=").decode()


def refreshing(name):
    client = session(name)
    token, claims = sign_in(client)
    for _ in range(3):
        fresh = client.refresh_token(METADATA["token_endpoint"], refresh_token=token["refresh_token"])
        assert fresh["refresh_token"] != token["refresh_token"]
        again = checked(client, fresh)
        assert (again["sub"], again["auth_time"]) == (claims["sub"], claims["auth_time"])
        spent, token = token, fresh
        assert client.get(METADATA["userinfo_endpoint"]).json()["sub"] == claims["sub"]
    client.refresh_token(METADATA["token_endpoint"], refresh_token=token["refresh_token"])
    refused("invalid_grant", lambda: client.refresh_token(METADATA["token_endpoint"], refresh_token=spent["refresh_token"]))


def token_status(name):
    client = session(name)
    token, _ = sign_in(client)

    def active(which, hint=None):
        answer = client.introspect_token(METADATA["introspection_endpoint"], token=token[which], token_type_hint=hint)
        assert answer.status_code == 200, answer.text
        return answer.json()

    for which in ("access_token", "refresh_token"):
        told = active(which, which)
        assert told["active"] is True and told["client_id"] == client.client_id, told
    answer = client.revoke_token(METADATA["revocation_endpoint"], token=token["refresh_token"], token_type_hint="refresh_token")
    assert answer.status_code == 200, answer.text
    for which in ("access_token", "refresh_token"):
        assert active(which) == {"active": False}
    refused("invalid_grant", lambda: client.refresh_token(METADATA["token_endpoint"], refresh_token=token["refresh_token"]))


def own_name():
    client = session("secret")
    token = client.fetch_token(METADATA["token_endpoint"], grant_type="client_credentials", resource=SETTINGS["resource"])
    assert "id_token" not in token and "refresh_token" not in token
    answer = client.introspect_token(METADATA["introspection_endpoint"], token=token["access_token"])
    assert answer.json()["active"] is True
    return {"introspection": answer.json()}


def id_token_checks():
    """The library refuses what is not of this login; so the provider's tokens do say what it checks."""
    client = session("secret")
    token, claims = sign_in(client)
    refused("nonce", lambda: checked(client, token, nonce="another"))
    refused("at_hash", lambda: checked(client, {**token, "access_token": "another"}))
    head, body, signature = token["id_token"].split(".")
    stranger = {"id_token": f"{head}.{body}.{'A' * len(signature)}", "access_token": token["access_token"]}
    refused("BadSignature", lambda: checked(client, stranger))
    unsigned = urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    refused("", lambda: checked(client, {**token, "id_token": f"{unsigned}.{body}."}))
    other = session("rsa")
    refused("aud", lambda: checked(other, token, None))


def wrong_answers():
    client = session("secret")
    refused("MismatchingState", lambda: sign_in(client, lambda callback: callback.replace("state=", "state=x")))
    refused("invalid_grant", lambda: sign_in(client, lambda callback: callback.replace("code=", "code=x")))


def wrong_clients():
    client = session("secret")
    client.client_secret = secrets.token_urlsafe(32)
    refused("invalid_client", lambda: sign_in(client))
    client = session("es256")
    client.client_secret = ECKey.generate_key("P-256")
    refused("invalid_client", lambda: sign_in(client))


CHECKS = {
    "discovery and keys": discovery,
    "client_secret_basic: code flow with PKCE, ES256 ID token, userinfo": lambda: code_flow("secret"),
    "private_key_jwt with ES256: the same": lambda: code_flow("es256"),
    "private_key_jwt with PS256: the same": lambda: code_flow("ps256"),
    "an ID token with RS256 where the client asked for it": lambda: code_flow("rsa"),
    "refresh tokens are replaced; a spent one comes back in vain": lambda: refreshing("secret"),
    "refresh tokens with private_key_jwt": lambda: refreshing("es256"),
    "introspection and revocation": lambda: token_status("secret"),
    "introspection and revocation with private_key_jwt": lambda: token_status("es256"),
    "client_credentials": own_name,
    "the library checks ID tokens of this provider": id_token_checks,
    "an answer with another state or code": wrong_answers,
    "a wrong secret, a key that is not the client's": wrong_clients,
}

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # loopback
for title, check in CHECKS.items():
    try:
        tell(check=title, passed=True, told=check())
    except Exception as thrown:  # noqa: BLE001 whatever it is, the check failed
        import traceback

        tell(check=title, passed=False, error=repr(thrown), where=traceback.format_exc())
