"""The admin API through a program of an operator's own, as docs/ADMIN-API.md says it: no code of the provider is used, but
cryptography for the key, joserfc for the assertion, requests for HTTP. Prints one line of JSON for each check.
"""

import json
import secrets
import sys
import time
from base64 import b64encode, urlsafe_b64encode
from hashlib import sha256

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from joserfc import jwt
from joserfc.jwk import ECKey

# By a line, not by the command line: that is for everybody to read, and here is a key.
SETTINGS = json.loads(sys.stdin.readline())
ISSUER = SETTINGS["issuer"]
API = f"{ISSUER}/api/admin/v1"
CERTIFICATE = x509.load_pem_x509_certificate(SETTINGS["certificate"].encode())
DER = CERTIFICATE.public_bytes(serialization.Encoding.DER)
X5T = urlsafe_b64encode(sha256(DER).digest()).rstrip(b"=").decode()
KEY = serialization.load_pem_private_key(SETTINGS["key"].encode(), None)


def assertion(**claims):
    now = int(time.time())
    said = {"iss": X5T, "sub": X5T, "aud": ISSUER, "iat": now, "exp": now + 60, "jti": secrets.token_urlsafe(16)}
    key = ECKey.import_key(SETTINGS["key"])
    return jwt.encode({"alg": "ES256", "x5t#S256": X5T}, {**said, **claims}, key, algorithms=["ES256"])


def ask_token(text, **more):
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": text, **more}
    return requests.post(f"{ISSUER}/oauth2/token", data=form, timeout=30)


def token(**more):
    answer = ask_token(assertion(), **more)
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


def proof(asked):
    """docs/KEY-AGENT.md: what is signed."""
    parts = ["yzt-proof:v1", asked["origin"], asked["nonce"], asked["purpose"], asked["statement"]]
    signed = b"".join(sha256(part.encode()).digest() for part in parts)
    r, s = utils.decode_dss_signature(KEY.sign(signed, ec.ECDSA(hashes.SHA256())))
    return {
        "format": "yzt-proof:v1",
        "certificate": b64encode(DER).decode(),
        "algorithm": "ES256",
        "signature": b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode(),
    }


class Program:
    def __init__(self, text):
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {text}"

    def get(self, path):
        answer = self.session.get(f"{API}/{path}", timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path, body):
        return self.session.post(f"{API}/{path}", json=body, timeout=30)

    def act(self, what):
        answer = self.post("acts/challenge", what)
        assert answer.status_code == 200, answer.text
        asked = answer.json()
        # What is signed names the very act.
        digest = sha256(json.dumps(what, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
        assert asked["digest"] == digest and digest in asked["statement"], asked
        assert asked["act"] == what
        return self.post("acts", {"act": what, "nonce": asked["nonce"], "proof": proof(asked)})


def suspend(reason):
    return {"act": "platform", "platform": SETTINGS["platform"], "what": {"do": "suspend"}, "reason": reason}


def a_token_by_an_assertion_reads_who_it_is():
    me = Program(token()).get("me")
    assert me["name"] == SETTINGS["name"] and "platforms:write" in me["scopes"], me


def platforms_are_read_page_by_page():
    program, seen, page = Program(token(scope="platforms:read")), [], ""
    while page is not None:
        listed = program.get(f"platforms?size=5{page and '&page=' + page}")
        seen += [one["id"] for one in listed["items"]]
        page = listed["next"]
    assert SETTINGS["platform"] in seen and len(seen) == len(set(seen)) > 5, seen


def an_act_is_signed_and_done():
    program = Program(token())
    done = program.act(suspend("工单 42"))
    assert (done.status_code, done.json()) == (200, {"done": "made"}), done.text
    shown = program.get(f"platforms/{SETTINGS['platform']}")
    assert shown["state"] == "suspended", shown
    again = program.act(suspend("工单 42"))
    assert (again.status_code, again.json()["code"]) == (409, "change-nothing"), again.text


def another_act_than_the_signed_one_is_refused():
    program = Program(token())
    asked = program.post("acts/challenge", suspend("工单 42")).json()
    body = {"act": suspend("工单 43"), "nonce": asked["nonce"], "proof": proof(asked)}
    refused = program.post("acts", body)
    assert refused.status_code == 403 and refused.headers["content-type"] == "application/problem+json", refused.text


def something_small_needs_no_signature():
    program = Program(token())
    put_up = program.post("notices", {"title_zh": "今晚维护", "title_en": "Maintenance tonight"})
    assert put_up.status_code == 200, put_up.text
    taken_down = program.post(f"notices/{put_up.json()['id']}/withdraw", {})
    assert taken_down.status_code == 200, taken_down.text


def what_is_not_the_operators_own_opens_nothing():
    used = assertion()
    assert ask_token(used).status_code == 200
    for text in [used, assertion(aud="https://other.example"), assertion(exp=int(time.time()) - 120)]:
        answer = ask_token(text)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant"), answer.text
    beyond = ask_token(assertion(), scope="audit:read")
    assert beyond.json()["error"] == "invalid_scope", beyond.text
    assert requests.get(f"{API}/me", timeout=30).status_code == 401


CHECKS = [
    a_token_by_an_assertion_reads_who_it_is,
    platforms_are_read_page_by_page,
    an_act_is_signed_and_done,
    another_act_than_the_signed_one_is_refused,
    something_small_needs_no_signature,
    what_is_not_the_operators_own_opens_nothing,
]

for check in CHECKS:
    said = {"check": check.__name__.replace("_", " "), "passed": True}
    try:
        check()
    except Exception as error:  # Whatever it is, the others are tried.
        said |= {"passed": False, "error": f"{type(error).__name__}: {error}"}
    print(json.dumps(said, ensure_ascii=False), flush=True)
