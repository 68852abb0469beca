#!/usr/bin/env python3
"""The certification profile: one command from nothing to a provider that certification suites can be run against.

    docs/certification/profile.py FOLDER

makes in FOLDER, at its first start, certificates (certificates.sh), a configuration (idp.toml) and the clients that the
suites want, starts `idp serve` over https, binds one enterprise with a lock in a file, and writes `ready.json` and the
suites' configurations (`suite-*.json`). It then serves until it is stopped. Python's standard library, openssl, `idp` and
`key-agent` are all it needs.
"""
import argparse
import base64
import json
import os
import pathlib
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ENTERPRISE = "内蒙古认证测试有限公司"
# What the OpenID Foundation's suite calls itself where it is run on one's own machine.
CALLBACK = "https://localhost.emobix.co.uk:8443/test/a/yizhengtong/callback"
# Who did it, in the audit trail.
OPERATOR = "certification"
START_SECONDS = 30
# One file of metadata each, in clients/.
CLIENTS = ("basic-1", "basic-2", "post", "fapi-1", "fapi-2", "fapi-mtls-1", "fapi-mtls-2", "fapi-tls-1", "fapi-tls-2")


def main():
    asked = arguments()
    profile = Profile(asked, pathlib.Path(asked.folder).resolve())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, profile.stop)
    if not (profile.folder / "clients.json").exists():
        profile.prepare()
    profile.serve()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default="certification-state", help="keeps everything; made if it is missing")
    parser.add_argument("--host", default="localhost", help="the issuer's host, as the suite reaches it (localhost)")
    parser.add_argument("--listen", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8643, help="port of the issuer (8643)")
    parser.add_argument("--mtls-port", type=int, default=8644, help="port where certificates are asked for (8644)")
    parser.add_argument("--callback", default=CALLBACK, help=f"the suite's redirect URI ({CALLBACK})")
    parser.add_argument("--bin", default=os.environ.get("YZT_BIN"), help="folder of idp and key-agent (PATH, then target/)")
    return parser.parse_args()


def program(name, folder):
    if folder:
        return str(pathlib.Path(folder) / name)
    found = shutil.which(name)
    built = [ROOT / "target" / kind / name for kind in ("release", "debug")]
    found = found or next((str(path) for path in built if path.exists()), None)
    if not found:
        sys.exit(f"profile.py: {name} was not found: build it (cargo build) or name its folder (--bin)")
    return found


def credit_code(beginning):
    """GB 32100: 17 characters and their check character."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total, weight = 0, 1
    for character in beginning:
        total += alphabet.index(character) * weight
        weight = weight * 3 % 31
    return beginning + alphabet[(31 - total % 31) % 31]


def b64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


class Profile:
    def __init__(self, asked, folder):
        self.asked = asked
        self.folder = folder
        # Where files are now: elsewhere until everything is made.
        self.place = folder
        self.server = None
        self.is_starting = self.is_told_to_stop = False
        self.idp = program("idp", asked.bin)
        self.issuer = f"https://{asked.host}:{asked.port}"
        self.mtls = f"https://{asked.host}:{asked.mtls_port}"
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("IDP_")}

    # What is made once.

    def prepare(self):
        """Beside the folder, and renamed at the end: a start that fails leaves nothing that the next one trips over."""
        if self.folder.exists() and any(self.folder.iterdir()):
            sys.exit(f"profile.py: {self.folder} holds something that is no whole profile: take it away, or name another folder")
        self.place = self.folder.with_name(f".{self.folder.name}.preparing")
        if self.place.exists():
            shutil.rmtree(self.place)
        self.place.mkdir(parents=True)
        os.chmod(self.place, 0o700)
        self.make()
        self.place.rename(self.folder)
        self.place = self.folder

    def make(self):
        pin = self.place / "pin"
        pin.write_text(f"{secrets.randbelow(900000) + 100000}\n")
        code = credit_code("91150100MA0CERT01")
        words = [self.place, self.asked.host, ENTERPRISE, code, pin]
        subprocess.run(["bash", HERE / "certificates.sh", *words], check=True)
        self.configure()
        self.run("migrate")
        clients = {name: self.register(name) for name in CLIENTS}
        place = ["--region", "150100", "--zone", "western", "--by", OPERATOR]
        freely = ["--uses", "1000", "--expires", "90d", "--active", "--pkce-optional"]
        self.keep("registration.json", json.loads(self.run("registration-token", "issue", *freely, *place)))
        self.keep("enterprise.json", {"name": ENTERPRISE, "credit_code": code})
        self.write_suites(clients)
        self.keep("clients.json", clients)

    def configure(self):
        text = (HERE / "idp.toml").read_text()
        # Names that mean this machine, or are kept for tests; elsewhere the provider refuses the allowance.
        host = self.asked.host
        is_here = host == "localhost" or host.startswith("127.") or host.endswith((".localhost", ".test"))
        words = {
            "HOST": host,
            "PORT": self.asked.port,
            "MTLS_PORT": self.asked.mtls_port,
            "LISTEN": self.asked.listen,
            "LOOPBACK": str(is_here).lower(),
        }
        for word, value in words.items():
            text = text.replace(f"@{word}@", str(value))
        (self.place / "idp.toml").write_text(text)

    def register(self, name):
        """`idp platform add` with the metadata of clients/NAME.json; answers what the tester needs of it."""
        client = json.loads((HERE / "clients" / f"{name}.json").read_text())
        metadata, words = client["metadata"], client.get("allowed", [])
        callback = self.asked.callback
        metadata["redirect_uris"] = [uri.replace("@CALLBACK@", callback) for uri in metadata["redirect_uris"]]
        told = {"client_id": f"cert-{name}", "scope": metadata.get("scope", "openid")}
        if "certificate" in client:
            told["certificate"] = {end: str(self.folder / f"{client['certificate']}.{end}") for end in ("pem", "key")}
        if client.get("signs"):
            key = self.make_key(name)
            told["jwks"] = {"keys": [key]}
            metadata["jwks"] = {"keys": [{part: key[part] for part in key if part != "d"}]}
        file = self.keep(f"metadata-{name}.json", metadata)
        place = ["--region", "150100", "--zone", "western", "--name-zh", f"认证测试 {name}", "--name-en", f"Certification {name}", "--by", OPERATOR]
        printed = json.loads(self.run("platform", "add", told["client_id"], "--metadata", str(file), *place, *words))
        if printed.get("client_secret"):
            told["client_secret"] = printed["client_secret"]
        return told

    def make_key(self, name):
        """A P-256 key, as a private JWK."""
        file = self.place / f"{name}.signing.key"
        subprocess.run(
            ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", file],
            check=True, stderr=subprocess.DEVNULL,
        )
        der = subprocess.run(["openssl", "ec", "-in", file, "-outform", "DER", "-no_public"], check=True, capture_output=True).stdout
        # RFC 5915: SEQUENCE, INTEGER 1, OCTET STRING of 32 octets.
        private = der[der.index(b"\x04\x20") + 2:][:32]
        public = subprocess.run(["openssl", "ec", "-in", file, "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout
        point = public[-64:]
        return {
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": f"{name}-key",
            "x": b64url(point[:32]), "y": b64url(point[32:]), "d": b64url(private),
        }

    def write_suites(self, clients):
        """Configurations for the OpenID Foundation's suite."""
        common = {"alias": "yizhengtong", "publish": "no", "server": {"discoveryUrl": f"{self.issuer}/.well-known/openid-configuration"}}
        secret = lambda client: {part: client[part] for part in ("client_id", "client_secret")}
        self.keep("suite-basic.json", {
            **common, "client": secret(clients["basic-1"]), "client2": secret(clients["basic-2"]),
            "client_secret_post": secret(clients["post"]),
        })
        for kind, base in (("fapi", self.issuer), ("fapi-mtls", self.mtls), ("fapi-tls", self.mtls)):
            one, other = clients[f"{kind}-1"], clients[f"{kind}-2"]
            suite = {**common, "resource": {"resourceUrl": f"{base}/oauth2/userinfo"}}
            for part, client in (("client", one), ("client2", other)):
                suite[part] = {name: client[name] for name in ("client_id", "scope", "jwks")}
            for part, client in (("mtls", one), ("mtls2", other)):
                if "certificate" in client:
                    suite[part] = self.shown(client["certificate"])
            self.keep(f"suite-{kind}.json", suite)

    def shown(self, certificate):
        """A client's certificate as the suite takes it: texts, not files."""
        text = lambda file: (self.place / pathlib.Path(file).name).read_text()
        return {"cert": text(certificate["pem"]), "key": text(certificate["key"]), "ca": text("client-ca.pem")}

    # What is done at each start.

    def serve(self):
        self.check_as_made()
        self.check_ports()
        # That of an earlier start must not be taken for this one's.
        (self.folder / "ready.json").unlink(missing_ok=True)
        self.run("check-config")
        log = open(self.folder / "idp.log", "ab")
        self.is_starting = True
        server = subprocess.Popen([self.idp, "--config", self.folder / "idp.toml", "serve"], stdout=log, stderr=log, env=self.environment)
        self.server = server
        try:
            if self.is_told_to_stop:
                sys.exit()
            self.wait(server)
            self.bind()
            self.tell()
            status = server.wait()
        finally:
            if server.poll() is None:
                server.terminate()
                server.wait()
        if status in (0, -signal.SIGTERM):
            sys.exit()
        print(f"profile.py: the provider ended with {status}: see {self.folder / 'idp.log'}", file=sys.stderr)
        sys.exit(status if status > 0 else 1)

    def check_as_made(self):
        """What is in the folder's files cannot be said otherwise later."""
        text = (self.folder / "idp.toml").read_text()
        callbacks = json.loads((self.folder / "metadata-basic-1.json").read_text())["redirect_uris"]
        others = [
            words for words, is_same in (
                (f"issuer than {self.issuer} (--host, --port)", f'"{self.issuer}"' in text),
                (f"--mtls-port than {self.asked.mtls_port}", f':{self.asked.mtls_port}"' in text),
                (f"--callback than {self.asked.callback}", self.asked.callback in callbacks),
            ) if not is_same
        ]
        if others:
            sys.exit(f"profile.py: {self.folder} was made for another {', another '.join(others)}: say it as then, or name another folder")

    def check_ports(self):
        """Whoever listens there would answer in the provider's place."""
        for port in (self.asked.port, self.asked.mtls_port):
            family, kind, _, _, address = socket.getaddrinfo(self.asked.listen, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, kind) as trial:
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    trial.bind(address)
                except OSError as error:
                    sys.exit(f"profile.py: nothing can listen on {self.asked.listen}, port {port} ({error.strerror}): is {self.folder} served already? Otherwise name other ports")

    def stop(self, *_):
        """On SIGINT and SIGTERM. Nothing breaks off the moment in which the provider starts: it would be nobody's."""
        self.is_told_to_stop = True
        if self.server:
            self.server.terminate()
        elif not self.is_starting:
            sys.exit("profile.py: stopped before it served")

    def wait(self, server):
        trusted = ssl.create_default_context(cafile=self.folder / "tls-ca.pem")
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and server.poll() is None:
            try:
                urllib.request.urlopen(f"{self.issuer}/healthz", context=trusted, timeout=2)
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        if self.is_told_to_stop:
            sys.exit()
        raise SystemExit(f"profile.py: the provider did not start: see {self.folder / 'idp.log'}")

    def bind(self):
        """企业绑定, once."""
        if (self.folder / "bound").exists():
            return
        script = [sys.executable, str(HERE / "sign_in.py"), "--folder", str(self.folder), "--bind"]
        bound = subprocess.run(script, env={**self.environment, "YZT_BIN": self.asked.bin or ""})
        if bound.returncode:
            sys.exit("profile.py: the lock was not bound")
        (self.folder / "bound").touch()

    def tell(self):
        kept = lambda name: json.loads((self.folder / name).read_text())
        ready = {
            "issuer": self.issuer,
            "mtls": self.mtls,
            "callback": self.asked.callback,
            "trusted_ca": str(self.folder / "tls-ca.pem"),
            "registration": kept("registration.json"),
            "clients": kept("clients.json"),
        }
        self.keep("ready.json", ready)
        print(f"serving {self.issuer}\nclients: {self.folder / 'clients.json'}\nsuites: {self.folder}/suite-*.json", flush=True)
        print(f"sign in: docs/certification/sign_in.py --folder {self.folder} URL", flush=True)

    # Helpers.

    def run(self, *words):
        done = subprocess.run([self.idp, "--config", self.place / "idp.toml", *words], capture_output=True, text=True, env=self.environment)
        if done.returncode:
            sys.exit(f"profile.py: idp {' '.join(words)}: {done.stderr}{done.stdout}")
        return done.stdout

    def keep(self, name, value):
        """Whole or not at all: whoever waits for the file never reads half of it."""
        file = self.place / name
        beside = file.with_suffix(".new")
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            json.dump(value, out, ensure_ascii=False, indent=2)
        beside.replace(file)
        return file


if __name__ == "__main__":
    main()
